package files

import (
	"compress/gzip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote/internal/shareddata"
)

const (
	one   = "@1111111111111111111111111111111111111111 "
	two   = "@2222222222222222222222222222222222222222 "
	three = "@3333333333333333333333333333333333333333 "
)

func TestHistory(t *testing.T) {
	log := three + "300 Ana\n\nsweep/a.md\nsweep/b.md\nnew.md\n" + two + "200\n\nsweep/a.md\n\"t\\303\\274r.md\"\n" + one + "100\n\nsweep/b.md\nsweep/a.md\nx.md\n"
	for _, c := range []struct {
		large int
		want  map[string]int64
	}{
		{2, map[string]int64{"sweep/a.md": 200, "sweep/b.md": 100, "new.md": 300, "tür.md": 200, "x.md": 100, "none.md": 0}},
		{3, map[string]int64{"sweep/a.md": 300, "sweep/b.md": 300, "new.md": 300, "x.md": 100}},
		{0, map[string]int64{"sweep/a.md": 300, "sweep/b.md": 300}},
	} {
		h, err := readHistory(strings.NewReader(log), c.large)
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]int64)
		for name := range c.want {
			if at := h.of(name); !at.IsZero() {
				got[name] = at.Unix()
			} else {
				got[name] = 0
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("large %d (-want +got):\n%s", c.large, diff)
		}
	}
}

func TestHistoryRefusesWhatIsNone(t *testing.T) {
	for _, log := range []string{"a.md\n", "@abc 100\n", "@" + strings.Repeat("a", 40) + " -1\n", one + "100\n" + strings.Repeat("x", maxLogLine+1)} {
		if _, err := readHistory(strings.NewReader(log), 0); err == nil {
			t.Errorf("%.60q is taken for a history", log)
		}
	}
}

// The corpus was measured on its own: the ages of contents at the last commit are 71, 826 and 1,549 days.
func TestHistoryOfOfficeArticles(t *testing.T) {
	file, err := os.Open(shareddata.Path(t, "data", "officedocs-support", "gitlog.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := readHistory(plain, 40)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	unpackArticles(t, folder)
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	found, err := list(t.Context(), root, newMap())
	if err != nil {
		t.Fatal(err)
	}
	var days []int
	for _, name := range found.names() {
		if at, ok := h.changed[name]; ok {
			days = append(days, int(time.Unix(1729754883, 0).Sub(at).Hours()/24))
		}
	}
	slices.Sort(days)
	got := []int{len(days), days[len(days)/10], days[len(days)/2], days[len(days)*9/10]}
	if diff := cmp.Diff([]int{2131, 71, 826, 1549}, got); diff != "" {
		t.Errorf("articles with a small change, ages at p10, p50, p90 (-want +got):\n%s", diff)
	}
}

func FuzzHistory(f *testing.F) {
	f.Add(one + "100\n\na.md\n")
	f.Add(two + "100 Ana\n\n\"\\303\"\n")
	f.Add("@")
	f.Fuzz(func(t *testing.T, log string) {
		h, err := readHistory(strings.NewReader(log), 2)
		if err != nil {
			return
		}
		for name, at := range h.changed {
			if name == "" || at.Unix() <= 0 || h.first[name].After(at) {
				t.Errorf("%q changed at %s, first %s", name, at, h.first[name])
			}
		}
	})
}
