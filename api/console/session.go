package console

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

const (
	sessionLife = 12 * time.Hour
	secretBytes = 32
	cookieName  = "footnote_session"
)

// session is all that is known of a browser; it lives in the sealed cookie alone.
type session struct {
	ID      string    `json:"id"` // what form tokens are bound to; a new one at every sign-in
	Key     string    `json:"key,omitempty"`
	Expires time.Time `json:"expires"`
}

func keys(secret []byte) (cipher.AEAD, []byte) {
	if len(secret) < secretBytes {
		secret = make([]byte, secretBytes)
		_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	}
	block, err := aes.NewCipher(mac(secret, "footnote console session"))
	if err != nil {
		panic(err) // a hash has the length of an AES-256 key
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the block size of GCM
	}
	return seal, mac(secret, "footnote console form")
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (s *site) newSession(key string) session {
	return session{ID: rand.Text(), Key: key, Expires: s.Now().Add(sessionLife)}
}

// readSession opens the cookie. Nothing, something forged and something out of date are no session; had says that there was a
// cookie at all.
func (s *site) readSession(r *http.Request) (found session, had, ok bool) {
	cookie, err := r.Cookie(s.cookieName(r))
	if err != nil {
		return session{}, false, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return session{}, true, false
	}
	plain, err := s.seal.Open(nil, nil, sealed, []byte(cookieName))
	if err != nil || json.Unmarshal(plain, &found) != nil || !s.Now().Before(found.Expires) {
		return session{}, true, false
	}
	return found, true, true
}

// writeSession gives the browser a session in place of the one it had.
func (s *site) writeSession(w http.ResponseWriter, r *http.Request, to session) error {
	plain, err := json.Marshal(to)
	if err != nil {
		return err
	}
	sealed := s.seal.Seal(nil, nil, plain, []byte(cookieName)) //nolint:gosec // G407: the cipher makes a random nonce by itself
	http.SetCookie(w, &http.Cookie{                            //nolint:gosec // G124: Secure follows the connection, so that a local server works too
		Name: s.cookieName(r), Value: base64.RawURLEncoding.EncodeToString(sealed),
		Path: "/", MaxAge: int(to.Expires.Sub(s.Now()).Seconds()),
		HttpOnly: true, Secure: s.Secure(r), SameSite: http.SameSiteStrictMode,
	})
	return nil
}

// cookieName carries the prefix with which browsers keep other hosts and plain connections from setting it.
func (s *site) cookieName(r *http.Request) string {
	if s.Secure(r) {
		return "__Host-" + cookieName
	}
	return cookieName
}

// formToken is what a form of this session has to bring along.
func (s *site) formToken(of session) string {
	return base64.RawURLEncoding.EncodeToString(mac(s.formKey, of.ID))
}

func (s *site) rightToken(of session, token string) bool {
	return hmac.Equal([]byte(s.formToken(of)), []byte(token))
}
