package member_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage/memory"
)

// syllabus is a course on talking with customers; who passes is qualified for two years.
func syllabus() member.Syllabus {
	return member.Syllabus{
		Title: both("Communication", "沟通技巧"), Goal: "Understand what customers need.", Content: "Listening, asking, explaining.",
		Form: member.Drill, Hours: 8, PassMark: yuan("60"), MinAttendance: yuan("80"), Qualification: "desk", ValidMonths: 24,
		Criteria: []member.Criterion{
			{Code: "experience", Text: both("Years of service", "丰富的客户服务经验")},
			{Code: "method", Text: both("Knows how to train", "掌握培训方法")},
		},
	}
}

var able = []string{"experience", "method"}

func (w *insurer) offered(t tb) member.Course {
	t.Helper()
	return got(w.Courses.Offer(manager, member.Offering{Code: "talk", Syllabus: syllabus()}))(t)
}

// examined takes somebody through a course to the exam.
func (w *insurer) examined(t tb, c member.Course, who member.Staff, attendance, score string) member.Training {
	t.Helper()
	x := got(w.Trainings.Plan(manager, member.Planning{
		Course: c.ID, Staff: who.ID, Session: "autumn", On: day,
		Trainer: member.Trainer{Kind: member.HiredTrainer, Name: secret("孙教授"), Firm: "academy", Meets: able},
	}))(t)
	got(w.Trainings.Run(manager, x.ID))(t)
	return got(w.Trainings.Finish(manager, x.ID, member.Outcome{Attendance: yuan(attendance), Score: yuan(score)}))(t)
}

// Who passes is qualified; who fails is not; both say how it was, and later work shows it.
func TestTrainings(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		c := w.offered(t)
		li, zhao, qian := w.hired(t, "li"), w.hired(t, "zhao"), w.hired(t, "qian")
		good, absent, poor := w.examined(t, c, li, "80", "60"), w.examined(t, c, zhao, "79.99", "99"), w.examined(t, c, qian, "100", "59.99")
		w.unwritten(t, func() {
			refused(w.Trainings.Fail(manager, good.ID))(t, kernel.ErrState, "are enough")
			refused(w.Trainings.Pass(manager, absent.ID))(t, kernel.ErrState, "not enough")
			refused(w.Trainings.Pass(manager, poor.ID))(t, kernel.ErrState, "not enough")
			refused(w.Trainings.RecordEffect(manager, poor.ID, member.Effect{Measure: "complaints"}))(t, kernel.ErrState)
		})
		harder := syllabus()
		harder.PassMark = yuan("90")
		got(w.Courses.Revise(manager, c.ID, harder))(t) // not for those who were examined by the old one
		good = got(w.Trainings.Pass(manager, good.ID))(t)
		got(w.Trainings.Fail(manager, absent.ID))(t)
		if q := got(w.Staff.Qualifications(auditor, li.ID))(t); len(q) != 1 || q[0].Code != "desk" || q[0].From != day || q[0].Until != day.AddMonths(24) || q[0].TrainingID != good.ID {
			t.Errorf("%+v", q)
		}
		if q := got(w.Staff.Qualifications(auditor, zhao.ID))(t); len(q) != 0 {
			t.Errorf("%+v", q)
		}
		got(w.Trainings.Rate(agent, good.ID, 3))(t)
		got(w.Trainings.Rate(agent, good.ID, 5))(t) // thought better of it
		got(w.Trainings.Rate(agent, poor.ID, 2))(t)
		w.on(day + 90)
		good = got(w.Trainings.RecordEffect(manager, good.ID, member.Effect{Measure: "complaints", Before: yuan("7"), After: yuan("2.5")}))(t)
		if len(good.Effects) != 1 || good.Effects[0].On != day+90 {
			t.Errorf("%+v", good.Effects)
		}
		r := got(w.Trainings.Results(auditor, member.TrainingFilter{Course: c.ID, Session: "autumn"}))(t)
		want := map[member.TrainingState]int64{member.TrainingPassed: 1, member.TrainingFailed: 1, member.TrainingExamined: 1}
		if fmt.Sprint(r.Trainings) != fmt.Sprint(want) || r.Attendance.String() != "86.66" || r.Score.String() != "73" || r.Satisfaction.String() != "3.5" || r.Said != 2 {
			t.Errorf("%+v", r)
		}
		if one := got(w.Trainings.List(auditor, member.TrainingFilter{Staff: li.ID, State: member.TrainingPassed}, kernel.List{}))(t); len(one.Items) != 1 {
			t.Errorf("%+v", one)
		}
		w.sound(t)
	})
}

