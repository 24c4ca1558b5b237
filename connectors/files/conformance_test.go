package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"footnote"
	"footnote/connectors"
	"footnote/connectors/connectortest"
	"footnote/connectors/files"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	connectortest.Run(t, connectortest.Harness{
		NoNetwork: "a folder is read from disk", NoSecrets: "a folder needs no credentials",
		System: func(t *testing.T) connectortest.System {
			t.Helper()
			texts := map[string]string{"a/broken.md": "---\ntitle: [\n---\n", "zz-unruled.md": "# Zz\n"}
			var want []connectors.Record
			for i := range 200 {
				name := fmt.Sprintf("help/%03d.md", i)
				texts[name] = fmt.Sprintf("# Title %d\n", i)
				want = append(want, article(name, fmt.Sprintf("Title %d", i), texts[name], footnote.AnyOf(footnote.Everyone())))
			}
			want = append(want, article("zz-unruled.md", "Zz", "# Zz\n", footnote.ACL{}))
			folder := write(t, texts)
			return connectortest.System{
				Source: open(t, folder, `{dates: none, paths: [{match: "help/**", acl: {all_of: [[everyone]]}}]}`),
				Want:   want, Rejected: []string{"a/broken.md"}, WithoutACL: "zz-unruled.md",
				Remove: func(t *testing.T) string {
					t.Helper()
					if err := os.Remove(filepath.Join(folder, "help", "100.md")); err != nil {
						t.Fatal(err)
					}
					return "help/100.md"
				},
				Unreachable: openWith(t, files.Config{Path: filepath.Join(folder, "nowhere")}),
			}
		},
	})
}

func article(name, title, text string, acl footnote.ACL) connectors.Record {
	return connectors.Record{
		ExternalID: name, ACL: acl,
		Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: title, Status: footnote.StatusPublished},
		Parts:    []connectors.Part{{Key: connectors.BodyKey, Content: text, Format: connectors.FormatMarkdown}},
	}
}
