package claim_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage/memory"
)

// Something is missing: the claimant is told once and completely, sends a part, then the
// rest.
func TestMissingDocumentsAreAskedForAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	got(w.File(adjuster, c.ID, claim.Filing{Claimed: yuan("1100")}))(t)
	if _, err := w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCompleteness}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("passed with everything missing: %v", err)
	}
	got(w.RequestDocuments(adjuster, c.ID, claim.MissingRequest{Also: []string{"diagnosis"}, Channel: "sms"}))(t)
	p := got(w.Progress(auditor, c.ID))(t)
	if d := cmp.Diff([]string{"id_card", "invoice", "diagnosis"}, p.Missing); d != "" || p.Turn != claim.Claimants {
		t.Errorf("%s %s", d, p.Turn)
	}
	got(w.AddDocument(agent, c.ID, claim.Paper{Kind: "id_card"}))(t)
	_, err := w.SupplyDocuments(agent, c.ID, claim.Supply{Documents: []claim.Paper{{Kind: "invoice"}}})
	if !errors.Is(err, kernel.ErrInvalid) || !strings.Contains(err.Error(), "diagnosis is still missing") {
		t.Error(err)
	}
	w.clock.Advance(24 * time.Hour)
	c = got(w.SupplyDocuments(agent, c.ID, claim.Supply{Documents: []claim.Paper{{Kind: "invoice"}, {Kind: "diagnosis"}}}))(t)
	if c.State != claim.Filed || !c.CompletedAt.Equal(w.clock.Now()) {
		t.Errorf("%s %s", c.State, c.CompletedAt)
	}
	if _, err := w.RequestDocuments(adjuster, c.ID, claim.MissingRequest{Also: []string{"x_ray"}}); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("a second request without reason: %v", err)
	}
	got(w.RequestDocuments(adjuster, c.ID, claim.MissingRequest{Also: []string{"invoice"}, Reason: privacy.New("not legible")}))(t)
	if p = got(w.Progress(auditor, c.ID))(t); !cmp.Equal(p.Missing, []string{"invoice"}) {
		t.Errorf("%v", p.Missing)
	}
	letters := got(w.Notices(adjuster, c.ID))(t)
	if len(letters) != 2 || letters[0].Kind != claim.NoticeMissing {
		t.Errorf("%+v", letters)
	}
	w.clock.Advance(time.Hour)
	got(w.Notify(adjuster, c.ID, claim.Message{Sent: letters[0].ID}))(t)
	if letters = got(w.Notices(adjuster, c.ID))(t); !letters[0].ArrivedAt.Equal(w.clock.Now()) {
		t.Errorf("%+v", letters[0])
	}
	if _, err := w.Notify(adjuster, c.ID, claim.Message{Sent: letters[0].ID}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("it arrived twice: %v", err)
	}
	entries := got(w.History(auditor, c.ID))(t) // deadlines run from these facts
	if f := entries[len(entries)-1].Facts; f["kind"] != "missing" || f["dispatched_at"] != "2026-11-22T04:00:00Z" || f["arrived_at"] != "2026-11-23T05:00:00Z" {
		t.Errorf("%v", f)
	}
	w.sound(t)
}

// The amount lies above the adjuster's authority: a manager decides, and never the one
// who proposed.
func TestFourEyesAboveTheAuthority(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.assessed(t, injury("P-1"), "15000")
	_, err := w.Approve(adjuster, c.ID, claim.Approval{})
	if !errors.Is(err, kernel.ErrForbidden) || !strings.Contains(err.Error(), "refer it") {
		t.Fatal(err)
	}
	c = got(w.Refer(adjuster, c.ID, claim.Referral{Remark: privacy.New("please look")}))(t)
	if c.State != claim.AwaitingApproval || c.Proposal != claim.ToPay || c.ProposedBy != "li" {
		t.Errorf("%+v", c)
	}
	if _, err := w.Countersign(adjuster, c.ID, claim.Remark{}); !errors.Is(err, kernel.ErrForbidden) || !errors.Is(err, kernel.ErrState) {
		t.Errorf("the proposer countersigns: %v", err)
	}
	if _, err := w.Countersign(as("chen", access.Adjuster), c.ID, claim.Remark{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("no authority either: %v", err)
	}
	if _, err := w.CountersignRefusal(manager, c.ID, claim.Remark{}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("refuses what was proposed to be paid: %v", err)
	}
	c = got(w.Return(manager, c.ID, claim.Remark{Text: privacy.New("the invoice twice?")}))(t)
	c = got(w.Refer(manager, c.ID, claim.Referral{Lines: []claim.Item{{Claimed: yuan("12100")}}}))(t)
	if _, err := w.Countersign(manager, c.ID, claim.Remark{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("a manager signs her own: %v", err)
	}
	c = got(w.Countersign(other, c.ID, claim.Remark{}))(t)
	if c.State != claim.Approved || !c.Approved.Equal(yuan("10800")) || c.DecidedBy != "zhao" || c.Proposal != "" {
		t.Errorf("%+v", c)
	}
	w.money(t, c.ID)
	w.sound(t)
}

// The policy had lapsed before the accident: the claim is taken, flagged, and refused
// with reasons, without the three checks.
func TestALossOutsideTheCoverIsFlaggedAndRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-lapsed"))
	if !c.NotInForce || c.Cover.WhyNot != "lapsed" {
		t.Fatalf("%v %q", c.NotInForce, c.Cover.WhyNot)
	}
	got(w.File(adjuster, c.ID, filing("1100")))(t)
	c = got(w.Decline(adjuster, c.ID, claim.Refusal{Reason: "not_in_force", Clause: "1.4"}))(t)
	if c.State != claim.Declined || c.Reason != "not_in_force" {
		t.Errorf("%+v", c)
	}
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeRefusal}))(t)
	c = got(w.Close(adjuster, c.ID))(t)
	if p := got(w.Progress(auditor, c.ID))(t); p.Turn != claim.Nobodys || p.Next() != nil {
		t.Errorf("%+v", p)
	}

	early := injury("P-1")
	early.OccurredAt = time.Date(2025, 12, 31, 15, 59, 59, 0, time.UTC) // the second before in China
	if c := w.report(t, early); !c.NotInForce || c.Cover.WhyNot != "before_inception" {
		t.Errorf("%v %q", c.NotInForce, c.Cover.WhyNot)
	}
	early.OccurredAt = early.OccurredAt.Add(time.Second)
	if c := w.report(t, early); c.NotInForce {
		t.Error("the first second of the cover is covered")
	}
}

