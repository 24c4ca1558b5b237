package laws_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// listLaws notes over which backends each law is held, as the tests of this folder say it.
func (c *conformance) listLaws(t *testing.T) {
	t.Helper()
	var names []string
	over := map[string]string{}
	eachFunction(t, ".", func(f *ast.FuncDecl) {
		if how := heldBy(f); how != "" {
			names = append(names, f.Name.Name)
			over[f.Name.Name] = how
		}
	})
	slices.Sort(names)
	if len(names) < 25 {
		t.Fatalf("only %d laws were read", len(names))
	}
	for _, name := range names {
		for _, on := range backends() {
			held := over[name] == "everywhere" || over[name] == "onEveryStore" && on.onEveryStore() || over[name] == "whereExact" && on.index.exact
			c.note(partLaws, name, on.name(), cell(held))
		}
	}
}

// heldBy is the word by which a test says over what it holds its law.
func heldBy(f *ast.FuncDecl) string {
	if len(f.Body.List) != 1 {
		return ""
	}
	statement, is := f.Body.List[0].(*ast.ExprStmt)
	if !is {
		return ""
	}
	call, is := statement.X.(*ast.CallExpr)
	if !is {
		return ""
	}
	word, is := call.Fun.(*ast.Ident)
	if !is || !slices.Contains([]string{"everywhere", "onEveryStore", "whereExact"}, word.Name) {
		return ""
	}
	return word.Name
}

// listSuites notes the cases of the suites that every index and every record store passes in its own package.
func (c *conformance) listSuites(t *testing.T) {
	t.Helper()
	indexes := filepath.Join("..", "..", "retrieval", "indextest")
	stores := filepath.Join("..", "..", "store", "storetest")
	inSuite := map[int][]string{}
	eachFunction(t, indexes, func(f *ast.FuncDecl) {
		switch f.Name.Name {
		case "Run":
			inSuite[partIndexes] = slices.DeleteFunc(namesIn(f), func(name string) bool { return name == "is shared" }) // listed below
		case "RunShared":
			inSuite[partShared] = namesIn(f)
		}
	})
	eachFile(t, stores, func(file *ast.File) {
		for _, declared := range file.Decls {
			if group, is := declared.(*ast.GenDecl); is && group.Tok == token.VAR {
				inSuite[partStores] = append(inSuite[partStores], namesIn(group)...)
			}
		}
	})
	for part, names := range inSuite {
		if len(names) < 5 {
			t.Fatalf("only %q were read of suite %d", names, part)
		}
		for _, name := range names {
			for _, on := range backends() {
				c.note(part, name, on.name(), cell(part != partShared || c.share[on.name()]))
			}
		}
	}
}

func cell(held bool) string {
	if held {
		return "yes"
	}
	return "–"
}

// namesIn are the names of cases: keys of maps, the first of a pair, and what t.Run is given.
func namesIn(within ast.Node) (names []string) {
	add := func(e ast.Expr) {
		if text, is := e.(*ast.BasicLit); is && text.Kind == token.STRING {
			if name, err := strconv.Unquote(text.Value); err == nil {
				names = append(names, name)
			}
		}
	}
	ast.Inspect(within, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			add(n.Key)
			_, closure := n.Value.(*ast.FuncLit)
			return !closure // what stands in a case is no case
		case *ast.CompositeLit:
			if n.Type == nil && len(n.Elts) == 2 {
				add(n.Elts[0])
			}
		case *ast.CallExpr:
			if of, is := n.Fun.(*ast.SelectorExpr); is && of.Sel.Name == "Run" && len(n.Args) == 2 {
				add(n.Args[0])
			}
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func eachFunction(t *testing.T, folder string, fn func(*ast.FuncDecl)) {
	t.Helper()
	eachFile(t, folder, func(file *ast.File) {
		for _, declared := range file.Decls {
			if f, is := declared.(*ast.FuncDecl); is && f.Recv == nil {
				fn(f)
			}
		}
	})
}

func eachFile(t *testing.T, folder string, fn func(*ast.File)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	must(t, err)
	if len(files) == 0 {
		t.Fatalf("%s holds no files", folder)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		fn(file)
	}
}
