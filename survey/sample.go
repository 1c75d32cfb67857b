package survey

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"github.com/coverkit/crm/kernel"
)

// Picked reports whether a sample of so many per mille has the item in it. The choice
// follows from seed and item alone, by a keyed hash: every database makes the same, in
// whatever order it asks, and a larger sample holds every smaller one of the same seed.
// 1000 and more is everything, 0 and less nothing.
func Picked(seed string, item kernel.Ref, perMille int) bool {
	mac := hmac.New(sha256.New, []byte(seed))
	mac.Write([]byte(item))
	const bits = 53 // enough for a fair choice, and its thousandfold still fits
	at := binary.BigEndian.Uint64(mac.Sum(nil)) >> (64 - bits)
	return perMille > 0 && at*1000 < uint64(perMille)<<bits
}

// picks reports whether the campaign's sample has the contact in it: the customer, and
// where it is about a case, that case.
func (p *Plan) picks(c *Contact) bool {
	if p.PerMille == 0 {
		return true
	}
	return Picked(p.Seed, kernel.Ref(string(c.Customer)+"\n"+c.once()), p.PerMille)
}

// once is what a customer is asked about only once in a campaign.
func (a *About) once() string {
	if a.ID == "" {
		return ""
	}
	return a.Kind + "/" + string(a.ID)
}
