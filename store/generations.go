package store

import (
	"context"
	"slices"
)

// GenerationState is how far a generation of vectors is.
type GenerationState string

// The states of a generation, in their order.
const (
	GenerationBuilding GenerationState = "building" // its vectors are made while another one serves
	GenerationReady    GenerationState = "ready"    // it has nearly all of them; its index is built
	GenerationServing  GenerationState = "serving"  // one at a time
	GenerationRetired  GenerationState = "retired"  // its vectors are dropped
)

// Generation is one model's vectors of everything that serves. Numbers go up.
type Generation struct {
	Number   int
	Model    string
	State    GenerationState
	Complete bool // every document was looked through for texts that wait
}

// QueueWriter keeps which model's vectors serve, and which texts wait for one. A text waits when a serving chunk has no
// vector of a model whose generation is not retired; the store keeps that true in the transaction of each change.
type QueueWriter interface {
	// ChooseModel says which model is wanted and returns the generations that come of it (see PlanGenerations).
	ChooseModel(ctx context.Context, model string) ([]Generation, error)
	// Enlist looks through some documents for texts that wait for a generation, from where it was left; more says that
	// there are others.
	Enlist(ctx context.Context, number int) (more bool, err error)
	// MakeReady says that a generation's index is about to be built: from here on, its vectors enter the change log too.
	MakeReady(ctx context.Context, number int) error
	// Serve makes a ready generation the one that serves and retires the one before. It does nothing and returns false
	// while a text that was there when the generation became ready still waits.
	Serve(ctx context.Context, number int) (served bool, err error)
	// DropVectors drops some vectors of a retired generation; with the last of them it forgets the generation.
	DropVectors(ctx context.Context, number int) (more bool, err error)
	// Refuse notes texts that a model does not embed: they are counted apart, and Unembedded leaves them out.
	Refuse(ctx context.Context, model string, hashes []string) error
	// Readmit forgets what was refused.
	Readmit(ctx context.Context) error
}

// QueueReader reads what QueueWriter keeps.
type QueueReader interface {
	// Generations returns those there are, by number.
	Generations(ctx context.Context) ([]Generation, error)
	// Unembedded returns up to limit texts that wait for a vector of a model, each once, oldest chunks first.
	Unembedded(ctx context.Context, model string, limit int) ([]Waiting, error)
	// Backlog counts the chunks that wait for a vector of a model, and apart from them those whose text it refused.
	Backlog(ctx context.Context, model string) (waiting, refused int, err error)
}

// PlanGenerations decides what becomes of the generations when a model is wanted: the first one of all serves at once; a
// model that does not serve is built beside the one that does, with the vectors it still has; a build that is no longer
// wanted is given up.
func PlanGenerations(held []Generation, model string) []Generation {
	if len(held) == 0 {
		return []Generation{{Number: 1, Model: model, State: GenerationServing}}
	}
	last := held[len(held)-1].Number
	var kept []Generation
	met := false
	for _, g := range held {
		wanted := g.Model == model
		switch {
		case g.State == GenerationServing:
			met = met || wanted
		case g.State == GenerationRetired && wanted:
			continue
		case g.State == GenerationRetired:
		case wanted && !met:
			g.State, met = GenerationBuilding, true // its index, if there was one, is gone
		default:
			g.State = GenerationRetired
		}
		kept = append(kept, g)
	}
	if !met {
		kept = append(kept, Generation{Number: last + 1, Model: model, State: GenerationBuilding})
	}
	return kept
}

// Find returns the generation in one of the states.
func Find(all []Generation, states ...GenerationState) (g Generation, found bool) {
	at := slices.IndexFunc(all, func(g Generation) bool { return slices.Contains(states, g.State) })
	if at < 0 {
		return Generation{}, false
	}
	return all[at], true
}
