package customer

import (
	"fmt"
	"strings"
	"time"

	"github.com/coverkit/crm/customer/internal/identity"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// ContactKind is a way to reach a customer.
type ContactKind string

// The kinds of contacts.
const (
	Phone   ContactKind = "phone"   // 电话
	Email   ContactKind = "email"   // 电子邮箱
	Address ContactKind = "address" // 地址
)

// Use says what a contact is for.
type Use string

// The uses. Empty means any.
const (
	ForHome      Use = "home"      // 住宅
	ForWork      Use = "work"      // 单位
	ForMail      Use = "mail"      // 通讯: letters and notices go there
	ForEmergency Use = "emergency" // 紧急联系
)

// Contact is one phone number, email or address of a customer. It is never deleted
// by amending: an ended one stays as history.
type Contact struct {
	kernel.Meta `gorm:"embedded"`
	CustomerID  kernel.ID      `gorm:"column:customer_id" json:"customer_id"`
	Kind        ContactKind    `gorm:"column:kind" json:"kind"`
	Value       privacy.Secret `gorm:"column:value" json:"value"` // in normal form; sealed
	ValueIndex  []byte         `gorm:"column:value_index" json:"-"`
	Use         Use            `gorm:"column:purpose" json:"use,omitempty"`
	Main        bool           `gorm:"column:main" json:"main"`                  // the first to be used of its kind
	Name        privacy.Secret `gorm:"column:contact_name" json:"name,omitzero"` // whom to ask for; of an organisation
	EndedAt     time.Time      `gorm:"column:ended_at" json:"ended_at,omitzero"` // since when it is used no more
}

// TableName is crm_contacts.
func (*Contact) TableName() string { return "crm_contacts" }

// Person returns whose contact it is.
func (c *Contact) Person() kernel.Ref { return c.CustomerID.Ref() }

const (
	colCustomer   = storage.Col[kernel.ID]("customer_id")
	colValueIndex = storage.Col[[]byte]("value_index")
	colEnded      = storage.Col[time.Time]("ended_at")
)

// ContactDetail is a contact as it comes in.
type ContactDetail struct {
	Kind  ContactKind
	Value privacy.Secret // phone, email, or address of up to [MaxAddress] characters
	Use   Use
	Main  bool           // of the contacts of a kind exactly one is the main one; where none says so, the first
	Name  privacy.Secret // whom to ask for, up to [MaxName] characters
}

// How much an archive takes.
const (
	MaxContacts = 50   // in use at once
	MaxName     = 200  // characters of a name
	MaxAddress  = 300  // characters
	MaxText     = 2000 // characters of a free text
)

// check returns the contact in normal form.
func (d ContactDetail) check(f *kernel.FieldErrors) ContactDetail {
	oneOf(f, "kind", d.Kind, false, Phone, Email, Address)
	oneOf(f, "use", d.Use, true, ForHome, ForWork, ForMail, ForEmergency)
	d.Name = text(f, "name", d.Name, MaxName)
	value, ok := d.Value.Plain()
	if !ok {
		sealed(f, "value")
		return d
	}
	var err error
	switch d.Kind {
	case Phone, Email:
		value, err = normal(d.Kind, value)
		f.Merge("value", err)
	case Address:
		if value = strings.TrimSpace(value); value == "" {
			f.Add("value", "required", "must not be empty")
		}
		kernel.CheckText(f, "value", value, MaxAddress, false)
	}
	d.Value = reworded(d.Value, value)
	return d
}

// normal returns the form in which a phone or email is stored and found.
func normal(k ContactKind, value string) (string, error) {
	if k == Phone {
		n, err := identity.Phone(value)
		return n.Normal, err
	}
	return identity.Email(value)
}

// checkContacts returns the contacts in normal form, each kind with one main contact
// at most: the caller says whether there has to be one.
func checkContacts(f *kernel.FieldErrors, path string, in []ContactDetail) []ContactDetail {
	if len(in) > MaxContacts {
		f.Add(path, "length", "at most %d contacts", MaxContacts)
		return nil
	}
	out := make([]ContactDetail, 0, len(in))
	mains, seen := map[ContactKind]bool{}, map[string]bool{}
	for i, d := range in {
		at := f.Index(path, i)
		d = d.check(at)
		value, _ := d.Value.Plain()
		key := fmt.Sprintf("%s %s", d.Kind, value)
		switch {
		case seen[key] && value != "":
			at.Add("value", "duplicate", "the same contact comes twice")
		case d.Main && mains[d.Kind]:
			at.Add("main", "conflict", "another contact of this kind is the main one")
		}
		mains[d.Kind], seen[key] = mains[d.Kind] || d.Main, true
		out = append(out, d)
	}
	return out
}

func sealed(f *kernel.FieldErrors, path string) {
	f.Add(path, "sealed", "give the value itself, not a sealed one")
}

// text checks a free text of one line and returns it without blanks around it.
func text(f *kernel.FieldErrors, path string, s privacy.Secret, max int) privacy.Secret {
	plain, ok := s.Plain()
	if !ok {
		sealed(f, path)
		return s
	}
	plain = strings.TrimSpace(plain)
	kernel.CheckText(f, path, plain, max, max == MaxText)
	return reworded(s, plain)
}

// reworded returns the secret with this text: itself where that is its text already, since
// of many rows most are written as they should be.
func reworded(s privacy.Secret, text string) privacy.Secret {
	if plain, ok := s.Plain(); ok && plain == text {
		return s
	}
	return privacy.New(text)
}
