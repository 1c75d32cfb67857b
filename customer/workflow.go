package customer

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// State is where an archive stands.
type State string

// The states.
const (
	Active   State = "active"
	Dormant  State = "dormant"
	Archived State = "archived"
	Merged   State = "merged"
	Deceased State = "deceased"
)

// Event is something that happens to an archive. Each is a command of [Service].
type Event string

// The events.
const (
	EventRegister    Event = "Register"
	EventImport      Event = "Import"
	EventAmend       Event = "Amend"
	EventVerify      Event = "Verify"
	EventRest        Event = "Rest"
	EventWake        Event = "Wake"
	EventArchive     Event = "Archive"
	EventRestore     Event = "Restore"
	EventMerge       Event = "Merge"
	EventUnmerge     Event = "Unmerge"
	EventRecordDeath Event = "RecordDeath"
)

// The guards that the table names.
const (
	guardIndividual = "individual"
	guardAlive      = "alive"
	guardUntouched  = "untouched"
)

var (
	keepers   = []kernel.Role{access.Archivist, access.Manager}
	service   = []kernel.Role{access.Agent, access.Adviser, access.Archivist, access.Manager}
	adopters  = []kernel.Role{access.Archivist, access.Manager, access.System}
	verifiers = []kernel.Role{access.Agent, access.Underwriter, access.Adjuster, access.Adviser, access.Archivist, access.Manager}
)

// Lifecycle is the life of an archive.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name:  Kind,
	Label: workflow.Label{EN: "Customer archive", ZH: "客户档案"},
	States: []workflow.State[State]{
		{Name: Active, Class: workflow.Open, Label: workflow.Label{EN: "Active", ZH: "正常"}},
		{Name: Dormant, Class: workflow.Waiting, Label: workflow.Label{EN: "Dormant", ZH: "休眠"}},
		{Name: Deceased, Class: workflow.Open, Label: workflow.Label{EN: "Deceased", ZH: "已身故"}},
		{Name: Archived, Class: workflow.Ended, Label: workflow.Label{EN: "Archived", ZH: "已归档"}},
		{Name: Merged, Class: workflow.Ended, Label: workflow.Label{EN: "Merged", ZH: "已合并"}},
	},
	Rows: []workflow.Row[State, Event]{
		{Event: EventRegister, Create: true, To: Active, Who: service,
			Label: workflow.Label{EN: "Register", ZH: "建档"}, Note: "A person or an organisation becomes known to the insurer."},
		{Event: EventImport, Create: true, AnyState: true, Who: adopters,
			Label: workflow.Label{EN: "Import", ZH: "批量建档"}, Note: "A customer of an older system comes in, one of many."},
		{Event: EventAmend, AnyOpen: true, Who: service,
			Label: workflow.Label{EN: "Amend", ZH: "变更"}, Note: "Facts have changed or were wrong; only those that are named change."},
		{Event: EventVerify, AnyOpen: true, Who: verifiers,
			Label: workflow.Label{EN: "Verify", ZH: "核实"}, Note: "A section was compared with documents or registers."},
		{Event: EventRest, From: []State{Active}, To: Dormant, Who: append([]kernel.Role{access.System}, keepers...),
			Label: workflow.Label{EN: "Put to rest", ZH: "转休眠"}, Note: "Nothing is in force and nobody has been in contact for long."},
		{Event: EventWake, From: []State{Dormant}, To: Active, Who: append([]kernel.Role{access.System}, service...),
			Label: workflow.Label{EN: "Wake", ZH: "唤醒"}, Note: "The customer is in contact again."},
		{Event: EventArchive, From: []State{Active, Dormant, Deceased}, To: Archived, Who: keepers,
			Label: workflow.Label{EN: "Archive", ZH: "归档"}, Note: "The archive is only kept from now on."},
		{Event: EventRestore, From: []State{Archived}, To: Active, Reopens: true, Who: keepers, Guards: []string{guardAlive},
			Label: workflow.Label{EN: "Restore", ZH: "恢复"}, Note: "An archived customer is served again."},
		{Event: EventMerge, From: []State{Active, Dormant}, To: Merged, Who: keepers,
			Label: workflow.Label{EN: "Merge", ZH: "合并"}, Note: "Two archives are of one customer; the other one goes on."},
		{Event: EventUnmerge, From: []State{Merged}, To: Active, Reopens: true, Who: keepers, Guards: []string{guardUntouched},
			Label: workflow.Label{EN: "Undo merger", ZH: "撤销合并"}, Note: "They were two after all, and nothing was written since."},
		{Event: EventRecordDeath, From: []State{Active, Dormant}, To: Deceased, Who: append([]kernel.Role{access.Adjuster}, keepers...), Guards: []string{guardIndividual},
			Label: workflow.Label{EN: "Record death", ZH: "登记身故"}, Note: "The insurer learns that the person has died."},
	},
}))

var life = &command.Life[Customer, State, Event]{
	Kind: Kind, Machine: Lifecycle,
	Guards: map[string]func(*command.Unit, *Customer) error{
		guardIndividual: func(_ *command.Unit, c *Customer) error {
			if c.Party != Individual {
				return errors.New("an organisation does not die")
			}
			return nil
		},
		guardAlive: func(_ *command.Unit, c *Customer) error {
			if !c.Died.IsZero() {
				return errors.New("the person has died")
			}
			return nil
		},
		guardUntouched: untouched,
	},
}

// untouched objects when the archive that goes on was changed after the merger: what
// was written may belong to either of the two.
func untouched(u *command.Unit, c *Customer) error {
	survivor, err := storage.Get[Customer](u, c.MergedInto)
	if err != nil {
		return fmt.Errorf("the other archive: %w", err)
	}
	if survivor.Version != c.SurvivorVersion {
		return errors.New("the other archive was changed since the merger")
	}
	return nil
}
