package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/access"
)

// Programs gives commands and answers questions.
type Programs struct {
	run command.Runner
	cfg Config
}

func programGrants() []access.Grant { return nil }

var programSubjects []journal.Subjects
