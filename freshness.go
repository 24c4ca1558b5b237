package footnote

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Freshness is the verdict on how far a document can be relied on in time.
type Freshness string

// The verdicts; of several that hold the worst is shown.
const (
	Fresh   Freshness = "fresh"
	Due     Freshness = "due"     // past its review date
	Unowned Freshness = "unowned" // nobody answers for it
	Stale   Freshness = "stale"   // past its review date by more than one further interval
	Expired Freshness = "expired" // past the date its owner set
)

// Rank orders verdicts from the best (0) to the worst; an unknown verdict is -1.
func (f Freshness) Rank() int {
	return slices.Index([]Freshness{Fresh, Due, Unowned, Stale, Expired}, f)
}

// Judgement is a verdict with what led to it.
type Judgement struct {
	Verdict Freshness
	DueAt   time.Time // zero: never due
	Reason  string    // empty when fresh
}

// Judge gives the verdict on a document at now. The review interval is the document's own, else fallback (its
// source's); it counts from the declared review, else from changed, the latest change of the text that the reader sees.
func Judge(m Metadata, fallback Period, changed, now time.Time) Judgement {
	j := Judgement{Verdict: Fresh}
	every, base := m.ReviewEvery, m.ReviewedAt
	if every.IsZero() {
		every = fallback
	}
	if base.IsZero() {
		base = changed
	}
	if !every.IsZero() && !base.IsZero() {
		j.DueAt = every.After(base)
	}
	switch {
	case !m.ExpiresAt.IsZero() && !now.Before(m.ExpiresAt):
		j.Verdict, j.Reason = Expired, "past the date until which it holds"
	case !j.DueAt.IsZero() && now.After(every.After(j.DueAt)):
		j.Verdict, j.Reason = Stale, "its review is overdue by more than one interval"
	case m.Owner.IsZero():
		j.Verdict, j.Reason = Unowned, "nobody owns it"
	case !j.DueAt.IsZero() && now.After(j.DueAt):
		j.Verdict, j.Reason = Due, "its review is due"
	}
	return j
}

// FormatDuration writes whole seconds as an ISO 8601 duration: "PT1H2M3S", "PT0S" for less than one.
func FormatDuration(d time.Duration) string {
	seconds := int64(max(d, 0) / time.Second)
	var out strings.Builder
	out.WriteString("PT")
	for _, unit := range []struct {
		size int64
		name string
	}{{3600, "H"}, {60, "M"}} {
		if count := seconds / unit.size; count > 0 {
			out.WriteString(strconv.FormatInt(count, 10) + unit.name)
			seconds %= unit.size
		}
	}
	if seconds > 0 || out.Len() == len("PT") {
		out.WriteString(strconv.FormatInt(seconds, 10) + "S")
	}
	return out.String()
}
