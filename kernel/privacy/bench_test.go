package privacy_test

import (
	"testing"

	"github.com/coverkit/crm/kernel/privacy"
)

const identity = "110101199003079090"

func BenchmarkSeal(b *testing.B) {
	key := newDataKey(b, newKeys(b))
	plain := privacy.New(identity)
	b.ReportAllocs()
	for b.Loop() {
		s := plain
		if err := s.Seal(key, here); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	key := newDataKey(b, newKeys(b))
	s := seal(b, key, identity, here)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Open(key, here); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	for name, c := range map[string]privacy.Cipher{"keys": newKeys(b), "plaintext": privacy.Plaintext} {
		stored := seal(b, newDataKey(b, c), identity, here).Stored()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var s privacy.Secret
				if err := s.Scan(stored); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = privacy.New(identity)
	}
}

func BenchmarkIndex(b *testing.B) {
	keys := newKeys(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.Index("t/customers.identity", identity); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewDataKey(b *testing.B) {
	keys := newKeys(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := keys.NewDataKey("t/c-1"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenDataKey(b *testing.B) {
	keys := newKeys(b)
	wrapped, _, err := keys.NewDataKey("t/c-1")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.OpenDataKey(wrapped, "t/c-1"); err != nil {
			b.Fatal(err)
		}
	}
}
