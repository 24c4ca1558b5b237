package embedding

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
)

// headerLimit is the largest header the safetensors format allows.
const headerLimit = 100_000_000

// tensor is one array of a weight file. data is a part of the file's bytes, little-endian, of exactly the length that
// dtype and shape ask for.
type tensor struct {
	dtype string
	shape []int
	data  []byte
}

// tensorEntry is what a header says of a tensor.
type tensorEntry struct {
	DType   string   `json:"dtype"`
	Shape   []uint64 `json:"shape"`
	Offsets []uint64 `json:"data_offsets"`
}

// readTensors reads a safetensors file: eight bytes little-endian header length, a JSON header, the data. It copies
// nothing. A file is taken whole or not at all: every tensor must have a known type, offsets that agree with its shape,
// and together the tensors must cover the data without hole or overlap.
func readTensors(file []byte) (map[string]tensor, error) {
	if len(file) < 8 {
		return nil, errors.New("weights: shorter than a header length")
	}
	size := binary.LittleEndian.Uint64(file)
	if size > headerLimit || size > uint64(len(file)-8) { //nolint:gosec // at least 8, checked above
		return nil, fmt.Errorf("weights: header of %d bytes in a file of %d", size, len(file))
	}
	entries, err := readTensorHeader(file[8 : 8+size])
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	data := file[8+size:]
	tensors := make(map[string]tensor, len(entries))
	for name, entry := range entries {
		tensors[name], err = entry.tensor(data)
		if err != nil {
			return nil, fmt.Errorf("weights: tensor %q: %w", name, err)
		}
	}
	if err := checkCover(entries, uint64(len(data))); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	return tensors, nil
}

// readTensorHeader reads the header by hand at its top level, because encoding/json would let the last of two tensors
// of one name win.
func readTensorHeader(header []byte) (map[string]tensorEntry, error) {
	d := json.NewDecoder(bytes.NewReader(header))
	d.DisallowUnknownFields()
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("the header is not a JSON object")
	}
	entries := make(map[string]tensorEntry)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
		name, _ := token.(string)
		if name == "__metadata__" {
			err = d.Decode(&map[string]string{})
		} else if _, twice := entries[name]; twice {
			err = fmt.Errorf("tensor %q appears twice", name)
		} else {
			var entry tensorEntry
			err = d.Decode(&entry)
			entries[name] = entry
		}
		if err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the header goes on after its object")
	}
	return entries, nil
}

// tensor cuts the entry's part out of data.
func (e tensorEntry) tensor(data []byte) (tensor, error) {
	width := dtypeWidth(e.DType)
	if width == 0 {
		return tensor{}, fmt.Errorf("unknown type %q", e.DType)
	}
	if len(e.Offsets) != 2 || e.Offsets[0] > e.Offsets[1] || e.Offsets[1] > uint64(len(data)) {
		return tensor{}, fmt.Errorf("offsets %v in %d bytes", e.Offsets, len(data))
	}
	shape := make([]int, len(e.Shape))
	size := width
	for i, n := range e.Shape {
		high, low := bits.Mul64(size, n)
		if high != 0 || n > math.MaxInt {
			return tensor{}, fmt.Errorf("shape %v is too large", e.Shape)
		}
		size, shape[i] = low, int(n)
	}
	if size != e.Offsets[1]-e.Offsets[0] {
		return tensor{}, fmt.Errorf("%s of shape %v does not fill offsets %v", e.DType, e.Shape, e.Offsets)
	}
	return tensor{dtype: e.DType, shape: shape, data: data[e.Offsets[0]:e.Offsets[1]:e.Offsets[1]]}, nil
}

// checkCover demands that the tensors lie one behind the other and end where the data ends.
func checkCover(entries map[string]tensorEntry, size uint64) error {
	spans := make([][]uint64, 0, len(entries))
	for _, entry := range entries {
		spans = append(spans, entry.Offsets)
	}
	slices.SortFunc(spans, slices.Compare)
	var end uint64
	for _, span := range spans {
		if span[0] != end {
			return fmt.Errorf("tensors overlap or leave a hole at byte %d", min(span[0], end))
		}
		end = span[1]
	}
	if end != size {
		return fmt.Errorf("tensors cover %d of %d bytes", end, size)
	}
	return nil
}

// dtypeWidth returns the bytes of one element, zero for an unknown type.
func dtypeWidth(dtype string) uint64 {
	switch dtype {
	case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2":
		return 1
	case "U16", "I16", "F16", "BF16":
		return 2
	case "U32", "I32", "F32":
		return 4
	case "U64", "I64", "F64":
		return 8
	}
	return 0
}

// expect returns the named tensor when it has the type and shape the caller is written for; -1 in shape is any length.
func expect(tensors map[string]tensor, name, dtype string, shape ...int) (tensor, error) {
	t, ok := tensors[name]
	if !ok {
		return tensor{}, fmt.Errorf("weights: no tensor %q", name)
	}
	same := func(want, got int) bool { return want == got || want == -1 }
	if t.dtype != dtype || !slices.EqualFunc(shape, t.shape, same) {
		return tensor{}, fmt.Errorf("weights: tensor %q is %s %v, not %s %v", name, t.dtype, t.shape, dtype, shape)
	}
	return t, nil
}

// floats returns the numbers of an F32 tensor, all of which must be finite.
func (t tensor) floats() ([]float32, error) {
	numbers := make([]float32, len(t.data)/4)
	for i := range numbers {
		numbers[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.data[4*i:]))
		if f := float64(numbers[i]); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("weights: number %d is not finite", i)
		}
	}
	return numbers, nil
}
