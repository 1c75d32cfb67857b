package crm_test

import (
	"testing"
	"time"

	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/member"
)

// Joining in one command asks the archive and the policies, which read the same store. They
// are asked before the unit of work: inside, a store with one connection, or one that
// lets nobody read beside a writer, would wait for itself.
func TestJoiningAsksNeighboursFirst(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		club := got(w.Membership.Programs.Found(manager, member.Founding{Code: "CLUB", Name: workflow.Label{EN: "Club", ZH: "俱乐部"}, Rules: member.Rules{
			Tiers: []member.Tier{
				{Code: "basic", Name: workflow.Label{EN: "Basic", ZH: "普通"}},
				{Code: "silver", Name: workflow.Label{EN: "Silver", ZH: "银卡"}, Premium: yuan("500")},
			},
		}}))(t)
		done := make(chan member.Member, 1)
		go func() {
			m, err := w.Membership.Members.EnrolDirect(agent, member.Enrolment{Program: club.ID, Customer: s.customer.ID.Ref()})
			if err != nil {
				t.Error(err)
			}
			done <- m
		}()
		select {
		case m := <-done:
			if m.State != member.Active || m.Tier != "silver" {
				t.Errorf("%s in tier %s: a premium of %s is enough for silver", m.State, m.Tier, s.policy.Premium)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the command waits for itself")
		}
		w.sound(t)
	})
}
