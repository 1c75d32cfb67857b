package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
)

// subject is what one command has written: a new customer, policy or claim with the rows
// that belong to it, and the entry of the journal that tells of it.
type subject struct {
	entry journal.Entry
	rows  []storage.Record
	at    int // which of the rows is the subject's own
}

// family is a customer with a policy and a claim, as the library wrote them.
type family struct{ customer, policy, claim subject }

// What stands in a family for what differs from one to the next.
const (
	anyBranch = "branch-any"
	anyName   = "Customer of the model"
	anyMail   = "model@example.com"
)

// product is sold to everybody.
func product() policy.Design {
	return policy.Design{
		Code: "MED", Name: workflow.Label{EN: "Medical", ZH: "医疗险"}, Line: kernel.Health, Currency: kernel.CNY,
		Coverages: []policy.Coverage{{
			Code: "MED", Name: workflow.Label{EN: "Medical", ZH: "医疗"}, Calculator: "reimbursement", Basis: policy.Fixed,
			Limit: decimal.NewFromInt(20_000), LimitPer: policy.PerPeriod, Deductible: decimal.NewFromInt(100),
		}},
		Terms: []policy.Term{{Years: 1}}, PayModes: []policy.PayMode{policy.Single}, IssueAges: policy.Ages{From: 0, Below: 66},
		Rates: []policy.Rate{{Coverage: "MED", Flat: decimal.NewFromInt(300)}},
		Description: policy.Description{
			Basics: "One year.", Liability: "Bills.", Exclusions: "War.", Sums: "Fixed.", ClaimProcedure: "Report at once.",
			Rights: "To cancel.", ServicePromise: "Five days.", Conditions: "Up to 65 years.", Payment: "At once.", Surrender: "Pro rata.",
		},
	}
}

// found has the library make a family, and reads what it wrote.
func (w *crowd) found(ctx context.Context) (f family, err error) {
	who, err := w.crm.Customers.Register(ctx, customer.Registration{
		Party: customer.Individual, Name: anyName, Branch: anyBranch, Birth: kernel.NewDate(1980, 1, 1), Gender: customer.Female,
		Document: customer.Document{Kind: customer.Passport, Number: passport(-1 - len(w.models))},
		Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: privacy.New(anyMail)}},

		AcceptDuplicate: true, Reason: privacy.New("models are alike"),
	})
	if err != nil {
		return f, err
	}
	sold, err := w.crm.Applications.IssueDirect(ctx, policy.Direct{
		Form: policy.Form{
			Product: "MED", Branch: anyBranch, Holder: who.ID.Ref(), PayMode: policy.Single,
			Insured: []policy.InsuredForm{{Party: who.ID.Ref(), Relation: policy.Self, Birth: kernel.NewDate(1980, 1, 1)}},
		},
		Receipts: []policy.ReceiptForm{{Reference: "bank-1", Amount: decimal.NewFromInt(300), Method: "transfer"}},
	})
	if err != nil {
		return f, err
	}
	w.clock.Advance(30 * day)
	loss, err := w.crm.Claims.Report(ctx, claim.Notice{
		Policy: sold.ID.Ref(), OccurredAt: w.clock.Now().Add(-day), Cause: "any", Channel: "phone", Claimed: decimal.NewFromInt(2500),
		Description: privacy.New("slipped on the wet floor of a supermarket"),
	})
	if err != nil {
		return f, err
	}
	err = w.guarded.View(ctx, func(tx *storage.GuardTx) error {
		return errors.Join(
			f.customer.read(tx, customer.Kind, who.ID), f.policy.read(tx, "policy", sold.ID), f.claim.read(tx, "claim", loss.ID))
	})
	return f, err
}

