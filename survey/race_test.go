package survey_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/survey"
)

// together runs fn n times at once and returns their errors.
func together(n int, fn func(int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errs
}

// A customer whose telephone lost the line sends the same answers thirty-two times at
// once: there is one response, and all are told of it.
func TestOneResponseOfManyRetries(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		i := w.invited(t, w.asking(t), claimOf(1))
		var mu sync.Mutex
		first, ids := 0, map[kernel.ID]bool{}
		for _, err := range together(32, func(int) error {
			r, err := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: angry()})
			mu.Lock()
			defer mu.Unlock()
			if ids[r.ID] = true; !r.Replayed {
				first++
			}
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if first != 1 || len(ids) != 1 || count[survey.Response](t, w) != 1 || count[survey.Reply](t, w) != 7 {
			t.Errorf("%d first, %v", first, ids)
		}
		w.sound(t)
	})
}

// Thirty-two send different answers with one key: one is stored, the others are told that
// the key was used.
func TestOneKeyOneResponse(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		i := w.invited(t, w.asking(t), claimOf(1))
		stored := 0
		for _, err := range together(32, func(n int) error {
			answers := []survey.Answer{
				survey.Score("nps", 1), survey.Score("satisfied", 1), survey.Choose("why", "other"), survey.Say("words", fmt.Sprint(n)),
			}
			_, err := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: answers})
			return err
		}) {
			switch {
			case err == nil:
				stored++
			case !errors.Is(err, survey.ErrUsed) || !errors.Is(err, kernel.ErrKeyReused):
				t.Error(err)
			}
		}
		if stored != 1 || count[survey.Response](t, w) != 1 {
			t.Errorf("%d stored", stored)
		}
		w.sound(t)
	})
}

// Sixteen campaigns want the same customer on the same day: one gets to ask.
func TestCampaignsRaceForACustomer(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		q := w.published(t, claims())
		var ids []kernel.ID
		for n := range 16 {
			p := plan(q)
			p.Code = fmt.Sprintf("S-%d", n)
			ids = append(ids, w.running(t, p).ID)
		}
		won := 0
		for _, err := range together(16, func(n int) error {
			_, err := w.Invitations.Create(agent, survey.Invitee{Campaign: ids[n], Contact: claimOf(1)})
			return err
		}) {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, survey.ErrRested) && !errors.Is(err, kernel.ErrConflict):
				t.Error(err)
			}
		}
		if won != 1 || count[survey.Invitation](t, w) != 1 || count[survey.Pace](t, w) != 1 {
			t.Errorf("%d won", won)
		}
		w.sound(t)
	})
}

// A claim that is closed by many at once is asked about once, and none of those who
// closed it is told of a conflict.
func TestReactionsRaceForACustomer(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.asking(t)
		p := plan(survey.Questionnaire{})
		p.Questionnaire, p.Code = c.QuestionnaireID, "S-2"
		w.running(t, p)
		for n := range 8 {
			for _, err := range together(8, func(int) error {
				return w.happens(survey.Trigger{Event: survey.ClaimClosed, Contact: claimOf(n)})
			}) {
				if err != nil {
					t.Error(err)
				}
			}
		}
		if n := count[survey.Invitation](t, w); n != 8 {
			t.Errorf("%d invitations", n)
		}
		w.sound(t)
	})
}
