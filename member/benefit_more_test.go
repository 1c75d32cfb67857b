package member_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/member"
)

// A draft may be changed, but it stays what it is a draft of.
func TestADraftIsEdited(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p, other := w.club(t, "club"), w.club(t, "other")
	b := got(w.Benefits.Draft(designer, discount(p)))(t)
	better := discount(p)
	better.Rate = yuan("0.07")
	b = got(w.Benefits.Edit(designer, b.ID, better))(t)
	if !b.Design.Rate.Equal(yuan("0.07")) || b.Edition != 1 {
		t.Errorf("%+v", b)
	}
	renamed, moved := better, better
	renamed.Code, moved.ProgramID = "acc-6", other.ID
	for path, d := range map[string]member.BenefitDesign{"code:conflict": renamed, "program_id:conflict": moved} {
		_, err := w.Benefits.Edit(designer, b.ID, d)
		if d := cmp.Diff([]string{path}, faults(t, err)); d != "" {
			t.Error(d)
		}
	}
	refused(w.Benefits.Approve(designer, b.ID))(t, kernel.ErrForbidden)
	b = got(w.Benefits.Approve(manager, b.ID))(t)
	refused(w.Benefits.Edit(designer, b.ID, better))(t, kernel.ErrState)
	b = got(w.Benefits.Discard(designer, b.ID, member.Grounds{}))(t)
	refused(w.Benefits.Announce(designer, b.ID, published))(t, kernel.ErrState)
	w.sound(t)
}

// A benefit that is valid for a time starts with it, and is enjoyed until its last day.
func TestABenefitForAWhile(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "basic")
	d := discount(p)
	d.ValidFrom, d.ValidTo = kernel.NewDate(2027, 2, 1), kernel.NewDate(2027, 2, 28)
	b := w.announced(t, d)
	if b.StartsFrom != d.ValidFrom {
		t.Errorf("starts from %s", b.StartsFrom)
	}
	w.clock.Set(time.Date(2027, 2, 1, 4, 0, 0, 0, time.UTC))
	got(w.Benefits.Start(system, b.ID))(t)
	for at, want := range map[time.Duration]int{0: 1, 27*days + 11*time.Hour: 1, 27*days + 12*time.Hour: 0} { // until midnight of Beijing
		w.clock.Set(time.Date(2027, 2, 1, 4, 0, 0, 0, time.UTC).Add(at))
		if n := len(got(w.Benefits.ForCustomer(auditor, "c-1"))(t)); n != want {
			t.Errorf("after %s: %d benefits", at, n)
		}
	}
	w.clock.Set(time.Date(2027, 2, 10, 4, 0, 0, 0, time.UTC))
	d.Code = "too-late"
	late := got(w.Benefits.Approve(manager, got(w.Benefits.Draft(designer, d))(t).ID))(t)
	refused(w.Benefits.Announce(designer, late.ID, published))(t, kernel.ErrInvalid, "could start on 2027-03-12, and is valid until 2027-02-28")
	w.clock.Set(time.Date(2027, 3, 1, 4, 0, 0, 0, time.UTC))
	refused(w.Benefits.Announce(designer, late.ID, published))(t, kernel.ErrState, "is over")
}

// The days of notice are those of the rules on the day of the publication.
func TestNoticeFollowsTheProgram(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	rules := got(w.Programs.Rules(auditor, p.ID))(t)[0].Rules
	rules.NoticeDays = 60
	got(w.Programs.Revise(manager, p.ID, member.Revision{From: day.AddDays(1), Rules: rules}))(t)
	b := got(w.Benefits.Approve(manager, got(w.Benefits.Draft(designer, discount(p)))(t).ID))(t)
	w.clock.Advance(days)
	yesterday := published
	yesterday.PublishedAt = noon
	told := got(w.Benefits.Announce(designer, b.ID, yesterday, kernel.DryRun()))(t)
	now := got(w.Benefits.Announce(designer, b.ID, published))(t)
	if told.StartsFrom != day.AddDays(30) || now.StartsFrom != day.AddDays(61) {
		t.Errorf("published yesterday %s, today %s", told.StartsFrom, now.StartsFrom)
	}
}

