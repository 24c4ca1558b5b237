package qdrant_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/qdrant"
	"footnote/retrieval/qdrant/qdranttest"
	"footnote/store"
)

// says demands an error with a code whose message names the fix and holds no secret.
func says(t *testing.T, err error, code footnote.Code, words string) {
	t.Helper()
	var known *footnote.Error
	if !errors.As(err, &known) || known.Code != code || !strings.Contains(known.Message, words) {
		t.Errorf("error %q (%s), want %s with %q", err, footnote.CodeOf(err), code, words)
	}
	if err != nil && strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error %q tells the key", err)
	}
}

func TestServerDown(t *testing.T) {
	server, config := local(t)
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	server.Stop()
	_, err := a.Search(t.Context(), battery())
	says(t, err, footnote.CodeUnavailable, "see that it runs")
	says(t, a.Apply(t.Context(), nil, 2), footnote.CodeUnavailable, "see that it runs")
	_, err = a.Status(t.Context())
	says(t, err, footnote.CodeUnavailable, "see that it runs")
	_, err = qdrant.Open(t.Context(), config)
	says(t, err, footnote.CodeUnavailable, "see that it runs")
}

func TestServerSlow(t *testing.T) {
	server, config := local(t)
	patient := reopen(t, config)
	config.Timeout = 300 * time.Millisecond
	a := reopen(t, config)
	wait := func(method string) {
		server.On(func(ctx context.Context, called string, _ proto.Message) error {
			if called == method {
				<-ctx.Done()
			}
			return nil
		})
	}
	wait("UpdateBatch")
	says(t, a.Apply(t.Context(), []store.IndexedDocument{page("x", 1)}, 1), footnote.CodeUnavailable, "in time")
	server.On(nil)
	want(t, patient, 0, map[string]int{})
	wait("QueryBatch")
	apply(t, a, 1, page("x", 1))
	_, err := a.Search(t.Context(), battery())
	says(t, err, footnote.CodeUnavailable, "in time")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := a.Search(ctx, battery()); !errors.Is(err, context.DeadlineExceeded) || footnote.CodeOf(err) == footnote.CodeUnavailable {
		t.Errorf("a caller who gave up hears %v", err)
	}
}

func TestServerRefuses(t *testing.T) {
	server, config := local(t)
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	for code, words := range map[codes.Code]string{
		codes.ResourceExhausted: "no more requests", codes.PermissionDenied: "API key", codes.Internal: "its log", codes.NotFound: "rebuild the index",
	} {
		server.On(func(_ context.Context, method string, _ proto.Message) error {
			if method == "QueryBatch" {
				return status.Error(code, "no")
			}
			return nil
		})
		want := footnote.CodeUnavailable
		if code == codes.Internal {
			want = footnote.CodeInternal
		}
		_, err := a.Search(t.Context(), battery())
		says(t, err, want, words)
	}
}

// TestServerStartedEmpty: an index that was lost says that it has reached nothing, takes nothing that goes on from more, and
// is mended by a rebuild.
func TestServerStartedEmpty(t *testing.T) {
	server, config := local(t)
	a := reopen(t, config)
	take(t, a, step(0, 1, 1), page("x", 1))
	server.Empty()
	lost(t, a, 1)
	says(t, a.Apply(t.Context(), []store.IndexedDocument{page("y", 2)}, 2), footnote.CodeUnavailable, "rebuild the index")
	_, err := a.Status(t.Context())
	says(t, err, footnote.CodeUnavailable, "rebuild the index")
	rebuild(t, a, 2, nil, page("x", 1), page("y", 2))
	want(t, a, 2, map[string]int{"x": 1, "y": 2})
}

