package member

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

// What a form may hold at most.
const (
	MaxName = 200  // characters of a name
	MaxText = 5000 // characters of a free text
	MaxList = 200  // elements of a list
)

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

// Grounds says why: a code for statistics and history, and words, which are sealed.
type Grounds struct {
	Code   string // 1 to 64 bytes, no personal data; may be empty
	Reason privacy.Secret
}

func (g Grounds) check(f *kernel.FieldErrors, required bool) {
	checkCode(f, "code", g.Code, false)
	checkSecret(f, "reason", g.Reason)
	if required && g.Code == "" && g.Reason.IsZero() {
		f.Add("code", "required", "say why, by code or reason")
	}
}

// note tells the journal.
func (g Grounds) note(u *command.Unit) {
	u.Fact("code", g.Code)
	u.Because(g.Reason)
}

// checkCode notes a fault unless the code is a usable word of 1 to 64 bytes.
func checkCode(f *kernel.FieldErrors, path, code string, required bool) {
	if code != "" || required {
		kernel.CheckRef(f, path, kernel.Ref(code))
	}
}

// checkRef notes a fault unless the reference is usable, or empty where that will do.
func checkRef(f *kernel.FieldErrors, path string, ref kernel.Ref, required bool) {
	checkCode(f, path, string(ref), required)
}

func checkSecret(f *kernel.FieldErrors, path string, s privacy.Secret) {
	plain, ok := s.Plain()
	if !ok {
		f.Add(path, "sealed", "give the text, not what is stored of another record")
		return
	}
	kernel.CheckText(f, path, plain, MaxText, true)
}

// checkLabel notes what is missing of a name in English and Chinese.
func checkLabel(f *kernel.FieldErrors, path string, l workflow.Label) {
	for _, part := range [...]struct{ path, text string }{{path + ".en", l.EN}, {path + ".zh", l.ZH}} {
		if part.text == "" {
			f.Add(part.path, "required", "a name in English and in Chinese")
		}
		kernel.CheckText(f, part.path, part.text, MaxName, false)
	}
}

// checkDay notes a fault unless the day can be stored and is given where it must be.
func checkDay(f *kernel.FieldErrors, path string, d kernel.Date, required bool) {
	if d == 0 && required {
		f.Add(path, "required", "a day is needed")
	}
	kernel.CheckDate(f, path, d)
}

func checkCount(f *kernel.FieldErrors, path string, n, most int) {
	if n > most {
		f.Add(path, "length", "at most %d", most)
	}
}

// checkInt notes a fault unless n lies between low and high.
func checkInt(f *kernel.FieldErrors, path string, n, low, high int64) {
	if n < low || n > high {
		f.Add(path, "range", "from %d to %d", low, high)
	}
}

// checkScore notes a fault unless d is a score from 0 to 100.
func checkScore(f *kernel.FieldErrors, path string, d decimal.Decimal) {
	switch err := kernel.FitsAmount(d); {
	case err != nil:
		f.Add(path, "range", "%s", err)
	case d.IsNegative() || d.GreaterThan(decimal.NewFromInt(100)):
		f.Add(path, "range", "a score lies between 0 and 100")
	}
}

// past fills in today where no day is said, and refuses one that is no date or lies ahead.
func (c Config) past(u *command.Unit, path string, on *kernel.Date) error {
	today := c.today(u)
	if *on == 0 {
		*on = today
	}
	var f kernel.FieldErrors
	if checkDay(&f, path, *on, true); *on > today {
		f.Add(path, "range", "not after today")
	}
	return f.Err()
}
