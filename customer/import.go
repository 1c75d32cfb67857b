package customer

import (
	"context"
	"iter"
	"slices"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Adoption is a customer of an older system, as they stand there.
type Adoption struct {
	Key    string      // what the older system knows the customer by, 1 to [kernel.MaxRef] bytes; no two rows share one
	Number string      // of the older system; empty: a new one
	State  State       // active, dormant, archived or deceased; empty: active
	Died   kernel.Date // of who is deceased, and of nobody else; zero: the day is not known
	Registration
}

// Import brings the customers of an older system in (批量建档), by the hundred thousand,
// each with its archive, its number and its own history, which begins with this. Rows are
// read one after the other and stored in units, each of them wholly or not at all.
//
// A row that was stored before under its Key, by this or an earlier run, is not stored
// again: to go on after an interruption, or after the faults have been mended, give the
// whole file once more. The same Key with another row is a fault.
//
// Who is a customer already is refused as by [Service.Register], be it that the archive is
// in the database or further up in the file: for one document certainly, for a phone
// number or for name and birth date unless AcceptDuplicate says that somebody has looked.
//
// The error is [kernel.FieldErrors] with every fault of every refused row when there are
// any; the report says the same. Any other error ended the import: what the report says
// of rows stored until then holds.
//
// PostgreSQL stores rows while those behind them are prepared: a goroutine sends them, and
// ends before Import does.
func (s *Service) Import(ctx context.Context, rows iter.Seq[Adoption], how kernel.Intake, opts ...kernel.Option) (kernel.IntakeReport, error) {
	return command.Import(ctx, s.r, life, command.Inflow[Customer, Adoption, arrival, Event]{
		Event: EventImport,
		Key:   func(in *Adoption) string { return in.Key },
		In:    func(in *Adoption) string { return string(in.state()) },
		Look: func(u *command.Unit, b *command.Batch[Adoption, arrival]) error {
			l := &arrivals{Unit: u, Batch: b}
			for i := range b.New() {
				if err := l.check(i, s.today(u)); err != nil {
					return err
				}
			}
			return l.look(s.numbers)
		},
		Build: func(u *command.Unit, in *Adoption, w *arrival) (*Customer, error) { return w.open(u, in), nil },
		Then:  func(u *command.Unit, in *Adoption, w *arrival, c *Customer) error { return w.fill(u, in, c) },
	}, rows, how, opts...)
}

func (in *Adoption) state() State {
	if in.State == "" {
		return Active
	}
	return in.State
}

// arrival is what is worked out about one row.
type arrival struct {
	id       kernel.ID
	checked  Registration
	facts    facts
	contacts *contactSet
	identity []byte
	twin     []byte
	number   string
	likely   []kernel.ID // archives that may be the same customer
}

func (in *Adoption) check(f *kernel.FieldErrors, today kernel.Date) {
	oneOf(f, "state", in.State, true, Active, Dormant, Archived, Deceased)
	if in.Number != "" {
		kernel.CheckRef(f, "number", kernel.Ref(in.Number))
	}
	checkDay(f, "died", in.Died, today)
	switch {
	case in.State == Deceased && in.Party == Organisation:
		f.Add("state", "conflict", "an organisation does not die")
	case in.State != Deceased && in.Died != 0:
		f.Add("died", "conflict", "only who is deceased has died")
	}
}

// open returns the record of the row.
func (w *arrival) open(u *command.Unit, in *Adoption) *Customer {
	c := &Customer{Standing: Standing{Source: w.checked.Source}}
	c.ID, c.Branch = w.id, w.checked.Branch
	w.facts.put(c)
	c.IdentityIndex, c.TwinIndex, c.Number = w.identity, w.twin, w.number
	if in.Died != 0 {
		c.Died = privacy.New(in.Died.String())
	}
	return c
}

// fill writes what belongs to the archive, and tells of it.
func (w *arrival) fill(u *command.Unit, in *Adoption, c *Customer) error {
	for i := range w.contacts.rows {
		w.contacts.rows[i].CustomerID = c.ID
	}
	if err := w.contacts.write(u); err != nil {
		return err
	}
	c.Completeness = completeness(c, w.contacts.rows)
	u.Fact("adopted", true)
	u.Fact("party", string(c.Party))
	u.Fact("source", string(c.Source))
	u.Fact("number", c.Number)
	if len(w.likely) > 0 {
		u.Fact("not_the_same_as", w.likely)
	}
	u.Because(w.checked.Reason)
	return nil
}

// numbered gives those rows a number that the older system gave none.
func (l *arrivals) numbered(from number.Numberer) error {
	var without []int
	for i := range l.New() {
		if l.Work[i].number = l.In[i].Number; l.Work[i].number == "" {
			without = append(without, i)
		}
	}
	list, err := number.Many(l.Unit, from, Kind, "C", len(without))
	for n, i := range without {
		l.Work[i].number = list[n]
	}
	return err
}

// few returns the first archives of a list.
func few(ids []kernel.ID) []kernel.ID {
	return slices.Clip(ids[:min(len(ids), maxCandidates)])
}
