package embedded

import (
	"math"
	"slices"
)

// scored is a row of a segment, both by number, and what an arm gives it.
type scored struct {
	score   float64
	segment int32
	row     int32
}

// best keeps the highest scores: the limit wanted and everything that ties with the last of them, so what is kept does
// not depend on the order in which rows come.
type best struct {
	limit int
	floor float64
	room  int // how many may gather before the lower ones are dropped
	found []scored
}

func newBest(limit int) *best {
	return &best{limit: limit, floor: math.Inf(-1), room: max(4*limit, 256)}
}

func (b *best) add(score float64, segment int, row int32) {
	if score < b.floor {
		return
	}
	b.found = append(b.found, scored{score, int32(segment), row}) //nolint:gosec // G115: there are few segments
	if len(b.found) >= b.room {
		b.cut()
		b.room = max(b.room, 2*len(b.found))
	}
}

// cut drops what is below the last score wanted.
func (b *best) cut() {
	if len(b.found) <= b.limit {
		return
	}
	scores := make([]float64, len(b.found))
	for i, f := range b.found {
		scores[i] = f.score
	}
	slices.Sort(scores)
	b.floor = scores[len(scores)-b.limit]
	b.found = slices.DeleteFunc(b.found, func(f scored) bool { return f.score < b.floor })
}
