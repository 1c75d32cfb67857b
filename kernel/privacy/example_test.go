package privacy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/coverkit/crm/kernel/privacy"
)

// A phone number comes in by a form, is sealed for its row, and is opened for
// somebody who may see it.
func ExampleSecret() {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	_, key, err := keys.NewDataKey("tenant-1/customers/c-1")
	if err != nil {
		panic(err)
	}

	var form struct{ Phone privacy.Secret }
	if err := json.Unmarshal([]byte(`{"Phone":"13800138000"}`), &form); err != nil {
		panic(err)
	}
	fmt.Println("as logged:", form)

	place := privacy.Place("customers", "phone", "c-1")
	if err := form.Phone.Seal(key, place); err != nil {
		panic(err)
	}
	text, err := form.Phone.Open(key, place)
	fmt.Println("opened:", text, err)
	_, err = form.Phone.Open(key, privacy.Place("customers", "phone", "c-2"))
	fmt.Println("in another row:", err)
	// Output:
	// as logged: {•••}
	// opened: 13800138000 <nil>
	// in another row: personal data does not open with this key here
}

// To forget a person is to forget the data key: backups hold the sealed data
// still, but nothing that opens it.
func ExampleCipher_erasure() {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	wrapped, key, err := keys.NewDataKey("tenant-1/customers/c-1")
	if err != nil {
		panic(err)
	}
	diagnosis := privacy.New("hypertension")
	if err := diagnosis.Seal(key, "claims.diagnosis|k-7"); err != nil {
		panic(err)
	}
	backup := diagnosis.Stored()

	clear(wrapped) // destroyed in the database
	_, err = keys.OpenDataKey(wrapped, "tenant-1/customers/c-1")
	fmt.Println(err)
	_, err = privacy.Sealed(backup).Open(nil, "claims.diagnosis|k-7")
	fmt.Println(errors.Is(err, privacy.ErrNoKey))
	// Output:
	// personal data does not open with this key here
	// true
}

// Sealed data is found by its blind index, which is the same for the same value
// of the same field.
func ExampleKeys_Index() {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	index := func(field, value string) []byte {
		sum, err := keys.Index(field, value)
		if err != nil {
			panic(err)
		}
		return sum
	}
	stored := index("tenant-1/customers.phone", "13800138000")
	fmt.Println(bytes.Equal(stored, index("tenant-1/customers.phone", "13800138000")))
	fmt.Println(bytes.Equal(stored, index("tenant-2/customers.phone", "13800138000")))
	// Output:
	// true
	// false
}

// The first start makes the file; every later one, in any process, opens it.
func ExampleOpenKeyFile() {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "crm.keys")

	if _, err := privacy.OpenKeyFile(path); err != nil {
		panic(err)
	}
	keys, err := privacy.OpenKeyFile(path)
	fmt.Println(keys, err)
	// Output: privacy.Keys <nil>
}

// A new wrapping key is handed to every process before any process uses it.
func ExampleKeys_Rewrap() {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	wrapped, _, err := keys.NewDataKey("tenant-1/customers/c-1")
	if err != nil {
		panic(err)
	}

	next, err := keys.AddKey() // write it to the file; wait until all have it
	if err != nil {
		panic(err)
	}
	next, err = next.Promote() // write it to the file
	if err != nil {
		panic(err)
	}
	wrapped, err = next.Rewrap(wrapped, "tenant-1/customers/c-1")
	if err != nil {
		panic(err)
	}
	_, err = next.OpenDataKey(wrapped, "tenant-1/customers/c-1")
	fmt.Println(err)
	// Output: <nil>
}

func ExampleMaskName() {
	fmt.Println(privacy.MaskName("欧阳修"), privacy.MaskName("Jane Doe"))
	// Output: 欧** J*** D**
}

func ExampleMaskIdentity() {
	fmt.Println(privacy.MaskIdentity("110101199003079090"))
	// Output: 110***********9090
}

func ExampleMaskPhone() {
	fmt.Println(privacy.MaskPhone("13800138000"), privacy.MaskPhone("010-12345678"))
	// Output: 138****8000 010-****5678
}
