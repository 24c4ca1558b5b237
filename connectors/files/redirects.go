package files

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"footnote"
)

const (
	maxRedirectBytes = 16 << 20
	maxHops          = 10
)

// prefix says which folder holds the files behind addresses that begin with from.
type prefix struct{ from, folder string }

// readRedirects returns old path -> new path or address, as the file writes them.
func (s *Source) readRedirects() (map[string]string, error) {
	if s.rules.redirects == "" {
		return nil, nil //nolint:nilnil // a nil map is an empty one
	}
	file := s.beside(s.rules.redirects)
	info, err := os.Stat(file)
	if err == nil && info.Size() > maxRedirectBytes {
		err = errors.New("larger than 16 MiB")
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file) //nolint:gosec // G304: the operator's map names it
	}
	moves := make(map[string]string)
	if err == nil {
		moves, err = parseRedirects(bytes.TrimPrefix(data, []byte("\ufeff")))
	}
	if err != nil {
		return nil, &footnote.Error{
			Code: footnote.CodeUnavailable, Field: "map.redirects", Err: err,
			Message: `must be a readable JSON file, {"old":"new"} or {"redirections":[{"source_path","redirect_url"}]}`,
		}
	}
	return moves, nil
}

func parseRedirects(data []byte) (map[string]string, error) {
	var published struct {
		Redirections []struct {
			Source string `json:"source_path"`
			URL    string `json:"redirect_url"`
		} `json:"redirections"`
	}
	if err := json.Unmarshal(data, &published); err == nil && published.Redirections != nil {
		moves := make(map[string]string, len(published.Redirections))
		for _, one := range published.Redirections {
			moves[strings.TrimPrefix(one.Source, "/")] = one.URL
		}
		return moves, nil
	}
	plain := make(map[string]string)
	err := json.Unmarshal(data, &plain)
	return plain, err
}

// resolve returns the old names of each file that is there, sorted. An old name that is a file again moved nowhere.
func resolve(moves map[string]string, names []string, rules *Map) map[string][]string {
	if len(moves) == 0 {
		return nil
	}
	r := newResolver(moves, names, rules)
	aliases := make(map[string][]string)
	for _, old := range slices.Sorted(maps.Keys(moves)) {
		if _, here := r.exact[old]; here || old == "" {
			continue
		}
		if name := r.follow(moves[old]); name != "" {
			aliases[name] = append(aliases[name], old)
		}
	}
	return aliases
}

// resolver finds the file that an address or a path means, letter case apart.
type resolver struct {
	rules *Map
	moves map[string]string   // stem of the old path -> new
	exact map[string]string   // stems and whole names -> name
	tails map[string][]string // last segment of the stem -> names
}

func newResolver(moves map[string]string, names []string, rules *Map) *resolver {
	r := &resolver{rules, make(map[string]string), make(map[string]string), make(map[string][]string)}
	for old, target := range moves {
		r.moves[r.plain(old)] = target
	}
	for _, name := range names {
		stem := r.plain(name)
		r.exact[stem], r.exact[name] = name, name
		r.tails[path.Base(stem)] = append(r.tails[path.Base(stem)], name)
	}
	return r
}

func (r *resolver) plain(name string) string { return strings.ToLower(r.rules.stem(name)) }

// follow goes from one redirect to the next until it meets a file.
func (r *resolver) follow(target string) string {
	for range maxHops {
		place := r.place(target)
		if name, here := r.exact[place]; here {
			return name
		}
		if name, here := r.exact[r.plain(place)]; here {
			return name
		}
		next, moved := r.moves[r.plain(place)]
		if !moved {
			return r.byTail(target)
		}
		target = next
	}
	return ""
}

// place is the path below the folder that an address means, by the longest of the map's prefixes.
func (r *resolver) place(target string) string {
	target, _, _ = strings.Cut(target, "#")
	target, _, _ = strings.Cut(target, "?")
	best := prefix{}
	for _, p := range r.rules.prefixes {
		if strings.HasPrefix(strings.ToLower(target), p.from) && len(p.from) > len(best.from) {
			best = p
		}
	}
	return strings.Trim(best.folder+target[len(best.from):], "/")
}

// byTail is the one file whose path ends most like an address of this site; a draw is nobody's.
func (r *resolver) byTail(target string) string {
	if strings.Contains(target, "://") {
		return ""
	}
	wanted := strings.Split(r.plain(r.place(target)), "/")
	best, name, draw := 0, "", false
	for _, candidate := range r.tails[wanted[len(wanted)-1]] {
		shared := sharedTail(wanted, strings.Split(r.plain(candidate), "/"))
		switch cmp.Compare(shared, best) {
		case 1:
			best, name, draw = shared, candidate, false
		case 0:
			draw = true
		}
	}
	if draw {
		return ""
	}
	return name
}

func sharedTail(a, b []string) int {
	shared := 0
	for shared < min(len(a), len(b)) && a[len(a)-1-shared] == b[len(b)-1-shared] {
		shared++
	}
	return shared
}
