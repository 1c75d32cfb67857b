// Package customer is the archive of the persons and organisations that an insurer
// serves (客户档案).
//
// [Service] registers them, keeps what is known about them true, and finds them
// again:
//
//	c, err := archive.Register(ctx, customer.Registration{
//		Party: customer.Individual, Name: "张三",
//		Document: customer.Document{Kind: customer.ResidentID, Number: privacy.New("110199199001019015")},
//		Contacts: []customer.ContactDetail{{Kind: customer.Phone, Value: privacy.New("138 0013 8000")}},
//	})
//
// Numbers are brought into one normal form and checked on the way in, all faults at
// once: the resident identity number by GB 11643, the unified social credit code by
// GB 32100, phone numbers by the numbering plans of the world. Birth date and gender
// are taken from the resident identity number, or compared with it.
//
// One identity document belongs to one archive. Registering it again is refused
// with the archive named; a likely repetition - the same phone number, or the same
// name and birth date - is refused until a person has looked and says so.
//
// The name stays plain in the store, for search and sorting, and is masked for roles
// that need not know it. Every other fact about a person is sealed under a key of
// their own. [Service.Reveal] opens what is asked for, for a stated purpose, and
// leaves a record of the look that nobody can take away; [Service.Accesses] lists
// the looks.
//
// An archive is active, rests, is archived, is merged into another when the two are
// one person, or is that of somebody who has died; see [Lifecycle].
//
// [Visits] calls on customers (回访): about a new policy inside its cooling-off period, a
// closed claim, an answered complaint, or for care. A visit is tried until the customer is
// reached, goes through a script point by point, and what the customer denies is put right
// by somebody other than the seller; see [VisitLife] and [Scripts].
package customer
