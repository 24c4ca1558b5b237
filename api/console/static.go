package console

import (
	_ "embed"
	"net/http"
	"strings"

	"footnote"
)

//go:embed assets/style.css
var styleSheet string

//go:embed assets/icon.svg
var iconImage string

// file is one static file; its name holds its hash, so that browsers may keep it.
type file struct {
	contentType string
	content     string
}

func static() map[string]file {
	const shown = 12
	files := map[string]file{}
	files["style-"+footnote.SHA256(styleSheet)[:shown]+".css"] = file{"text/css; charset=utf-8", styleSheet}
	files["icon-"+footnote.SHA256(iconImage)[:shown]+".svg"] = file{"image/svg+xml", iconImage}
	return files
}

func named(files map[string]file, prefix string) string {
	for name := range files {
		if strings.HasPrefix(name, prefix+"-") {
			return name
		}
	}
	return ""
}

func (s *site) static(w http.ResponseWriter, r *http.Request) {
	found, ok := s.files[r.PathValue("name")]
	if !ok {
		s.nowhere(w, r)
		return
	}
	w.Header().Set("Content-Type", found.contentType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write([]byte(found.content))
}