// An order goes to the partner of its benefit when no other is named, or to nobody.
func TestWhoServes(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	clinic := w.clinic(t)
	with := checkup(p)
	with.PartnerID = clinic.ID
	own := checkup(p)
	own.Code = "own"
	w.effective(t, with, own)
	for code, want := range map[string]kernel.ID{"checkup": clinic.ID, "own": ""} {
		o := got(w.Orders.Order(desk, member.ServiceRequest{Customer: "c-1", Service: member.HealthService, Benefit: code}))(t)
		o = got(w.Orders.Reserve(desk, o.ID, member.Hold{}))(t)
		in := w.appointment(clinic)
		in.PartnerID = ""
		o = got(w.Orders.Schedule(desk, o.ID, in))(t)
		if o.PartnerID != want || o.Circumstances()["service"] != "health" {
			t.Errorf("%s: %+v", code, o)
		}
	}
	page := got(w.Orders.List(auditor, member.OrderFilter{Partner: clinic.ID, Benefit: "checkup", Customer: "c-1"}, kernel.List{}))(t)
	if len(page.Items) != 1 {
		t.Errorf("%d orders", len(page.Items))
	}
}

// A customer may be a member of two programs, and has what each of them gives, once; of a
// membership that has run out nothing, though nobody has noticed yet.
func TestTwoMemberships(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p, q := w.club(t, "club"), w.club(t, "golf")
	w.joins(t, p, "c-1", "gold")
	got(w.Members.Adopt(manager, member.Adoption{
		Enrolment: member.Enrolment{Program: q.ID, Customer: "c-1"}, JoinedOn: day, Tier: "basic", ExpiresOn: day.AddDays(40),
	}))(t)
	golf := discount(q)
	golf.Code = "golf-5"
	w.effective(t, discount(p), golf, checkup(p))
	codes := func() (out []string) {
		for _, e := range got(w.Benefits.ForCustomer(auditor, "c-1"))(t) {
			out = append(out, e.Benefit.Code+" "+e.Tier)
		}
		return out
	}
	if d := cmp.Diff([]string{"acc-5 gold", "checkup gold", "golf-5 basic"}, codes()); d != "" {
		t.Error(d)
	}
	w.clock.Advance(10 * days)
	if d := cmp.Diff([]string{"acc-5 gold", "checkup gold"}, codes()); d != "" {
		t.Error(d)
	}
}

