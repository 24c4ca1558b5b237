// Package console is the one page to ask on: sign in with a key, type a question, read the answer with its citations,
// and open each document at the quoted words.
//
// It promises that what it shows comes from package retrieval for the caller whose key the session holds, authenticated
// anew on every request; that documents are shown as text, whatever they contain; and that its pages run no script. A
// session is a sealed cookie and nothing on the server: signing out forgets it in the browser, revoking the key ends it
// everywhere. Host checks, rate limits and request ids are left to the server around it.
package console

import (
	"context"
	"crypto/cipher"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"footnote"
	"footnote/retrieval"
)

// Retrieval is what the page shows; every method decides for the caller it is given.
type Retrieval interface {
	Answer(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Answer, error)
	Document(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, version int) (retrieval.DocumentView, error)
	Verify(ctx context.Context, caller footnote.Caller, ids []string) ([]retrieval.Verification, error)
}

// DemoPerson is somebody a visitor of the demo may be. The key never reaches the browser in readable form.
type DemoPerson struct {
	Name string
	Role string
	Key  string
}

// Config is what the page needs. Retrieval and Authenticate are required.
type Config struct {
	Retrieval Retrieval
	// Authenticate turns an Authorization header's value into a caller; the empty value is an anonymous one.
	Authenticate func(ctx context.Context, authorization string) (footnote.Caller, error)
	Secret       []byte                   // seals sessions, 32 random bytes; shorter: a fresh one, so sessions end with the program
	Now          func() time.Time         // nil: the clock
	Demo         []DemoPerson             // nil outside the demo
	Anonymous    bool                     // who is not signed in may ask
	Secure       func(*http.Request) bool // whether the browser came over TLS; nil: as the connection says
	Logger       *slog.Logger             // hears of internal errors; nil: nobody does
}

type site struct {
	Config
	pages   *template.Template
	files   map[string]file // by the name under /static/
	seal    cipher.AEAD
	formKey []byte
	origins *http.CrossOriginProtection
}

// New makes the handler of the page, its documents and its style. It is to be mounted at the root.
func New(config Config) http.Handler {
	s := &site{Config: withDefaults(config), origins: http.NewCrossOriginProtection()}
	s.seal, s.formKey = keys(s.Secret)
	s.files = static()
	s.pages = parsePages(s.files)
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", s.ask)
	routes.HandleFunc("POST /sign-in", s.signIn)
	routes.HandleFunc("POST /sign-out", s.signOut)
	routes.HandleFunc("GET /documents/{id}", s.document)
	routes.HandleFunc("GET /static/{name}", s.static)
	routes.HandleFunc("/", s.nowhere)
	return guarded(routes)
}

func withDefaults(config Config) Config {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Secure == nil {
		config.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	return config
}

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded sets the headers of every answer. Pages are never kept; the static files loosen that for themselves.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