// Who left before passing is not qualified any more, but has passed.
func TestPassAfterLeaving(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	li := w.hired(t, "li")
	x := w.examined(t, w.offered(t), li, "100", "100")
	got(w.Staff.Leave(manager, li.ID, member.Departure{}))(t)
	got(w.Trainings.Pass(manager, x.ID))(t)
	if q := got(w.Staff.Qualifications(auditor, li.ID))(t); len(q) != 0 {
		t.Errorf("%+v", q)
	}
	w.sound(t)
}

// A course has a trainer who meets its criteria; whatever speaks against one is told at
// once.
func TestNoCourseWithoutATrainer(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	c := w.offered(t)
	li, gone := w.hired(t, "li"), w.hired(t, "gone")
	got(w.Staff.Leave(manager, gone.ID, member.Departure{}))(t)
	ill := w.hired(t, "ill")
	got(w.Staff.Suspend(manager, ill.ID, why))(t)
	old := got(w.Courses.Offer(manager, member.Offering{Code: "old", Syllabus: syllabus()}))(t)
	got(w.Courses.Withdraw(manager, old.ID, why))(t)
	plan := func(course, staff kernel.ID, x member.Trainer) error {
		return second(w.Trainings.Plan(manager, member.Planning{Course: course, Staff: staff, On: day, Trainer: x}))
	}
	own := func(actor kernel.Ref, meets ...string) member.Trainer {
		return member.Trainer{Kind: member.OwnTrainer, Actor: actor, Meets: meets}
	}
	w.unwritten(t, func() {
		wrong(0, second(w.Trainings.Plan(manager, member.Planning{})))(t, "course:required", "staff:required", "on:required", "trainer.kind:required")
		wrong(0, plan(c.ID, li.ID, member.Trainer{}))(t, "trainer.kind:required")
		wrong(0, plan(c.ID, li.ID, member.Trainer{Kind: member.HiredTrainer, Actor: "li"}))(t, "trainer.name:required")
		wrong(0, plan(c.ID, li.ID, member.Trainer{Kind: member.HiredTrainer, Firm: "x", Actor: "li"}))(t, "trainer.actor:conflict")
		wrong(0, plan(c.ID, li.ID, member.Trainer{Kind: member.OwnTrainer, Name: secret("\x00"), Firm: "\n"}))(t, "trainer.actor:required", "trainer.name:control", "trainer.firm:control")
		wrong(0, plan(c.ID, li.ID, own("nobody")))(t, "trainer.actor:unknown", "trainer.meets:criterion", "trainer.meets:criterion")
		wrong(0, plan(c.ID, li.ID, own("li", "method")))(t, "trainer.actor:conflict", "trainer.meets:criterion")
		wrong(0, plan(c.ID, li.ID, own("ill", able...)))(t, "trainer.actor:state")
		wrong(0, plan(old.ID, gone.ID, own("ill", able...)))(t, "course:state", "staff:state", "trainer.actor:state")
		wrong(0, plan("x", "y", own("ill", able...)))(t, "course:unknown", "staff:unknown")
	})
	got(w.Trainings.Plan(manager, member.Planning{Course: c.ID, Staff: ill.ID, On: day, Trainer: own("li", able...)}))(t)
}

func TestFaultyCoursesAndTrainings(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	c := w.offered(t)
	x := w.examined(t, c, w.hired(t, "li"), "100", "100")
	y := got(w.Trainings.Pass(manager, w.examined(t, c, w.hired(t, "zhao"), "100", "100").ID))(t)
	running := w.planned(t, c)
	w.unwritten(t, func() {
		wrong(w.Courses.Offer(manager, member.Offering{}))(t, "code:required", "syllabus.title.en:required", "syllabus.title.zh:required",
			"syllabus.goal:required", "syllabus.content:required", "syllabus.form:unknown", "syllabus.hours:range", "syllabus.criteria:required")
		bad := syllabus()
		bad.PassMark, bad.MinAttendance, bad.Qualification, bad.ValidMonths = yuan("100.5"), decimal.New(1, 99), "\n", 121
		bad.Criteria = []member.Criterion{{Code: "a", Text: both("A", "甲")}, {Code: "a", Text: both("", "\n")}}
		wrong(w.Courses.Revise(manager, c.ID, bad))(t, "pass_mark:range", "min_attendance:range", "qualification:control", "valid_months:range",
			"criteria[1].code:duplicate", "criteria[1].text.en:required", "criteria[1].text.zh:control")
		refused(w.Courses.Offer(manager, member.Offering{Code: "talk", Syllabus: syllabus()}))(t, kernel.ErrDuplicate)
		wrong(w.Trainings.Finish(manager, running.ID, member.Outcome{Attendance: yuan("-1"), Score: yuan("100.00001")}))(t, "attendance:range", "score:range")
		wrong(w.Trainings.Rate(agent, x.ID, 6))(t, "satisfaction:range")
		wrong(w.Trainings.RecordEffect(manager, y.ID, member.Effect{On: kernel.LastDate + 1, Before: decimal.New(1, 99)}))(t, "measure:required", "on:range", "before:invalid")
		wrong(w.Trainings.RecordEffect(manager, y.ID, member.Effect{On: day + 1, Measure: "m"}))(t, "on:range")
		wrong(w.Trainings.List(auditor, member.TrainingFilter{State: "odd"}, kernel.List{}))(t, "state:unknown")
		refused(w.Trainings.Rate(auditor, x.ID, 5))(t, kernel.ErrForbidden)
	})
}

