package embedding

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// weightFile puts a header length before header and data behind it.
func weightFile(header string, data ...byte) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), data...)
}

const twoTensors = `{"__metadata__":{"made":"by hand"},` +
	`"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},"a":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]}}  `

func TestReadTensors(t *testing.T) {
	file := weightFile(twoTensors, 1, 0xff, 0, 0, 0x80, 0x3f)
	tensors, err := readTensors(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]tensor{
		"a": {dtype: "I8", shape: []int{1, 2}, data: []byte{1, 0xff}},
		"b": {dtype: "F32", shape: []int{1}, data: []byte{0, 0, 0x80, 0x3f}},
	}
	if diff := cmp.Diff(want, tensors, cmp.AllowUnexported(tensor{})); diff != "" {
		t.Errorf("tensors (-want +got):\n%s", diff)
	}
	if numbers, err := tensors["b"].floats(); err != nil || !cmp.Equal(numbers, []float32{1}) {
		t.Errorf("numbers %v (error %v), want [1]", numbers, err)
	}
	if _, err := expect(tensors, "a", "I8", 1, -1); err != nil {
		t.Errorf("expect any length: %v", err)
	}
	for name, ask := range map[string]func() (tensor, error){
		"other name":  func() (tensor, error) { return expect(tensors, "c", "I8", 1, 2) },
		"other type":  func() (tensor, error) { return expect(tensors, "a", "F32", 1, 2) },
		"other shape": func() (tensor, error) { return expect(tensors, "a", "I8", 2, 1) },
		"other rank":  func() (tensor, error) { return expect(tensors, "a", "I8", 2) },
	} {
		if _, err := ask(); err == nil {
			t.Errorf("%s: expect gives a tensor", name)
		}
	}
}

// TestFaultyWeightsAreRefused has the fault in each case's name and the words the error must hold.
func TestFaultyWeightsAreRefused(t *testing.T) {
	one := func(entry string, data ...byte) []byte { return weightFile(`{"a":`+entry+`}`, data...) }
	for _, c := range []struct {
		name, message string
		file          []byte
	}{
		{"empty", "shorter", nil},
		{"header longer than file", "header of", binary.LittleEndian.AppendUint64(nil, 1)},
		{"header of 2^64-1", "header of", binary.LittleEndian.AppendUint64(nil, math.MaxUint64)},
		{"not JSON", "header", weightFile("{]")},
		{"not an object", "not a JSON object", weightFile("[]")},
		{"cut off", "header", weightFile(`{"a":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}`)},
		{"goes on", "goes on", weightFile("{} {}")},
		{"twice", "twice", weightFile(`{"a":{"dtype":"I8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}}`)},
		{"unknown field", "unknown field", one(`{"dtype":"I8","shape":[0],"data_offsets":[0,0],"x":1}`)},
		{"unknown type", "unknown type", one(`{"dtype":"I9","shape":[0],"data_offsets":[0,0]}`)},
		{"no offsets", "offsets", one(`{"dtype":"I8","shape":[0]}`)},
		{"negative offset", "header", one(`{"dtype":"I8","shape":[0],"data_offsets":[-1,0]}`)},
		{"offsets turned round", "offsets", one(`{"dtype":"I8","shape":[1],"data_offsets":[1,0]}`, 0)},
		{"offsets beyond the end", "offsets", one(`{"dtype":"I8","shape":[2],"data_offsets":[0,2]}`, 0)},
		{"shape and offsets disagree", "fill", one(`{"dtype":"F32","shape":[1],"data_offsets":[0,3]}`, 0, 0, 0)},
		{"shape overflows", "too large", one(`{"dtype":"I8","shape":[4294967296,4294967296],"data_offsets":[0,0]}`)},
		{"overflow behind a zero", "too large", one(`{"dtype":"I8","shape":[0,18446744073709551615],"data_offsets":[0,0]}`)},
		{"hole before", "hole", one(`{"dtype":"I8","shape":[1],"data_offsets":[1,2]}`, 0, 0)},
		{"bytes behind", "cover", one(`{"dtype":"I8","shape":[1],"data_offsets":[0,1]}`, 0, 0)},
		{"overlap", "overlap", weightFile(`{"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"I8","shape":[2],"data_offsets":[1,3]}}`, 0, 0, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			tensors, err := readTensors(c.file)
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%d tensors, error %v; want an error that says %q", len(tensors), err, c.message)
			}
		})
	}
}

func TestFloatsMustBeFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(-1)} {
		data := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(bad)))
		if _, err := (tensor{dtype: "F32", shape: []int{1}, data: data}).floats(); err == nil {
			t.Errorf("%v is taken for a weight", bad)
		}
	}
}

func FuzzReadTensors(f *testing.F) {
	f.Add(weightFile(twoTensors, 1, 0xff, 0, 0, 0x80, 0x3f))
	f.Add(weightFile(`{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}`, 1, 2, 3, 4, 5, 6, 7, 8))
	f.Add([]byte{2, 0, 0, 0, 0, 0, 0, 0, '{', '}'})
	f.Fuzz(func(t *testing.T, file []byte) {
		tensors, err := readTensors(file)
		if err != nil && tensors != nil {
			t.Fatal("tensors beside an error")
		}
		total := 0
		for name, x := range tensors {
			size := int(dtypeWidth(x.dtype))
			for _, n := range x.shape {
				size *= n
			}
			if size != len(x.data) {
				t.Errorf("tensor %q: %s %v in %d bytes", name, x.dtype, x.shape, len(x.data))
			}
			total += len(x.data)
		}
		if total > len(file) {
			t.Errorf("tensors of %d bytes in a file of %d", total, len(file))
		}
	})
}
