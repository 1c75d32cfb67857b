package complaint

import (
	"cmp"
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
)

// Config says what a complaint service works with. Its zero value will do.
type Config struct {
	Numbers      number.Numberer // nil: CMP-2026-00000001
	Book         *rulebook.Book  // where periods and thresholds stand; nil: rulebook.Default
	Causes       []Cause         // the tree of root causes; nil: [DefaultCauses]
	Improvements Improvements    // what became of improvements, for the analysis; nil: left out
	Zone         *time.Location  // whose days count where the book has no rule; nil: Asia/Shanghai

	// ReviewWindow is for how many days a review may be asked for where the book has no rule
	// for the day in question; 0: 30.
	ReviewWindow int
}

// Service gives commands to complaints and answers questions about them. It may be used
// by many goroutines.
type Service struct {
	run  command.Runner
	cfg  Config
	life *command.Life[Complaint, State, Event]
}

// New makes a service whose commands r carries out. An unsound tree of causes in cfg
// shows when a cause is given: codes that it does not have are refused.
func New(r command.Runner, cfg Config) *Service {
	if cfg.Book == nil {
		cfg.Book = rulebook.Default()
	}
	if cfg.Causes == nil {
		cfg.Causes = DefaultCauses()
	}
	if cfg.Zone == nil {
		cfg.Zone = beijing
	}
	cfg.ReviewWindow = cmp.Or(max(cfg.ReviewWindow, 0), 30)
	return &Service{run: r, cfg: cfg, life: lifeOf()}
}

func lifeOf() *command.Life[Complaint, State, Event] {
	return &command.Life[Complaint, State, Event]{Kind: kind, Machine: Lifecycle, Guards: guards()}
}

const kind = "complaint"

// beijing needs no database of zones: China has had one offset since 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Message is a letter to the complainant, or the news that one has arrived; see
// [notice.Message].
type Message = notice.Message

// Letter is a letter that was sent; see [notice.Letter].
type Letter = notice.Letter

// The kinds of letter.
const (
	NoticeAcceptance notice.Kind = "acceptance" // 受理告知, with the promised day
	NoticeRefusal    notice.Kind = "refusal"    // 不予受理告知
	NoticePromise    notice.Kind = "promise"    // a day promised apart from the acceptance
	NoticeProgress   notice.Kind = "progress"   // 进度反馈
	NoticeExtension  notice.Kind = "extension"  // 延期告知
	NoticeSuspension notice.Kind = "suspension" // 中止告知
	NoticeReply      notice.Kind = "reply"      // 处理决定告知; sent by Reply alone
	NoticeMajor      notice.Kind = "major"      // to the supervisor
)

// letters says whose letters those of the complaint are.
func (c *Complaint) letters() notice.Case {
	return notice.Case{Kind: kind, ID: c.ID, Person: c.PersonRef, To: cmp.Or(c.Customer, c.PersonRef)}
}

// checkLetter checks a letter that goes with a command: it has that command's kind, which
// need not be said, and is no news of another letter.
func checkLetter(f *kernel.FieldErrors, k notice.Kind, m Message) {
	if m.Sent != "" {
		f.Add("sent", "conflict", "this command sends a letter of its own")
		m.Sent = ""
	}
	m.Kind = cmp.Or(m.Kind, k)
	m.Check(f, k)
}

// tell sends the letter that goes with a command. Where nobody can be reached and no
// channel is named, there is none.
func (c *Complaint) tell(u *command.Unit, k notice.Kind, m Message) (*Letter, error) {
	if c.Anonymous && m.Channel == "" {
		return nil, nil
	}
	m.Kind = k
	return notice.Send(u, c.letters(), m)
}

func (s *Service) fire(ctx context.Context, id kernel.ID, c command.Call[Complaint, Event], opts []kernel.Option) (Complaint, error) {
	return command.Fire(ctx, s.run, s.life, id, c, opts...)
}

// do is a command without anything to ask beforehand.
func (s *Service) do(ctx context.Context, id kernel.ID, e Event, in any, check func(*kernel.FieldErrors), apply func(*command.Unit, *Complaint) error, opts []kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{Event: e, Input: in, Check: check, Apply: apply}, opts)
}

// Remark is a reason or an observation in words.
type Remark struct{ Text privacy.Secret }
