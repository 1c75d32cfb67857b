package complaint

import (
	"slices"
	"strings"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// twin counts the complaint among those of the same person about the same topic, and
// returns these, the latest first. The number is part of a unique index, so of two equal
// complaints of one customer at the same moment one is refused too.
func (c *Complaint) twin(u *command.Unit) ([]Complaint, error) {
	same, err := storage.Find[Complaint](u, storage.Query{
		Where: []storage.Cond{colPerson.Eq(c.PersonRef), colPolicy.Eq(c.Policy), colClaim.Eq(c.Claim), colProduct.Eq(c.Product), colOther.Eq(c.Other)},
		Order: []storage.Order{storage.ColCreated.Desc()},
	})
	c.Twin = 1
	for i := range same {
		c.Twin = max(c.Twin, same[i].Twin+1)
	}
	return same, err
}

// twins refuses a complaint that likely repeats another which is still open.
func (c *Complaint) twins(u *command.Unit, in Receipt) error {
	same, err := c.twin(u)
	if err != nil {
		return err
	}
	var candidates []kernel.ID
	for i := range same {
		if live(&same[i]) {
			candidates = append(candidates, same[i].ID)
		}
	}
	byPhone, err := c.byPhone(u, in.Complainants)
	if err != nil {
		return err
	}
	for _, id := range byPhone {
		if !slices.Contains(candidates, id) {
			candidates = append(candidates, id)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	if !in.AcceptDuplicate {
		return &kernel.DuplicateError{Kind: kind, Candidates: candidates}
	}
	u.Fact("accepted_duplicate_of", candidates)
	return nil
}

// live reports whether the complaint waits for its answer. One that is only waiting for
// the review window to pass is repeated by ComplainAgain, so it counts as well.
func live(c *Complaint) bool {
	return Lifecycle.Class(c.State).Live()
}

// byPhone finds open complaints about the same topic by somebody with the same number.
func (c *Complaint) byPhone(u *command.Unit, speakers []Speaker) ([]kernel.ID, error) {
	var found []kernel.ID
	for _, p := range speakers {
		index, err := phoneIndex(u, p.Phone)
		if err != nil {
			return nil, err
		}
		if index == nil {
			continue
		}
		rows, err := storage.Find[Complainant](u, storage.Query{
			Where: []storage.Cond{colPhone.Eq(index)}, Order: []storage.Order{storage.ColCreated.Desc()}, Limit: maxParts,
		})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			other, err := storage.Get[Complaint](u, rows[i].ComplaintID)
			if err != nil {
				return nil, err
			}
			if live(other) && other.about() == c.about() && !slices.Contains(found, other.ID) {
				found = append(found, other.ID)
			}
		}
	}
	return found, nil
}

// about is the part of the topic that tells two complaints apart.
func (t Topic) about() Topic {
	t.Line, t.Group = "", false
	return t
}

// phoneIndex returns the blind index of a telephone number; nil for none. Only the last
// eleven digits count, so that a number is the same with and without its country.
func phoneIndex(u *command.Unit, phone privacy.Secret) ([]byte, error) {
	plain, _ := phone.Plain()
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, plain)
	if len(digits) < 7 {
		return nil, nil
	}
	return u.Index("crm_complainants.phone", digits[max(len(digits)-11, 0):])
}
