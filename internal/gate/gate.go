// Package gate lets work that can wait give way to work that somebody waits for.
//
// It promises that waiting ends: work that can wait is held up for Patience at most each time it asks.
package gate

import (
	"context"
	"sync"
	"time"
)

// Patience is how long Wait holds work up while somebody is always in.
const Patience = 250 * time.Millisecond

// Gate counts who is in. The zero value is an empty gate; a nil one is always empty. It is safe for concurrent use.
type Gate struct {
	mu    sync.Mutex
	in    int
	empty chan struct{} // closed when the last one leaves; nil while nobody waits
}

// Enter goes in; leave must be called once.
func (g *Gate) Enter() (leave func()) {
	if g == nil {
		return func() {}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in++
	return g.leave
}

func (g *Gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.in--; g.in == 0 && g.empty != nil {
		close(g.empty)
		g.empty = nil
	}
}

// Wait returns when nobody is in, or after Patience; with an error only when ctx has ended.
func (g *Gate) Wait(ctx context.Context) error {
	empty := g.left()
	if empty == nil {
		return ctx.Err()
	}
	patience := time.NewTimer(Patience)
	defer patience.Stop()
	select {
	case <-empty:
	case <-patience.C:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// left returns what is closed when the last one leaves; nil when nobody is in.
func (g *Gate) left() <-chan struct{} {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.in > 0 && g.empty == nil {
		g.empty = make(chan struct{})
	}
	return g.empty
}
