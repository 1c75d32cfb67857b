package policy_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// Mr Zhang buys accident insurance at the counter: one call from the form to the policy.
func TestIssueDirect(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.sell(t, accident())
		p := w.insured(t, zhang(), paid("680.50"))
		if p.State != policy.InForce || p.Number != "P-2026-00000001" || !p.Premium.Equal(yuan("680.5")) {
			t.Errorf("issued is %s %s for %s", p.State, p.Number, p.Premium)
		}
		if !p.From.Equal(noon) || p.Begins != day || p.Ends != day.AddYears(1) || !p.To.Equal(day.AddYears(1).In(china)) {
			t.Errorf("cover from %s to %s", p.From, p.To)
		}
		var events []string
		for _, e := range must(w.Applications.History(auditor, p.ApplicationID))(t) {
			events = append(events, e.Event)
		}
		want := []string{"Draft", "Submit", "PassReview", "Approve", "Sign", "ReceivePremium", "Issue"}
		if diff := cmp.Diff(want, events); diff != "" {
			t.Error("the application's history:", diff)
		}
		folder := must(w.Applications.Folder(auditor, p.ApplicationID))(t)
		if len(folder.Layers) != 4 || folder.Layers[0].By != "rules" || len(folder.Documents) != 1 {
			t.Errorf("the folder holds %+v", folder)
		}
		if r := folder.Receipts[0]; !r.Allocated.Equal(yuan("680.5")) || !r.Unallocated().IsZero() {
			t.Errorf("the receipt is allocated with %s", r.Allocated)
		}
		due := must(w.Policies.Instalments(auditor, p.ID))(t)
		if len(due) != 1 || !due[0].Unpaid().IsZero() {
			t.Errorf("instalments are %+v", due)
		}
		w.sound(t)
	})
}

// What a rule objects to is not issued, nothing of it is written, and the error names
// every objection.
func TestIssueDirectRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		d := accident()
		d.Questions = []string{"smoker"}
		w.sell(t, d)
		form := zhang()
		form.Insured = []policy.InsuredForm{{Party: "c-old", Relation: policy.Other, Birth: kernel.NewDate(1950, 1, 1)}}
		form.Items[0].SumInsured = yuan("3000001")
		form.Beneficiaries = []policy.Beneficiary{{Share: kernel.Share{Party: "c-zhang", Order: 1}}}
		_, err := w.Applications.IssueDirect(agent, policy.Direct{Form: form, Receipts: []policy.ReceiptForm{paid("10000")}})
		var oe *policy.ObjectionError
		if !errors.As(err, &oe) || !errors.Is(err, kernel.ErrState) {
			t.Fatalf("got %v", err)
		}
		var rules []string
		for _, o := range oe.Objections {
			rules = append(rules, o.Rule)
		}
		slices.Sort(rules)
		want := []string{policy.RuleBeneficiary, policy.RuleConsent, policy.RuleDisclosure, policy.RuleInterest, policy.RuleAge, policy.RuleSum}
		slices.Sort(want)
		if diff := cmp.Diff(want, rules); diff != "" {
			t.Error(diff)
		}
		for what, n := range map[string]int64{
			"applications": count[policy.Application](t, w), "policies": count[policy.Policy](t, w),
			"objections": count[policy.Objection](t, w), "receipts": count[policy.Receipt](t, w),
		} {
			if n != 0 {
				t.Errorf("%d %s were written", n, what)
			}
		}
	})
}

