// Package crm gives an insurer's own services typed records and finite-state workflows
// for customer service: the customer archive, issuance and servicing of policies, and
// claims, in the host's own process, database and transaction.
//
//	db, err := sqlite.Open("crm.db") // or postgres.Open, gormstore.New, memory.New
//	keys, err := privacy.OpenKeyFile("crm.key")
//	c, err := crm.Open(ctx, db, crm.Config{Keys: keys})
//	err = c.Migrate(ctx)
//	ctx = crm.WithActor(ctx, crm.Owner)
//	cl, err := c.Claims.Report(ctx, claim.Notice{…})
//	cl, err = c.Claims.File(ctx, cl.ID, claim.Filing{…}, crm.Key("req-81"), crm.IfVersion(cl.Version))
//
// Four things to know:
//
//   - [CRM] is the library, wired: a service for each kind of thing. Each of its commands
//     authorizes, checks, moves the state by an event of a table, and writes a journal
//     entry, all in one transaction.
//   - [Actor] is who acts. It rides in the context; everything else is an argument.
//   - [Config] is what the host brings: keys, and, where it has them already, policies,
//     customers, rates, numbers and rights of its own.
//   - [Entry] is what happened: history, audit trail and outbox in one.
//
// [CRM.InTx] does several commands at once, all or nothing. [CRM.Within] works inside
// the host's own transaction.
package crm
