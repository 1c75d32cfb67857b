package crm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage"
)

var (
	handler = as("zhao", access.ComplaintHandler)
	officer = as("feng", access.PrivacyOfficer)
)

// to names what is opened and what for.
func to(parts ...reveal.Part) reveal.Purpose {
	return reveal.Purpose{Text: secret(canaries["purpose of a look"]), Parts: parts}
}

const grievance = "我多次致电均无人理会我的赔案"

func (w *world) aggrieved(t testing.TB, s *tale) complaint.Complaint {
	t.Helper()
	return got(w.Complaints.Receive(agent, complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: s.customer.ID.Ref(), Phone: secret(canaries["phone"])}},
		Branch:       "north", Content: secret(grievance), Demand: secret("call me"),
	}))(t)
}

// Those who handle a case read what it is about, and no more of it than they name; the
// person learns who looked, and the auditor that somebody did.
func TestThoseWhoHandleACaseReadIt(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.play(t)
		c := w.aggrieved(t, s)
		rows := got(w.Complaints.Reveal(handler, c.ID, to()))(t)
		want := []reveal.Row{{Part: "complaints", ID: c.ID, Version: 1, Values: map[string]privacy.Plain{"content": grievance, "demand": "call me"}}}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Error(diff)
		}
		rows = got(w.Complaints.Reveal(handler, c.ID, to("complainants", "complainants", reveal.Letters)))(t)
		if len(rows) != 1 || rows[0].Part != "complainants" || rows[0].Values["phone"] != privacy.Plain(canaries["phone"]) {
			t.Errorf("%d rows", len(rows))
		}
		rows = got(w.Claims.Reveal(adjuster, s.claim.ID, to("claims", "claim_checks", "claim_reserves", reveal.History)))(t)
		read := map[string]bool{}
		for _, row := range rows {
			for column, text := range row.Values {
				read[fmt.Sprint(row.Part, ".", column, "=", string(text))] = true
			}
		}
		for _, what := range []string{
			"claims.place=" + canaries["place"], "claims.description=" + canaries["description"], "claims.account=" + canaries["claim account"],
			"claim_checks.grounds=" + canaries["grounds of check"], "claim_reserves.reason=" + canaries["reserve's reason"], "history.reason=" + canaries["talk"],
		} {
			if !read[what] {
				t.Errorf("not read: %s", what)
			}
		}
		pay := got(w.Claims.Payments(adjuster, s.claim.ID))(t)[0].ID
		rows = got(w.Payments.Reveal(adjuster, pay, to()))(t)
		if len(rows) != 1 || rows[0].Values["account"] != privacy.Plain(canaries["corrected account"]) {
			t.Errorf("the account of a payment: %d rows", len(rows))
		}
		given := got(w.Tasks.Open(manager, task.Assignment{Kind: "claim", Case: s.claim.ID, Code: "call", Note: secret("about the bill"), Owner: "li"}))
		if tk := given(t); got(w.Tasks.Reveal(adjuster, tk.ID, to()))(t)[0].Values["note"] != "about the bill" {
			t.Error("the note of a task is not read")
		}

		looks := got(w.Customers.Accesses(auditor, s.customer.ID, kernel.List{}))(t).Items
		var seen []string
		for _, a := range looks {
			seen = append(seen, fmt.Sprint(a.Actor, " ", a.Role, " ", a.CaseKind, " ", a.Parts))
		}
		slices.Sort(seen)
		// The archive's own look is the archivist's, of the tale.
		wantSeen := []string{
			"li adjuster claim [claim_checks claim_reserves claims history]", "li adjuster claim [tasks]",
			"li adjuster payment [payments]", "wu archivist customer [finance health identity phones]",
			"zhao complaint_handler complaint [complainants notices]", "zhao complaint_handler complaint [complaints]",
		}
		if diff := cmp.Diff(wantSeen, seen); diff != "" {
			t.Error(diff)
		}
		// What it was for, the auditor does not read.
		rows = got(w.Accesses.Reveal(officer, looks[0].ID, to()))(t)
		if len(rows) != 1 || string(rows[0].Values["purpose"]) != canaries["purpose of a look"] {
			t.Errorf("the purpose: %d rows", len(rows))
		}
		byCase := got(w.Accesses.List(auditor, reveal.Filter{Case: c.ID, Actor: "zhao", Kind: "complaint"}, kernel.List{}))(t).Items
		if len(byCase) != 2 || byCase[0].Branch != "north" {
			t.Errorf("looks at the complaint: %+v", byCase)
		}
		w.sound(t)
	})
}

