package privacy_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/coverkit/crm/kernel/privacy"
)

// An opened value shows itself only to who converts it.
func TestPlainShowsAMask(t *testing.T) {
	t.Parallel()
	p := privacy.Plain("13800138000")
	type page struct{ P privacy.Plain }
	doc, _ := json.Marshal(page{p})
	tree, _ := xml.Marshal(page{p})
	for _, got := range []string{
		p.String(), p.GoString(), p.LogValue().String(), fmt.Sprintf("%v", p), fmt.Sprintf("%10.3x", p), fmt.Sprintf("%#v", p),
	} {
		if got != privacy.Mask {
			t.Errorf("shows %q", got)
		}
	}
	if string(doc) != `{"P":"•••"}` || string(tree) != "<page><P>•••</P></page>" {
		t.Errorf("encoded as %s and %s", doc, tree)
	}
	if string(p) != "13800138000" || privacy.Plain("").String() != "" {
		t.Error("the value itself is lost, or nothing is shown as something")
	}
}
