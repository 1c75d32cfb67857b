package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/access"
)

// Staffs gives commands and answers questions.
type Staffs struct {
	run command.Runner
	cfg Config
}

func staffGrants() []access.Grant { return nil }

var staffSubjects []journal.Subjects
