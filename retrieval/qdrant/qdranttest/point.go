package qdranttest

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	api "github.com/qdrant/go-client/qdrant"
)

// point is a point; its payload is replaced as a whole, never changed.
type point struct {
	id      string
	payload map[string]*api.Value
	dense   map[string][]float32
	sparse  map[string]*api.SparseVector
}

func compareIDs(a, b string) int { return strings.Compare(a, b) }

// take puts a point in, in the place of the one that has its id.
func (c *collection) take(given *api.PointStruct) error {
	p := &point{id: given.GetId().GetUuid(), payload: given.GetPayload(), dense: map[string][]float32{}, sparse: map[string]*api.SparseVector{}}
	if len(p.id) != 36 {
		return invalid("Unable to parse UUID: %s", p.id)
	}
	if given.GetVectors() == nil {
		return invalid("Wrong input: a point has no vectors field")
	}
	for name, v := range given.GetVectors().GetVectors().GetVectors() {
		if err := c.vector(p, name, v); err != nil {
			return err
		}
	}
	c.forget(p.id)
	c.points[p.id], c.order = p, nil
	c.place(p, true)
	return nil
}

func (c *collection) vector(p *point, name string, v *api.Vector) error {
	params, dense := c.dense[name]
	switch {
	case dense && len(v.GetDense().GetData()) == int(params.GetSize()): //nolint:gosec // G115: small
		p.dense[name] = v.GetDense().GetData()
	case dense:
		return invalid("Wrong input: Vector dimension error: expected dim: %d, got %d", params.GetSize(), len(v.GetDense().GetData()))
	case c.sparse[name] && v.GetSparse() != nil:
		s := v.GetSparse()
		if len(s.GetIndices()) != len(s.GetValues()) || !slices.IsSorted(s.GetIndices()) || len(slices.Compact(slices.Clone(s.GetIndices()))) != len(s.GetIndices()) {
			return invalid("Wrong input: indices of a sparse vector must be unique (and, for qdranttest, sorted) and as many as its values")
		}
		p.sparse[name] = s
	default:
		return invalid("Wrong input: Not existing vector name error: %s", name)
	}
	return nil
}

func (c *collection) forget(id string) {
	if p, found := c.points[id]; found {
		delete(c.points, id)
		c.order = nil
		c.place(p, false)
	}
}

// set changes fields of a payload.
func (c *collection) set(p *point, fields map[string]*api.Value) {
	c.place(p, false)
	p.payload = maps.Clone(p.payload)
	if p.payload == nil {
		p.payload = map[string]*api.Value{}
	}
	maps.Copy(p.payload, fields)
	c.place(p, true)
}

// place keeps where the values of keyword fields stand. All changes come by here.
func (c *collection) place(p *point, there bool) {
	clear(c.passed)
	for field, index := range c.indexes {
		if index.GetFieldType() != api.FieldType_FieldTypeKeyword {
			continue
		}
		for _, v := range list(p.payload[field]) {
			text := v.GetStringValue()
			if c.places[field][text] == nil {
				if c.places[field] == nil {
					c.places[field] = map[string]map[*point]bool{}
				}
				c.places[field][text] = map[*point]bool{}
			}
			if there {
				c.places[field][text][p] = true
			} else {
				delete(c.places[field][text], p)
			}
		}
	}
}

// list is a value as a list: itself, or what it is made of.
func list(v *api.Value) []*api.Value {
	switch kind := v.GetKind().(type) {
	case nil, *api.Value_NullValue:
		return nil
	case *api.Value_ListValue:
		return kind.ListValue.GetValues()
	}
	return []*api.Value{v}
}

// index is the one of a field for a kind of question, which strict mode asks for.
func (c *collection) index(field string, kind api.FieldType, lookup, ranges bool) error {
	index := c.indexes[field]
	params := index.GetFieldIndexParams().GetIntegerIndexParams()
	switch {
	case index == nil:
		return invalid("Bad request: Index required but not found for %s", strconv.Quote(field))
	case index.GetFieldType() != kind, lookup && !params.GetLookup() && kind == api.FieldType_FieldTypeInteger, ranges && !params.GetRange():
		return invalid("Bad request: the index of %s does not fit what is asked of it", strconv.Quote(field))
	}
	return nil
}
