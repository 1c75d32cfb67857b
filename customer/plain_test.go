package customer_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/coverkit/crm/customer"
)

// A revealed value shows itself only to who converts it.
func TestPlainShowsAMask(t *testing.T) {
	t.Parallel()
	p := customer.Plain("13800138000")
	type page struct{ P customer.Plain }
	doc, _ := json.Marshal(page{p})
	tree, _ := xml.Marshal(page{p})
	for _, got := range []string{p.String(), p.GoString(), p.LogValue().String(), fmt.Sprintf("%v", p), fmt.Sprintf("%10.3x", p)} {
		if got != "•••" {
			t.Errorf("shows %q", got)
		}
	}
	if string(doc) != `{"P":"•••"}` || string(tree) != "<page><P>•••</P></page>" {
		t.Errorf("encoded as %s and %s", doc, tree)
	}
	if string(p) != "13800138000" || customer.Plain("").String() != "" {
		t.Error("the value itself is lost, or nothing is shown as something")
	}
}

func TestLabelsOfDocuments(t *testing.T) {
	t.Parallel()
	if en, zh := customer.ResidentID.Labels(); en == "" || zh != "居民身份证" {
		t.Errorf("%q, %q", en, zh)
	}
	if en, zh := customer.DocumentKind("x").Labels(); en+zh != "" {
		t.Errorf("%q, %q", en, zh)
	}
}