func (w *insurer) planned(t tb, c member.Course) member.Training {
	t.Helper()
	x := got(w.Trainings.Plan(manager, member.Planning{Course: c.ID, Staff: w.hired(t, "new").ID, On: day, Trainer: member.Trainer{Kind: member.HiredTrainer, Firm: "academy", Meets: able}}))(t)
	return got(w.Trainings.Run(manager, x.ID))(t)
}

func marks(quality, skill, satisfaction string) member.Marks {
	return member.Marks{Quality: yuan(quality), Skill: yuan(skill), Satisfaction: yuan(satisfaction)}
}

// Good work is rewarded, poor work is coached, what lies between is settled: the grade
// says which, and nothing else will do.
func TestAppraisals(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		li, from := w.hired(t, "li"), day.AddMonths(-12)
		w.hired(t, "coach")
		for i, x := range []struct {
			marks member.Marks
			score string
			grade string
			then  string
		}{
			{marks("100", "80", "86"), "89.8", "B", "settle"}, // 40 + 24 + 25.8
			{marks("90", "90", "90"), "90", "A", "reward"},
			{marks("74.99", "75", "75.01"), "75", "B", "settle"}, // 74.999, rounded at the end
			{marks("60", "59.98", "60"), "59.99", "D", "coach"},
		} {
			a := got(w.Appraisals.Appraise(manager, member.Appraising{
				Staff: li.ID, From: from.AddMonths(3 * i), To: from.AddMonths(3*i + 3).AddDays(-1), Marks: x.marks, Remark: secret("as seen"),
			}))(t)
			if a.Score.String() != x.score || a.Grade != x.grade {
				t.Errorf("%s: %s, %s", x.score, a.Score, a.Grade)
			}
			steps := map[string]func() error{
				"reward": func() error { return second(w.Appraisals.Reward(manager, a.ID, "bonus")) },
				"settle": func() error { return second(w.Appraisals.Settle(manager, a.ID)) },
				"coach": func() error {
					return second(w.Appraisals.Coach(manager, a.ID, member.Coaching{Coach: "coach", Plan: secret("listen"), Due: day + 60}))
				},
			}
			for name, step := range steps {
				if name != x.then {
					refused(0, step())(t, kernel.ErrState, "the grade asks for something else")
				}
			}
			if err := steps[x.then](); err != nil {
				t.Fatal(err)
			}
		}
		all := got(w.Appraisals.ForStaff(auditor, li.ID))(t)
		var states []member.AppraisalState
		for _, a := range all {
			states = append(states, a.State)
		}
		if want := []member.AppraisalState{member.AppraisalSettled, member.AppraisalRewarded, member.AppraisalSettled, member.AppraisalCoaching}; !slices.Equal(states, want) {
			t.Errorf("%q", states)
		}
		last := got(w.Appraisals.Conclude(manager, all[3].ID, true))(t)
		if last.State != member.AppraisalCoached || !last.Reached || last.Coach != "coach" || all[1].Reward != "bonus" {
			t.Errorf("%+v", last)
		}
		w.sound(t)
	})
}

