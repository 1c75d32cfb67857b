package task

import "errors"

// errRuled refuses to end by hand what only the case itself can end.
var errRuled = errors.New("a rule opened it, and the case ends it")

// errDone says that another process took the step first.
var errDone = errors.New("already done")
