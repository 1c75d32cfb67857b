package kernel

import "time"

// Meta is what every record carries. The library fills it; a host reads it.
type Meta struct {
	ID        ID        `gorm:"column:id;primaryKey" json:"id"`
	Tenant    string    `gorm:"column:tenant" json:"-"`
	Version   int64     `gorm:"column:version" json:"version"` // 1 after the insert, one more with each change
	CreatedAt time.Time `gorm:"column:created_at;autoCreateTime:false" json:"created_at"`
	UpdatedAt time.Time `gorm:"column:updated_at;autoUpdateTime:false" json:"updated_at"`
}

// Base returns the record's own Meta, for the engine and the stores.
func (m *Meta) Base() *Meta { return m }

// Root is the Meta of a record that has a life and a journal of its own: a
// customer, a policy, a claim.
type Root struct {
	Meta     `gorm:"embedded"`
	Branch   string `gorm:"column:branch" json:"branch,omitempty"` // whose row it is; empty: everybody's
	Head     []byte `gorm:"column:head" crm:"chain" json:"-"`      // hash of the last journal entry
	Replayed bool   `gorm:"-" json:"replayed,omitempty"`           // the command was done before under this key
}

// Subject returns the record's own Root, for the engine.
func (r *Root) Subject() *Root { return r }
