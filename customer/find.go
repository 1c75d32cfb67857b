package customer

import (
	"context"
	"fmt"
	"strings"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Search says whom to find; all that is given has to hold, and something has to be.
type Search struct {
	Document   Document       // kind and number, and the country that issued it
	Phone      privacy.Secret // in any usual form; a contact in use
	Email      privacy.Secret // likewise
	NamePrefix string         // the beginning of the name, by characters
	Number     string         // of the archive
}

// maxShared is how many customers may share a phone or email for it to be of use in a
// search.
const maxShared = 1000

// Find returns the archives that fit, by name, of the branches that the actor sees. A
// merged archive is found too; MergedInto leads on. For roles that see names masked,
// a search by the beginning of a name is [kernel.ErrForbidden]: it would tell the
// name letter by letter.
func (s *Service) Find(ctx context.Context, in Search, list kernel.List) (kernel.Page[Customer], error) {
	var page kernel.Page[Customer]
	err := s.r.Look(ctx, Kind+".Find", func(u *command.Unit) error {
		where, err := s.conditions(u, in)
		if err == nil {
			page, err = pageOf(u, where, SortName, false, list)
		}
		return err
	})
	return page, err
}

func (s *Service) conditions(u *command.Unit, in Search) ([]storage.Cond, error) {
	var f kernel.FieldErrors
	doc := in.Document.check(f.At("document"), "", s.today(u))
	number := strings.TrimSpace(in.Number)
	kernel.CheckText(&f, "number", number, kernel.MaxRef, false)
	kernel.CheckText(&f, "namePrefix", in.NamePrefix, MaxName, false)
	phone := checkReach(f.At("phone"), Phone, in.Phone)
	email := checkReach(f.At("email"), Email, in.Email)
	if in == (Search{}) {
		f.Add("", "required", "something to find by is needed")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	var where []storage.Cond
	if key := doc.key(); key != "" {
		idx, err := u.Index("crm_customers.identity", key)
		if err != nil {
			return nil, err
		}
		where = append(where, colIdentity.Eq(idx))
	}
	if number != "" {
		where = append(where, colNumber.Eq(number))
	}
	if in.NamePrefix != "" {
		if masks(u) {
			return nil, fmt.Errorf("%s.Find by name: %w to this actor's roles", Kind, kernel.ErrForbidden)
		}
		where = append(where, colName.Prefix(in.NamePrefix))
	}
	for _, r := range []struct {
		kind  ContactKind
		value string
	}{{Phone, phone}, {Email, email}} {
		if r.value == "" {
			continue
		}
		ids, err := reachedBy(u, r.kind, maxShared+1, r.value)
		if err != nil {
			return nil, err
		}
		if len(ids) > maxShared {
			return nil, kernel.Invalid(string(r.kind), "range", "more than %d customers share it", maxShared)
		}
		where = append(where, storage.ColID.In(ids...))
	}
	return where, nil
}

func checkReach(f *kernel.FieldErrors, k ContactKind, s privacy.Secret) string {
	if s.IsZero() {
		return ""
	}
	plain, ok := s.Plain()
	if !ok {
		sealed(f, "")
		return ""
	}
	value, err := normal(k, plain)
	f.Merge("", err)
	return value
}

// Sort is an order of archives.
type Sort string

// The orders. Empty is [SortName].
const (
	SortName       Sort = "name"       // by code points
	SortRegistered Sort = "registered" // when they were registered
)

// Listing says which archives to list, and how. Its zero value lists all by name.
type Listing struct {
	States []State // empty: all
	Party  Party   // empty: both
	Sort   Sort
	Desc   bool
}

// List returns archives of the branches that the actor sees. Names are masked for
// roles that do not see them.
func (s *Service) List(ctx context.Context, in Listing, list kernel.List) (kernel.Page[Customer], error) {
	var page kernel.Page[Customer]
	err := s.r.Look(ctx, Kind+".List", func(u *command.Unit) error {
		var f kernel.FieldErrors
		oneOf(&f, "party", in.Party, true, Individual, Organisation)
		oneOf(&f, "sort", in.Sort, true, SortName, SortRegistered)
		for i, state := range in.States {
			oneOf(f.Index("states", i), "", state, false, Lifecycle.States()...)
		}
		if err := f.Err(); err != nil {
			return err
		}
		var where []storage.Cond
		if len(in.States) > 0 {
			where = append(where, colState.In(in.States...).Skimmed())
		}
		if in.Party != "" {
			where = append(where, colParty.Eq(in.Party).Skimmed())
		}
		var err error
		page, err = pageOf(u, where, in.Sort, in.Desc, list)
		return err
	})
	return page, err
}
