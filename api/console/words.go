package console

import (
	"strconv"
	"strings"
	"time"

	"footnote"
	"footnote/retrieval"
)

// verdict is a freshness verdict in words; Name is its style.
type verdict struct {
	Name  string
	Label string
	Words string
	Dates []string
}

func viewVerdict(f retrieval.HitFreshness) verdict {
	v := wholeVerdict(string(f.Verdict))
	v.Words = ""
	if f.Reason != "" {
		v.Words = strings.ToUpper(f.Reason[:1]) + f.Reason[1:] + "."
	}
	for _, date := range []struct {
		what string
		at   *time.Time
	}{{"reviewed", f.ReviewedAt}, {"review due", f.DueAt}, {"text changed", f.ChangedAt}} {
		if date.at != nil {
			v.Dates = append(v.Dates, date.what+" "+day(date.at))
		}
	}
	return v
}

// wholeVerdict is the verdict on all that is shown.
func wholeVerdict(name string) verdict {
	switch footnote.Freshness(name) {
	case footnote.Fresh:
		return verdict{Name: name, Label: "Fresh", Words: "Everything shown is within its review date."}
	case footnote.Due:
		return verdict{Name: name, Label: "Review due", Words: "Something shown is past its review date."}
	case footnote.Unowned:
		return verdict{Name: name, Label: "No owner", Words: "Nobody answers for something shown."}
	case footnote.Stale:
		return verdict{Name: name, Label: "Stale", Words: "The review of something shown is long overdue."}
	case footnote.Expired:
		return verdict{Name: name, Label: "Expired", Words: "Something shown is past the date until which it holds."}
	}
	return verdict{}
}

// status is what became of a citation, in words.
type status struct {
	Name  string
	Label string
	Words string
}

func statusWords(of footnote.CitationStatus) status {
	switch of {
	case footnote.CitationValid:
		return status{"valid", "Still holds", "The quoted words still stand here, letter for letter."}
	case footnote.CitationMoved:
		return status{"moved", "Moved", "The quoted words still stand, in another place than when they were cited."}
	case footnote.CitationChanged:
		return status{"changed", "Changed", "The quoted words no longer stand here. This is the text that holds now."}
	case footnote.CitationRevoked:
		return status{"unavailable", "Withdrawn", "The quoted words have been withdrawn."}
	case footnote.CitationDeleted:
		return status{"unavailable", "Deleted", "The quoted words have been deleted."}
	case footnote.CitationUnavailable:
	}
	return status{"unavailable", "Not available", "This citation is not available. The document is shown from its beginning."}
}

func whyNot(reason string) noAnswer {
	switch reason {
	case retrieval.BelowThreshold:
		return noAnswer{"No good answer found", "Nothing that you may read answers this well enough to rely on. Try other words, or ask about one thing at a time."}
	case retrieval.OnlyStale:
		return noAnswer{"Only out-of-date texts found", "What speaks of this is past its review date or has expired, so it is not given as an answer."}
	case retrieval.SourceDown:
		return noAnswer{"Could not look everywhere", "A source is not up to date at the moment. That is not the same as finding nothing; please ask again later."}
	}
	return noAnswer{"Nothing found", "Nothing that you may read speaks of this. Try other words, or ask somebody who knows the subject."}
}

func disagreement(kind string) string {
	switch kind {
	case "number":
		return "They give different numbers."
	case "date":
		return "They give different dates."
	case "polarity":
		return "One says yes where the other says no."
	case "version":
		return "They name different versions, or one name in the place of another."
	}
	return "Compare both before you rely on either."
}

func sourceStateWords(state footnote.SourceState) string {
	switch state {
	case footnote.SourceActive:
		return "active"
	case footnote.SourcePaused:
		return "paused: nothing new comes in"
	case footnote.SourceRevoked:
		return "revoked"
	}
	return string(state)
}

func audienceWords(name string) string {
	switch name {
	case "internal":
		return "staff only"
	case "customer":
		return "customers and staff"
	case "public":
		return "everybody"
	}
	return name
}

func day(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006")
}

// lagWords says how long ago an ISO 8601 duration began, in its largest unit.
func lagWords(length string) string {
	period, err := footnote.ParsePeriod(length)
	if err != nil {
		return "just now"
	}
	start := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	lag := period.After(start).Sub(start)
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if count := int64(lag / unit.size); count > 0 {
			return plural(count, unit.name) + " ago"
		}
	}
	return "just now"
}

func plural(count int64, unit string) string {
	if count == 1 {
		return "1 " + unit
	}
	return strconv.FormatInt(count, 10) + " " + unit + "s"
}
