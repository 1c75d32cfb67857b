package complaint_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage/memory"
)

func of(branch string) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: branch + "-clerk", Branches: []string{branch}, Roles: []kernel.Role{access.ComplaintHandler}})
}

// A branch sees its own complaints, and a review may go to the superior unit.
func TestBranches(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1")
	in.Branch = "north"
	c := w.replied(t, in)
	if err := last(w.Get(of("south"), c.ID)); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("seen by another branch: %v", err)
	}
	if err := last(w.Receive(of("south"), in)); !errors.Is(err, kernel.ErrNotFound) && !errors.Is(err, kernel.ErrDuplicate) {
		t.Errorf("received for another branch: %v", err)
	}
	if page := got(w.List(of("south"), complaint.Filter{}, kernel.List{}))(t); len(page.Items) != 0 {
		t.Errorf("listed for another branch: %+v", page.Items)
	}
	got(w.Get(of("north"), c.ID))(t)
	c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("no"), Branch: "head"}))(t)
	if r := got(w.Get(of("head"), c.Second))(t); r.Branch != "head" {
		t.Error(r.Branch)
	}
	// The respondents of a complaint of north are not north's agents' to read.
	if err := last(w.Respondents(agent, c.ID)); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("read by an agent: %v", err)
	}
}

// A retry under the same key finds what the first call did, the review included.
func TestRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1")
	a := got(w.Receive(handler, in, kernel.Key("k-1")))(t)
	b := got(w.Receive(handler, in, kernel.Key("k-1")))(t)
	if a.ID != b.ID || a.Replayed || !b.Replayed {
		t.Errorf("%s and %s", a.ID, b.ID)
	}
	c := w.replied(t, letter("c-2"))
	again := complaint.Again{Content: text("no")}
	dry := got(w.ComplainAgain(agent, c.ID, again, kernel.DryRun()))(t)
	if dry.State != complaint.Escalated || got(w.Get(agent, c.ID))(t).State != complaint.Replied {
		t.Error("a dry run is not dry")
	}
	one := got(w.ComplainAgain(agent, c.ID, again, kernel.Key("k-2")))(t)
	two := got(w.ComplainAgain(agent, c.ID, again, kernel.Key("k-2")))(t)
	if one.Second != two.Second || !two.Replayed {
		t.Errorf("%s and %s", one.Second, two.Second)
	}
	if err := last(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("other")}, kernel.Key("k-2"))); !errors.Is(err, kernel.ErrKeyReused) {
		t.Error(err)
	}
	if err := last(w.Accept(handler, a.ID, complaint.Acceptance{}, kernel.IfVersion(9))); !errors.Is(err, kernel.ErrConflict) {
		t.Error(err)
	}
	w.sound(t)
}

// Two clerks take the same complaint down at the same moment: one is told of the other's.
func TestTheSameComplaintAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(onPostgres(t))
	errs := make([]error, 4)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { _, errs[i] = w.Receive(handler, letter("c-1")) })
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, kernel.ErrDuplicate) && !errors.Is(err, kernel.ErrConflict):
			t.Error(err)
		}
	}
	if page := got(w.List(auditor, complaint.Filter{}, kernel.List{}))(t); won != 1 || len(page.Items) != 1 {
		t.Errorf("%d won, %d complaints", won, len(page.Items))
	}
	w.sound(t)
}

// Two merge each other at once: one of them goes on.
func TestMergingBothWaysAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(onPostgres(t))
	in := letter("c-1")
	a := w.receive(t, in)
	in.AcceptDuplicate, in.Reason = true, text("x")
	b := w.receive(t, in)
	var group sync.WaitGroup
	var errs [2]error
	for i, way := range [][2]kernel.ID{{a.ID, b.ID}, {b.ID, a.ID}} {
		group.Go(func() {
			_, errs[i] = w.Merge(handler, way[0], complaint.Merging{Survivor: way[1], Reason: text("same")})
		})
	}
	group.Wait()
	a, b = got(w.Get(handler, a.ID))(t), got(w.Get(handler, b.ID))(t)
	if (a.State == complaint.Merged) == (b.State == complaint.Merged) || (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%s and %s: %v", a.State, b.State, errs)
	}
	w.sound(t)
}

// Somebody who is in no archive is recognised by the telephone number.
func TestTheSameNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := complaint.Receipt{Complainants: []complaint.Speaker{{Name: text("Zhang"), Phone: text("138 0013 8000")}}, Content: text("x")}
	a := w.receive(t, in)
	in.Complainants[0].Phone = text("+86 138-0013-8000")
	var dup *kernel.DuplicateError
	if err := last(w.Receive(handler, in)); !errors.As(err, &dup) || dup.Certain || dup.Candidates[0] != a.ID {
		t.Errorf("%v", err)
	}
	elsewhere := in
	elsewhere.About.Product = "life-b"
	w.receive(t, elsewhere)
	in.AcceptDuplicate, in.Reason = true, text("his wife")
	b := w.receive(t, in)
	got(w.Merge(handler, b.ID, complaint.Merging{Survivor: a.ID, Reason: text("the same after all")}))(t)
	in.AcceptDuplicate = false
	in.Complainants[0].Phone = text("139 0013 8000")
	w.receive(t, in)
	// A lawyer complains for a customer: the customer's complaint it is.
	lawyer := complaint.Receipt{Complainants: []complaint.Speaker{{Phone: text("010-5555"), OnBehalfOf: "c-7", Authority: "POA-7"}}, Content: text("x")}
	if c := w.receive(t, lawyer); c.Customer != "c-7" || c.Person() != "c-7" {
		t.Errorf("%+v", c)
	}
	w.sound(t)
}
