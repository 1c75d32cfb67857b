package member_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage"
)

// canaries are what must never be seen in files, logs and errors.
var memberCanaries = map[string]string{
	"reason":      "会员本人来电要求冻结账户",
	"certificate": "02000011010180002026012345",
	"trainer":     "诸葛孔明教授",
	"remark":      "三次未及时回复客户的投诉电话",
	"plan":        "每天旁听两通客户来电并写总结",
}

// sing tells a story that makes use of every canary, and returns all that it was given.
func sing(t *testing.T, w *insurer) []any {
	t.Helper()
	grounds := member.Grounds{Code: "call", Reason: secret(memberCanaries["reason"])}
	m := w.joined(t, "c-1")
	m = got(w.Members.Freeze(agent, m.ID, grounds))(t)
	li := w.hired(t, "li")
	proof := member.Proof{Code: "life", Certificate: secret(memberCanaries["certificate"])}
	li = got(w.Staff.Qualify(manager, li.ID, proof))(t)
	planning := member.Planning{Course: w.offered(t).ID, Staff: li.ID, On: day, Trainer: member.Trainer{
		Kind: member.HiredTrainer, Name: secret(memberCanaries["trainer"]), Meets: able,
	}}
	x := got(w.Trainings.Plan(manager, planning))(t)
	appraising := member.Appraising{Staff: li.ID, From: day, To: day, Marks: marks("10", "10", "10"), Remark: secret(memberCanaries["remark"])}
	a := got(w.Appraisals.Appraise(manager, appraising))(t)
	coaching := member.Coaching{Coach: "zhao", Plan: secret(memberCanaries["plan"]), Due: day + 30}
	a = got(w.Appraisals.Coach(manager, a.ID, coaching))(t)
	return []any{
		grounds, m, li, proof, planning, x, appraising, a, coaching,
		got(w.Staff.Qualifications(auditor, li.ID))(t), got(w.Members.History(auditor, m.ID))(t), got(w.Appraisals.History(auditor, a.ID))(t),
	}
}

func noMemberCanary(t *testing.T, where string, haystack []byte) {
	t.Helper()
	for what, text := range memberCanaries {
		for _, form := range canary.FindIn(haystack, text) {
			t.Errorf("%s: the %s is there: %s", where, what, form)
		}
	}
}

// files returns what a database has on disk.
func files(t *testing.T, path string) []byte {
	t.Helper()
	var all []byte
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

func TestNothingPersonalOfStaffInTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	w := open(sqliteAt(t, path), member.Config{})
	sing(t, w)
	all := files(t, path)
	if !bytes.Contains(all, []byte("顾问 li")) {
		t.Error("the staff's name, which stays plain, is not there: this is not the database")
	}
	noMemberCanary(t, "file", all)
	w.sound(t)
}

// The search finds what is there: where nothing is sealed, every canary sings.
func TestCanariesOfStaffAreFoundWhereNothingIsSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	w := open(sqliteAt(t, path), member.Config{})
	w.store = storage.Guard(w.store.Store(), privacy.Plaintext)
	w.engine = engine.New(w.store, w.clock, access.NewRoles(member.Grants()), access.Table{})
	w.Room = member.New(w.engine, member.Config{Customers: w.host, Policies: w.host})
	sing(t, w)
	all := files(t, path)
	for what, text := range memberCanaries {
		if canary.FindIn(all, text) == nil {
			t.Errorf("the %s is not found", what)
		}
	}
}

func TestNothingPersonalOfStaffInOutputs(t *testing.T) {
	t.Parallel()
	for i, v := range sing(t, newInsurer()) {
		var text bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&text, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "v", v)
		doc, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		text.Write(doc)
		noMemberCanary(t, fmt.Sprintf("output %d (%T)", i, v), text.Bytes())
	}
}

func TestNothingPersonalOfStaffInErrors(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	m, li := w.joined(t, "c-1"), w.hired(t, "li")
	spoilt := func(what string) privacy.Secret { return secret(memberCanaries[what] + "\x00") }
	for what, err := range map[string]error{
		"freeze":  second(w.Members.Freeze(agent, m.ID, member.Grounds{Code: memberCanaries["reason"] + "\x00", Reason: spoilt("reason")})),
		"source":  second(w.Members.Reverse(agent, m.ID, member.Reversal{Source: kernel.Ref(memberCanaries["reason"]), Grounds: why})),
		"qualify": second(w.Staff.Qualify(manager, li.ID, member.Proof{Code: memberCanaries["certificate"] + "\n", Certificate: spoilt("certificate")})),
		"plan": second(w.Trainings.Plan(manager, member.Planning{Course: kernel.ID(memberCanaries["trainer"]), Staff: kernel.ID(memberCanaries["trainer"]), On: day,
			Trainer: member.Trainer{Kind: member.OwnTrainer, Actor: kernel.Ref(memberCanaries["trainer"]), Name: secret(memberCanaries["trainer"])}})),
		"appraise": second(w.Appraisals.Appraise(manager, member.Appraising{Staff: li.ID, Remark: spoilt("remark")})),
		"coach":    second(w.Appraisals.Coach(manager, kernel.ID(memberCanaries["plan"]), member.Coaching{Plan: spoilt("plan")})),
		"hire":     second(w.Staff.Hire(manager, member.Hiring{Actor: kernel.Ref(memberCanaries["trainer"] + "\x00"), Name: memberCanaries["trainer"] + "\x00"})),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		noMemberCanary(t, what, fmt.Appendf(nil, "%v %+v %#v", err, err, err))
	}
}
