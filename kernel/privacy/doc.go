// Package privacy is how personal data is sealed, searched, masked and
// forgotten.
//
// A [Secret] is one piece of it: an identity number, a phone number, a
// diagnosis. It comes in plain and is sealed before it reaches a store; whatever
// prints, logs or encodes it meets the mask "•••".
//
// Every person has a [DataKey] of their own. It seals all that is known about
// them, and it is itself kept in the database, wrapped by the insurer's
// [Cipher]. To destroy the wrapped key is to erase the person, in every backup
// and in the journal too: what it sealed can never be opened again.
//
//	wrapped, key, err := keys.NewDataKey("tenant-1/customers/" + id)
//	phone := privacy.New("13800138000")
//	err = phone.Seal(key, privacy.Place("customers", "phone", id))
//	text, err := phone.Open(key, privacy.Place("customers", "phone", id))
//
// Sealed data cannot be searched. For what must be found by its exact value,
// a blind index ([Cipher].Index) is stored beside it.
//
// [Keys] is the cipher that comes with the package; it stands on Tink. An
// insurer who needs SM4 and SM3, or a hardware security module, implements
// [Cipher]. [Plaintext] is for those who have decided to seal nothing.
//
// The Mask functions shorten a text for the eye of somebody who has to recognise
// it but need not know it: "138****8000".
package privacy
