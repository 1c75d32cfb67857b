package crm_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// deadlines returns the tasks of a case by clock.
func (w *world) deadlines(t testing.TB, id kernel.ID) map[string]task.Task {
	t.Helper()
	out := map[string]task.Task{}
	for _, tk := range got(w.Tasks.List(manager, task.Filter{Case: id}, kernel.List{Limit: kernel.MaxLimit}))(t).Items {
		out[tk.Clock] = tk
	}
	return out
}

// A claim under an individual accident policy, reported on Tuesday, 24 November 2026,
// runs through its statutory deadlines; documents are missing for a while, which stops
// the clock from the day on which the letter arrived.
func TestDeadlinesOfAClaim(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		day := func(month time.Month, d int) kernel.Date { return kernel.NewDate(2026, month, d) }
		c := got(w.Claims.Report(adjuster, loss(&s.policy, "injury", w.clock.Now().Add(-time.Hour))))(t)
		expect := func(clock string, state task.State, due kernel.Date) {
			t.Helper()
			if tk := w.deadlines(t, c.ID)[clock]; tk.State != state || tk.DueOn != due {
				t.Errorf("%s is %s and due %s, want %s and %s", clock, tk.State, tk.DueOn, state, due)
			}
		}
		expect("company.claim.contact", task.Open, day(11, 25))
		expect("cn.claim.limitation-nonlife", task.Open, kernel.NewDate(2028, 11, 24))

		c = got(w.Claims.File(adjuster, c.ID, claim.Filing{Claimed: yuan("1100")}))(t)
		expect("cn.claim.limitation-nonlife", task.Met, kernel.NewDate(2028, 11, 24))
		expect("cn.claim.assess-ordinary", task.Open, day(12, 1))                  // five working days
		expect("cn.claim.advance-payment", task.Open, kernel.NewDate(2027, 1, 25)) // the 60th day is a Saturday

		got(w.Claims.RequestDocuments(adjuster, c.ID, claim.MissingRequest{}))(t)
		expect("cn.claim.assess-ordinary", task.Open, day(12, 1)) // the letter is on its way
		w.clock.Advance(24 * time.Hour)
		got(w.Claims.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeMissing, ArrivedAt: w.clock.Now()}))(t)
		if tk := w.deadlines(t, c.ID)["cn.claim.assess-ordinary"]; tk.State != task.Paused || !tk.DueAt.IsZero() {
			t.Errorf("the letter arrived: %+v", tk)
		}
		w.clock.Advance(30 * 24 * time.Hour)
		if swept := got(w.Tasks.Sweep(owner))(t); swept.Breached != 2 || swept.Escalated != 2 { // nobody spoke with the claimant or told how to claim
			t.Errorf("%+v", swept)
		}
		got(w.Claims.SupplyDocuments(adjuster, c.ID, claim.Supply{Documents: []claim.Paper{{Kind: "claim_form"}}}))(t)
		expect("cn.claim.assess-ordinary", task.Open, day(12, 31)) // four of five days were left on Friday, the 25th
		explained := got(w.Tasks.Explain(adjuster, w.deadlines(t, c.ID)["cn.claim.assess-ordinary"].ID, "en"))(t)
		for _, want := range []string{"2010/4", "23", "5 working days", "2026-12-31"} {
			if !strings.Contains(explained, want) {
				t.Errorf("%q does not name %q", explained, want)
			}
		}

		got(w.Claims.MarkComplex(adjuster, c.ID, claim.Remark{Text: secret("three hospitals")}))(t)
		expect("cn.claim.assess-ordinary", task.Open, kernel.NewDate(2027, 1, 25)) // 30 days, and the 30 that were waited, roll from Saturday
		if tk := w.deadlines(t, c.ID)["cn.claim.assess-ordinary"]; tk.Rule != "cn.claim.assess-complex" {
			t.Errorf("%+v", tk)
		}
		w.sound(t)
	})
}

// Four processes sweep one database at once: each deadline of claims and complaints is found
// late once, and each escalation happens once.
func TestFourProcessesSweep(t *testing.T) {
	t.Parallel()
	if os.Getenv("CRM_SWEEP") != "" {
		t.Skip("this is one of the four")
	}
	onDatabases(t, func(t *testing.T, w *world) {
		file := filepath.Join(t.TempDir(), "keys.json")
		w.keys = got(privacy.OpenKeyFile(file))(t)
		w.CRM = got(crm.Open(owner, w.store, w.config()))(t)
		s := w.insured(t)
		const n = 25
		for i := range n {
			got(w.Claims.Report(adjuster, loss(&s.policy, fmt.Sprintf("cause-%d", i), w.clock.Now().Add(-time.Hour))))(t)
			got(w.Complaints.Receive(owner, complaint.Receipt{Anonymous: true, Content: secret("no answer")}))(t)
		}
		w.clock.Advance(20 * 24 * time.Hour) // nobody has spoken with the claimants, told them how to claim, or answered the complaints
		var wg sync.WaitGroup
		var mu sync.Mutex
		var sum task.Swept
		for range 4 {
			wg.Go(func() {
				child := exec.Command(os.Args[0], "-test.run=^TestSweepAsAProcess$", "-test.count=1") //nolint:gosec // ourselves
				child.Env = append(os.Environ(), "CRM_SWEEP="+w.dialect, "CRM_SWEEP_WHERE="+w.where, "CRM_SWEEP_KEYS="+file,
					"CRM_SWEEP_NOW="+w.clock.Now().Format(time.RFC3339))
				out, err := child.Output()
				var swept task.Swept
				line, _, _ := strings.Cut(string(out), "\n")
				if err == nil {
					err = json.Unmarshal([]byte(line), &swept)
				}
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("%v: %s", err, out)
				}
				sum.Breached, sum.Escalated, sum.Failed = sum.Breached+swept.Breached, sum.Escalated+swept.Escalated, sum.Failed+swept.Failed
			})
		}
		wg.Wait()
		if want := (task.Swept{Breached: 3 * n, Escalated: 3 * n}); sum != want {
			t.Errorf("four processes together: %+v, want %+v", sum, want)
		}
		if again := got(w.Tasks.Sweep(owner))(t); again.Sum() != 0 {
			t.Errorf("once more: %+v", again)
		}
		w.sound(t)
	})
}

// TestSweepAsAProcess is one process of the test above.
func TestSweepAsAProcess(t *testing.T) {
	dialect := os.Getenv("CRM_SWEEP")
	if dialect == "" {
		t.Skip("only as a child")
	}
	keys := got(privacy.OpenKeyFile(os.Getenv("CRM_SWEEP_KEYS")))(t)
	now := got(time.Parse(time.RFC3339, os.Getenv("CRM_SWEEP_NOW")))(t)
	c := got(crm.Open(owner, connect(t, dialect, os.Getenv("CRM_SWEEP_WHERE")), crm.Config{Keys: keys, Clock: kernel.NewManualClock(now)}))(t)
	swept := got(c.Tasks.Sweep(owner))(t)
	fmt.Println(string(got(json.Marshal(swept))(t)))
}
