package torture_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/storage/postgres"
)

// wire is the network between the library and a PostgreSQL server. It fails as a driver
// does: what a call is to the one is a message to the other.
type wire struct {
	faults
	listener net.Listener
	network  string
	server   string
}

// newWire returns a wire to the server behind a data source name, and the name to use.
func newWire(t *testing.T, dsn string) (*wire, string) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	must(t, err)
	w := &wire{}
	w.network, w.server = pgxNetwork(config)
	w.listener, err = net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = w.listener.Close() })
	go w.serve()
	here := w.listener.Addr().(*net.TCPAddr)
	return w, fmt.Sprintf("host=127.0.0.1 port=%d user=%s password='%s' dbname=%s sslmode=disable", here.Port, config.User, config.Password, config.Database)
}

func pgxNetwork(c *pgx.ConnConfig) (network, address string) {
	if strings.HasPrefix(c.Host, "/") {
		return "unix", fmt.Sprintf("%s/.s.PGSQL.%d", c.Host, c.Port)
	}
	return "tcp", fmt.Sprintf("%s:%d", c.Host, c.Port)
}

func (w *wire) serve() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.carry(client)
	}
}

// carry takes messages to the server and answers back, until one is lost.
func (w *wire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(w.network, w.server)
	if err != nil {
		return
	}
	defer server.Close()
	answers := make(chan bool)
	go func() { _, _ = io.Copy(client, server); close(answers); _ = client.Close() }()
	buf := make([]byte, 1<<20)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		switch m, strikes := w.strikes("message"); {
		case !strikes:
		case m == canceled:
			w.cancel()
		case m == applied: // the server gets it, the client never hears
			_ = client.(*net.TCPConn).SetLinger(0)
			_ = client.Close()
			_, _ = server.Write(buf[:n])
			_ = server.(interface{ CloseWrite() error }).CloseWrite()
			<-answers
			return
		default:
			return
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// TestWire cuts the network at each message of each command of the story, before it is
// sent or before it is answered, once or for ever.
func TestWire(t *testing.T) {
	t.Parallel()
	for _, m := range []mode{once, forEver, applied, canceled} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, "postgres")
			w, dsn := newWire(t, p.where)
			store, err := postgres.Open(dsn, postgres.MaxConns(4))
			must(t, err)
			s := p.shop(t, store)
			defer func() { must(t, s.Close()) }()
			cases, step := 0, 1
			if testing.Short() {
				step = 5
			}
			for name, tale := range story {
				for k := 1; ; k += step {
					n := fmt.Sprintf("%s-%d", name, k)
					var id crm.ID
					if tale.before != nil {
						id, err = tale.before(s, n)
						must(t, err)
					}
					ctx, cancel := context.WithCancel(owner)
					w.arm(m, k, cancel)
					err := tale.do(ctx, s, id, n)
					struck := w.heal()
					cancel()
					if struck == "" {
						must(t, err)
						break
					}
					cases++
					where := fmt.Sprintf("%s, message %d", name, k)
					told(t, where, err)
					if err := tale.do(owner, s, id, n); err != nil && !errors.Is(err, crm.ErrReplayed) {
						t.Errorf("%s: again: %v, after %v", where, err, err)
					}
					if !tale.done(s.sound(t), id, n) {
						t.Errorf("%s: given again and not done", where)
					}
					if t.Failed() {
						t.FailNow()
					}
				}
			}
			t.Logf("the network failed %d times", cases)
		})
	}
}