func TestFaultyAppraisals(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	li, boss := w.hired(t, "li"), w.hired(t, "wang")
	in := member.Appraising{Staff: li.ID, From: day - 30, To: day, Marks: marks("1", "2", "3")}
	a := got(w.Appraisals.Appraise(manager, in))(t)
	w.unwritten(t, func() {
		wrong(w.Appraisals.Appraise(manager, member.Appraising{}))(t, "staff:required", "from:required", "to:required")
		wrong(w.Appraisals.Appraise(manager, member.Appraising{Staff: "x", From: day, To: day - 1, Marks: marks("-1", "101", "0.00001"), Remark: secret("\x00")}))(t,
			"to:range", "marks.quality:range", "marks.skill:range", "marks.satisfaction:range", "remark:control")
		wrong(w.Appraisals.Appraise(manager, member.Appraising{Staff: li.ID, From: day, To: day + 1}))(t, "to:range")
		wrong(w.Appraisals.Appraise(manager, member.Appraising{Staff: "x", From: day, To: day}))(t, "staff:unknown")
		for _, p := range [][2]kernel.Date{{day - 30, day}, {day, day}, {day - 40, day - 30}, {day - 20, day - 10}} {
			in.From, in.To = p[0], p[1]
			refused(w.Appraisals.Appraise(manager, in))(t, kernel.ErrDuplicate)
		}
		in.Staff = boss.ID
		refused(w.Appraisals.Appraise(manager, in))(t, kernel.ErrForbidden, "nobody appraises themselves")
		refused(w.Appraisals.Get(agent, a.ID))(t, kernel.ErrForbidden)
		wrong(w.Appraisals.Coach(manager, a.ID, member.Coaching{}))(t, "coach:required", "plan:required", "due:required")
		wrong(w.Appraisals.Coach(manager, a.ID, member.Coaching{Coach: "li", Plan: secret("x"), Due: day}))(t, "coach:conflict", "due:range")
		wrong(w.Appraisals.Reward(manager, a.ID, ""))(t, "code:required")
	})
	in.Staff, in.From, in.To = li.ID, day-31, day-31
	got(w.Appraisals.Appraise(manager, in))(t)
}

// A host's own scheme counts, and a faulty one refuses with what is wrong with it.
func TestSchemes(t *testing.T) {
	t.Parallel()
	if err := member.DefaultScheme().Check(); err != nil {
		t.Error(err)
	}
	own := member.Scheme{Weights: member.Weights{Quality: 1}, Grades: []member.Grade{{"good", yuan("50"), member.ThenReward}, {"rest", yuan("0"), member.ThenNothing}}}
	w := open(memory.New(), member.Config{Appraisal: own})
	li := w.hired(t, "li")
	if a := got(w.Appraisals.Appraise(manager, member.Appraising{Staff: li.ID, From: day, To: day, Marks: marks("50", "0", "0")}))(t); a.Grade != "good" || a.Score.String() != "50" {
		t.Errorf("%+v", a)
	}
	bad := member.Scheme{Weights: member.Weights{Quality: -1, Skill: 1001}, Grades: []member.Grade{{"", yuan("50"), "odd"}, {"b", yuan("60"), member.ThenCoach}, {"c", decimal.New(1, 99), member.ThenCoach}}}
	wrong(0, bad.Check())(t, "weights.quality:range", "weights.skill:range", "grades[0].code:required", "grades[0].then:unknown",
		"grades[1].from:order", "grades[2].from:range")
	wrong(0, member.Scheme{Grades: []member.Grade{{"a", yuan("1"), member.ThenNothing}}}.Check())(t, "weights:required", "grades[0].from:range")
	w = open(memory.New(), member.Config{Appraisal: bad})
	li = w.hired(t, "li")
	w.unwritten(t, func() {
		refused(w.Appraisals.Appraise(manager, member.Appraising{Staff: li.ID, From: day, To: day}))(t, kernel.ErrInvalid, "scheme.grades[1].from")
	})
}

// The score is the weighted mean, rounded half-even to two decimals, and lies between the
// lowest and the highest mark.
func TestScores(t *testing.T) {
	t.Parallel()
	hundredth := rapid.Custom(func(t *rapid.T) decimal.Decimal { return decimal.New(rapid.Int64Range(0, 10_000).Draw(t, "mark"), -2) })
	rapid.Check(t, func(rt *rapid.T) {
		q, k, s := hundredth.Draw(rt, "quality"), hundredth.Draw(rt, "skill"), hundredth.Draw(rt, "satisfaction")
		wq, wk, ws := rapid.IntRange(0, 50).Draw(rt, "wq"), rapid.IntRange(0, 50).Draw(rt, "wk"), rapid.IntRange(1, 50).Draw(rt, "ws")
		scheme := member.DefaultScheme()
		scheme.Weights = member.Weights{Quality: wq, Skill: wk, Satisfaction: ws}
		w := open(memory.New(), member.Config{Appraisal: scheme})
		a := got(w.Appraisals.Appraise(manager, member.Appraising{Staff: w.hired(rt, "li").ID, From: day, To: day, Marks: member.Marks{Quality: q, Skill: k, Satisfaction: s}}))(rt)
		// By whole numbers: hundredths times weights over the sum of weights.
		sum := q.Shift(2).IntPart()*int64(wq) + k.Shift(2).IntPart()*int64(wk) + s.Shift(2).IntPart()*int64(ws)
		n := int64(wq + wk + ws)
		want, rest := sum/n, sum%n
		if 2*rest > n || 2*rest == n && want%2 == 1 {
			want++
		}
		if !a.Score.Equal(decimal.New(want, -2)) {
			rt.Fatalf("%s, want %s", a.Score, decimal.New(want, -2))
		}
	})
}
