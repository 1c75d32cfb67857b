package crm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/survey"
)

// TestNoQuestionReadsAWholeTable asks every question of every service, with each of its
// filters, has the story told, and looks at how the database means to answer what it was
// asked for: by an index that leads to the rows, and without sorting more than a case
// has. A service's new question, or a new filter, is asked without being listed here.
func TestNoQuestionReadsAWholeTable(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	onDatabases(t, func(t *testing.T, w *world) {
		w.strew(t)
		store, e := overhear(t, w.dialect, w.where)
		w.CRM = got(crm.Open(owner, store, w.config()))(t)
		questions := 0
		for _, m := range methods(t, w.CRM) {
			if m.command || unasked[m.action] != "" {
				continue
			}
			for name, args := range m.ways(t) {
				questions++
				w.ask(t, e, m, name, args)
			}
		}
		e.during("the story", func() { w.play(t) })
		if w.dialect == "postgres" {
			w.crowd(t, 1000)
		}
		for query, o := range e.heard {
			for _, fault := range w.faults(t, query, o) {
				t.Errorf("%s\n\t%s\n\tfor %s", fault, query, strings.Join(o.askers[:min(8, len(o.askers))], ", "))
			}
		}
		t.Logf("%d questions, %d statements", questions, len(e.heard))
	})
}

// ask asks a question, for all and for a branch, and for the next page where there is one.
func (w *world) ask(t *testing.T, e *ears, m method, name string, args []reflect.Value) {
	t.Helper()
	branch := crm.WithActor(owner, crm.Actor{ID: "x", Branches: []string{"x"}, Roles: []kernel.Role{kernel.RoleOwner}})
	for _, ctx := range []context.Context{owner, branch} {
		if ctx == branch {
			name += ", within a branch"
		}
		args[0] = reflect.ValueOf(ctx)
		var err error
		var out []reflect.Value
		n := e.during(name, func() {
			out = m.fn.Call(args)
			err, _ = out[len(out)-1].Interface().(error)
		})
		switch {
		case n == 0 && errors.Is(err, crm.ErrInvalid) && strings.Split(name, ",")[0] == m.action && asks(m):
			continue // nothing is said of what is looked for
		case n == 0 && ctx == branch && errors.Is(err, crm.ErrForbidden):
			continue // it is about all branches
		case n == 0:
			t.Errorf("%s asks the database nothing: %v", name, err)
		case err != nil && !errors.Is(err, crm.ErrNotFound) && !errors.Is(err, crm.ErrState) && !errors.Is(err, crm.ErrConflict) && !errors.Is(err, crm.ErrPanic):
			t.Errorf("%s: %v", name, err) // whereas rows that make no sense may come to nothing
		}
		page := out[0]
		if page.Kind() != reflect.Struct || !page.FieldByName("Next").IsValid() || err != nil {
			continue
		}
		i := slices.IndexFunc(args, func(v reflect.Value) bool { return v.Type() == reflect.TypeFor[kernel.List]() })
		next := kernel.Cursor(page.FieldByName("Next").String())
		if i < 0 || next == "" {
			continue
		}
		first := args[i]
		args[i] = reflect.ValueOf(kernel.List{After: next, Limit: 1})
		if e.during(name+", next page", func() { out = m.fn.Call(args) }) == 0 {
			t.Errorf("%s asks nothing for the next page", name)
		}
		args[i] = first
	}
}

// asks reports whether the question takes a filter.
func asks(m method) bool {
	for i := 1; i < m.fn.Type().NumIn(); i++ {
		if in := m.fn.Type().In(i); in.Kind() == reflect.Struct && !known(in) {
			return true
		}
	}
	return false
}