// lost demands that an index says of itself that it has reached nothing, and goes on from nothing.
func lost(t *testing.T, index *qdrant.Index, from uint64) {
	t.Helper()
	if found, err := index.Search(t.Context(), battery()); err != nil || found.Reached != 0 || len(found.Found) > 0 || found.More {
		t.Errorf("found %+v, %v", found, err)
	}
	if reached, err := index.Reached(t.Context()); err != nil || reached.To != 0 {
		t.Errorf("reached %d, %v", reached.To, err)
	}
	if err := index.Take(t.Context(), nil, retrieval.Step{From: from, To: from + 1, Head: from + 1}); !errors.Is(err, retrieval.ErrMoved) {
		t.Errorf("a step from %d: %v", from, err)
	}
}

func TestOtherDimensions(t *testing.T) {
	_, config := local(t)
	a := reopen(t, config)
	take(t, a, step(0, 1, 1), page("x", 1))
	long := page("y", 1)
	long.Chunks[0].Vector = []float32{0, 1, 0, 0, 0, 0, 0, 0, 0}
	says(t, a.Apply(t.Context(), []store.IndexedDocument{long}, 2), footnote.CodeInternal, "rebuild the index")
	q := battery()
	q.Vector = long.Chunks[0].Vector
	_, err := a.Search(t.Context(), q)
	says(t, err, footnote.CodeInternal, "rebuild the index")
	config.Dimensions = 9 // the model has other vectors under the same name
	b := reopen(t, config)
	lost(t, b, 1)
	rebuild(t, b, 2, nil, long)
	if found, err := b.Search(t.Context(), q); err != nil || len(found.Found) != 1 || found.Found[0].Cosine != 1 {
		t.Errorf("after a rebuild: %+v, %v", found, err)
	}
}

// TestForeignCollections: what others made is neither read nor written.
func TestForeignCollections(t *testing.T) {
	server, config := local(t)
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	client, err := api.NewClient(&api.Config{Host: server.Host(), Port: server.Port(), SkipCompatibilityCheck: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the test is over
	aliases, err := client.ListAliases(t.Context())
	if err != nil || len(aliases) != 1 {
		t.Fatalf("aliases %v, %v", aliases, err)
	}
	set := func(payload map[string]any) {
		t.Helper()
		_, failed := client.SetPayload(t.Context(), &api.SetPayloadPoints{
			CollectionName: aliases[0].GetCollectionName(), Wait: new(true), Ordering: &api.WriteOrdering{Type: api.WriteOrderingType_Strong},
			Payload: api.NewValueMap(payload), PointsSelector: api.NewPointsSelectorFilter(&api.Filter{Must: []*api.Condition{api.NewMatch("what", "ledger")}}),
		})
		if failed != nil {
			t.Fatal(failed)
		}
	}
	set(map[string]any{"model": "another"})
	_, err = a.Search(t.Context(), battery())
	says(t, err, footnote.CodeConflict, "another model")
	_, err = qdrant.Open(t.Context(), config)
	says(t, err, footnote.CodeConflict, "choose another prefix")
	set(map[string]any{"model": "test", "format": 99})
	says(t, a.Apply(t.Context(), nil, 2), footnote.CodeUnavailable, "rebuild the index")
	lost(t, reopen(t, config), 1)
	rebuild(t, a, 2, nil, page("x", 2))
	want(t, a, 2, map[string]int{"x": 2})
	if err := client.CreateCollection(t.Context(), &api.CreateCollection{CollectionName: "foreign", VectorsConfig: api.NewVectorsConfigMap(nil)}); err != nil {
		t.Fatal(err)
	}
	if err := client.UpdateAliases(t.Context(), []*api.AliasOperations{api.NewAliasCreate(aliases[0].GetAliasName(), "foreign")}); err != nil {
		t.Fatal(err)
	}
	says(t, a.Apply(t.Context(), nil, 2), footnote.CodeConflict, "choose another prefix")
}

func TestAPIKey(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Config{APIKey: "s3cret"})
	config := qdrant.Config{Host: server.Host(), Port: server.Port(), Model: "test", Analyzer: analyzer, Reference: reference}
	for _, key := range []string{"", "s3cret-no"} {
		config.APIKey = key
		_, err := qdrant.Open(t.Context(), config)
		says(t, err, footnote.CodeUnavailable, "API key")
	}
	config.APIKey = "s3cret"
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	want(t, a, 1, map[string]int{"x": 1})
}

// certificate is one for this machine, and who trusts it.
func certificate(t *testing.T) (own tls.Certificate, trust *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	trust = x509.NewCertPool()
	trust.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, trust
}

func TestTLS(t *testing.T) {
	own, trust := certificate(t)
	secure := qdranttest.Start(t, qdranttest.Config{TLS: &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}})
	plain, config := local(t)
	config.TLS = &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}
	_, err := qdrant.Open(t.Context(), config)
	says(t, err, footnote.CodeUnavailable, "TLS")
	config.Host, config.Port = secure.Host(), secure.Port()
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	want(t, a, 1, map[string]int{"x": 1})
	config.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	_, err = qdrant.Open(t.Context(), config)
	says(t, err, footnote.CodeUnavailable, "trusted")
	config.TLS = nil
	_, err = qdrant.Open(t.Context(), config)
	says(t, err, footnote.CodeUnavailable, "TLS")
	config.Host, config.Port = plain.Host(), plain.Port()
	reopen(t, config)
}

