package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/access"
)

// Courses gives commands and answers questions.
type Courses struct {
	run command.Runner
	cfg Config
}

func courseGrants() []access.Grant { return nil }

var courseSubjects []journal.Subjects
