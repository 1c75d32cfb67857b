package number

import (
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Many returns the next n numbers of the kind, as [Next] does, in one step.
func Many(u *command.Unit, from Numberer, kind, prefix string, n int) ([]string, error) {
	list := make([]string, n)
	if from != nil {
		var f kernel.FieldErrors
		for i := range list {
			no, err := from.Next(u.Context(), kind, u.Now())
			if err != nil {
				return nil, err
			}
			kernel.CheckRef(&f, "number", kernel.Ref(no))
			list[i] = no
		}
		return list, f.Err()
	}
	last, err := count(u, kind, int64(n))
	for i := range list {
		list[i] = written(u, prefix, last-int64(n-1-i))
	}
	return list, err
}

func written(u *command.Unit, prefix string, no int64) string {
	return fmt.Sprintf("%s-%d-%08d", prefix, u.Now().Year(), no)
}