// The machine decides up to the agent's authority, asks for the documents of the product,
// and for the premium unless the product gives credit.
func TestIssueDirectNeedsAuthorityDocumentsAndPremium(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	form := zhang()
	form.Items[0].SumInsured = yuan("1000000")
	refused(w.Applications.IssueDirect(agent, policy.Direct{Form: form}))(t, kernel.ErrForbidden, "refer")
	form = zhang()
	form.Documents = nil
	refused(w.Applications.IssueDirect(agent, policy.Direct{Form: form}))(t, kernel.ErrState, "[identity]")
	refused(w.Applications.IssueDirect(agent, policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.49")}}))(t, kernel.ErrState, "680.49 of the first premium of 680.5")
	refused(w.Applications.IssueDirect(auditor, policy.Direct{Form: zhang()}))(t, kernel.ErrForbidden)
	if n := count[policy.Application](t, w); n != 0 {
		t.Errorf("%d applications were written", n)
	}
	d := accident()
	d.Code, d.OnCredit = "CREDIT", true
	w.sell(t, d)
	form = zhang()
	form.Product, form.PayMode = "CREDIT", policy.Quarterly
	p := w.insured(t, form)
	due := must(w.Policies.Instalments(agent, p.ID))(t)
	if len(due) != 4 || !due[0].Unpaid().Equal(yuan("170.12")) || !due[3].Amount.Equal(yuan("170.14")) {
		t.Errorf("owed are %+v", due)
	}
	if due[1].DueOn != kernel.NewDate(2027, 2, 22) {
		t.Errorf("the second is due on %s", due[1].DueOn)
	}
}

// A retry with the same key issues no second policy.
func TestIssueDirectOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.sell(t, accident())
		in := policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.50")}}
		first := must(w.Applications.IssueDirect(agent, in, kernel.Key("counter-7")))(t)
		again := must(w.Applications.IssueDirect(agent, in, kernel.Key("counter-7")))(t)
		if again.ID != first.ID || !again.Replayed || first.Replayed {
			t.Errorf("the retry gave %+v", again)
		}
		in.Items = []policy.Item{{Coverage: "DEATH", SumInsured: yuan("1")}}
		refused(w.Applications.IssueDirect(agent, in, kernel.Key("counter-7")))(t, kernel.ErrKeyReused)
		dry := must(w.Applications.IssueDirect(agent, policy.Direct{Form: zhang(), Receipts: in.Receipts}, kernel.DryRun()))(t)
		if dry.Number == "" || count[policy.Policy](t, w) != 1 {
			t.Error("a dry run is no policy")
		}
	})
}