// Nothing speaks against the claim: it cannot be refused. A failed check is a ground.
func TestARefusalNeedsAGround(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.assessed(t, injury("P-1"), "12000")
	no := claim.Refusal{Reason: "exclusion", Clause: "2.6"}
	if _, err := w.Decline(manager, c.ID, no); !errors.Is(err, kernel.ErrState) {
		t.Fatal(err)
	}
	got(w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCoverage, Result: claim.Failed, Grounds: privacy.New("a sport that is excluded")}))(t)
	if _, err := w.Decline(adjuster, c.ID, no); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("above the authority for refusals: %v", err)
	}
	if _, err := w.Approve(manager, c.ID, claim.Approval{}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("approved with a failed check: %v", err)
	}
	no.Remark = privacy.New("excluded in writing")
	got(w.Refer(adjuster, c.ID, claim.Referral{Refuse: &no, Remark: privacy.New("please look")}))(t)
	if why := w.because(t, c.ID); !slices.Contains(why, "please look\nexcluded in writing") {
		t.Errorf("because %q", why)
	}
	c = got(w.CountersignRefusal(manager, c.ID, claim.Remark{}))(t)
	if c.State != claim.Declined || c.Clause != "2.6" {
		t.Errorf("%+v", c)
	}
	w.sound(t)
}

// A document is doubted, an investigator is sent, and all is well.
func TestAnInvestigation(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	got(w.File(adjuster, c.ID, filing("1100")))(t)
	got(w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCompleteness}))(t)
	got(w.Accept(adjuster, c.ID, claim.Acceptance{Handler: "li"}))(t)
	docs := got(w.Documents(adjuster, c.ID))(t)
	got(w.JudgeDocument(adjuster, c.ID, claim.Judgement{Document: docs[1].ID, Verdict: claim.Doubtful}))(t)
	if _, err := w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckAuthenticity}); !errors.Is(err, kernel.ErrState) {
		t.Error(err)
	}
	got(w.Investigate(adjuster, c.ID, claim.Investigation{Investigator: "expert-7"}))(t)
	got(w.JudgeDocument(adjuster, c.ID, claim.Judgement{Document: docs[1].ID, Verdict: claim.Genuine}))(t)
	c = got(w.Conclude(adjuster, c.ID, claim.Conclusion{Evidence: privacy.New("the hospital confirms"), Lines: []claim.Item{{Claimed: yuan("1100")}}}))(t)
	if c.State != claim.Assessing || c.Investigator != "expert-7" {
		t.Errorf("%+v", c)
	}
	got(w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCoverage}))(t)
	if c = got(w.Approve(adjuster, c.ID, claim.Approval{}))(t); !c.Approved.Equal(yuan("900")) {
		t.Errorf("%s", c.Approved)
	}
	p := got(w.Progress(auditor, c.ID))(t)
	for _, s := range p.Stages {
		if strings.Contains(strings.ToLower(s.Label.EN), "investig") {
			t.Error("the claimant sees the investigation")
		}
	}
}

