package kernel_test

import (
	"testing"

	"github.com/coverkit/crm/kernel"
)

func BenchmarkSplit(b *testing.B) {
	total := dec(b, "123456.78")
	for name, weights := range map[string][]int64{"2": {1, 1}, "12": {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := kernel.Split(total, kernel.CNY, weights...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRound(b *testing.B) {
	for name, s := range map[string]string{"whole": "123456.78", "finer": "123456.785", "quotient": "123456.7853333333333333"} {
		d := dec(b, s)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				kernel.Round(d, kernel.CNY)
			}
		})
	}
}

func BenchmarkFitsAmount(b *testing.B) {
	d := dec(b, "123456.78")
	b.ReportAllocs()
	for b.Loop() {
		if err := kernel.FitsAmount(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDate(b *testing.B) {
	d, loc := day(b, "2026-01-31"), zone(b, "Asia/Shanghai")
	b.Run("AddMonths", func(b *testing.B) {
		for b.Loop() {
			d.AddMonths(1)
		}
	})
	b.Run("In", func(b *testing.B) {
		for b.Loop() {
			d.In(loc)
		}
	})
}

func BenchmarkNewID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		kernel.NewID()
	}
}
