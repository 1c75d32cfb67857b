package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/access"
)

// Trainings gives commands and answers questions.
type Trainings struct {
	run command.Runner
	cfg Config
}

func trainingGrants() []access.Grant { return nil }

var trainingSubjects []journal.Subjects