// Every record answers what it is, what may be done, and what was done.
func TestQuestionsAboutBenefits(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	b := w.effective(t, checkup(p))[0]
	clinic := w.clinic(t)
	o := w.scheduled(t, "c-1", clinic)
	a := w.invites(t, w.lecture(1))
	up := got(w.Activities.SignUp(adviser, a.ID, "c-1"))(t)
	asks(t, b.ID, w.Benefits.Get, w.Benefits.Allowed, w.Benefits.History, 4)
	asks(t, o.GrantID, w.Quotas.Get, w.Quotas.Allowed, w.Quotas.History, 2)
	asks(t, o.ID, w.Orders.Get, w.Orders.Allowed, w.Orders.History, 3)
	asks(t, clinic.ID, w.Partners.Get, w.Partners.Allowed, w.Partners.History, 1)
	asks(t, a.ID, w.Activities.Get, w.Activities.Allowed, w.Activities.History, 3)
	asks(t, up.ID, w.SignUps.Get, w.SignUps.Allowed, w.SignUps.History, 1)
	if c := up.Concerns(); len(c) != 1 || c[0] != (command.Case{Kind: "activity", ID: a.ID}) {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff(rulebook.Facts{"kind": "value_added_service", "starts_from": day.AddDays(30), "ends_from": kernel.Date(0)}, b.Circumstances()); d != "" {
		t.Error(d)
	}
	if len(w.Benefits.Workflow().Rows())+len(w.Quotas.Workflow().Rows())+len(w.Orders.Workflow().Rows())+len(w.Partners.Workflow().Rows())+
		len(w.Activities.Workflow().Rows())+len(w.SignUps.Workflow().Rows()) == 0 || len(member.Kinds()) != len(member.Subjects()) {
		t.Error("a kind of subject is missing")
	}
}

// question is one that is asked about a record.
type question[T any] = func(context.Context, kernel.ID) (T, error)

func asks[T, M, H any](t *testing.T, id kernel.ID, get question[T], may question[M], past question[[]H], events int) {
	t.Helper()
	got(get(auditor, id))(t)
	got(may(auditor, id))(t)
	if h := got(past(auditor, id))(t); len(h) != events {
		t.Errorf("%d entries, want %d", len(h), events)
	}
}

// What members tell us is in no file and no output.
func TestNothingPersonalOfMembersAtBenefits(t *testing.T) {
	t.Parallel()
	secrets := []string{"近期胸口疼痛想做心脏检查", "全面心脏彩超三项协议", "轻度二尖瓣反流", "医生态度让我很感动", "讲座内容对高血压有用", "联系人诸葛女士手机", "家里有事来不了了"}
	path := filepath.Join(t.TempDir(), "crm.db")
	w := newWorld(sqliteAt(t, path), member.Config{})
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	w.effective(t, checkup(p))
	terms := agreement()
	terms.Contact, terms.Services = secret(secrets[5]), []member.ServiceKind{member.HealthService}
	clinic := got(w.Partners.Engage(designer, member.Engagement{Code: "clinic", Agreement: terms}))(t)
	request := member.ServiceRequest{Customer: "c-1", Service: member.HealthService, Wish: secret(secrets[0])}
	o := got(w.Orders.Order(desk, request))(t)
	got(w.Orders.Reserve(desk, o.ID, member.Hold{}))(t)
	in := w.appointment(clinic)
	in.Agreement.Content = secret(secrets[1])
	got(w.Orders.Schedule(desk, o.ID, in))(t)
	w.clock.Set(in.From)
	got(w.Orders.Start(desk, o.ID))(t)
	delivery := member.Delivery{Result: secret(secrets[2])}
	got(w.Orders.Deliver(desk, o.ID, delivery))(t)
	opinion := member.Opinion{Score: 5, Comment: secret(secrets[3])}
	o = got(w.Orders.Evaluate(desk, o.ID, opinion))(t)
	a := w.invites(t, w.lecture(2))
	up := got(w.Activities.SignUp(adviser, a.ID, "c-1"))(t)
	off := got(w.Activities.SignUp(adviser, a.ID, "c-2"))(t)
	why := member.Grounds{Reason: secret(secrets[6])}
	off = got(w.SignUps.Cancel(adviser, off.ID, why))(t)
	w.clock.Set(a.Begins)
	got(w.Activities.Hold(adviser, a.ID))(t)
	got(w.SignUps.Attend(adviser, up.ID))(t)
	up = got(w.SignUps.GiveFeedback(adviser, up.ID, member.Opinion{Score: 4, Comment: secret(secrets[4])}))(t)

	var text bytes.Buffer
	for _, v := range []any{terms, clinic, request, in, delivery, opinion, o, off, why, up, got(w.Orders.History(auditor, o.ID))(t), got(w.SignUps.History(auditor, off.ID))(t)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			fmt.Fprintf(&text, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "v", v)
		doc, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		text.Write(doc)
	}
	file := files(t, path)
	if !bytes.Contains(file, []byte("同信律所")) {
		t.Error("the partner's name, which stays plain, is not there: this is not the database")
	}
	for _, s := range secrets {
		for where, haystack := range map[string][]byte{"file": file, "output": text.Bytes()} {
			for _, form := range canary.FindIn(haystack, s) {
				t.Errorf("%s is in the %s: %s", s, where, form)
			}
		}
	}
	if _, open := o.Wish.Plain(); open {
		t.Error("the wish can be read")
	}
	w.sound(t)
}