// ways returns the inputs of a question by name: the plain one, and one for each filter.
func (m method) ways(t *testing.T) map[string][]reflect.Value {
	t.Helper()
	typ := m.fn.Type()
	all := map[string][]reflect.Value{}
	n := typ.NumIn()
	if typ.IsVariadic() {
		n--
	}
	plain := make([]reflect.Value, n)
	for i := range plain {
		plain[i] = reflect.New(typ.In(i)).Elem()
		switch {
		case i == 0:
		case typ.In(i).Kind() != reflect.Struct || known(typ.In(i)):
			plain[i].Set(sample(typ.In(i)))
		default:
			bound(plain[i])
			for field, v := range needed[m.action] {
				plain[i].FieldByName(field).Set(reflect.ValueOf(v))
			}
		}
	}
	all[m.action] = plain
	for i := range plain {
		in := typ.In(i)
		if i == 0 || in.Kind() != reflect.Struct || known(in) {
			continue
		}
		for f := range in.NumField() {
			filter := reflect.New(in).Elem()
			filter.Set(plain[i])
			v := sample(in.Field(f).Type)
			if word, ok := words[in.Field(f).Name]; ok {
				v = reflect.ValueOf(word)
			}
			if _, ok := needed[m.action][in.Field(f).Name]; !ok {
				filter.Field(f).Set(v)
			}
			args := slices.Clone(plain)
			args[i] = filter
			all[m.action+" by "+in.Field(f).Name] = args
		}
	}
	return all
}

// bound gives every period in v, which needs both, its days.
func bound(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Type().Field(i); {
		case f.Type == reflect.TypeFor[kernel.Date]() && (f.Name == "From" || f.Name == "To"):
			v.Field(i).Set(sample(f.Type))
		case f.Type.Kind() == reflect.Struct && f.IsExported():
			bound(v.Field(i))
		}
	}
}

// samples are values that a question takes, where any of the type will not do.
var samples = map[reflect.Type]any{
	reflect.TypeFor[kernel.ID]():       everyID,
	reflect.TypeFor[kernel.Ref]():      everyID.Ref(),
	reflect.TypeFor[kernel.List]():     kernel.List{Limit: 1},
	reflect.TypeFor[time.Time]():       noon,
	reflect.TypeFor[kernel.Date]():     kernel.NewDate(2026, 11, 1),
	reflect.TypeFor[decimal.Decimal](): yuan("1"),
	reflect.TypeFor[privacy.Secret]():  secret("abcdefghijklmnopqrstuvwxyz234567"),

	reflect.TypeFor[claim.State]():               claim.Closed,
	reflect.TypeFor[complaint.State]():           complaint.Closed,
	reflect.TypeFor[complaint.Category]():        complaint.CategoryProduct,
	reflect.TypeFor[complaint.Severity]():        complaint.General,
	reflect.TypeFor[complaint.Dimension]():       complaint.ByCategory,
	reflect.TypeFor[customer.Document]():         customer.Document{Kind: customer.Passport, Number: secret("E12345678")},
	reflect.TypeFor[customer.Party]():            customer.Individual,
	reflect.TypeFor[customer.Sort]():             customer.SortRegistered,
	reflect.TypeFor[customer.State]():            customer.Active,
	reflect.TypeFor[customer.VisitState]():       customer.VisitPlanned,
	reflect.TypeFor[improve.SourceKind]():        improve.FromComplaint,
	reflect.TypeFor[improve.State]():             improve.Proposed,
	reflect.TypeFor[member.ActivityState]():      member.ActivityPlanned,
	reflect.TypeFor[member.BenefitState]():       member.BenefitDraft,
	reflect.TypeFor[member.OrderState]():         member.OrderRequested,
	reflect.TypeFor[member.StaffState]():         member.StaffActive,
	reflect.TypeFor[member.State]():              member.Active,
	reflect.TypeFor[payment.State]():             payment.Pending,
	reflect.TypeFor[policy.ApplicationState]():   policy.ApplicationDraft,
	reflect.TypeFor[policy.PolicyState]():        policy.PolicyIssued,
	reflect.TypeFor[policy.ProductState]():       policy.ProductDraft,
	reflect.TypeFor[survey.CampaignState]():      survey.Running,
	reflect.TypeFor[survey.InspectionState]():    survey.Drawn,
	reflect.TypeFor[survey.InvitationState]():    survey.Created,
	reflect.TypeFor[customer.VisitKind]():        customer.VisitClaim,
	reflect.TypeFor[member.TrainingState]():      member.TrainingPlanned,
	reflect.TypeFor[payment.Owner]():             payment.Owner{Kind: "claim", ID: everyID},
	reflect.TypeFor[survey.QuestionnaireState](): survey.QuestionnairePublished,
	reflect.TypeFor[survey.Dimension]():          survey.ByBranch,
	reflect.TypeFor[task.State]():                task.Open,
}

// needed are parts of a filter without which nothing is answered.
var needed = map[string]map[string]any{
	"survey.Choices": {"Kind": survey.Single, "Question": "x", "Campaign": everyID}, "survey.Scores": {"Kind": survey.CSAT}, "survey.Trend": {"Kind": survey.CSAT},
}

