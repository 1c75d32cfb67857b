package improve_test

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// From a complaint to a measure that helped.
func Example() {
	w := newWorld(memory.New())
	i, _ := w.Propose(handler, late("B-1"))
	i, _ = w.Approve(manager, i.ID, plan())
	i, _ = w.Start(adviser, i.ID)
	i, _ = w.Finish(adviser, i.ID, improve.Completion{Document: "MIN-12"})
	i, err := w.Verify(manager, i.ID, measured("4", "4.5"))
	for _, f := range i.Figures {
		fmt.Println(f.Name, f.Before, "→", f.After, f.Unit, f.Improved())
	}
	fmt.Println(i.State, i.Effective, err)
	// Output:
	// median days to the answer 9.5 → 4 days true
	// satisfaction 3.25 → 4.5 points true
	// verified true <nil>
}

// A room proposes inside a command of its own, with the unit's runner.
func ExamplePropose() {
	w := newWorld(memory.New())
	err := w.engine.Together(handler, command.Group{}, func(ctx context.Context, r command.Runner) error {
		i, err := improve.Propose(ctx, r, late("B-1"))
		fmt.Println(i.State, i.Source(), i.Cause)
		return err
	})
	fmt.Println(err)
	// Output:
	// proposed {complaint B-1} •••
	// <nil>
}

// The periodic analysis of complaints asks how far their improvements are.
func ExampleBySource() {
	w := newWorld(memory.New())
	_, _ = w.Propose(handler, late("B-1"))
	_, _ = w.Propose(handler, late("B-1"))
	_ = w.store.View(auditor, func(tx *storage.GuardTx) error {
		by, err := improve.BySource(tx, improve.FromComplaint, "B-1", "B-2")
		fmt.Println(by["B-1"].Open, by["B-2"].Open, err)
		return err
	})
	// Output: 2 0 <nil>
}

// What is possible now, and why not the rest.
func ExampleService_Allowed() {
	w := newWorld(memory.New())
	i, _ := w.Propose(handler, late("B-1"))
	moves, _ := w.Allowed(manager, i.ID)
	for _, m := range moves.Allowed {
		fmt.Println(m.Event, "→", m.To, m.Label.ZH)
	}
	// Output:
	// Approve → approved 批准
	// Reject → rejected 不予采纳
}
