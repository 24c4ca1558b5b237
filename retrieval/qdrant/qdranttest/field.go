package qdranttest

import (
	"slices"

	api "github.com/qdrant/go-client/qdrant"
)

// field is a condition on a field; of a list, one value has to meet it.
func (c *collection) field(f *api.FieldCondition, within string) (test, error) {
	meets, err := c.value(f, within+f.GetKey())
	if err != nil {
		return nil, err
	}
	key := f.GetKey()
	return func(payload map[string]*api.Value, _ *point) bool {
		v := payload[key]
		if _, several := v.GetKind().(*api.Value_ListValue); several {
			return slices.ContainsFunc(list(v), meets)
		}
		return v != nil && meets(v)
	}, nil
}

func (c *collection) value(f *api.FieldCondition, path string) (func(*api.Value) bool, error) {
	if (f.GetMatch() == nil) == (f.GetRange() == nil) {
		return nil, invalid("qdranttest wants a match or a range")
	}
	if r := f.GetRange(); r != nil {
		return func(v *api.Value) bool { return inRange(v, r) }, c.index(path, api.FieldType_FieldTypeInteger, false, true)
	}
	switch kind := f.GetMatch().GetMatchValue().(type) {
	case *api.Match_Keyword, *api.Match_Keywords:
		wanted := keywords(f.GetMatch())
		return func(v *api.Value) bool {
			text, isText := v.GetKind().(*api.Value_StringValue)
			return isText && slices.Contains(wanted, text.StringValue)
		}, c.index(path, api.FieldType_FieldTypeKeyword, true, false)
	case *api.Match_Integer:
		return oneOf(kind.Integer), c.index(path, api.FieldType_FieldTypeInteger, true, false)
	case *api.Match_Integers:
		return oneOf(kind.Integers.GetIntegers()...), c.index(path, api.FieldType_FieldTypeInteger, true, false)
	}
	return nil, invalid("qdranttest does not implement this match")
}

func oneOf(numbers ...int64) func(*api.Value) bool {
	wanted := make(map[int64]bool, len(numbers))
	for _, n := range numbers {
		wanted[n] = true
	}
	return func(v *api.Value) bool {
		n, isNumber := v.GetKind().(*api.Value_IntegerValue)
		return isNumber && wanted[n.IntegerValue]
	}
}

func inRange(v *api.Value, r *api.Range) bool {
	n, isNumber := v.GetKind().(*api.Value_IntegerValue)
	if !isNumber {
		return false
	}
	x := float64(n.IntegerValue)
	return (r.Lt == nil || x < *r.Lt) && (r.Gt == nil || x > *r.Gt) && (r.Gte == nil || x >= *r.Gte) && (r.Lte == nil || x <= *r.Lte)
}
