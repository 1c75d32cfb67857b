package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/coverkit/crm/storage/gormstore"
)

// A pipeline of usual size speaks PostgreSQL's protocol by the driver's own means: all its
// statements are bound and executed in one write, and the answers are read as they come. A
// batch of pgx does the same, but takes more memory than all else that a command does. The
// connection stays the driver's: it writes and reads the messages, and sees to notices and
// to the end.

const (
	most = 256     // statements that a connection keeps
	wide = 256     // arguments of a statement that are worth keeping it
	full = 1 << 14 // bytes: what is written at once must fit into the buffers between here and there

	usual = 1 << 12 // bytes of arguments
)

// session is what we keep of a connection.
type session struct {
	known map[string]*prepared
	named int      // names that were given
	out   []byte   // arguments
	args  [][]byte // parts of out
	binds []pgproto3.Bind
	stale bool // a table has changed under a statement
}

// prepared is a statement that the server keeps.
type prepared struct {
	name    string
	oids    []uint32 // of the arguments
	given   []int16  // formats of the arguments
	formats []int16  // of the columns that it returns
}

// sessionOf returns what is kept of the connection.
func sessionOf(pc *pgx.Conn) *session {
	const key = "github.com/coverkit/crm"
	data := pc.PgConn().CustomData()
	s, ok := data[key].(*session)
	if !ok {
		s = &session{known: map[string]*prepared{}, out: make([]byte, 0, usual)}
		data[key] = s
	}
	return s
}

// direct sends the statements and reads the answers. It reports false when nothing was
// sent, as they are better left to a batch of pgx.
func direct(ctx context.Context, pc *pgx.Conn, list []gormstore.Statement) (failed int, err error, ok bool) {
	if ctx.Err() != nil || pc.IsClosed() || pc.PgConn().IsBusy() {
		return 0, nil, false
	}
	s := sessionOf(pc)
	if s.stale && pc.PgConn().TxStatus() == 'I' {
		if err := pc.DeallocateAll(ctx); err != nil {
			return 0, err, true
		}
		clear(s.known)
		s.stale = false
	}
	for i := range list {
		if len(list[i].Args) > wide {
			return 0, nil, false
		}
	}
	if failed, err, ok := s.prepare(ctx, pc, list); !ok || err != nil {
		return failed, err, ok
	}
	if !s.bind(list) {
		s.out = make([]byte, 0, usual) // it may have grown by what is large
		return 0, nil, false
	}
	failed, err = s.exchange(ctx, pc.PgConn(), list)
	var e *pgconn.PgError
	if errors.As(err, &e) && (e.Code == "0A000" || e.Code == "26000") {
		s.stale = true
	}
	return failed, err, true
}

// prepare has the server prepare what it does not know yet.
func (s *session) prepare(ctx context.Context, pc *pgx.Conn, list []gormstore.Statement) (failed int, err error, ok bool) {
	var fresh []int
	for i := range list {
		if _, met := s.known[list[i].SQL]; !met {
			s.known[list[i].SQL] = nil
			fresh = append(fresh, i)
		}
	}
	if len(fresh) == 0 {
		return -1, nil, true
	}
	defer func() {
		for _, i := range fresh {
			if s.known[list[i].SQL] == nil {
				delete(s.known, list[i].SQL)
			}
		}
	}()
	if len(s.known) > most {
		return 0, nil, false
	}
	p := pc.PgConn().StartPipeline(ctx)
	name := func(n int) string { return fmt.Sprintf("crm_%d", s.named+n) }
	for n, i := range fresh {
		p.SendPrepare(name(n), list[i].SQL, nil)
	}
	defer func() { s.named += len(fresh) }()
	if err := p.Sync(); err != nil {
		_ = p.Close()
		return fresh[0], err, true
	}
	for n, i := range fresh {
		r, err := p.GetResults()
		d, described := r.(*pgconn.StatementDescription)
		if err == nil && !described {
			err = fmt.Errorf("%T for a statement", r)
		}
		if err != nil {
			_ = p.Close()
			return i, err, true
		}
		s.known[list[i].SQL] = prepare(pc.TypeMap(), name(n), d)
	}
	if err := p.Close(); err != nil {
		return fresh[0], err, true
	}
	return -1, nil, true
}