// read fills the subject from the store, with its secrets open. Where two commands made it
// what it is, as issuing and activating a policy does, it is told as one.
func (s *subject) read(tx *storage.GuardTx, kind string, id kernel.ID) error {
	entries, err := journal.History(tx, kind, id)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("nothing is known of a %s", kind)
	}
	s.entry = entries[0]
	s.entry.To = entries[len(entries)-1].To
	if err := reopen(tx, &s.entry); err != nil {
		return err
	}
	for _, later := range entries[1:] {
		s.entry.Rows = append(s.entry.Rows, later.Rows...)
	}
	slices.SortFunc(s.entry.Rows, func(a, b journal.RowDigest) int { return cmp.Compare(a.ID, b.ID) })
	s.entry.Rows = slices.CompactFunc(s.entry.Rows, func(a, b journal.RowDigest) bool { return a.ID == b.ID })
	for i, d := range s.entry.Rows {
		rec := reflect.New(tables[d.Table]).Interface().(storage.Versioned)
		if err := tx.Load(storage.ByID(rec, kernel.ID(d.ID))); err != nil {
			return err
		}
		if err := reopen(tx, rec); err != nil {
			return err
		}
		if rec.Base().ID == id {
			s.at = i
		}
		s.rows = append(s.rows, rec)
	}
	return nil
}

// tables are the types of records by their tables.
var tables = func() map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for _, s := range crm.Subjects() {
		all[s.Root.TableName()] = reflect.TypeOf(s.Root).Elem()
		for _, p := range s.Parts {
			all[p.Record.TableName()] = reflect.TypeOf(p.Record).Elem()
		}
	}
	return all
}()

// reopen puts plain secrets in the place of sealed ones.
func reopen(tx *storage.GuardTx, rec storage.Record) error {
	plain, err := tx.Open(rec)
	if err != nil {
		return err
	}
	sc, err := storage.SchemaOf(reflect.TypeOf(rec))
	if err != nil {
		return err
	}
	for column, text := range plain {
		reflect.ValueOf(rec).Elem().FieldByIndex(sc.Column(column).Index).Set(reflect.ValueOf(privacy.New(text)))
	}
	return nil
}

// renamed are texts that stand for others: keys, numbers, branches.
type renamed map[string]string

// copy returns the subject once more, under other names and as fit changes its rows, with
// its digests and its entry's hash: what the library would have written.
func (s *subject) copy(tx *storage.GuardTx, names renamed, fit func(storage.Record) error) ([]storage.Record, error) {
	for _, rec := range s.rows {
		names[string(rec.(storage.Versioned).Base().ID)] = string(kernel.NewID())
	}
	entry := s.entry
	names.in(reflect.ValueOf(&entry).Elem())
	entry.Unit = kernel.NewID()
	out := make([]storage.Record, 0, len(s.rows)+1)
	for i, rec := range s.rows {
		v := reflect.New(reflect.TypeOf(rec).Elem())
		v.Elem().Set(reflect.ValueOf(rec).Elem())
		names.in(v.Elem())
		twin := v.Interface().(storage.Versioned)
		if err := fit(twin); err != nil {
			return nil, err
		}
		var err error
		if entry.Rows[i], err = journal.NewRowDigest(tx, twin, string(twin.Base().ID), 1); err != nil {
			return nil, err
		}
		out = append(out, twin)
	}
	if c, ok := out[s.at].(*claim.Claim); ok {
		entry.To = string(c.State)
	}
	if err := entry.Link(tx, nil); err != nil {
		return nil, err
	}
	head := out[s.at].(interface{ Subject() *kernel.Root })
	head.Subject().Head = entry.Hash
	return append(out, &entry), nil
}

// in renames whatever v holds, also in lists and documents, which are copied.
func (names renamed) in(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if to, ok := names[v.String()]; ok && v.CanSet() {
			v.SetString(to)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				names.in(f)
			}
		}
	case reflect.Slice:
		if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		v.Set(list)
		for i := range list.Len() {
			names.in(list.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		all := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(it.Value())
			names.in(e)
			all.SetMapIndex(it.Key(), e)
		}
		v.Set(all)
	case reflect.Interface:
		if text, ok := v.Interface().(string); ok && names[text] != "" {
			v.Set(reflect.ValueOf(names[text]))
		}
	}
}
