package retrieval

import (
	"slices"
	"strings"
	"time"

	"footnote/store"
)

// admits reports whether a document passes the filter, changed being the latest change that the reader may see. The
// audience is a ceiling on parts and is not looked at here.
func (f Filter) admits(d store.Served, changed time.Time) bool {
	return oneOf(f.Sources, d.Source) && oneOf(f.Kinds, d.Kind) && oneOf(f.Owners, d.Owner) &&
		anyFold(f.Languages, []string{d.Language}) && anyFold(f.Products, d.Products) &&
		anyFold(f.Versions, d.Versions) &&
		(f.UpdatedAfter.IsZero() || changed.After(f.UpdatedAfter))
}

func oneOf[T comparable](wanted []T, have T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, have)
}

// anyFold reports whether wanted is empty or holds one of have, letter case aside.
func anyFold(wanted, have []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool {
		return slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(w, h) })
	})
}
