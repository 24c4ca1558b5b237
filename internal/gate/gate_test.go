package gate_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"footnote/internal/gate"
)

func TestWaitGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate.Gate
		if err := g.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		first, second := g.Enter(), g.Enter()
		started, through := time.Now(), make(chan error, 2)
		for range cap(through) {
			go func() { through <- g.Wait(t.Context()) }()
		}
		synctest.Wait()
		first()
		synctest.Wait()
		if len(through) > 0 {
			t.Fatal("work went on while somebody was in")
		}
		second()
		synctest.Wait()
		if len(through) != 2 || time.Since(started) != 0 {
			t.Fatalf("%d went on after %v when the last one left", len(through), time.Since(started))
		}
	})
}

func TestWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate.Gate
		defer g.Enter()()
		started := time.Now()
		if err := g.Wait(t.Context()); err != nil || time.Since(started) != gate.Patience {
			t.Errorf("went on after %v with %v", time.Since(started), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("an ended context gives %v", err)
		}
	})
}

func TestNoGate(t *testing.T) {
	var g *gate.Gate
	defer g.Enter()()
	if err := g.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}
