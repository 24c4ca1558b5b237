package api_test

import (
	"net/http"
	"testing"

	"footnote"
	"footnote/api"
)

// TestThePageIsUnderTheSameLimits: whoever comes through the page is counted, throttled and recorded as at the API.
func TestThePageIsUnderTheSameLimits(t *testing.T) {
	var d *desk
	var caller footnote.Caller
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if caller, err = d.server.Authenticate(r.Context(), r.Header.Get("X-From-Cookie")); err != nil {
			w.WriteHeader(map[footnote.Code]int{footnote.CodeRateLimited: 429, footnote.CodeUnauthenticated: 401}[footnote.CodeOf(err)])
		}
	})
	d = newDesk(t, api.Config{AnonymousRate: 5, AnonymousBurst: 20, Console: page})
	visit := func(authorization string) int {
		return d.do(call{target: "GET /", headers: map[string]string{"X-From-Cookie": authorization}}).Code
	}
	codes := map[int]int{}
	for range 30 {
		codes[visit("")]++
	}
	if codes[200] != 20 || codes[429] != 10 {
		t.Errorf("without a key: %v", codes)
	}
	clear(codes)
	for range 30 {
		codes[visit("Bearer fn_guess")]++
	}
	if codes[401] != 10 || codes[429] != 20 || len(d.kinds()) != 10 {
		t.Errorf("with bad keys: %v, %d events", codes, len(d.kinds()))
	}
	if got := visit("Bearer " + d.secret[read]); got != 200 || caller.Principal.String() != "user:read" || caller.RequestID == "" || caller.Address == "" {
		t.Errorf("with a key: %d, %+v", got, caller)
	}
}
