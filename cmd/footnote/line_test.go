package main

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// outage is what happens to a server that the program depends on.
type outage string

const (
	none    outage = ""
	nobody  outage = "refused" // nobody listens, and connections have ended
	silent  outage = "silent"  // takes everything and answers nothing, for as long as it lasts
	reset   outage = "reset"   // the connection is reset in the middle of an answer
	partial outage = "partial" // it is closed in the middle of an answer
	garbage outage = "garbage" // answers are other bytes
)

// line is a connection to a server on which outages happen.
type line struct {
	t               *testing.T
	network, target string
	at              string

	mu       sync.Mutex
	state    outage
	changed  chan struct{} // closed when the state changes
	listener net.Listener
	open     map[net.Conn]bool
	running  sync.WaitGroup
}

func newLine(t *testing.T, network, target string) *line {
	t.Helper()
	l := &line{t: t, network: network, target: target, at: "127.0.0.1:0", changed: make(chan struct{}), open: map[net.Conn]bool{}}
	l.listen()
	t.Cleanup(func() {
		l.mu.Lock()
		l.hangUp()
		l.mu.Unlock()
		l.running.Wait()
	})
	return l
}

// becomes begins an outage, or ends it.
func (l *line) becomes(state outage) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	before := l.state
	l.state, l.changed = state, make(chan struct{})
	if state == nobody {
		l.hangUp()
	} else if before == nobody {
		l.listen()
	}
}

func (l *line) hangUp() {
	if l.listener != nil {
		_ = l.listener.Close()
	}
	l.listener = nil
	for conn := range l.open {
		_ = conn.Close()
	}
	if l.state != nobody { // who waits for its end goes
		close(l.changed)
		l.state, l.changed = nobody, make(chan struct{})
	}
}

func (l *line) listen() {
	l.t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.WithoutCancel(l.t.Context()), "tcp", l.at)
	if err != nil {
		l.t.Fatal(err)
	}
	l.listener, l.at = listener, listener.Addr().String()
	l.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			l.running.Go(func() { l.carry(conn) })
		}
	})
}

func (l *line) carry(client net.Conn) {
	server, err := new(net.Dialer).DialContext(context.WithoutCancel(l.t.Context()), l.network, l.target)
	if err != nil {
		_ = client.Close()
		return
	}
	l.mu.Lock()
	l.open[client], l.open[server] = true, true
	l.mu.Unlock()
	l.running.Go(func() {
		l.copy(server, client, func(data []byte) ([]byte, bool) { return data, false })
	})
	l.copy(client, server, func(data []byte) ([]byte, bool) { return l.spoil(client, data) })
	l.mu.Lock()
	delete(l.open, client)
	delete(l.open, server)
	l.mu.Unlock()
}

// copy passes on what comes, until either side ends or change says that it was the last.
func (l *line) copy(to, from net.Conn, change func([]byte) (changed []byte, last bool)) {
	defer to.Close()   //nolint:errcheck // it is over
	defer from.Close() //nolint:errcheck // as above
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			data, last := change(buffer[:n])
			if _, failed := to.Write(data); failed != nil || last {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// spoil is what becomes of an answer.
func (l *line) spoil(client net.Conn, data []byte) (changed []byte, last bool) {
	l.mu.Lock()
	state, over := l.state, l.changed
	l.mu.Unlock()
	switch state {
	case none:
	case silent:
		<-over
		return l.spoil(client, data)
	case reset:
		_ = client.(*net.TCPConn).SetLinger(0) //nolint:forcetypeassert // it is one
		return data[:len(data)/2], true
	case partial:
		return data[:len(data)/2], true
	case garbage:
		random := rand.New(rand.NewPCG(uint64(len(data)), 1))
		for i := range data {
			data[i] = byte(random.UintN(256))
		}
	case nobody:
		return nil, true
	}
	return data, false
}
