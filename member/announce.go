package member

import (
	"slices"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Channel is where members are told of benefits (MR 七(二)1).
type Channel string

// The channels.
const (
	Site   Channel = "site"   // 公司官网
	WeChat Channel = "wechat" // 微信公众号
	SMS    Channel = "sms"    // 短信
)

var channels = []Channel{Site, WeChat, SMS}

// AnnouncementKind says what an announcement tells.
type AnnouncementKind string

// The kinds of announcements.
const (
	TellsStart  AnnouncementKind = "start"     // of a new benefit
	TellsChange AnnouncementKind = "change"    // an edition takes the place of another
	TellsEnd    AnnouncementKind = "end"       //
	TellsAgain  AnnouncementKind = "promotion" // what is known already
)

// Announcement is what was published about a benefit: where, when and in which words
// (权益公告). It belongs to the benefit.
type Announcement struct {
	kernel.Meta `gorm:"embedded"`
	BenefitID   kernel.ID        `gorm:"column:benefit_id" json:"benefit_id"`
	Kind        AnnouncementKind `gorm:"column:kind" json:"kind"`
	Channels    []Channel        `gorm:"column:channels;serializer:json" json:"channels"`
	Text        workflow.Label   `gorm:"column:text;serializer:json" json:"text"`
	PublishedAt time.Time        `gorm:"column:published_at" json:"published_at"`
	TakesEffect kernel.Date      `gorm:"column:takes_effect" json:"takes_effect,omitzero"` // the first day on which what is told may happen
}

// TableName is crm_announcements.
func (*Announcement) TableName() string { return "crm_announcements" }

// Publication says where and how something was published.
type Publication struct {
	Channels    []Channel      // at least one, each once
	Text        workflow.Label // the wording in both languages, at most 5000 characters each
	PublishedAt time.Time      // on the first of the channels; zero: now. Not in the future, not before the benefit was approved
	TakesEffect kernel.Date    // later than the program's notice asks for; zero: the earliest day
}

func (in Publication) check(f *kernel.FieldErrors) {
	if len(in.Channels) == 0 {
		f.Add("channels", "required", "say where it was published")
	}
	checkCount(f, "channels", len(in.Channels), len(channels))
	for i, c := range in.Channels[:min(len(in.Channels), len(channels))] {
		switch {
		case !slices.Contains(channels, c):
			f.Index("channels", i).Add("", "unknown", "not a channel")
		case slices.Index(in.Channels, c) != i:
			f.Index("channels", i).Add("", "duplicate", "listed twice")
		}
	}
	checkWording(f, "text", in.Text)
	kernel.CheckTime(f, "published_at", in.PublishedAt)
	kernel.CheckDate(f, "takes_effect", in.TakesEffect)
}

// after notes a fault unless it was published between the two instants, and returns when.
func (in Publication) after(f *kernel.FieldErrors, earliest, now time.Time) time.Time {
	if in.PublishedAt.IsZero() {
		return now
	}
	at := kernel.Instant(in.PublishedAt)
	if at.After(now) {
		f.Add("published_at", "future", "not published yet")
	}
	if at.Before(earliest) {
		f.Add("published_at", "order", "not before the benefit was released for it")
	}
	return at
}

// checkWording notes what is missing of a text in English and Chinese.
func checkWording(f *kernel.FieldErrors, path string, l workflow.Label) {
	for _, part := range [...]struct{ path, text string }{{path + ".en", l.EN}, {path + ".zh", l.ZH}} {
		if part.text == "" {
			f.Add(part.path, "required", "a text in English and in Chinese")
		}
		kernel.CheckText(f, part.path, part.text, MaxText, true)
	}
}

// noticed returns the first day on which what was published at an instant may happen,
// after so many days of notice: on the day of publication itself the members know only
// from then on, so that it does not count.
func noticed(published time.Time, zone *time.Location, days int) kernel.Date {
	return kernel.DateOf(published.In(zone)).AddDays(days)
}
