package embedding

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"footnote/internal/shareddata"
)

func embedAll(tb testing.TB, e Embedder, texts ...string) [][]float32 {
	tb.Helper()
	vectors, err := e.Embed(tb.Context(), texts)
	if err != nil {
		tb.Fatal(err)
	}
	if len(vectors) != len(texts) {
		tb.Fatalf("%d vectors for %d texts", len(vectors), len(texts))
	}
	return vectors
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(aa*bb)
}

type goldenVectors struct {
	Text   string
	Static []float32
}

func checkVectors(t *testing.T, path string) {
	t.Helper()
	static := NewStatic()
	for _, c := range readGolden[goldenVectors](t, path) {
		got := embedAll(t, static, c.Text)[0]
		if isZero(c.Static) {
			if !isZero(got) {
				t.Errorf("%q: a vector where none is due", c.Text)
			}
			continue
		}
		if near := cosine(got, c.Static); !(near >= 0.9999) {
			t.Errorf("%q: cosine %.6f to the golden vector", c.Text, near)
		}
	}
}

func isZero(v []float32) bool {
	return !slices.ContainsFunc(v, func(x float32) bool { return x != 0 })
}

func TestStaticEqualsSample(t *testing.T) {
	checkVectors(t, filepath.Join("testdata", "vectors.json"))
}

func TestStaticEqualsGolden(t *testing.T) {
	checkVectors(t, shareddata.Path(t, "model", "golden-vectors.json"))
}

func TestStaticIsUnitOrZero(t *testing.T) {
	huge := strings.Repeat("The customer may return the parcel within 30 days. ", 10<<20/51)
	for name, text := range map[string]string{
		"plain": "reset my password", "huge": huge, "one huge word": strings.Repeat("x", 10<<20),
		"accented huge word": strings.Repeat("é", 1<<20), "emoji": "😀🎉👩‍👩‍👧", "broken": "abc\xff\xfe\x80",
	} {
		v := embedAll(t, NewStatic(), text)[0]
		if length := math.Sqrt(cosineSquare(v)); math.Abs(length-1) > 1e-5 {
			t.Errorf("%s: length %v, want 1", name, length)
		}
	}
	for _, text := range []string{"", " \n\t", "\x00\x01", "\xff\xfe", "\u200b\u0301"} {
		if v := embedAll(t, NewStatic(), text)[0]; len(v) != 256 || !isZero(v) {
			t.Errorf("%q holds no token and gets %d numbers that are not all zero", text, len(v))
		}
	}
}

func cosineSquare(v []float32) (square float64) {
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	return square
}

// TestLongTextKeepsDirection repeats a text until single precision alone would have lost the later copies.
func TestLongTextKeepsDirection(t *testing.T) {
	const text = "Refunds reach the card within five working days. "
	v := embedAll(t, NewStatic(), text, strings.Repeat(text, 200_000))
	if near := cosine(v[0], v[1]); near < 0.9999999 {
		t.Errorf("cosine of a text and its 200,000 repeats is %.9f", near)
	}
}

func TestStaticDoesNotDependOnCompany(t *testing.T) {
	static := NewStatic()
	texts := []string{"reset my password", "", "caf\u00e9 opening hours", strings.Repeat("a long text ", 5000)}
	together := embedAll(t, static, texts...)
	var wait sync.WaitGroup
	for i, text := range texts {
		wait.Go(func() {
			for range 20 {
				alone, err := static.Embed(context.Background(), []string{text})
				if err != nil || !slices.Equal(alone[0], together[i]) {
					t.Errorf("text %d has another vector alone (error %v)", i, err)
				}
			}
		})
	}
	wait.Wait()
}

func TestStaticStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewStatic().Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestDamagedModelIsAnError(t *testing.T) {
	damaged := slices.Clone(staticWeights)
	damaged[12] = '!'
	for name, c := range map[string]struct {
		weights []byte
		vocab   string
	}{
		"header":     {damaged, vocabulary},
		"cut off":    {staticWeights[:len(staticWeights)-1], vocabulary},
		"vocabulary": {staticWeights, "[UNK]\na"},
	} {
		if _, err := newStaticModel(c.weights, c.vocab); err == nil {
			t.Errorf("%s: a damaged model is taken", name)
		}
	}
}

// passage is about 200 words of the kind a help centre holds.
var passage = strings.Repeat("To reset your password, open Settings and choose Security. "+
	"A link valid for 30 minutes is sent to the e-mail address of your account; administrators may revoke sessions. ", 8)

func BenchmarkStatic(b *testing.B) {
	static := NewStatic()
	texts := []string{passage}
	embedAll(b, static, texts...)
	b.SetBytes(int64(len(passage)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := static.Embed(b.Context(), texts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTokenizer(b *testing.B) {
	tokenizer := newTokenizer(b)
	var ids []int32
	b.SetBytes(int64(len(passage)))
	b.ReportAllocs()
	for b.Loop() {
		ids = tokenizer.Append(ids[:0], passage, 1<<20)
	}
	b.ReportMetric(float64(len(ids)), "tokens")
}

func BenchmarkStaticStart(b *testing.B) {
	for b.Loop() {
		if _, err := newStaticModel(staticWeights, vocabulary); err != nil {
			b.Fatal(err)
		}
	}
}