func TestLapsing(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	if _, err := w.Lapse(manager, c.ID); !errors.Is(err, kernel.ErrState) {
		t.Error(err)
	}
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeGuidance}))(t)
	w.clock.Advance(180*24*time.Hour - time.Second)
	if _, err := w.Lapse(manager, c.ID); !errors.Is(err, kernel.ErrState) {
		t.Error(err)
	}
	w.clock.Advance(time.Second)
	if c = got(w.Lapse(manager, c.ID))(t); c.State != claim.Closed {
		t.Error(c.State)
	}

	second := injury("P-2")
	c = w.report(t, second)
	w.clock.Set(accident.AddDate(2, 0, 0))
	if _, err := w.Lapse(manager, c.ID); !errors.Is(err, kernel.ErrState) {
		t.Errorf("on the last day of the limitation: %v", err)
	}
	w.clock.Set(accident.AddDate(2, 0, 1))
	got(w.Lapse(manager, c.ID))(t)
}

// The same loss again is refused with the candidates, unless somebody has looked.
func TestReportingTwice(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		first := w.report(t, injury("P-1"))
		again := injury("P-1")
		again.OccurredAt = again.OccurredAt.Add(time.Hour)
		_, err := w.Report(adjuster, again)
		var dup *kernel.DuplicateError
		if !errors.As(err, &dup) || !cmp.Equal(dup.Candidates, []kernel.ID{first.ID}) {
			t.Fatal(err)
		}
		again.AcceptDuplicate = true
		if _, err := w.Report(adjuster, again); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("without a reason: %v", err)
		}
		again.Reason = privacy.New("fell again in the evening")
		if c := w.report(t, again); c.Twin != 2 || c.Number == first.Number || !slices.Equal(w.because(t, c.ID), []string{"fell again in the evening"}) {
			t.Errorf("%+v", c)
		}
		fresh := injury("P-family")
		fresh.Insured, fresh.Reason = "c-1", privacy.New("the only loss") // given where nothing repeats
		if c := w.report(t, fresh); !slices.Equal(w.because(t, c.ID), []string{"the only loss"}) {
			t.Errorf("%+v", c)
		}
		for _, change := range []func(*claim.Notice){
			func(n *claim.Notice) { n.Cause = "illness" },
			func(n *claim.Notice) { n.OccurredAt = n.OccurredAt.AddDate(0, 0, -1) },
			func(n *claim.Notice) { n.Policy = "P-2" },
		} {
			n := injury("P-1")
			change(&n)
			w.report(t, n)
		}
	})
}

// Whoever asks sees what is possible now, and why the rest is not.
func TestAllowedTellsWhyNot(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	got(w.File(adjuster, c.ID, filing("1100")))(t)
	moves := got(w.Allowed(adjuster, c.ID))(t)
	var events []string
	for _, m := range moves.Allowed {
		events = append(events, string(m.Event))
	}
	want := []string{"AddDocument", "Assist", "Check", "Contact", "JudgeDocument", "MarkComplex", "Notify", "RequestDocuments", "Reserve", "Withdraw"}
	if d := cmp.Diff(want, events); d != "" {
		t.Error(d)
	}
	for _, no := range moves.WhyNot {
		if no.Event == claim.EventAccept && no.Reason != "the check of completeness is open" {
			t.Error(no.Reason)
		}
		if no.Event == claim.EventAssign && !errors.Is(no.Err, kernel.ErrForbidden) {
			t.Error(no.Err)
		}
	}
	_, err := w.Approve(adjuster, c.ID, claim.Approval{})
	var te *workflow.TransitionError
	if !errors.As(err, &te) || te.From != "filed" || len(te.Allowed) == 0 {
		t.Error(err)
	}
}

// The claimant learns of a decision when told, not before.
func TestProgressTellsNothingInternal(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.approved(t, injury("P-1"), "1100")
	p := got(w.Progress(agent, c.ID))(t)
	if p.State.EN != "Being assessed" || p.Turn != claim.Insurers || !p.Notified.IsZero() || p.Next().Label.EN != "Decided" {
		t.Errorf("%+v", p)
	}
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
	p = got(w.Progress(agent, c.ID))(t)
	if p.State.ZH != "已核定" || p.Turn != claim.Claimants || !p.Notified.Equal(yuan("900")) || p.Next().Label.ZH != "达成协议" {
		t.Errorf("%+v", p)
	}
	got(w.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
	got(w.RequestPayment(adjuster, c.ID, claim.PaymentOrder{}))(t)
	w.transfer(t, c.ID)
	if p = got(w.Progress(agent, c.ID))(t); !p.Paid.Equal(yuan("900")) || p.Next().Label.EN != "Closed" {
		t.Errorf("%+v", p)
	}
	a := got(w.Accumulators(auditor, "P-1"))(t)[0]
	history := got(w.AccumulatorHistory(auditor, a.ID))(t)
	if len(history) != 2 || history[1].Event != "Take" || history[1].Facts["amount"] != "900" {
		t.Errorf("%+v", history)
	}
}
