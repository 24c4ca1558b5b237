package embedded

import (
	"context"
	"slices"
)

const (
	// tidyRatio is how many times larger than all segments after it one must be to be left alone.
	tidyRatio = 4
	// deadShare is the share of dead rows, one in so many, above which a segment is laid out anew.
	deadShare = 8
	// promptRows is up to how many rows Apply lays out anew, because somebody waits for it. What is more is for Tidy.
	promptRows = 1024
	// mostViews is how many segments there may be before Apply lays out more all the same: nobody seems to call Tidy, or
	// it does not keep up.
	mostViews = 64
)

// tidyPromptly drops segments in which nothing lives, and lays out anew what is small.
func (x *Index) tidyPromptly(s *state) {
	s.views = slices.DeleteFunc(s.views, func(v *view) bool { return v.buried == len(v.segment.rows) })
	limit := x.prompt
	if len(s.views) > mostViews {
		limit = rowsOf(s.views)
	}
	for i, v := range s.views {
		if v.decayed() && len(v.segment.rows) <= limit && !x.joining[v.segment] {
			s.views[i] = &view{segment: x.join(v)}
		}
	}
	from := len(s.views)
	for sum := 0; from > 0 && !x.joining[s.views[from-1].segment]; from-- {
		if sum += len(s.views[from-1].segment.rows); sum > limit {
			break
		}
	}
	if like := from + alike(s.views[from:]); like < len(s.views)-1 {
		s.views = append(s.views[:like], &view{segment: x.join(s.views[like:]...)})
	}
}

// Tidy lays out anew a set of segments that is due and too large to be waited for; more says that another one may be.
// Searches and writers go on meanwhile: only the exchange of the old segments for the new one is theirs to wait for.
func (x *Index) Tidy(ctx context.Context) (more bool, err error) {
	x.tidying.Lock()
	defer x.tidying.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	due := x.begin()
	if len(due) == 0 {
		return false, nil
	}
	x.replace(due, x.join(due...))
	return true, nil
}

// begin chooses what to lay out anew, so that there are few segments and a row moves only as often as what came after it
// grows by a share.
func (x *Index) begin() []*view {
	x.mu.Lock()
	defer x.mu.Unlock()
	views := x.current.Load().views
	due := views[alike(views):]
	if len(due) < 2 {
		at := slices.IndexFunc(views, (*view).decayed)
		if at < 0 {
			return nil
		}
		due = views[at : at+1]
	}
	x.joining = make(map[*segment]bool, len(due))
	for _, v := range due {
		x.joining[v.segment] = true
	}
	return due
}

// replace puts a segment in the place of those it was made of, without what has died in them since. When they are not all
// there any more it is not wanted.
func (x *Index) replace(then []*view, by *segment) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.joining = nil
	now := x.current.Load()
	joined := &view{segment: by}
	var died []int32
	for _, old := range then {
		at := slices.IndexFunc(now.views, func(v *view) bool { return v.segment == old.segment })
		if at < 0 {
			return
		}
		died = append(died, joined.lost(old, now.views[at])...)
	}
	if len(died) > 0 {
		joined = joined.without(died...)
	}
	next := now.successor(now.watermark)
	next.views = nil
	for _, v := range now.views {
		switch {
		case v.segment == then[0].segment:
			next.views = append(next.views, joined)
		case !slices.ContainsFunc(then, func(old *view) bool { return v.segment == old.segment }):
			next.views = append(next.views, v)
		}
	}
	x.current.Store(next)
}

// lost returns the numbers, here, of the documents that lived in a segment then and do not now.
func (v *view) lost(then, now *view) []int32 {
	if then.buried == now.buried {
		return nil
	}
	var died []int32
	for i := range now.segment.documents {
		if at := int32(i); now.gone(at) && !then.gone(at) {
			died = append(died, v.segment.places[now.segment.documents[i].id])
		}
	}
	return died
}

// decayed says that much of a segment is dead.
func (v *view) decayed() bool { return v.buried*deadShare > len(v.segment.rows) }

// alike returns from where on segments are to be joined: the first that is not much larger than all after it together.
func alike(views []*view) int {
	left := rowsOf(views)
	for i, v := range views {
		if left -= len(v.segment.rows); len(v.segment.rows) < tidyRatio*left {
			return i
		}
	}
	return len(views)
}

func rowsOf(views []*view) int {
	rows := 0
	for _, v := range views {
		rows += len(v.segment.rows)
	}
	return rows
}

func (x *Index) join(views ...*view) *segment {
	b := newBuilder(x.config.Analyzer)
	for _, v := range views {
		b.absorb(v)
	}
	return b.segment()
}