// words are samples by the name of a filter.
var words = map[string]any{"Zone": "Asia/Shanghai", "Phone": secret("13800138000"), "Email": secret("a@example.com")}

func known(t reflect.Type) bool { _, ok := samples[t]; return ok }

// sample returns a value of the type that is not empty.
func sample(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	if s, ok := samples[t]; ok {
		v.Set(reflect.ValueOf(s))
		return v
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		return reflect.Append(v, sample(t.Elem()))
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(sample(t.Elem()))
	case reflect.Func:
		return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.Zero(t.Out(0))} })
	case reflect.Struct:
		for i := range t.NumField() {
			if v.Field(i).CanSet() {
				v.Field(i).Set(sample(t.Field(i).Type))
			}
		}
	}
	return v
}

// reading is how one table is read for a statement.
type reading struct {
	table   string
	columns []string // that lead to rows, by an index
	ordered bool     // PostgreSQL, which has looked at the rows, skips what does not fit
}

// unasked are questions that the test cannot ask.
var unasked = map[string]string{
	"database.Backup": "copies the database",
}

// thorough are questions that read everything, for they ask about everything.
var thorough = map[string]string{
	"journal.Verify": "holds the journal against every row",
}

// small are tables that stay small while the customers become many.
var small = map[string]string{
	"crm_products": "what is sold", "crm_benefits": "what members are offered", "crm_programs": "what members join",
	"crm_program_rules": "of programs", "crm_partners": "who serves members", "crm_activities": "what members are invited to",
	"crm_announcements": "of benefits", "crm_survey_questionnaires": "what is asked", "crm_survey_campaigns": "when it is asked",
	"crm_survey_rosters": "of campaigns", "crm_staff": "who works here", "crm_courses": "what they learn", "crm_trainings": "that they do learn it",
	"crm_appraisals": "of staff", "crm_qualifications": "of staff", "crm_survey_inspections": "that people make by hand", "crm_improvements": "of the insurer's own work", "crm_schema": "the migrations",
}

// excused are questions that read or sort much of a table, and why that is not mended by an
// index.
var excused = map[string]string{
	"crm_visits visit.List by Open":                   "sorts what is still to be done: few of all visits",
	"crm_survey_invitations invitation.List by State": "sorts what is not answered yet",
	"crm_tasks task.List by Live":                     "sorts what is still to be done",
	"crm_members member.ExpireDue":                    "sorts what is due, which it ends",
	"crm_point_lots member.ExpireDuePoints":           "once a day: finds what was ever due",
	"crm_benefit_grants benefit.SuperviseBenefits":    "a report of a period, which nothing but the days tells",
	"crm_complaints complaint.Analyse":                "a report of a period",
	"crm_tasks survey.Quality":                        "a report of a quarter; each task would pay for its index",
	"crm_survey_invitations invitation.Sweep":         "once a day: sorts what is late",
}

// faults says what is wrong with how a statement is to be answered.
func (w *world) faults(t *testing.T, query string, o *overheard) (faults []string) {
	t.Helper()
	if !slices.ContainsFunc(o.askers, func(who string) bool { who, _, _ = strings.Cut(who, ","); return thorough[who] == "" }) {
		return nil
	}
	reads, sorts, plan := w.plan(t, query, o.args)
	for _, a := range reads {
		if small[a.table] != "" {
			continue
		}
		excuse := func(who string) bool {
			for e := range excused {
				if strings.HasPrefix(a.table+" "+who, e) {
					return true
				}
			}
			return false
		}
		if !slices.ContainsFunc(o.askers, func(who string) bool { return !excuse(who) }) {
			continue
		}
		asked := conditions(query)
		leads := slices.ContainsFunc(a.columns, func(c string) bool { return c != "tenant" })
		switch {
		case sorts && !slices.ContainsFunc(a.columns, func(c string) bool { return narrow(a.table, c) }):
			faults = append(faults, fmt.Sprintf("%s is sorted, and found by %v: %s", a.table, a.columns, plan))
		case !leads && (len(asked) > 0 && !a.ordered || !strings.Contains(query, "LIMIT")):
			faults = append(faults, fmt.Sprintf("all of %s is read for %v: %s", a.table, asked, plan))
		}
	}
	return faults
}