func TestOldServer(t *testing.T) {
	for _, version := range []string{"1.15.9", "0.99.0", "soon", ""} {
		server := qdranttest.Start(t, qdranttest.Config{Version: "v" + version})
		_, err := qdrant.Open(t.Context(), qdrant.Config{Host: server.Host(), Port: server.Port(), Model: "test"})
		says(t, err, footnote.CodeUnavailable, "too old")
	}
}

// TestEveryRequestMayFail has each request of a write fail in turn: what shows is the state before it or the one after,
// never something between, and the write can be done again.
func TestEveryRequestMayFail(t *testing.T) {
	before := map[string]int{"x": 1, "y": 1}
	after := map[string]int{"x": 2, "z": 2}
	for name, write := range map[string]func(*qdrant.Index) error{
		"apply": func(a *qdrant.Index) error {
			return a.Apply(t.Context(), []store.IndexedDocument{page("x", 2), page("y", 0), page("z", 2)}, 2)
		},
		"rebuild": func(a *qdrant.Index) error {
			return a.Rebuild(t.Context(), sequence(nil, page("x", 2), page("z", 2)), 2)
		},
	} {
		fails, done := 0, false
		for n := 1; !done; n++ {
			server, config := local(t)
			a := reopen(t, config)
			apply(t, a, 1, page("x", 1), page("y", 1))
			left := n
			server.On(func(context.Context, string, proto.Message) error {
				if left--; left == 0 {
					return status.Error(codes.Internal, "on command")
				}
				return nil
			})
			err := write(a)
			done = left > 0
			server.On(nil)
			got := states(t, a)
			switch {
			case err != nil:
				fails++
				if !maps.Equal(got, before) && !maps.Equal(got, after) {
					t.Errorf("%s, request %d failed: %v shows", name, n, got)
				}
			case !maps.Equal(got, after):
				t.Errorf("%s, request %d failed and no one heard: %v shows", name, n, got)
			}
			if err := write(a); err != nil {
				t.Errorf("%s, request %d failed, and again: %v", name, n, err)
			}
			want(t, a, 2, after)
		}
		if fails < 5 {
			t.Errorf("%s: only %d requests failed", name, fails)
		}
	}
}

// TestClosed: an index that was closed refuses, and closing it again does nothing.
func TestClosed(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Config{})
	index, err := qdrant.Open(t.Context(), qdrant.Config{Host: server.Host(), Port: server.Port(), Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err = index.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err = index.Status(t.Context()); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("its status: %v", err)
	}
	if _, err = index.Reached(t.Context()); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("how far it is: %v", err)
	}
}
