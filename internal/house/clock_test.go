package house_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// readsClock returns the positions at which a Go file uses the machine's clock.
func readsClock(name string, src any) ([]string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	clock := ""
	for _, spec := range file.Imports {
		if spec.Path.Value != `"time"` {
			continue
		}
		clock = "time"
		if spec.Name != nil {
			clock = spec.Name.Name
		}
	}
	if clock == "" {
		return nil, nil
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := selector.X.(*ast.Ident)
		if ok && pkg.Name == clock && strings.Contains(" Now Since Until ", " "+selector.Sel.Name+" ") {
			found = append(found, fmt.Sprintf("%s:%d: time.%s", name, fset.Position(n.Pos()).Line, selector.Sel.Name))
		}
		return true
	})
	return found, nil
}
