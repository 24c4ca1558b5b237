package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/store"
)

func TestPlanGenerations(t *testing.T) {
	g := func(number int, model string, state store.GenerationState) store.Generation {
		return store.Generation{Number: number, Model: model, State: state}
	}
	const building, ready, serving, retired = store.GenerationBuilding, store.GenerationReady, store.GenerationServing, store.GenerationRetired
	type generations []store.Generation
	for name, c := range map[string]struct{ held, want generations }{
		"the first":                     {nil, generations{g(1, "b", serving)}},
		"the same":                      {generations{g(4, "b", serving)}, generations{g(4, "b", serving)}},
		"another":                       {generations{g(4, "a", serving)}, generations{g(4, "a", serving), g(5, "b", building)}},
		"another that is being built":   {generations{g(4, "a", serving), g(5, "b", building)}, generations{g(4, "a", serving), g(5, "b", building)}},
		"another whose index was built": {generations{g(4, "a", serving), g(5, "b", ready)}, generations{g(4, "a", serving), g(5, "b", building)}},
		"a third":                       {generations{g(4, "a", serving), g(5, "c", ready)}, generations{g(4, "a", serving), g(5, "c", retired), g(6, "b", building)}},
		"back to what serves":           {generations{g(4, "b", serving), g(5, "c", building)}, generations{g(4, "b", serving), g(5, "c", retired)}},
		"back to what is dropped":       {generations{g(4, "b", retired), g(5, "c", serving)}, generations{g(5, "c", serving), g(6, "b", building)}},
		"another while one is dropped":  {generations{g(4, "a", retired), g(5, "c", serving)}, generations{g(4, "a", retired), g(5, "c", serving), g(6, "b", building)}},
		"the same while one is dropped": {generations{g(4, "a", retired), g(5, "b", serving)}, generations{g(4, "a", retired), g(5, "b", serving)}},
	} {
		if diff := cmp.Diff([]store.Generation(c.want), store.PlanGenerations(c.held, "b")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