// Many counters in several processes issue at once: no number comes twice, none is left out.
func TestNumbersWithoutDuplicates(t *testing.T) {
	t.Parallel()
	const processes, each = 3, 6
	for name, open := range map[string]func(t *testing.T) []storage.Store{
		"memory": func(*testing.T) []storage.Store {
			m := memory.New()
			return []storage.Store{m, m, m}
		},
		"sqlite": func(t *testing.T) []storage.Store {
			path := filepath.Join(t.TempDir(), "crm.db")
			return []storage.Store{onSQLite(t, path), onSQLite(t, path), onSQLite(t, path)}
		},
		"postgres": func(t *testing.T) []storage.Store {
			dsn := pgtest.DSN(t)
			return []storage.Store{onPostgres(t, dsn), onPostgres(t, dsn), onPostgres(t, dsn)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := privacy.NewKeys()
			if err != nil {
				t.Fatal(err)
			}
			var worlds []*world
			for _, s := range open(t) {
				worlds = append(worlds, worldOver(storage.Guard(s, keys), policy.Config{}))
			}
			worlds[0].sell(t, accident())
			var mu sync.Mutex
			var numbers []string
			var wg sync.WaitGroup
			for _, w := range worlds {
				for range each {
					wg.Add(1)
					go func() {
						defer wg.Done()
						p, err := w.Applications.IssueDirect(agent, policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.50")}})
						mu.Lock()
						defer mu.Unlock()
						if err != nil {
							t.Error(err)
						}
						numbers = append(numbers, p.Number)
					}()
				}
			}
			wg.Wait()
			slices.Sort(numbers)
			for i, n := range numbers {
				if want := fmt.Sprintf("P-2026-%08d", i+1); n != want {
					t.Errorf("number %d is %s, want %s", i, n, want)
				}
			}
			worlds[0].sound(t)
		})
	}
}

// A role of the host's own that may issue directly, and nothing else, can.
func TestKiosk(t *testing.T) {
	t.Parallel()
	store := storage.Guard(memory.New(), privacy.Plaintext)
	worldOver(store, policy.Config{}).sell(t, accident())
	kiosk := kernel.Role("kiosk")
	grants := append(policy.Grants(), access.Grant{Action: "application.IssueDirect", Roles: []kernel.Role{kiosk}})
	table := append(access.Table{{Role: kiosk, What: policy.AuthorityUnderwriting, UpTo: yuan("600000")}}, authority...)
	s := policy.New(engine.New(store, kernel.NewManualClock(noon), access.NewRoles(grants), table), policy.Config{})
	in := policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.50")}}
	p := must(s.Applications.IssueDirect(as(kiosk), in, kernel.Key("1")))(t)
	if again := must(s.Applications.IssueDirect(as(kiosk), in, kernel.Key("1")))(t); again.ID != p.ID || !again.Replayed {
		t.Error("the retry was no replay")
	}
	refused(s.Applications.Draft(as(kiosk), zhang()))(t, kernel.ErrForbidden)
	refused(s.Policies.Get(as(kiosk), p.ID))(t, kernel.ErrForbidden)
}

// Rows belong to branches: who sees another branch sees nothing of this one.
func TestBranches(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	at := func(branch string) context.Context {
		return kernel.WithActor(context.Background(), kernel.Actor{ID: "u-" + branch, Roles: []kernel.Role{access.Agent}, Branches: []string{branch}})
	}
	form := zhang()
	form.Branch = "north"
	refused(w.Applications.IssueDirect(at("south"), policy.Direct{Form: form, Receipts: []policy.ReceiptForm{paid("680.50")}}))(t, kernel.ErrNotFound)
	p := must(w.Applications.IssueDirect(at("north"), policy.Direct{Form: form, Receipts: []policy.ReceiptForm{paid("680.50")}}))(t)
	for _, branch := range []string{"north", "south"} {
		seen := branch == "north"
		_, errGet := w.Policies.Get(at(branch), p.ID)
		_, errNumber := w.Policies.ByNumber(at(branch), p.Number)
		_, errCover := w.Policies.CoverAt(at(branch), kernel.Ref(p.Number), noon)
		_, errFolder := w.Applications.Folder(at(branch), p.ApplicationID)
		for _, err := range []error{errGet, errNumber, errCover, errFolder} {
			if (err == nil) != seen || err != nil && !errors.Is(err, kernel.ErrNotFound) {
				t.Errorf("%s: %v", branch, err)
			}
		}
		list := must(w.Policies.List(at(branch), policy.PolicyFilter{}, kernel.List{}))(t)
		mine := must(w.Policies.ForCustomer(at(branch), "c-zhang", kernel.List{}))(t)
		if (len(list.Items) == 1) != seen || (len(mine.Items) == 1) != seen {
			t.Errorf("%s sees %d and %d policies", branch, len(list.Items), len(mine.Items))
		}
	}
}

// A host sets up a product and issues a policy in one unit of work of its own; when it
// changes its mind, nothing of both is left.
func TestInsideTheHostsUnit(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		later := errors.New("changed my mind")
		for _, outcome := range []error{later, nil} {
			var number string
			err := w.engine.Together(owner, command.Group{}, func(ctx context.Context, r command.Runner) error {
				in := policy.New(r, policy.Config{})
				if _, err := in.Products.Publish(ctx, accident()); err != nil {
					return err
				}
				p, err := in.Applications.IssueDirect(ctx, policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.50")}})
				if err != nil {
					return err
				}
				c, err := in.Policies.CoverAt(ctx, kernel.Ref(p.Number), noon) // the unit sees its own writes
				if err != nil || !c.InForce {
					return fmt.Errorf("covered is %v: %w", c.InForce, err)
				}
				number = p.Number
				return outcome
			})
			if !errors.Is(err, outcome) {
				t.Fatal(err)
			}
			_, err = w.Policies.ByNumber(owner, number)
			if found := err == nil; found != (outcome == nil) {
				t.Errorf("after %v: found is %v", outcome, found)
			}
		}
		w.sound(t)
	})
}