// Whoever may not look sees nothing and leaves no look behind.
func TestWhoMayNotReadACase(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	s := w.insured(t)
	c := w.aggrieved(t, s)
	south := crm.WithActor(owner, crm.Actor{ID: "s", Branches: []string{"south"}, Roles: []kernel.Role{access.ComplaintHandler}})
	other := crm.WithActor(owner, crm.Actor{ID: "o", Tenant: "other", Roles: []kernel.Role{access.ComplaintHandler}})
	for name, x := range map[string]struct {
		ctx  context.Context
		id   kernel.ID
		in   reveal.Purpose
		want error
	}{
		"the auditor":     {auditor, c.ID, to(), crm.ErrForbidden},
		"an adjuster":     {adjuster, c.ID, to(), crm.ErrForbidden},
		"nobody":          {context.Background(), c.ID, to(), crm.ErrForbidden},
		"another branch":  {south, c.ID, to(), crm.ErrNotFound},
		"another tenant":  {other, c.ID, to(), crm.ErrNotFound},
		"no such case":    {handler, kernel.NewID(), to(), crm.ErrNotFound},
		"no key":          {handler, "x", to(), crm.ErrNotFound},
		"no purpose":      {handler, c.ID, reveal.Purpose{Text: secret("  ")}, crm.ErrInvalid},
		"a long purpose":  {handler, c.ID, reveal.Purpose{Text: secret(strings.Repeat("x", reveal.MaxText+1))}, crm.ErrInvalid},
		"a sealed one":    {handler, c.ID, reveal.Purpose{Text: c.Content}, crm.ErrInvalid},
		"a strange part":  {handler, c.ID, to("complaints", "claims"), crm.ErrInvalid},
		"too many parts":  {handler, c.ID, to(slices.Repeat([]reveal.Part{"complaints"}, 20)...), crm.ErrInvalid},
		"a part that has": {handler, c.ID, to("complaint_respondents"), crm.ErrInvalid}, // nothing sealed
	} {
		rows, err := w.Complaints.Reveal(x.ctx, x.id, x.in)
		if !errors.Is(err, x.want) || rows != nil {
			t.Errorf("%s: %v, %v", name, rows, err)
		}
	}
	if _, err := w.Policies.Reveal(agent, s.policy.ID, to()); !errors.Is(err, crm.ErrInvalid) { // nothing of its own is sealed
		t.Error(err)
	}
	if looks := got(w.Accesses.List(owner, reveal.Filter{}, kernel.List{}))(t).Items; len(looks) != 0 {
		t.Errorf("refused looks are on record: %+v", looks)
	}
	// What a unit takes back, it takes back with the record.
	err := w.InTx(handler, func(c2 *crm.CRM) error { _, err := c2.Complaints.Reveal(handler, c.ID, to()); return err }, crm.DryRun())
	if looks := got(w.Accesses.List(owner, reveal.Filter{}, kernel.List{}))(t).Items; err != nil || len(looks) != 0 {
		t.Errorf("%+v, %v", looks, err)
	}
	w.sound(t)
}

// Where a confidentiality agreement is asked for, nobody reads a complaint without.
func TestReadingNeedsTheAgreement(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		c := w.aggrieved(t, s)
		cfg := w.config()
		cfg.Requirements = []member.Requirement{{Action: "complaint.Reveal", Agreement: true}}
		strict := got(crm.Open(owner, w.store, cfg))(t)
		zhao := got(strict.Membership.Staff.Hire(manager, member.Hiring{Actor: "zhao", Name: "Zhao", Role: access.ComplaintHandler}))(t)
		_, err := strict.Complaints.Reveal(handler, c.ID, to())
		var missing *member.MissingError
		if !errors.As(err, &missing) || !slices.Equal(missing.Missing, []string{"a confidentiality agreement"}) || !errors.Is(err, crm.ErrForbidden) {
			t.Errorf("%v", err)
		}
		err = strict.InTx(handler, func(c2 *crm.CRM) error { _, err := c2.Complaints.Reveal(handler, c.ID, to()); return err })
		if !errors.As(err, &missing) {
			t.Errorf("inside a unit of work: %v", err)
		}
		got(strict.Membership.Staff.SignAgreement(manager, zhao.ID, member.Agreement{}))(t)
		if rows := got(strict.Complaints.Reveal(handler, c.ID, to()))(t); len(rows) != 1 {
			t.Errorf("%d rows", len(rows))
		}
		if looks := got(strict.Accesses.List(auditor, reveal.Filter{From: noon}, kernel.List{}))(t).Items; len(looks) != 1 {
			t.Errorf("%d looks", len(looks))
		}
		w.sound(t)
	})
}

