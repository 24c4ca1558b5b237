package embedding

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"footnote/internal/kernel"
	"footnote/internal/shareddata"
	"footnote/internal/volume"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newMiniLM(tb testing.TB, c MiniLMConfig) *MiniLM {
	tb.Helper()
	m, err := NewMiniLM(c)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

type goldenMiniLM struct {
	Text   string
	MiniLM []float32
}

// checkMiniLM holds the encoder of one path to golden vectors of texts that are not longer than longest bytes. A text
// without tokens has a golden vector, that of the two marks alone, but the contract gives it none.
func checkMiniLM(t *testing.T, file string, path kernel.Path, longest int) {
	t.Helper()
	model, err := newMiniLMModel(miniLMWeights, vocabulary, path)
	if err != nil {
		t.Fatal(err)
	}
	var s encodeScratch
	got := make([]float32, miniLMHidden)
	checked, lowest := 0, 1.0
	for _, c := range readGolden[goldenMiniLM](t, file) {
		if len(c.Text) > longest {
			continue
		}
		s.ids = model.tokens(s.ids[:0], c.Text)
		if err := model.encode(t.Context(), &s, got); err != nil {
			t.Fatal(err)
		}
		near := cosine(got, c.MiniLM)
		if !(near >= 0.9999) {
			t.Errorf("%q: cosine %.6f to the golden vector", c.Text, near)
		}
		checked, lowest = checked+1, min(lowest, near)
	}
	if checked == 0 {
		t.Errorf("no text of %s was checked", file)
	}
	t.Logf("%d texts, lowest cosine %.9f", checked, lowest)
}

func TestMiniLMEqualsSample(t *testing.T) {
	for _, path := range kernel.Paths() {
		t.Run(path.String(), func(t *testing.T) {
			checkMiniLM(t, filepath.Join("testdata", "vectors.json"), path, 1<<20)
		})
	}
}

// TestMiniLMEqualsGolden leaves the longer texts to the fast paths: the portable one takes half a second for each.
func TestMiniLMEqualsGolden(t *testing.T) {
	file := shareddata.Path(t, "model", "golden-vectors.json")
	for _, path := range kernel.Paths() {
		t.Run(path.String(), func(t *testing.T) {
			longest := 1 << 20
			if path == kernel.Portable {
				longest = volume.Of(32, 64)
			}
			checkMiniLM(t, file, path, longest)
		})
	}
}

func TestMiniLMIsUnitOrZero(t *testing.T) {
	m := newMiniLM(t, MiniLMConfig{})
	for name, text := range map[string]string{
		"plain": "reset my password", "huge": strings.Repeat("The customer may return it within 30 days. ", 10<<20/43),
		"one huge word": strings.Repeat("x", 10<<20), "accented huge word": strings.Repeat("é", 1<<20),
		"emoji": strings.Repeat("😀🎉👩‍👩‍👧", 400), "broken": "abc\xff\xfe\x80", "one sign": "?",
	} {
		v := embedAll(t, m, text)[0]
		if length := math.Sqrt(cosineSquare(v)); math.Abs(length-1) > 1e-5 {
			t.Errorf("%s: length %v, want 1", name, length)
		}
	}
	for _, text := range []string{"", " \n\t", "\x00\x01", "\xff\xfe", "\u200b\u0301"} {
		if v := embedAll(t, m, text)[0]; len(v) != 384 || !isZero(v) {
			t.Errorf("%q holds no token and gets %d numbers that are not all zero", text, len(v))
		}
	}
	if got := embedAll(t, m); len(got) != 0 {
		t.Errorf("%d vectors for no text", len(got))
	}
}

// TestMiniLMReadsTheBeginning holds that tokens beyond the 254th change nothing, and the last within it does.
func TestMiniLMReadsTheBeginning(t *testing.T) {
	begin := strings.Repeat("go ", 253)
	v := embedAll(t, newMiniLM(t, MiniLMConfig{}), begin+"home", begin+"home and away", begin+"away")
	if !slices.Equal(v[0], v[1]) {
		t.Error("a token beyond the limit changes the vector")
	}
	if slices.Equal(v[0], v[2]) {
		t.Error("the last token within the limit changes nothing")
	}
}

// companyTexts have every length that tiles and columns treat in a way of its own, in an order of no meaning.
func companyTexts() []string {
	texts := []string{"", "\xff", passage, "caf\u00e9 opening hours"}
	for n := range 40 {
		texts = append(texts, strings.Repeat("refund ", n+1))
	}
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(texts), func(i, k int) { texts[i], texts[k] = texts[k], texts[i] })
	return texts
}

