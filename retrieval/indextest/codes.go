package indextest

import (
	"testing"

	"footnote/retrieval"
)

// testCodes holds that a text with a code as a whole is better than one in which only its parts stand, often or at the
// beginning, and that the parts are still found.
func testCodes(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	for question, texts := range map[string][2]string{
		"upgrade to 7.4.2":      {"a long way to 7.4.2 through many pages about other things", "upgrade 7 servers, 4 racks, 2 rooms"},
		"what is KB5034441":     {"the notes of last month speak of KB5034441 at the end", "kb articles, the kb"},
		"ERR_CONNECTION_RESET?": {"some pages fail with err_connection_reset now and then", "err, err: reset the connection, reset it, connection reset"},
		"Get-ADUser":            {"the directory is read with Get-ADUser or by hand", "get the user, ad user get, user"},
		"mail user@example.org": {"somebody else is user@example.org in the list", "mail of a user, for example, mail to the org"},
	} {
		index := open(t)
		whole, parts := page("whole", texts[0], 1, nil), page("parts0", texts[1], 1, nil)
		rebuild(t, index, 1, whole, parts)
		got := search(t, index, retrieval.Query{Text: question, Permit: staff(1), Limit: 5})
		if len(got.Found) != 2 || got.Found[0].Document != whole.ID {
			t.Errorf("%q finds %+v, want the whole code first and its parts after it", question, got.Found)
		}
	}
}
