package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel/access"
)

// Appraisals gives commands and answers questions.
type Appraisals struct {
	run command.Runner
	cfg Config
}

func appraisalGrants() []access.Grant { return nil }

var appraisalSubjects []journal.Subjects

// Scheme says how staff are appraised.
type Scheme struct{ Name string }

func (s Scheme) isZero() bool { return s == Scheme{} }

// DefaultScheme is the scheme where the host brings none.
func DefaultScheme() Scheme { return Scheme{} }
