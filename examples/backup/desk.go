package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// desk is where customers are registered, by several people at once.
type desk struct {
	mu   sync.Mutex
	done map[crm.ID]string // acknowledged
	err  error
	stop context.CancelFunc
	wg   sync.WaitGroup
}

func open(ctx context.Context, c *crm.CRM, people int) *desk {
	ctx, stop := context.WithCancel(ctx)
	d := &desk{done: map[crm.ID]string{}, stop: stop}
	for range people {
		d.wg.Go(func() {
			for ctx.Err() == nil {
				mail := string(kernel.NewID()) + "@example.com"
				who, err := c.Customers.Register(ctx, customer.Registration{
					Party: customer.Organisation, Name: "Firm of " + mail,
					Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: privacy.New(mail)}},
				})
				d.note(ctx, who, err)
			}
		})
	}
	return d
}

func (d *desk) note(ctx context.Context, who customer.Customer, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err == nil:
		d.done[who.ID] = who.Name
	case ctx.Err() == nil:
		d.err = errors.Join(d.err, err)
		d.stop()
	}
}

// after waits for so many customers and returns who was acknowledged by then.
func (d *desk) after(n int) (map[crm.ID]string, error) {
	for range 60_000 {
		d.mu.Lock()
		done, err := maps.Clone(d.done), d.err
		d.mu.Unlock()
		if err != nil || len(done) >= n {
			return done, err
		}
		time.Sleep(time.Millisecond)
	}
	return nil, fmt.Errorf("not even %d customers in a minute", n)
}

func (d *desk) close() error {
	d.stop()
	d.wg.Wait()
	return d.err
}