// Nothing that was opened gets out by being printed, encoded, logged or journalled.
func TestWhatIsOpenedDoesNotSing(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.play(t)
		all := []reveal.Part{"claims", "claim_documents", "claim_checks", "claim_reserves", reveal.Letters, reveal.History}
		rows := got(w.Claims.Reveal(adjuster, s.claim.ID, to(all...)))(t)
		if diff := cmp.Diff(all, reveal.Parts(claim.Subjects(), "claim")); diff != "" || len(rows) < 5 {
			t.Errorf("%d rows %s", len(rows), diff)
		}
		_, wrong := w.Claims.Reveal(adjuster, s.claim.ID, to(reveal.Part(canaries["talk"])))
		_, bad := w.Claims.Reveal(adjuster, s.claim.ID, reveal.Purpose{Text: secret(canaries["purpose of a look"] + "\x00")})
		var entries []journal.Entry
		err := w.guarded().View(owner, func(tx *storage.GuardTx) (err error) {
			entries, err = storage.Find[journal.Entry](tx, storage.Query{Where: []storage.Cond{journal.ColKind.Eq(reveal.Kind)}})
			return err
		})
		if err != nil || len(entries) != 2 {
			t.Errorf("%d looks in the journal, %v", len(entries), err)
		}
		for _, v := range []any{rows, &rows[0], wrong, bad, entries, to(), got(w.Accesses.List(owner, reveal.Filter{}, kernel.List{}))(t)} {
			var out bytes.Buffer
			fmt.Fprintf(&out, "%v\n%+v\n%#v\n%s\n%q\n%x\n", v, v, v, v, v, v)
			out.Write(got(json.Marshal(v))(t))
			slog.New(slog.NewTextHandler(&out, nil)).Info("given", "value", v)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("given", "value", v)
			silent(t, fmt.Sprintf("%T", v), out.Bytes())
		}
		if w.db != nil {
			for where, data := range w.contents(t) {
				silent(t, where, data)
			}
		}
		if canary.FindIn([]byte(rows[0].Values["description"]), canaries["description"]) == nil {
			t.Error("nothing was opened")
		}
	})
}

// An erased person's case cannot be read, by anybody.
func TestAnErasedPersonIsNotRead(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	s := w.insured(t)
	c := w.aggrieved(t, s)
	err := w.guarded().Update(owner, func(tx *storage.GuardTx) error {
		key, err := storage.One[storage.DataKey](tx, storage.Query{Where: []storage.Cond{storage.Col[kernel.Ref]("person").Eq(s.customer.ID.Ref())}})
		if err != nil {
			return err
		}
		key.Wrapped, key.DestroyedAt = nil, noon
		return tx.Save(key)
	})
	if err != nil {
		t.Fatal(err)
	}
	later := got(crm.Open(owner, w.store, w.config()))(t)
	for _, parts := range [][]reveal.Part{nil, {"complainants", reveal.History}, {reveal.Letters}} {
		if rows, err := later.Complaints.Reveal(handler, c.ID, to(parts...)); !errors.Is(err, storage.ErrErased) || rows != nil {
			t.Errorf("%v: %v, %v", parts, rows, err)
		}
	}
}

// Every kind of case that has anything sealed can be read by somebody, and never by those
// who only look.
func TestEveryKindHasReaders(t *testing.T) {
	t.Parallel()
	hidden := []string{"accumulator", "benefits_told"} // follow from others; nobody writes words there
	for _, s := range crm.Subjects() {
		if slices.Contains(hidden, s.Kind) {
			continue
		}
		who := granted(s.Kind + ".Reveal")
		if len(who) == 0 || slices.Contains(who, access.Auditor) {
			t.Errorf("%s may be read by %v", s.Kind, who)
		}
	}
}
