package customer

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// pageOf returns one page. Its cursor is the key of the last archive and not, as
// [storage.Page] has it, the values sorted by: a cursor travels in addresses and logs,
// where a name must not be.
func pageOf(u *command.Unit, where []storage.Cond, sort Sort, desc bool, list kernel.List) (kernel.Page[Customer], error) {
	q := storage.Query{Where: append(where, u.Branches()...), Limit: list.Size() + 1}
	value := func(c *Customer) any { return c.Name }
	by := colName.Asc()
	if sort == SortRegistered {
		by = storage.ColCreated.Asc()
		value = func(c *Customer) any { return c.CreatedAt }
	}
	by.Desc = desc
	q.Order = []storage.Order{by}
	if list.After != "" {
		last, err := place(u, list.After)
		if err != nil {
			return kernel.Page[Customer]{}, err
		}
		q.After = []any{value(last), last.ID}
	}
	found, err := storage.Find[Customer](u, q)
	if err != nil {
		return kernel.Page[Customer]{}, err
	}
	page := kernel.Page[Customer]{Items: found}
	if size := list.Size(); len(found) > size {
		page.Items = found[:size]
		page.Next = kernel.Cursor(found[size-1].ID)
	}
	if masks(u) {
		for i := range page.Items {
			page.Items[i].Name = privacy.MaskName(page.Items[i].Name)
		}
	}
	return page, nil
}

// place returns the archive at which the page before ended, as it is now.
func place(u *command.Unit, after kernel.Cursor) (*Customer, error) {
	bad := kernel.Invalid("after", "cursor", "not a cursor of this list")
	id, err := kernel.ParseID(string(after))
	if err != nil {
		return nil, bad
	}
	rows, err := storage.Find[Customer](u, storage.Query{Where: append([]storage.Cond{storage.ColID.Eq(id)}, u.Branches()...)})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, bad
	}
	return &rows[0], nil
}
