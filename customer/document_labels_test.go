package customer_test

import (
	"testing"

	"github.com/coverkit/crm/customer"
)

func TestLabelsOfDocuments(t *testing.T) {
	t.Parallel()
	if en, zh := customer.ResidentID.Labels(); en == "" || zh != "居民身份证" {
		t.Errorf("%q, %q", en, zh)
	}
	if en, zh := customer.DocumentKind("x").Labels(); en+zh != "" {
		t.Errorf("%q, %q", en, zh)
	}
}
