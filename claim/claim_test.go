package claim_test

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

func TestTheTableIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/claim.matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(claim.Lifecycle, f)
	if err != nil || len(diffs) > 0 {
		t.Fatal(strings.Join(diffs, "\n"), err)
	}
}

// Every command and question has a grant, and every event its method: but for those that
// follow from payments.
func TestEveryMethodHasAGrant(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(claim.Grants())
	methods := map[string]bool{}
	typ := reflect.TypeFor[*claim.Service]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		methods[name] = true
		if who, ok := roles.Granted("claim." + name); !ok || len(who) == 0 {
			t.Errorf("%s is granted to nobody", name)
		}
	}
	for _, g := range claim.Grants() {
		if slices.Contains(g.Roles, kernel.RoleOwner) {
			t.Errorf("%s lists the owner", g.Action)
		}
	}
	for _, row := range claim.Lifecycle.Rows() {
		followed := row.Event == claim.EventSettle || row.Event == claim.EventBouncePayment
		if methods[string(row.Event)] == followed {
			t.Errorf("%s: method %v", row.Event, !followed)
		}
		if followed && !slices.Equal(row.Who, []kernel.Role{access.System}) {
			t.Errorf("%s is given by hand", row.Event)
		}
		if slices.Contains(row.Who, access.Auditor) {
			t.Errorf("the auditor may %s", row.Event)
		}
	}
}

func TestTablesFitTheRecords(t *testing.T) {
	t.Parallel()
	var recs []storage.Record
	for _, sub := range append(claim.Subjects(), payment.Subjects()...) {
		recs = append(recs, sub.Root)
		for _, part := range sub.Parts {
			recs = append(recs, part.Record)
		}
	}
	for name, open := range map[string]storage.Store{"sqlite": onSQLite(t), "postgres": onPostgres(t)} {
		s := open.(interface {
			Differences(ctx context.Context, recs ...storage.Record) ([]string, error)
		})
		diffs, err := s.Differences(t.Context(), recs...)
		if err != nil || len(diffs) > 0 || len(recs) != 8 {
			t.Errorf("%s: %v, %v", name, diffs, err)
		}
	}
}

// An accident at work: reported, filed with all papers, checked, assessed, approved,
// told, agreed, paid, archived.
func TestTheStraightWay(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.report(t, injury("P-1"))
		if c.State != claim.Reported || c.Number != "CLM-2026-00000001" || c.Insured != "c-1" || c.Claimant != "c-1" || c.NotInForce || c.LossOn != kernel.NewDate(2026, 11, 15) {
			t.Errorf("%+v", c)
		}
		w.accepted(t, c.ID, "1100")
		c = got(w.Assess(adjuster, c.ID, claim.Assessment{}))(t)
		lines := got(w.Lines(auditor, c.ID))(t)
		var trace []string
		for _, s := range lines[0].Trace {
			trace = append(trace, s.Name+" "+s.Result.String())
		}
		// (1100 - 100) × 0.9
		if d := cmp.Diff([]string{"loss 1100", "deductible 1000", "copay 900", "limit 900"}, trace); d != "" || !lines[0].Approved.Equal(yuan("900")) {
			t.Errorf("%s\n%s", d, lines[0].Approved)
		}
		c = got(w.Approve(adjuster, c.ID, claim.Approval{Amount: yuan("900")}))(t)
		acc := got(w.Accumulators(auditor, "P-1"))(t)
		if len(acc) != 1 || !acc[0].Used.Equal(yuan("900")) || acc[0].State != claim.Available {
			t.Errorf("%+v", acc)
		}
		got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount, Channel: "sms"}))(t)
		got(w.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
		got(w.RequestPayment(adjuster, c.ID, claim.PaymentOrder{}))(t)
		w.transfer(t, c.ID)
		c = got(w.Get(auditor, c.ID))(t)
		if c.State != claim.Paid || c.PaidAt.IsZero() {
			t.Fatalf("%s", c.State)
		}
		c = got(w.Close(adjuster, c.ID))(t)
		if c.State != claim.Closed || c.ClosedAt.IsZero() {
			t.Errorf("%s", c.State)
		}
		want := []string{"Report", "File", "Check", "Accept", "Check", "Check", "Assess", "Approve", "Notify", "Agree", "RequestPayment", "Settle", "Close"}
		if d := cmp.Diff(want, w.events(t, c.ID)); d != "" {
			t.Error(d)
		}
		w.money(t, c.ID)
		w.sound(t)
	})
}
