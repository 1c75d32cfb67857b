package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// service is the insurer's own service: its database, its policies, its bank.
type service struct {
	*show.Printer
	gorm  *gorm.DB
	crm   *crm.CRM
	clock *kernel.ManualClock
	facts facts

	motor, home, hospital crm.Ref // numbers of the policies of this run
	bank                  []transfer
}

// transfer is what the bank was asked for.
type transfer struct {
	reference string
	payment.Order
}

func (s *service) open(ctx context.Context, flags show.Flags) error {
	database := gormpostgres.Open(flags.Postgres)
	if flags.Postgres == "" {
		path := (&url.URL{Path: filepath.ToSlash(flags.DB)}).EscapedPath()
		database = sqlite.Dialector("file:" + path + "?_journal_mode=WAL&_busy_timeout=5000")
	}
	var err error
	if s.gorm, err = gorm.Open(database, &gorm.Config{Logger: logger.Discard}); err != nil {
		return errors.New("the host's database does not open") // the driver's text may repeat the password
	}
	if err := s.gorm.WithContext(ctx).AutoMigrate(&contract{}); err != nil {
		return err
	}
	store, err := gormstore.New(s.gorm)
	if err != nil {
		return err
	}
	keys, err := privacy.OpenKeyFile(flags.Keys)
	if err != nil {
		return err
	}
	s.crm, err = crm.Open(ctx, store, crm.Config{
		Keys: keys, Clock: s.clock, Policies: s, Payer: payment.PayerFunc(s.pay),
	})
	if err != nil {
		return err
	}
	return s.crm.Migrate(ctx)
}

func (s *service) close() error {
	pool, err := s.gorm.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// pay stands for the insurer's bank. A real one pays an order once, however often it
// sees its Key.
func (s *service) pay(_ context.Context, o payment.Order) (string, error) {
	t := transfer{fmt.Sprintf("T-%04d", len(s.bank)+1), o}
	s.bank = append(s.bank, t)
	return t.reference, nil
}

// sell stands for the insurer's old system: three policies that are there already.
func (s *service) sell(ctx context.Context) error {
	var sold int64
	if err := s.gorm.WithContext(ctx).Model(&contract{}).Count(&sold).Error; err != nil {
		return err
	}
	number := func(n int64) string { return fmt.Sprintf("0112-2026-%06d", 431+sold+n) }
	begins := kernel.DateOf(s.clock.Now().In(beijing)).AddMonths(-4)
	lapsed := begins.AddMonths(3).In(beijing)
	term := func(c contract) contract {
		c.Begins, c.Ends = begins.In(beijing), begins.AddYears(1).In(beijing)
		return c
	}
	contracts := []contract{
		term(contract{Number: number(0), Product: "MOTOR", Customer: "K-20071", SumFen: 180_000_00, Excess: 500_00}),
		term(contract{Number: number(1), Product: "HOME", Customer: "K-20388", SumFen: 600_000_00, LapsedAt: &lapsed}),
		term(contract{Number: number(2), Product: "HOSPITAL", Customer: "K-31950", SumFen: 10_000_00}),
	}
	if err := s.gorm.WithContext(ctx).Create(&contracts).Error; err != nil {
		return err
	}
	s.motor, s.home, s.hospital = crm.Ref(number(0)), crm.Ref(number(1)), crm.Ref(number(2))
	var rows [][]string
	for _, c := range contracts {
		note := ""
		if c.LapsedAt != nil {
			note = "lapsed " + c.LapsedAt.Format(time.DateOnly)
		}
		rows = append(rows, []string{c.Number, products[c.Product].name, c.Customer, c.Begins.Format(time.DateOnly),
			c.Ends.Format(time.DateOnly), yuan(c.SumFen).StringFixed(2), yuan(c.Excess).StringFixed(2), note})
	}
	s.Section("The host's own policies 保单")
	s.Table([]string{"number", "product", "customer", "from", "until before", "sum insured", "excess", ""}, rows...)
	return nil
}
