package testbed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"footnote/internal/embedding"
)

// Remembered keeps the vectors of a slow model in a file by the hash of their texts, so that measuring again does not
// embed again. The file knows a model by its name alone: delete it when the model's code changes.
type Remembered struct {
	embedding.Embedder
	mu    sync.Mutex
	file  *os.File
	known map[[sha256.Size]byte][]float32
}

// CacheFolder is where Remember keeps vectors by default, outside of any repository.
func CacheFolder() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "footnote-quality"), err
}

// Remember opens the file of a model in a folder. Close it.
func Remember(model embedding.Embedder, folder string) (*Remembered, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	r := &Remembered{Embedder: model, known: map[[sha256.Size]byte][]float32{}}
	path := filepath.Join(folder, url.PathEscape(model.Model())+".vectors")
	kept, err := os.ReadFile(path) //nolint:gosec // G304: below the folder
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	size := r.recordSize()
	whole := len(kept) / size * size
	for record := kept[:whole]; len(record) > 0; record = record[size:] {
		r.known[[sha256.Size]byte(record)] = unpack(record[sha256.Size:size])
	}
	// Several runs may write at once: each appends whole records.
	if r.file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil { //nolint:gosec // G304: as above
		return nil, err
	}
	if whole == len(kept) {
		return r, nil
	}
	if err = r.file.Truncate(int64(whole)); err != nil { // a run that was killed left half a record
		return nil, errors.Join(err, r.file.Close())
	}
	return r, nil
}

func (r *Remembered) recordSize() int { return sha256.Size + 4*r.Dimensions() }

func unpack(packed []byte) []float32 {
	vector := make([]float32, len(packed)/4)
	for i := range vector {
		vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(packed[4*i:]))
	}
	return vector
}

// Close closes the file.
func (r *Remembered) Close() error { return r.file.Close() }

// Embed implements embedding.Embedder.
func (r *Remembered) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	var wanted []string
	var places []int
	r.mu.Lock()
	for i, text := range texts {
		if vectors[i] = r.known[sha256.Sum256([]byte(text))]; vectors[i] == nil {
			wanted, places = append(wanted, text), append(places, i)
		}
	}
	r.mu.Unlock()
	if len(wanted) == 0 {
		return vectors, ctx.Err()
	}
	made, err := r.Embedder.Embed(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		vectors[place] = made[i]
	}
	return vectors, r.keep(wanted, made)
}

func (r *Remembered) keep(texts []string, vectors [][]float32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var packed []byte
	for i, text := range texts {
		hash := sha256.Sum256([]byte(text))
		if r.known[hash] != nil {
			continue
		}
		r.known[hash] = vectors[i]
		packed = append(packed, hash[:]...)
		for _, x := range vectors[i] {
			packed = binary.LittleEndian.AppendUint32(packed, math.Float32bits(x))
		}
	}
	if _, err := r.file.Write(packed); err != nil {
		return fmt.Errorf("keep vectors for the next time: %w", err)
	}
	return nil
}
