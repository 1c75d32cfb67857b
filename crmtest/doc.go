// Package crmtest helps a host to test what it builds on the library: the whole library
// over memory, a clock that moves when told, a bank whose faults are ordered beforehand,
// and a look into the journal.
//
//	func TestHail(t *testing.T) {
//		w := crmtest.New(t, crmtest.With(func(c *crm.Config) { c.Policies = ours }))
//		w.Bank.Next(crmtest.Bounces("closed_account"), crmtest.Arrives)
//		err := ours.HandleHail(w.Owner(), w.CRM, …)
//		…
//		w.Pay(t)
//		crmtest.RequireEvent(t, w, "claim", id, "Report", "Approve", "Settle", "BouncePayment")
//	}
//
// When the test ends, the journal is held against all rows; a test that passes has also
// shown that nobody wrote past the library.
//
// A store for what depends on the database comes with [Over]:
//
//	store, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
//	w := crmtest.New(t, crmtest.Over(store))
package crmtest
