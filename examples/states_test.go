package examples

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
)

// TestArticlesShowEachState pins which article shows what, by the date arithmetic of the verdicts.
func TestArticlesShowEachState(t *testing.T) {
	got := map[string][]string{}
	note := func(state string, a article, is bool) {
		if is {
			got[state] = append(got[state], a.path)
		}
	}
	for _, a := range articles(t) {
		every, err := footnote.ParsePeriod(a.ReviewEvery)
		if err != nil {
			t.Fatal(err)
		}
		due := every.After(a.Reviewed)
		note("stale", a, every.After(due).Before(today()))
		note("expired", a, !a.Expires.IsZero() && a.Expires.Before(today()))
		note("unowned", a, a.Owner == "")
		note("draft", a, a.Status == "draft")
		note("archived", a, a.Status == "archived")
		note("two groups", a, len(a.acl.AllOf()) == 2)
		note("denied", a, len(a.acl.Deny()) > 0)
		note("own rule", a, a.ACL != nil)
		note("hostile", a, strings.Contains(a.text, "<script>"))
		note("changed since review", a, a.modified.After(a.Reviewed))
	}
	want := map[string][]string{
		"stale":                {"bench/tarn-burr-replacement.md", "public/grinders/tarn-1-zero-point.md", "public/orders/buying-online.md", "public/orders/gift-cards.md"},
		"expired":              {"public/orders/autumn-delivery-offer.md"},
		"unowned":              {"public/bean-post/storing-coffee.md"},
		"draft":                {"staff/bean-post-prices-next-year.md"},
		"archived":             {"staff/archive/christmas-returns-of-last-year.md"},
		"two groups":           {"finance/chargebacks.md", "finance/credit-limits-and-write-offs.md"},
		"denied":               {"sales/alder-row-renewal.md"},
		"own rule":             {"bench/weir-e7-batch.md", "support/writing-to-customers.md"},
		"hostile":              {"public/partners/mossgate-kitchens.md"},
		"changed since review": {"public/weir/weir-firmware.md"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteAgesWithTheClock(t *testing.T) {
	later := today().AddDate(1, 0, 0)
	first, err := resolve([]byte("{{days_ago 40}} {{date_ago -9}}"), today())
	if err != nil {
		t.Fatal(err)
	}
	second, err := resolve([]byte("{{days_ago 40}} {{date_ago -9}}"), later)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{string(first), string(second)}
	if want := []string{"2026-10-12 30 November 2026", "2027-10-12 30 November 2027"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestResolveRefusesOtherBraces(t *testing.T) {
	for _, text := range []string{"{{days_ago}}", "{{weeks_ago 2}}", "{{days_ago 99999}}", "{{"} {
		if _, err := resolve([]byte(text), today()); err == nil {
			t.Errorf("%s was let through", text)
		}
	}
}

func TestFrontMatterMustBeThere(t *testing.T) {
	for _, text := range []string{"", "# Title\n", "---\ntitle: open\n"} {
		if _, err := frontMatter([]byte(text)); err == nil {
			t.Errorf("%q was let through", text)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, seed := range []string{"reviewed: {{days_ago 40}}", "on {{date_ago -3}}", "{{x}}", "{{{days_ago 1}}", "plain"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := resolve([]byte(text), time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC))
		if err == nil && strings.Contains(string(out), "{{") {
			t.Errorf("braces are left in %q", out)
		}
		if err == nil && !strings.Contains(text, "{{") && string(out) != text {
			t.Errorf("%q became %q", text, out)
		}
	})
}
