package survey_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/survey"
)

// canaries are what must never be seen outside of an opened text.
var canaries = map[string]string{
	"words":    "理赔员李明在电话里大声骂我",
	"day":      "1989-06-17",
	"reason":   "客户的母亲刚刚去世不想回答",
	"purpose":  "核实投诉事实的内部调查用途",
	"findings": "坐席泄露了客户的病历编号",
	"cause":    "新员工没有完成保密培训课程",
	"measure":  "重新组织全体员工参加培训",
	"summary":  "张先生一再抱怨等待时间太长",
}

// story makes use of every canary and returns the customer's invitation with its key.
func story(t tb, w *world) (survey.Invitation, map[string]any) {
	t.Helper()
	c := w.asking(t, func(p *survey.Plan) { p.RestDays = survey.NoRest })
	answers := []survey.Answer{
		survey.Score("nps", 0), survey.Score("satisfied", 1), survey.Choose("why", "other"), survey.Say("words", canaries["words"]),
		survey.Choose("again", "yes"), survey.On("when", kernel.NewDate(1989, 6, 17)),
	}
	i := w.invited(t, c, claimOf(1))
	in := survey.Submission{Key: i.Key, Answers: answers}
	r := got(w.Invitations.Submit(website, in, kernel.Key("r-1")))(t)
	purpose := reveal.Purpose{Text: secret(canaries["purpose"]), Parts: []reveal.Part{"survey_replies"}}
	texts := got(w.Invitations.Reveal(manager, i.ID, purpose))(t)
	why := survey.Grounds{Code: "personal", Reason: secret(canaries["reason"])}
	got(w.Invitations.Decline(agent, w.invited(t, c, claimOf(2)).ID, why))(t)
	p := survey.Proposal{Cause: secret(canaries["cause"]), Measure: secret(canaries["measure"]), Unit: "hotline", Person: "qian", Due: today}
	scoring := survey.Scoring{Marks: marks(1, 1, 1), Findings: secret(canaries["findings"]), Proposal: p}
	drawn := got(w.Inspections.Draw(manager, call()))(t)
	scored := got(w.Inspections.Score(manager, drawn.ID, scoring))(t)
	got(w.Campaigns.Close(manager, c.ID, why))(t)
	conclusion := survey.Conclusion{Summary: secret(canaries["summary"]), Proposal: p}
	c = got(w.Campaigns.Analyse(manager, c.ID, conclusion))(t)
	_, all, err := w.Invitations.Response(auditor, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	in.Answers = answers[:5] // the day that a form gives is plain
	return i, map[string]any{
		"submission": in, "answer": answers[3], "response": r, "replies": all, "invitation": i, "texts": texts, "purpose": purpose, "grounds": why,
		"scoring": scoring, "inspection": scored, "conclusion": conclusion, "campaign": c, "pointer": &c,
		"entry": survey.Entry{Answers: in.Answers, Recording: "call-1"}, "history": got(w.Invitations.History(auditor, i.ID))(t),
	}
}

func noCanary(t *testing.T, where string, haystack []byte, canaries map[string]string) {
	t.Helper()
	for what, text := range canaries {
		for _, form := range canary.FindIn(haystack, text) {
			t.Errorf("%s: the %s is there: %s", where, what, form)
		}
	}
}

// files reads all of a database.
func files(t *testing.T, path string) []byte {
	t.Helper()
	var all []byte
	names, _ := filepath.Glob(path + "*")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

// secrets are the canaries and the key of the invitation.
func secrets(i survey.Invitation) map[string]string {
	all := maps.Clone(canaries)
	all["key"], _ = i.Key.Plain()
	return all
}

func TestNothingPersonalInTheDatabaseFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	i, _ := story(t, newWorld(onSQLite(t, path), survey.Config{}))
	data := files(t, path)
	if !bytes.Contains(data, []byte("claim-1")) {
		t.Error("the case, which stays plain, is in none of the files: they are not the database")
	}
	noCanary(t, "database", data, secrets(i))
}

// The search finds what is there: where nothing is sealed every canary sings, but for the
// key, of which only a digest is kept.
func TestCanariesAreFoundWhereNothingIsSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	i, _ := story(t, newWorldSealing(onSQLite(t, path), privacy.Plaintext, survey.Config{}))
	all := files(t, path)
	for what, text := range secrets(i) {
		if found := canary.FindIn(all, text) != nil; found != (what != "key") {
			t.Errorf("the %s: found %v", what, found)
		}
	}
}

func TestNothingPersonalInOutputs(t *testing.T) {
	t.Parallel()
	i, outputs := story(t, inMemory())
	for name, v := range outputs {
		var text bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&text, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v)
		doc, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text.Write(doc)
		noCanary(t, name, text.Bytes(), secrets(i))
	}
}

func TestNothingPersonalInErrors(t *testing.T) {
	t.Parallel()
	w := inMemory()
	i, _ := story(t, w)
	words, all := canaries["words"], secrets(i)
	open := w.invited(t, w.asking(t, func(p *survey.Plan) { p.Code, p.RestDays = "S-2", survey.NoRest }), claimOf(3))
	for what, err := range map[string]error{
		"other answers": second(w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: []survey.Answer{survey.Say("words", words)}})),
		"bad answers": second(w.Invitations.Submit(website, survey.Submission{Key: open.Key, Answers: []survey.Answer{
			survey.Say(words, words+"\x00"), survey.Choose("why", words), survey.Say("nps", words), {Question: "again", Text: secret(words), Choices: []string{words}},
		}})),
		"bad key":     second(w.Invitations.Form(website, secret(all["key"]+"x"))),
		"bad reason":  second(w.Invitations.Decline(agent, open.ID, survey.Grounds{Code: words + "\n", Reason: secret(canaries["reason"] + "\x00")})),
		"bad purpose": second(w.Invitations.Reveal(manager, i.ID, reveal.Purpose{Text: secret(canaries["purpose"] + "\x00")})),
		"too late":    second(w.Invitations.Decline(agent, i.ID, survey.Grounds{Reason: secret(canaries["reason"])})),
		"bad finding": second(w.Inspections.Score(manager, kernel.NewID(), survey.Scoring{Findings: secret(canaries["findings"] + "\x00")})),
		"bad summary": second(w.Campaigns.Analyse(manager, i.CampaignID, survey.Conclusion{Summary: secret(canaries["summary"])})),
		"forbidden":   second(w.Invitations.Submit(agent, survey.Submission{Key: i.Key, Answers: happy()})),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		noCanary(t, what, fmt.Appendf(nil, "%v %+v %#v", err, err, err), all)
	}
}
