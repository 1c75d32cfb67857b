package main

import (
	"context"
	"errors"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/storage/gormstore"
)

// attempt is something that a host does, and what it expects to find afterwards. While a
// transaction of the host's is open, commands go through Within and nothing else: h.crm
// itself would wait for what the transaction has locked.
type attempt struct {
	where, what string
	want        counts
	do          func(context.Context, *host, claim.Notice) error
}

var cases = []attempt{
	{"GORM", "commit", counts{1, 1, 1}, func(ctx context.Context, h *host, n claim.Notice) error {
		return h.gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			cl, err := h.crm.Within(gormstore.Join(tx)).Claims.Report(ctx, n)
			if err != nil {
				return err
			}
			return tx.Create(&ticket{Subject: "hail", Claim: cl.Number}).Error
		})
	}},
	{"GORM", "rollback", counts{}, func(ctx context.Context, h *host, n claim.Notice) error {
		changedMind := errors.New("the host has changed its mind")
		err := h.gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			cl, err := h.crm.Within(gormstore.Join(tx)).Claims.Report(ctx, n)
			if err != nil {
				return err
			}
			if err := tx.Create(&ticket{Subject: "hail", Claim: cl.Number}).Error; err != nil {
				return err
			}
			return changedMind
		})
		return expect(err, changedMind)
	}},
	{"GORM", "a command fails, the host goes on", counts{1, 1, 1}, func(ctx context.Context, h *host, n claim.Notice) error {
		return h.gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return goesOn(ctx, h, tx, n) })
	}},
	{"GORM, no nested transactions", "a command fails, the host goes on", counts{1, 1, 1}, func(ctx context.Context, h *host, n claim.Notice) error {
		flat := h.gorm.Session(&gorm.Session{Context: ctx, DisableNestedTransaction: true})
		return flat.Transaction(func(tx *gorm.DB) error { return goesOn(ctx, h, tx, n) })
	}},
	{"GORM, conditions on the handle", "commit", counts{1, 1, 1}, func(ctx context.Context, h *host, n claim.Notice) error {
		return h.gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			mine := tx.Model(&ticket{}).Where("subject = ?", "fire").Limit(1)
			if _, err := h.crm.Within(gormstore.Join(mine)).Claims.Report(ctx, n); err != nil {
				return err
			}
			return tx.Create(&ticket{Subject: "hail"}).Error
		})
	}},
	{"database/sql", "commit", counts{1, 1, 1}, func(ctx context.Context, h *host, n claim.Notice) error {
		tx, err := h.sql.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		cl, err := h.crm.Within(h.join(tx)).Claims.Report(ctx, n)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO tickets (subject, claim) VALUES ($1, $2)", "hail", cl.Number); err != nil {
			return err
		}
		return tx.Commit()
	}},
	{"database/sql", "rollback", counts{}, func(ctx context.Context, h *host, n claim.Notice) error {
		tx, err := h.sql.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		_, reported := h.crm.Within(h.join(tx)).Claims.Report(ctx, n)
		_, inserted := tx.ExecContext(ctx, "INSERT INTO tickets (subject) VALUES ($1)", "hail")
		return errors.Join(reported, inserted, tx.Rollback())
	}},
	{"InTx", "two commands", counts{0, 1, 2}, func(ctx context.Context, h *host, n claim.Notice) error {
		return h.crm.InTx(ctx, func(c *crm.CRM) error { return reportAndFile(ctx, c, n, thousand) })
	}},
	{"InTx", "the second command fails", counts{}, func(ctx context.Context, h *host, n claim.Notice) error {
		err := h.crm.InTx(ctx, func(c *crm.CRM) error { return reportAndFile(ctx, c, n, thousand.Neg()) })
		return expect(err, crm.ErrInvalid)
	}},
	{"InTx", "twice under one key", counts{0, 1, 2}, func(ctx context.Context, h *host, n claim.Notice) error {
		both := func(c *crm.CRM) error { return reportAndFile(ctx, c, n, thousand) }
		key := crm.Key(string(h.policy)) // the host's own key of the request
		if err := h.crm.InTx(ctx, both, key); err != nil {
			return err
		}
		return expect(h.crm.InTx(ctx, both, key), crm.ErrReplayed)
	}},
	{"InTx inside GORM", "the second command fails, the host goes on", counts{Tickets: 1}, func(ctx context.Context, h *host, n claim.Notice) error {
		return h.gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			err := h.crm.Within(gormstore.Join(tx)).InTx(ctx, func(c *crm.CRM) error {
				return reportAndFile(ctx, c, n, thousand.Neg())
			})
			return errors.Join(expect(err, crm.ErrInvalid), tx.Create(&ticket{Subject: "call back"}).Error)
		})
	}},
}

var thousand = decimal.NewFromInt(1000)

// reportAndFile gives two commands; inside InTx both are done or none.
func reportAndFile(ctx context.Context, c *crm.CRM, n claim.Notice, claimed decimal.Decimal) error {
	cl, err := c.Claims.Report(ctx, n)
	if err != nil {
		return err
	}
	_, err = c.Claims.File(ctx, cl.ID, claim.Filing{Claimed: claimed})
	return err
}

// goesOn reports the same loss twice. The second report is refused and leaves nothing
// behind; the host's transaction is as good as before.
func goesOn(ctx context.Context, h *host, tx *gorm.DB, n claim.Notice) error {
	c := h.crm.Within(gormstore.Join(tx))
	cl, err := c.Claims.Report(ctx, n)
	if err != nil {
		return err
	}
	_, err = c.Claims.Report(ctx, n)
	if err := expect(err, crm.ErrDuplicate); err != nil {
		return err
	}
	return tx.Create(&ticket{Subject: "hail", Claim: cl.Number}).Error
}

// expect returns an error unless err is the one that is wanted.
func expect(err, want error) error {
	switch {
	case errors.Is(err, want):
		return nil
	case err == nil:
		return errors.New("there was no error, but this was to come: " + want.Error())
	}
	return err
}