// TestMiniLMDoesNotDependOnCompany embeds texts alone, together in another order, with several workers, and from
// several goroutines at once.
func TestMiniLMDoesNotDependOnCompany(t *testing.T) {
	texts := companyTexts()
	for _, path := range kernel.Paths()[len(kernel.Paths())-1:] {
		want := make(map[string][]float32, len(texts))
		for _, text := range texts {
			want[text] = embedAll(t, newMiniLMOf(t, path, 1), text)[0]
		}
		for _, workers := range []int{1, 3, 100} {
			m := newMiniLMOf(t, path, workers)
			var wait sync.WaitGroup
			for seed := range uint64(2) {
				wait.Go(func() { compareShuffled(t, m, want, seed) })
			}
			wait.Wait()
		}
	}
}

// newMiniLMOf returns an embedder over a model that tests share.
func newMiniLMOf(tb testing.TB, path kernel.Path, workers int) *MiniLM {
	tb.Helper()
	m := newMiniLM(tb, MiniLMConfig{Path: path, Workers: workers})
	m.model = sharedModel(path)
	return m
}

func compareShuffled(t *testing.T, m *MiniLM, want map[string][]float32, seed uint64) {
	t.Helper()
	texts := companyTexts()
	random := rand.New(rand.NewPCG(seed, 7))
	random.Shuffle(len(texts), func(i, k int) { texts[i], texts[k] = texts[k], texts[i] })
	got, err := m.Embed(context.WithoutCancel(t.Context()), texts)
	if err != nil {
		t.Error(err)
		return
	}
	for i, text := range texts {
		if !slices.Equal(got[i], want[text]) {
			t.Errorf("%.20q has another vector in company", text)
		}
	}
}

// stopping is a context that ends when it has been asked so often.
type stopping struct {
	context.Context //nolint:containedctx // it is a context

	stop  context.CancelFunc
	asked int
	most  int
}

func (s *stopping) Err() error {
	if s.asked++; s.asked == s.most {
		s.stop()
	}
	return s.Context.Err()
}

func TestMiniLMStopsWithContext(t *testing.T) {
	m := newMiniLM(t, MiniLMConfig{})
	for _, most := range []int{1, 2, 5, 9} {
		ctx, cancel := context.WithCancel(t.Context())
		s := &stopping{Context: ctx, stop: cancel, most: most}
		vectors, err := m.Embed(s, []string{"reset my password", "opening hours", "parcel"})
		if !errors.Is(err, context.Canceled) || vectors != nil {
			t.Errorf("ended at look %d: %d vectors, error %v, want context.Canceled", most, len(vectors), err)
		}
		if s.asked > most+2 { // once more by Embed, once by what asks for the cause
			t.Errorf("ended at look %d, and looked %d times", most, s.asked)
		}
	}
}

func TestMiniLMConfigIsChecked(t *testing.T) {
	for _, c := range []MiniLMConfig{{Workers: -1}, {Path: kernel.Path(99)}} {
		if _, err := NewMiniLM(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// TestMiniLMPathsAreNear compares vectors of all paths with each other, which is what makes an index of one machine
// fit another.
func TestMiniLMPathsAreNear(t *testing.T) {
	texts := []string{"a", "How do I reset my password?", passage[:300], "\u6771\u4eac\u90fd \U0001F600"}
	want := embedAll(t, newMiniLMOf(t, kernel.Portable, 1), texts...)
	for _, path := range kernel.Paths() {
		for i, v := range embedAll(t, newMiniLMOf(t, path, 1), texts...) {
			if near := cosine(v, want[i]); !(near >= 0.99999) {
				t.Errorf("%s: cosine %.9f of %.20q to the portable path", path, near, texts[i])
			}
		}
	}
}

func FuzzMiniLMPathsAgree(f *testing.F) {
	for _, seed := range []string{"", "How do I reset my password?", "caf\u00e9 \u4e2d\u6587\u0301", "a\xff\u200b\U0001F600b", "[CLS] ##a"} {
		f.Add(seed)
	}
	plain := newMiniLMOf(f, kernel.Portable, 1)
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 24)] // the portable path takes its time
		want := embedAll(t, plain, text)[0]
		for _, path := range kernel.Paths() {
			v := embedAll(t, newMiniLMOf(t, path, 1), text)[0]
			if isZero(want) != isZero(v) {
				t.Fatalf("%s and the portable path do not agree that %q holds tokens", path, text)
			}
			if near := cosine(v, want); !isZero(v) && !(near >= 0.9999) {
				t.Errorf("%s: cosine %.9f of %q to the portable path", path, near, text)
			}
		}
	})
}

func BenchmarkMiniLM(b *testing.B) {
	for _, path := range kernel.Paths() {
		model, err := sharedModel(path)()
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range []int{12, 104, 256} {
			b.Run(fmt.Sprintf("%s/%d", path, n), func(b *testing.B) {
				var s encodeScratch
				for i := range n {
					s.ids = append(s.ids, int32(2000+i*37))
				}
				out := make([]float32, miniLMHidden)
				for b.Loop() {
					if err := model.encode(b.Context(), &s, out); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
