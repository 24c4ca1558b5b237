package qdranttest

import (
	"slices"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/protobuf/proto"
)

// test says whether an object with a payload passes; p is the point that it belongs to.
type test func(payload map[string]*api.Value, p *point) bool

// passing returns the points that pass a filter, in order of id.
func (c *collection) passing(filter *api.Filter) ([]*point, error) {
	if filter == nil {
		return nil, invalid("qdranttest wants a filter")
	}
	key, err := proto.MarshalOptions{Deterministic: true}.Marshal(filter)
	if err != nil {
		return nil, err
	}
	if out, found := c.passed[string(key)]; found {
		return out, nil
	}
	passes, err := c.filter(filter, "")
	if err != nil {
		return nil, err
	}
	var out []*point
	for _, p := range c.candidates(filter) {
		if passes(p.payload, p) {
			out = append(out, p)
		}
	}
	if len(c.passed) >= mostPassed {
		clear(c.passed)
	}
	c.passed[string(key)] = out
	return out, nil
}

// mostPassed is how many filters are remembered, with what passes them, until the next write.
const mostPassed = 16

// candidates narrows what has to be looked at by the ids or the keywords that a filter demands.
func (c *collection) candidates(filter *api.Filter) []*point {
	best := -1
	var narrowed []*point
	for _, condition := range filter.GetMust() {
		var here []*point
		switch {
		case condition.GetHasId() != nil:
			for _, id := range condition.GetHasId().GetHasId() {
				if p := c.points[id.GetUuid()]; p != nil {
					here = append(here, p)
				}
			}
		case c.places[condition.GetField().GetKey()] != nil && keywords(condition.GetField().GetMatch()) != nil:
			for _, text := range keywords(condition.GetField().GetMatch()) {
				for p := range c.places[condition.GetField().GetKey()][text] {
					here = append(here, p)
				}
			}
		default:
			continue
		}
		if best < 0 || len(here) < best {
			best, narrowed = len(here), here
		}
	}
	if best < 0 || best > len(c.points)/2 {
		return c.sorted()
	}
	slices.SortFunc(narrowed, func(a, b *point) int { return compareIDs(a.id, b.id) })
	return slices.Compact(narrowed)
}

func keywords(m *api.Match) []string {
	switch kind := m.GetMatchValue().(type) {
	case *api.Match_Keyword:
		return []string{kind.Keyword}
	case *api.Match_Keywords:
		return kind.Keywords.GetStrings()
	}
	return nil
}

func (c *collection) filter(f *api.Filter, within string) (test, error) {
	must, err := c.conditions(f.GetMust(), within)
	if err != nil {
		return nil, err
	}
	not, err := c.conditions(f.GetMustNot(), within)
	if err != nil {
		return nil, err
	}
	should, err := c.conditions(f.GetShould(), within)
	if err != nil {
		return nil, err
	}
	return func(payload map[string]*api.Value, p *point) bool {
		for _, one := range must {
			if !one(payload, p) {
				return false
			}
		}
		holds := func(one test) bool { return one(payload, p) }
		return !slices.ContainsFunc(not, holds) && (len(should) == 0 || slices.ContainsFunc(should, holds))
	}, nil
}

func (c *collection) conditions(all []*api.Condition, within string) (tests []test, err error) {
	for _, condition := range all {
		one, err := c.condition(condition, within)
		if err != nil {
			return nil, err
		}
		tests = append(tests, one)
	}
	return tests, nil
}

func (c *collection) condition(condition *api.Condition, within string) (test, error) {
	switch kind := condition.GetConditionOneOf().(type) {
	case *api.Condition_Filter:
		return c.filter(kind.Filter, within)
	case *api.Condition_Field:
		return c.field(kind.Field, within)
	case *api.Condition_IsEmpty:
		field := kind.IsEmpty.GetKey()
		if c.indexes[within+field] == nil {
			return nil, c.index(within+field, api.FieldType_FieldTypeInteger, false, false)
		}
		return func(payload map[string]*api.Value, _ *point) bool { return len(list(payload[field])) == 0 }, nil
	case *api.Condition_HasId:
		ids := map[string]bool{}
		for _, id := range kind.HasId.GetHasId() {
			ids[id.GetUuid()] = true
		}
		return func(_ map[string]*api.Value, p *point) bool { return ids[p.id] }, nil
	case *api.Condition_HasVector:
		name := kind.HasVector.GetHasVector()
		return func(_ map[string]*api.Value, p *point) bool { return p.dense[name] != nil || p.sparse[name] != nil }, nil
	case *api.Condition_Nested:
		return c.nested(kind.Nested, within)
	}
	return nil, invalid("qdranttest does not implement this condition")
}

func (c *collection) nested(n *api.NestedCondition, within string) (test, error) {
	passes, err := c.filter(n.GetFilter(), within+n.GetKey()+"[].")
	return func(payload map[string]*api.Value, p *point) bool {
		return slices.ContainsFunc(list(payload[n.GetKey()]), func(v *api.Value) bool {
			return v.GetStructValue() != nil && passes(v.GetStructValue().GetFields(), p)
		})
	}, err
}