var conditioned = regexp.MustCompile(`(?:^|[^+])"([a-z0-9_]+)" (?:=|<|>|<=|>=|<>|IN|IS) `)

// conditions returns the columns that a statement asks about, without those of everybody,
// tenant and branch, and without those that SQLite was told to skim for.
func conditions(query string) (columns []string) {
	_, where, _ := strings.Cut(query, " WHERE ")
	where, _, _ = strings.Cut(where, " ORDER BY ")
	for _, m := range conditioned.FindAllStringSubmatch(where, -1) {
		if m[1] != "tenant" && m[1] != "branch" {
			columns = append(columns, m[1])
		}
	}
	return columns
}

// narrow reports whether few rows have the same value in a column: it names a case or a
// person, or it is unique.
func narrow(table, column string) bool {
	for _, rec := range records() {
		sc, err := storage.SchemaOf(reflect.TypeOf(rec))
		if err != nil || sc.Table != table {
			continue
		}
		f := sc.Column(column)
		if slices.ContainsFunc(sc.Unique, func(u []*storage.Field) bool { return len(u) == 1 && u[0] == f }) {
			return true
		}
		return f != nil && (f.Kind == storage.UUID || f.Kind == storage.Bytes || f.Type == reflect.TypeFor[kernel.Ref]())
	}
	return false
}

// plan asks the database how it means to answer.
func (w *world) plan(t *testing.T, query string, args []any) (reads []reading, sorts bool, text string) {
	t.Helper()
	if w.dialect == "sqlite" {
		rows := got(w.db.Query("EXPLAIN QUERY PLAN "+query, args...))(t)
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			text += detail + "; "
			sorts = sorts || strings.Contains(detail, "TEMP B-TREE") && strings.Contains(detail, "ORDER BY")
			if m := sqliteAccess.FindStringSubmatch(detail); m != nil {
				reads = append(reads, reading{m[2], leading(m[3]), false})
			}
		}
		return reads, sorts, text
	}
	ctx := context.Background()
	conn := got(w.db.Conn(ctx))(t)
	defer conn.Close()
	must := func(_ any, err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: %v", query, err)
		}
	}
	must(conn.ExecContext(ctx, "SET plan_cache_mode = force_generic_plan"))
	must(conn.ExecContext(ctx, "PREPARE question AS "+query))
	execute := "EXPLAIN (FORMAT JSON) EXECUTE question"
	if len(args) > 0 {
		execute += "(" + strings.TrimSuffix(strings.Repeat("NULL, ", len(args)), ", ") + ")"
	}
	var told string
	if err := conn.QueryRowContext(ctx, execute).Scan(&told); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	must(conn.ExecContext(ctx, "DEALLOCATE question"))
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(told), &plans); err != nil {
		t.Fatal(err)
	}
	plans[0].Plan.walk(func(n *node) {
		text += n.Type + " " + n.Table + " " + n.Index + " " + n.Cond + "; "
		switch n.Type {
		case "Sort", "Incremental Sort": // days have many rows
			sorts = sorts || !strings.Contains(query, "GROUP BY") // there it is the groups that are sorted
		case "Seq Scan", "Index Scan", "Index Only Scan":
			reads = append(reads, reading{n.Table, leading(n.Cond), n.Type != "Seq Scan"})
		case "Bitmap Heap Scan":
			reads = append(reads, reading{n.Table, leading(n.Recheck), false})
		}
	})
	return reads, sorts, text
}

var sqliteAccess = regexp.MustCompile(`^(SCAN|SEARCH) (crm_\w+)(?: USING .*?\((.*)\))?`)

var leads = regexp.MustCompile(`([a-z_0-9]+)(?:, [a-z_0-9]+)*\)?(?:::\w+)? ?(?:=|<|>)`)

// leading returns the columns of an index that a database compares.
func leading(cond string) (columns []string) {
	for _, m := range leads.FindAllStringSubmatch(cond, -1) {
		columns = append(columns, m[1])
	}
	return columns
}

// node is one of a plan of PostgreSQL.
type node struct {
	Type    string `json:"Node Type"`
	Table   string `json:"Relation Name"`
	Index   string `json:"Index Name"`
	Cond    string `json:"Index Cond"`
	Recheck string `json:"Recheck Cond"`
	Plans   []node
}

func (n *node) walk(see func(*node)) {
	see(n)
	for i := range n.Plans {
		n.Plans[i].walk(see)
	}
}
