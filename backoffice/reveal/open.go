package reveal

import (
	"context"
	"errors"
	"slices"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Row is one opened row. Its values print as masks; see [privacy.Plain].
type Row struct {
	Part    Part
	ID      kernel.ID                // of the row; in the history the case's
	Version int64                    // of the row; in the history the one that the event led to
	Values  map[string]privacy.Plain // by column; what is empty is left out
	Erased  bool                     // the person's data was erased: there are no values any more
}

// Open answers "<kind>.Reveal" for a room: the sealed columns of what the purpose names of
// a case, part by part in the order of the tables, rows without any left out. all are the
// tables of the room, as for journal.Verify.
//
// The look is journalled before anything is handed out, on a chain of its own; see
// [Access]. Inside a unit of work that the caller then takes back, the record of the look
// is taken back with it, so reveal outside of it. Errors: [kernel.ErrForbidden],
// [kernel.ErrInvalid] as [kernel.FieldErrors] with the paths "text" and "parts",
// [kernel.ErrNotFound] also for cases of other branches and tenants, and
// storage.ErrErased when all that was to be opened was erased.
func Open(ctx context.Context, r command.Runner, all []journal.Subjects, kind string, id kernel.ID, in Purpose) ([]Row, error) {
	t, err := tablesOf(all, kind)
	if err != nil {
		return nil, err
	}
	return Records(ctx, r, in, kind+".Reveal", t.own, t.parts, func(u *command.Unit, parts []Part) (Sight, error) {
		root, err := t.root(u, id)
		if err != nil {
			return Sight{}, err
		}
		if err := u.MaySee(kind+".Reveal", kind, root.Subject()); err != nil {
			return Sight{}, err
		}
		s := Sight{Case: command.Case{Kind: kind, ID: root.Base().ID}, Branch: root.Subject().Branch, Parts: parts}
		if owned, ok := root.(storage.Owned); ok {
			s.Person = owned.Person()
		}
		s.Records, err = t.records(u, root, parts)
		return s, err
	})
}

// Sight is what a look is at.
type Sight struct {
	Case    command.Case
	Branch  string     // of the case
	Person  kernel.Ref // whose case it is
	Parts   []Part
	Records []storage.Record // to be opened
}

// Records opens the records that find returns, for what is no subject of its own. find
// must refuse cases that the actor may not see.
func Records(ctx context.Context, r command.Runner, in Purpose, action string, own bool, parts []Part, find func(*command.Unit, []Part) (Sight, error)) ([]Row, error) {
	named := slices.Compact(slices.Sorted(slices.Values(in.Parts)))
	if len(named) == 0 {
		named = parts[:1]
	}
	var rows []Row
	check := func(f *kernel.FieldErrors) { in.check(f, own, parts) }
	err := Journalled(ctx, r, action, in.Text, check, func(u *command.Unit) (Seen, error) {
		s, err := find(u, named)
		if err != nil {
			return Seen{}, err
		}
		seen := Seen{Sight: s}
		rows, seen.persons, err = open(u, s.Records)
		return seen, err
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// Rows opens records inside a look that [Journalled] writes down.
func Rows(u *command.Unit, recs ...storage.Record) ([]Row, error) {
	rows, _, err := open(u, recs)
	return rows, err
}

// open returns the records that hold anything sealed, opened, and whose data that was.
func open(u *command.Unit, recs []storage.Record) (rows []Row, persons []kernel.Ref, err error) {
	erased := 0
	for _, rec := range recs {
		values, err := u.Open(rec)
		gone := errors.Is(err, storage.ErrErased)
		if err != nil && !gone {
			return nil, nil, err
		}
		if len(values) == 0 && !gone {
			continue
		}
		row := rowOf(rec)
		if row.Erased = gone; gone {
			erased++
			rows = append(rows, row)
			continue
		}
		row.Values = make(map[string]privacy.Plain, len(values))
		for column, text := range values {
			row.Values[column] = privacy.Plain(text)
		}
		rows = append(rows, row)
		var person kernel.Ref
		if owned, ok := rec.(storage.Owned); ok {
			person = owned.Person()
		}
		if !slices.Contains(persons, person) {
			persons = append(persons, person)
		}
	}
	if erased > 0 && erased == len(rows) {
		return nil, nil, storage.ErrErased
	}
	return rows, persons, nil
}

func rowOf(rec storage.Record) Row {
	switch x := rec.(type) {
	case *journal.Entry:
		return Row{Part: History, ID: x.SubjectID, Version: x.SubjectVersion}
	case storage.Versioned:
		return Row{Part: PartOf(rec), ID: x.Base().ID, Version: x.Base().Version}
	}
	return Row{Part: PartOf(rec)}
}

// Seen is what a look has opened.
type Seen struct {
	Sight
	persons []kernel.Ref // none: that of the case
}

// Journalled runs open as the action and writes down what was seen, all in one unit of
// work, so that nothing is seen that is not on record. Rooms use it where [Open] does not
// fit; check notes the faults of their form, the purpose's among them. open may run again.
func Journalled(ctx context.Context, r command.Runner, action string, purpose privacy.Secret, check func(*kernel.FieldErrors), open func(*command.Unit) (Seen, error)) error {
	return r.Together(ctx, command.Group{Action: action, Check: check}, func(ctx context.Context, r command.Runner) error {
		var seen Seen
		err := r.Look(ctx, action, func(u *command.Unit) (err error) { seen, err = open(u); return err })
		if err != nil {
			return err
		}
		if len(seen.persons) == 0 {
			seen.persons = []kernel.Ref{seen.Person}
		}
		for _, person := range seen.persons {
			if err := record(ctx, r, seen.Sight, person, purpose); err != nil {
				return err
			}
		}
		return nil
	})
}

func record(ctx context.Context, r command.Runner, s Sight, person kernel.Ref, purpose privacy.Secret) error {
	_, err := command.Create(ctx, r, life, command.Creation[Access, Event]{
		Event: EventLook,
		Build: func(u *command.Unit) (*Access, error) {
			u.Fact("case_kind", s.Case.Kind)
			u.Fact("case", string(s.Case.ID))
			u.Fact("parts", s.Parts)
			a := &Access{
				CaseKind: s.Case.Kind, CaseID: s.Case.ID, PersonRef: person,
				Parts: s.Parts, Purpose: purpose, Actor: u.Actor.ID, Role: u.Role(),
			}
			a.Branch = s.Branch
			return a, nil
		},
	})
	return err
}
