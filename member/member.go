package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/access"
)

// Members gives commands and answers questions.
type Members struct {
	run command.Runner
	cfg Config
}

func memberGrants() []access.Grant { return nil }

var memberSubjects []journal.Subjects
