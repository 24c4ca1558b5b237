package files

import (
	"errors"
	"path"
	"strings"
)

// glob is a pattern over slash-separated paths: "*", "?" and "[a-z]" within a name, "**" for any number of folders.
type glob []string

func parseGlob(pattern string) (glob, error) {
	if pattern == "" || strings.HasPrefix(pattern, "/") || strings.HasPrefix(pattern, "./") {
		return nil, errors.New("must be a path below the folder such as public/** without a leading slash")
	}
	parts := strings.Split(pattern, "/")
	for _, part := range parts {
		if _, err := path.Match(part, ""); err != nil || part == "" || part == ".." {
			return nil, errors.New("is not a pattern; write names with *, ?, [a-z] and ** for any number of folders")
		}
	}
	return parts, nil
}

// match goes back to the last ** alone, which is enough and keeps the work within pattern times path.
func (g glob) match(name string) bool {
	parts := strings.Split(name, "/")
	at, back, backPart := 0, -1, 0
	for i := 0; i < len(parts); {
		switch {
		case at < len(g) && g[at] == "**":
			back, backPart = at, i
			at++
		case at < len(g) && matchName(g[at], parts[i]):
			at++
			i++
		case back >= 0:
			backPart++
			at, i = back+1, backPart
		default:
			return false
		}
	}
	for at < len(g) && g[at] == "**" {
		at++
	}
	return at == len(g)
}

func matchName(pattern, name string) bool {
	matched, err := path.Match(pattern, name)
	return err == nil && matched
}
