package realdata

import (
	"os"
	"path/filepath"
)

// Corpus is a collection of files with the map that says how to read it.
type Corpus struct {
	Name    string
	Archive string // in the corpus's folder
	History bool   // the map wants the history beside the folder
	Map     string // in examples/maps; empty: none
}

// OfficeArticles are 2,461 support articles with their authors, review dates, redirects and history.
func OfficeArticles() Corpus {
	return Corpus{Name: "officedocs-support", Archive: "articles.tar.gz", History: true, Map: "officedocs.yaml"}
}

// GovukManual is the manual of a government department, 267 pages with the team that owns each.
func GovukManual() Corpus {
	return Corpus{Name: "govuk-developer-docs", Archive: "docs.tar.gz", Map: "govuk.yaml"}
}

// PowerShellArticles is one manual for five versions of a product, 3,088 pages.
func PowerShellArticles() Corpus {
	return Corpus{Name: "powershell-docs", Archive: "articles.tar.gz"}
}

// Extract unpacks a corpus below a folder, its history beside it, and returns where its files are. What is there already
// is left as it is.
func (f Folder) Extract(corpus Corpus, below string) (string, error) {
	folder := filepath.Join(below, corpus.Name, "files")
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if _, err := Unpack(f.path(corpus.Name, corpus.Archive), folder); err != nil {
		return "", err
	}
	if !corpus.History {
		return folder, nil
	}
	const history = "gitlog.txt.gz"
	from, err := filepath.Abs(f.path(corpus.Name, history))
	if err != nil {
		return "", err
	}
	return folder, os.Symlink(from, filepath.Join(below, corpus.Name, history))
}