func prepare(types *pgtype.Map, name string, d *pgconn.StatementDescription) *prepared {
	p := &prepared{name: name, oids: d.ParamOIDs}
	for _, oid := range p.oids {
		p.given = append(p.given, format(oid))
	}
	for _, f := range d.Fields {
		p.formats = append(p.formats, types.FormatCodeForOID(f.DataTypeOID))
	}
	return p
}

// bind puts the arguments in their form. It reports false for what it cannot, and for what
// is too much to be written at once.
func (s *session) bind(list []gormstore.Statement) bool {
	s.out, s.args, s.binds = s.out[:0], s.args[:0], s.binds[:0]
	for i := range list {
		p, args, first := s.known[list[i].SQL], list[i].Args, len(s.args)
		if len(args) != len(p.oids) {
			return false
		}
		for n, arg := range args {
			if arg == nil {
				s.args = append(s.args, nil)
				continue
			}
			out, ok := appendArgument(s.out, p.oids[n], arg)
			if !ok {
				return false
			}
			s.args = append(s.args, out[len(s.out):len(out):len(out)]) // stays where it is, should out grow
			s.out = out
		}
		s.binds = append(s.binds, pgproto3.Bind{
			PreparedStatement: p.name, ParameterFormatCodes: p.given, Parameters: s.args[first:len(s.args):len(s.args)], ResultFormatCodes: p.formats,
		})
	}
	const each = 64 // more than a message takes beside its arguments and their formats
	return len(s.out)+8*len(s.args)+each*len(list) <= full
}

// exchange sends what was written and reads the answers. When ctx is over meanwhile, or
// the server is gone, so is the connection.
func (s *session) exchange(ctx context.Context, pc *pgconn.PgConn, list []gormstore.Statement) (failed int, err error) {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = pc.Conn().SetDeadline(time.Unix(1, 0))
		close(over)
	})
	defer func() {
		if !stop() {
			<-over
			_ = pc.Conn().SetDeadline(time.Time{}) // perhaps it was over too late
		}
	}()
	to := pc.Frontend()
	for i := range s.binds {
		to.SendBind(&s.binds[i])
		to.SendExecute(&pgproto3.Execute{})
	}
	to.SendSync(&pgproto3.Sync{})
	if err = to.Flush(); err == nil {
		done := false
		if failed, err, done = s.read(pc, list); done {
			return failed, err
		}
	}
	_ = pc.Conn().Close()
	for gone := error(nil); gone == nil; { // the driver has to notice, and tells the server
		_, gone = pc.ReceiveMessage(context.Background())
	}
	return failed, err
}

// read reads the answers up to the server's being ready again, which it reports.
func (s *session) read(pc *pgconn.PgConn, list []gormstore.Statement) (failed int, err error, done bool) {
	failed = -1
	fail := func(i int, why error) {
		if err == nil && why != nil {
			failed, err = min(i, len(list)-1), why
		}
	}
	for i := 0; ; {
		m, gone := pc.ReceiveMessage(context.Background())
		if gone != nil {
			fail(i, gone)
			return failed, err, false
		}
		switch m := m.(type) {
		case *pgproto3.DataRow:
			if st := &list[i]; st.Row != nil && err == nil {
				fail(i, st.Row(m.Values, s.known[st.SQL].formats))
			}
		case *pgproto3.CommandComplete:
			fail(i, complete(&list[i], m.CommandTag))
			i++
		case *pgproto3.EmptyQueryResponse:
			i++
		case *pgproto3.ErrorResponse:
			fail(i, pgconn.ErrorResponseToPgError(m))
		case *pgproto3.ReadyForQuery:
			return failed, err, true
		}
	}
}

// complete looks at what the server says of a statement that it has run.
func complete(s *gormstore.Statement, tag []byte) error {
	switch {
	case s.SQL == "COMMIT" && string(tag) != "COMMIT":
		return errors.New("the transaction was rolled back")
	case s.One && !bytes.HasSuffix(tag, []byte(" 1")):
		return errors.New("a locked row is gone")
	}
	return nil
}
