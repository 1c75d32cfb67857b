package command_test

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// A room says what is checked and changed; the runner does the rest.
func ExampleFire() {
	r := house()
	l, err := command.Create(agent, r, life, draw{Event: "Draw", Build: func(*command.Unit) (*lease, error) { return &lease{}, nil }})
	fmt.Println(l.State, err)
	sign := func(rent int64) {
		l, err := command.Fire(agent, r, life, l.ID, call{
			Event:   "Sign",
			Prepare: func(context.Context) error { return nil }, // neighbours would be asked here
			Apply:   func(_ *command.Unit, l *lease) error { l.Rent = decimal.NewFromInt(rent); return nil },
		})
		fmt.Println(l.State, err)
	}
	sign(50) // the guard of the table looks at the record as it is
	// Output:
	// open <nil>
	//  lease: Sign refused in open: no rent is agreed
}

func ExampleGet() {
	r := house()
	l, _ := command.Create(agent, r, life, draw{Event: "Draw", Build: func(*command.Unit) (*lease, error) { return &lease{}, nil }})
	got, err := command.Get(agent, r, life, l.ID)
	fmt.Println(got.ID == l.ID, got.State, err)
	_, err = command.Get(agent, r, life, kernel.NewID())
	fmt.Println(err)
	// Output:
	// true open <nil>
	// not found
}

func ExampleGrants() {
	for _, g := range command.Grants(life, []kernel.Role{"agent"}) {
		fmt.Println(g.Action, g.Roles)
	}
	// Output:
	// lease.Draw [agent]
	// lease.Sign [agent]
	// lease.End [manager]
	// lease.Get [agent]
	// lease.Allowed [agent]
	// lease.History [agent]
}
