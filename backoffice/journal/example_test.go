package journal_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// A row that somebody changed past the library is named.
func ExampleVerify() {
	o := newOffice()
	p := &parcel{Weight: 500}
	if err := o.write(owner, p, "Post"); err != nil {
		panic(err)
	}
	edited := *p
	edited.Weight = 5
	err := o.raw.Update(owner, func(tx storage.Tx) error { return tx.Save(&edited) })
	if err != nil {
		panic(err)
	}
	err = o.View(owner, func(tx *storage.GuardTx) error {
		report, err := journal.Verify(tx, subjects)
		for _, f := range report.Faults {
			fmt.Println(f.What)
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// entry missing
	// row changed
	// <nil>
}

// Each consumer goes on where it stopped.
func ExampleRelay() {
	o := newOffice()
	p := &parcel{Weight: 500}
	if err := errors.Join(o.write(owner, p, "Post"), o.write(owner, p, "Weigh")); err != nil {
		panic(err)
	}
	print := func(_ context.Context, e journal.Entry) error {
		fmt.Println(e.Kind, e.Event, e.Facts["weight"])
		return nil
	}
	for range 2 {
		fmt.Println(journal.Relay(owner, o.Guarded, "mail", noon, print))
	}
	// Output:
	// parcel Post 500
	// parcel Weigh 500
	// 2 <nil>
	// 0 <nil>
}

// History is for people: what happened to one subject, the oldest first.
func ExampleHistory() {
	o := newOffice()
	p := &parcel{Weight: 500}
	if err := errors.Join(o.write(owner, p, "Post"), o.write(owner, p, "Weigh")); err != nil {
		panic(err)
	}
	err := o.View(owner, func(tx *storage.GuardTx) error {
		entries, err := journal.History(tx, "parcel", p.ID)
		for _, e := range entries {
			fmt.Println(e.SubjectVersion, e.Event, e.Actor, e.At.Format("15:04"))
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// 1 Post u-1 04:00
	// 2 Weigh u-1 04:00
	// <nil>
}

func ExampleFault_String() {
	id := kernel.ID("01a20240-cd26-7a62-aeff-041f9c34b7f6")
	fmt.Println(journal.Fault{What: journal.EntryMissing, Kind: "claim", Subject: id, Version: 3})
	fmt.Println(journal.Fault{What: journal.RowChanged, Kind: "claim", Subject: id, Table: "crm_claim_lines", Row: "7"})
	// Output:
	// entry missing: claim 01a20240-cd26-7a62-aeff-041f9c34b7f6, version 3
	// row changed: claim 01a20240-cd26-7a62-aeff-041f9c34b7f6, crm_claim_lines 7
}

// A seal that is kept elsewhere shows what nobody could see from inside the database: here
// somebody removes a subject with all its rows, entries and seals.
func ExampleVerifySeals() {
	o := newOffice()
	p := &parcel{Weight: 500}
	if err := o.write(owner, p, "Post"); err != nil {
		panic(err)
	}
	kept, err := journal.MakeSeal(owner, o.Guarded, noon, nil)
	if err != nil {
		panic(err)
	}
	err = o.raw.Update(owner, func(tx storage.Tx) error {
		entries, err := storage.Find[journal.Entry](tx, storage.Query{})
		return errors.Join(err, tx.Delete(p, &entries[0], &kept))
	})
	if err != nil {
		panic(err)
	}
	err = o.View(owner, func(tx *storage.GuardTx) error {
		report, err := journal.Verify(tx, subjects)
		fmt.Println(report.OK(), err)
		if report, err = journal.VerifySeals(owner, tx, nil, kept); err == nil {
			fmt.Println(report.Faults[0].What)
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// true <nil>
	// journal rolled back
	// <nil>
}

func ExampleMakeSeal() {
	o := newOffice()
	for range 2 {
		if err := o.write(owner, &parcel{Weight: 500}, "Post"); err != nil {
			panic(err)
		}
		s, err := journal.MakeSeal(owner, o.Guarded, noon, nil)
		fmt.Println(s.Number, s.Entries, s.UpTo, len(s.Hash), err)
	}
	// Output:
	// 1 1 1 32 <nil>
	// 2 1 2 32 <nil>
}

// Seals are signed with a key of the insurer's; an auditor needs the public one.
func ExampleEd25519() {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	insurer, auditor := journal.Ed25519{Key: private}, journal.Ed25519{Known: []ed25519.PublicKey{public}}
	message := []byte("a seal")
	signature, err := insurer.Sign(owner, message)
	fmt.Println(len(signature), err)
	fmt.Println(auditor.Verify(owner, message, signature))
	_, err = auditor.Sign(owner, message)
	fmt.Println(err)
	// Output:
	// 64 <nil>
	// true <nil>
	// journal: Ed25519.Key is missing or not of its size: seals cannot be signed
}
