package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// chromium finds the browser. Without one the test is skipped, or fails where one is required.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("FOOTNOTE_REQUIRE_CHROMIUM") != "" {
		t.Fatal("no Chromium was found and FOOTNOTE_REQUIRE_CHROMIUM is set")
	}
	t.Skip("no Chromium was found; install it to run this test")
	return ""
}

// tab is an open tab with the addresses it asked for.
type tab struct {
	*testing.T
	ctx  context.Context
	base string

	mu        sync.Mutex
	addresses []string
}

func openTab(t *testing.T, handler http.Handler) *tab {
	t.Helper()
	path := chromium(t)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	profile, err := os.MkdirTemp("", "footnote-chromium-") //nolint:usetesting // the dying browser may still write, which would fail TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	started, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	b := &tab{T: t, ctx: started, base: server.URL}
	if err := chromedp.Do(started); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(started, b.record); err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(started, time.Minute)
	t.Cleanup(cancel)
	b.ctx = limited
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) record(event any) {
	if sent, ok := event.(*network.EventRequestWillBeSent); ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.addresses = append(b.addresses, sent.Request.URL)
	}
}

func (b *tab) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.addresses)
}

func (b *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// follow runs a step that leads to another page, and waits for that.
func (b *tab) follow(step chromedp.Action[chromedp.Void]) {
	b.Helper()
	if _, err := chromedp.RunResponse(b.ctx, step); err != nil {
		b.Fatal(err)
	}
}

func ask[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatal(err)
	}
	return value
}

func TestInChromium(t *testing.T) {
	d := newDesk(t)
	b := openTab(t, New(d.config()))

	b.run(chromedp.Navigate(b.base))
	b.run(chromedp.Click(chromedp.CSS("details.sign-in summary")), chromedp.SendKeys(chromedp.CSS("#key"), agentKey))
	b.follow(chromedp.Submit(chromedp.CSS("#key")))
	if who := ask[string](b, `document.querySelector(".who").innerText`); !strings.Contains(who, "Tom Adeyemi") {
		t.Fatalf("signed in as %q", who)
	}
	const inQuestion = `document.activeElement.id === "q"`
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](inQuestion, chromedp.WithPollingTimeout(5*time.Second))); err != nil {
		t.Errorf("the focus is on %q, not on the question", ask[string](b, `document.activeElement.id`))
	}
	b.follow(chromedp.KeyEvent("How much may an agent refund?\r"))
	if marks := ask[int](b, `document.querySelectorAll("a.ref").length`); marks != 5 { // three in the answer, two beside the sides of a conflict
		t.Errorf("%d numbered marks", marks)
	}
	b.run(chromedp.Click(chromedp.CSS("a.ref")))
	if hash := ask[string](b, `location.hash`); hash != "#c1" {
		t.Errorf("a mark leads to %q", hash)
	}
	b.follow(chromedp.Click(chromedp.CSS("#c1 h3 a")))
	if hash := ask[string](b, `location.hash`); hash != "#quote" {
		t.Errorf("the citation opens %q", hash)
	}
	quote := strings.Fields(strings.NewReplacer("|", " ", "---", " ").Replace(d.answer.Hits[0].Citation.Quote))
	shown := strings.Fields(ask[string](b, `Array.from(document.querySelectorAll("mark"), m => m.textContent).join(" ")`))
	if !slices.Equal(quote, shown) {
		t.Errorf("marked %q, cited %q", shown, quote)
	}
	const inView = `(() => { const r = document.getElementById("quote").getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight })()`
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](inView, chromedp.WithPollingTimeout(5*time.Second))); err != nil {
		t.Errorf("the page does not open at the quote: %v", err)
	}
}

func TestHostileDocumentInChromium(t *testing.T) {
	d := newDesk(t)
	id := idOf("public/partners/mossgate-kitchens.md")
	doc := d.docs[id]
	doc.Title = `<script>document.title="title ran"</script>`
	doc.Owner, doc.URL = `"><img src=/owner.png>`, `javascript:document.title="link ran"`
	doc.Parts[0].Text += "\n\n<script>document.title='text ran'</script>\n<img src=/text.png onerror=\"document.title='image ran'\">\n\n" +
		"![x](/markdown.png)\n\n</article></main><iframe src=/frame></iframe><svg onload=\"document.title='svg ran'\">\n\n<style>@import '/style.css'</style>"
	d.docs[id] = doc
	d.answer.Hits[2].Document, d.answer.Hits[2].Citation.Quote = doc.HitDocument, doc.Parts[0].Text
	b := openTab(t, New(d.config()))
	for _, path := range []string{"/?q=mossgate", d.link(2)} {
		b.run(chromedp.Navigate(b.base + path))
		if title := ask[string](b, `document.title`); strings.Contains(title, " ran") && !strings.Contains(title, "<script>") {
			t.Errorf("%s: a script ran: %s", path, title)
		}
		if elements := ask[int](b, `document.querySelectorAll("script, img, iframe, svg, style, object, embed, [onerror], [onload], [style], a[href^=javascript]").length`); elements != 0 {
			t.Errorf("%s: %d elements of the text came to life", path, elements)
		}
	}
	asked := b.requests()
	if len(asked) < 2 {
		t.Fatalf("only %v was recorded", asked)
	}
	for _, address := range asked {
		allowed := []string{b.base + "/?q=", b.base + "/documents/", b.base + "/static/"}
		if !slices.ContainsFunc(allowed, func(prefix string) bool { return strings.HasPrefix(address, prefix) }) {
			t.Errorf("the page asked for %s", address)
		}
	}
}

func TestLooksInChromium(t *testing.T) {
	d := newDesk(t)
	b := openTab(t, New(d.config()))
	b.run(chromedp.Navigate(b.base))
	b.follow(chromedp.Click(chromedp.CSS("form:nth-child(2) button.person")))
	long := d.docs[idOf("finance/chargebacks.md")]
	long.Parts[0].Text += "\n\n" + strings.Repeat("unbroken", 60) + "\n\n```\n" + strings.Repeat("code", 90) + "\n```\n\nhttps://a.example/" + strings.Repeat("x", 300)
	d.docs[long.ID] = long
	background := map[string]string{}
	for _, width := range []int64{360, 1280} {
		b.run(chromedp.EmulateViewport(width, 800))
		for _, scheme := range []string{"light", "dark"} {
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"/", "/?q=x", "/?q=no_match", d.link(0), d.link(2), "/documents/" + string(long.ID), "/nowhere"} {
				b.run(chromedp.Navigate("about:blank"), chromedp.Navigate(b.base+path))
				if over := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
					t.Errorf("%s at %d px is %d px too wide", path, width, over)
				}
				if faint := ask[[]string](b, contrast); len(faint) > 0 {
					t.Errorf("%s in %s: too little contrast: %v", path, scheme, faint)
				}
				background[scheme] = ask[string](b, `getComputedStyle(document.documentElement).backgroundColor`)
			}
		}
	}
	if background["light"] == background["dark"] || background["dark"] == "" {
		t.Errorf("light and dark look alike: %v", background)
	}
}

// contrast lists texts whose colour stands out from what is behind them by less than 4.5 to 1.
const contrast = `(() => {
  const channels = c => c.match(/[\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = channels(c).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor, a = channels(c); if (a.length < 4 || a[3] > 0) return c } return "rgb(255, 255, 255)" };
  const faint = [];
  for (const e of document.body.querySelectorAll("*")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const a = light(getComputedStyle(e).color), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push(e.tagName + "." + e.className + " " + ratio.toFixed(2));
  }
  return faint;
})()`
