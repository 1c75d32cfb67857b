package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// naive is the definition of RFC 6962, section 2.1, word by word.
func naive(leaves [][]byte) [32]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	default:
		k := 1 // the largest power of two below n
		for 2*k < n {
			k *= 2
		}
		left, right := naive(leaves[:k]), naive(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

func rootOf(leaves [][]byte) [32]byte {
	var m merkle
	for _, l := range leaves {
		m.add(l)
	}
	return m.root()
}

func TestRootIsThatOfTheDefinition(t *testing.T) {
	t.Parallel()
	var m merkle
	var leaves [][]byte
	seen := map[[32]byte]int{}
	for n := range 301 {
		root := m.root()
		if want := naive(leaves); root != want || m.root() != root {
			t.Fatalf("of %d leaves: %x, want %x", n, root, want)
		}
		if twin, ok := seen[root]; ok {
			t.Fatalf("%d and %d leaves have one root", n, twin)
		}
		seen[root] = n
		if len(m.full) > 9 {
			t.Fatalf("of %d leaves %d subtrees are held", n, len(m.full))
		}
		leaf := fmt.Append(nil, "leaf ", n)
		leaves = append(leaves, leaf)
		m.add(leaf)
	}
}

// Of values that anybody can compute with sha256sum.
func TestKnownRoots(t *testing.T) {
	t.Parallel()
	for want, leaves := range map[string][][]byte{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": nil,
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d": {{}},
	} {
		if root := rootOf(leaves); hex.EncodeToString(root[:]) != want {
			t.Errorf("%d leaves: %x", len(leaves), root)
		}
	}
}

// Whatever is changed, left out, put in or swapped, the root is another.
func TestEveryChangeChangesTheRoot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 4), 1, 80).Draw(t, "leaves")
		root := rootOf(leaves)
		if root != naive(leaves) {
			t.Fatal("not the definition's")
		}
		at := rapid.IntRange(0, len(leaves)-1).Draw(t, "at")
		with := func(middle ...[]byte) [][]byte {
			return append(append(append([][]byte(nil), leaves[:at]...), middle...), leaves[at+1:]...)
		}
		forged := map[string][][]byte{
			"changed": with(append([]byte("x"), leaves[at]...)), "left out": with(), "twice": with(leaves[at], leaves[at]),
		}
		if at > 0 && string(leaves[at]) != string(leaves[at-1]) {
			swapped := append([][]byte(nil), leaves...)
			swapped[at], swapped[at-1] = swapped[at-1], swapped[at]
			forged["swapped"] = swapped
		}
		if len(leaves) > 1 { // two leaves passed off as one
			node := naive(leaves[:2])
			forged["a node as a leaf"] = append([][]byte{node[:]}, leaves[2:]...)
		}
		for how, list := range forged {
			if rootOf(list) == root {
				t.Errorf("%s: the same root", how)
			}
		}
	})
}
