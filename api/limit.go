package api

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const maxTracked = 10_000

// limiter grants each name so many requests a second, with some at once. It remembers at most twice maxTracked names:
// when the young ones are full they become the old ones, and the old ones, long unused, are forgotten.
type limiter struct {
	mu         sync.Mutex
	rate       rate.Limit
	burst      int
	young, old map[string]*rate.Limiter
}

// newLimiter makes a limiter; a rate of zero or less limits nothing.
func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: max(burst, 1), young: map[string]*rate.Limiter{}}
}

// take uses up one request of a name; when there is none left it says how long until there is.
func (l *limiter) take(name string, now time.Time) (wait time.Duration) {
	if l.rate <= 0 {
		return 0
	}
	reservation := l.of(name).ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

func (l *limiter) of(name string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.young[name]; ok {
		return known
	}
	if len(l.young) >= maxTracked {
		l.young, l.old = map[string]*rate.Limiter{}, l.young
	}
	known, ok := l.old[name]
	if !ok {
		known = rate.NewLimiter(l.rate, l.burst)
	}
	l.young[name] = known
	return known
}

// network is what one client can be taken to hold of an address: all of IPv4, the first half of IPv6.
func network(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil || parsed.Unmap().Is4() {
		return address
	}
	prefix, err := parsed.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
