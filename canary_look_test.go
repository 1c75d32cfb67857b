package crm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
)

// looks opens all that can be opened of every case.
func (s *sweep) looks(holder customer.Customer) {
	do[customer.Personal](s, "customer.Reveal", holder.ID, customer.Look{Fields: []customer.Field{
		customer.FieldName, customer.FieldIdentity, customer.FieldVital, customer.FieldWork, customer.FieldPhones,
		customer.FieldEmails, customer.FieldAddresses, customer.FieldHealth, customer.FieldFinance, customer.FieldHistory,
	}})
	for _, tk := range got(s.Tasks.List(owner, task.Filter{}, kernel.List{Limit: kernel.MaxLimit}))(s).Items {
		s.meet("task.", tk)
	}
	opened := 0
	for action := range s.methods {
		kind, isLook := strings.CutSuffix(action, ".Reveal")
		if !isLook || kind == "customer" || kind == "access" {
			continue
		}
		if len(s.met[kind]) == 0 {
			s.Errorf("there is no %s to open", kind)
			continue
		}
		all := slices.DeleteFunc(reveal.Parts(crm.Subjects(), kind), func(p reveal.Part) bool { return p == "tasks" })
		if len(all) == 0 && kind != "task" {
			all = []reveal.Part{reveal.History}
		}
		hasty := s.hasty
		for _, id := range s.met[kind] {
			opened += len(do[[]reveal.Row](s, action, id, reveal.Purpose{Parts: all}))
			s.hasty = true // to fail once is enough
		}
		s.hasty = hasty
	}
	if opened < 100 {
		s.Errorf("only %d rows were opened", opened)
	}
	for _, a := range got(s.Accesses.List(owner, reveal.Filter{}, kernel.List{Limit: 3}))(s).Items {
		s.meet("access.", a)
		do[[]reveal.Row](s, "access.Reveal", a.ID, reveal.Purpose{})
	}
}

// dispatch hands payments to a payer who first panics with all that it was told.
func (s *sweep) dispatch() {
	calls := 0
	var payer payment.Payer = payment.PayerFunc(func(_ context.Context, o payment.Order) (string, error) {
		account, _ := o.Account.Plain()
		s.print("an order", o)
		if calls++; calls == 1 {
			panic("cannot pay to " + account)
		}
		return "T-1", nil
	})
	m := s.methods["payment.Dispatch"]
	_, err := s.call(m, s.actor(), []reflect.Value{reflect.ValueOf(payer)})
	s.expect("a payer that panics", m, err, crm.ErrPanic)
	do[int](s, "payment.Dispatch", payer)
}

// apart are the methods that are no commands and are looked at elsewhere.
var apart = map[string]bool{"journal.Relay": true, "database.Backup": true}

// ask puts every question, about every record and with every faulty input.
func (s *sweep) ask() {
	for action, m := range s.methods {
		if m.command || apart[action] {
			continue
		}
		inputs := m.fn.Type().NumIn() - 1
		if m.fn.Type().IsVariadic() {
			inputs--
		}
		in := make([]reflect.Value, inputs)
		for i := range in {
			in[i] = reflect.New(m.fn.Type().In(i + 1)).Elem()
		}
		kind, _, _ := strings.Cut(action, ".")
		ids := append([]kernel.ID{kernel.NewID()}, s.met[kind]...)
		for i, id := range ids {
			if m.byID {
				in[0].SetString(string(id))
			} else if i > 0 {
				break
			}
			out, err := s.call(m, s.actor(), in)
			s.expect("a question", m, err, nil)
			for _, v := range out {
				if err == nil {
					s.print("what "+action+" answers", v)
				}
			}
		}
		for n := 0; ; n++ {
			wrong, left, what := make([]reflect.Value, len(in)), n, ""
			for i := range in {
				wrong[i] = reflect.New(in[i].Type()).Elem()
				wrong[i].Set(clone(in[i]))
			}
			for i := range wrong {
				if what = s.spoilOne(wrong[i], action, &left); what != "" {
					break
				}
			}
			if what == "" {
				break
			}
			_, err := s.call(m, s.actor(), wrong)
			s.expect("a faulty question", m, err, nil)
		}
	}
	s.print("the overview", got(s.Overview(owner, s.met["customer"][0]))(s))
	for _, id := range s.met["task"] {
		for _, lang := range []string{"en", "zh", s.spoil(3)} {
			text, err := s.Tasks.Explain(owner, id, lang)
			if err != nil {
				s.error("task.Explain", err)
			}
			s.hear("an explanation", []byte(text), false)
		}
	}
}

// relayed listens to what other systems are told.
func (s *sweep) relayed() {
	entries := 0
	for n := 1; n > 0; {
		n = got(s.Relay(owner, "ledger", func(_ context.Context, e crm.Entry) error {
			entries++
			s.print("an entry", e)
			return nil
		}))(s)
	}
	if want := int(s.countRows(s)["crm_journal"]); entries != want {
		s.Errorf("%d of %d entries were relayed", entries, want)
	}
}

// kept listens to what is kept: every column of every row, and the files of a database
// that has files.
func (s *sweep) kept() {
	if s.db == nil {
		return
	}
	s.secrets.Add("a birth date", born.String()) // which forms hold as it is, and nothing that is kept
	s.cells(func(column string, cell []byte) { s.hear(column, cell, readable[column]) })
	if s.dialect == "sqlite" {
		s.files(s.where + "*")
	}
}

// backups listens to a backup, and to what it takes to check it.
func (s *sweep) backups() {
	dir := filepath.Join(s.TempDir(), "backup")
	s.print("a manifest", got(s.Backup(owner, dir))(s))
	checked := got(crm.CheckBackup(owner, dir, openFile, s.config()))(s)
	s.print("a check", *checked)
	s.files(filepath.Join(dir, "*"))
}

// files listens to files; the names in them were looked for column by column.
func (s *sweep) files(patterns ...string) {
	for _, pattern := range patterns {
		for _, file := range got(filepath.Glob(pattern))(s) {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				s.hear(filepath.Base(file), got(os.ReadFile(file))(s), true)
			}
		}
	}
}

// cells tells every value of every row, by table and column.
func (s *sweep) cells(tell func(column string, cell []byte)) {
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if s.dialect == "postgres" {
		list = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
	}
	var tables []string
	rows := got(s.db.Query(list))(s)
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			s.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(tables) < 40 {
		s.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		rows := got(s.db.Query("SELECT * FROM " + table))(s)
		names := got(rows.Columns())(s)
		all := make([]bytes.Buffer, len(names))
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				s.Fatal(err)
			}
			for i, c := range cells {
				if raw, ok := c.([]byte); ok {
					all[i].Write(raw)
				} else {
					fmt.Fprint(&all[i], c)
				}
				all[i].WriteByte('\n')
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			s.Fatal(err)
		}
		for i, name := range names {
			tell(table+"."+name, all[i].Bytes())
		}
	}
}
