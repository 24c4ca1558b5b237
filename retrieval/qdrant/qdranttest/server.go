package qdranttest

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"testing"
	"time"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Config is how a server is started; the zero value works.
type Config struct {
	APIKey  string
	TLS     *tls.Config
	Version string // default: 1.16.0
}

// Server is a running server.
type Server struct {
	config Config
	host   string
	port   int
	grpc   *grpc.Server
	known  knowledge

	mu          sync.RWMutex
	collections map[string]*collection
	aliases     map[string]string

	hookMu sync.Mutex
	hook   Hook
}

// Hook is called before each request that a server takes, with the name of its method, as "Query" or "UpdateBatch". Its
// error is the answer. It may wait, until the context ends.
type Hook func(ctx context.Context, method string, request proto.Message) error

// Start starts a server that ends with the test.
func Start(t *testing.T, config Config) *Server {
	t.Helper()
	if config.Version == "" {
		config.Version = "1.16.0"
	}
	s := &Server{config: config, known: implemented(), collections: map[string]*collection{}, aliases: map[string]string{}}
	options := []grpc.ServerOption{
		grpc.UnaryInterceptor(s.intercept), grpc.MaxRecvMsgSize(64 << 20),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
	}
	if config.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(config.TLS)))
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr) //nolint:forcetypeassert // it is one of TCP
	s.host, s.port = "127.0.0.1", address.Port
	s.grpc = grpc.NewServer(options...)
	api.RegisterQdrantServer(s.grpc, health{server: s})
	api.RegisterCollectionsServer(s.grpc, collections{server: s})
	api.RegisterPointsServer(s.grpc, points{server: s})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.grpc.Serve(listener) // it ends with Stop
	}()
	t.Cleanup(func() {
		s.grpc.Stop()
		<-done
	})
	return s
}

// Host is where the server listens.
func (s *Server) Host() string { return s.host }

// Port is the one of gRPC.
func (s *Server) Port() int { return s.port }

// Stop ends the server before the test does.
func (s *Server) Stop() { s.grpc.Stop() }

// Empty drops everything, as a server does that is started anew without its disk.
func (s *Server) Empty() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collections, s.aliases = map[string]*collection{}, map[string]string{}
}

// Names returns those of all collections.
func (s *Server) Names() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []string
	for name := range s.collections {
		names = append(names, name)
	}
	return names
}

// Points counts those of a collection, whatever they are.
func (s *Server) Points(name string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c, err := s.collection(name); err == nil {
		return len(c.points)
	}
	return 0
}

// On sets the hook, nil: none.
func (s *Server) On(hook Hook) {
	s.hookMu.Lock()
	defer s.hookMu.Unlock()
	s.hook = hook
}

func (s *Server) intercept(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	if keys := headers.Get("api-key"); s.config.APIKey != "" && (len(keys) != 1 || keys[0] != s.config.APIKey) {
		return nil, status.Error(codes.Unauthenticated, "Must provide an API key or an Authorization bearer token")
	}
	message := request.(proto.Message) //nolint:forcetypeassert // all requests are
	s.hookMu.Lock()
	hook := s.hook
	s.hookMu.Unlock()
	if hook != nil {
		if err := hook(ctx, method(info.FullMethod), message); err != nil {
			return nil, err
		}
	}
	if err := s.known.check(message.ProtoReflect()); err != nil {
		return nil, err
	}
	return handler(ctx, request)
}

func method(full string) string {
	for i := len(full) - 1; i >= 0; i-- {
		if full[i] == '/' {
			return full[i+1:]
		}
	}
	return full
}

type health struct {
	api.UnimplementedQdrantServer
	server *Server
}

func (h health) HealthCheck(context.Context, *api.HealthCheckRequest) (*api.HealthCheckReply, error) {
	return &api.HealthCheckReply{Title: "qdranttest", Version: h.server.config.Version}, nil
}

func invalid(format string, args ...any) error {
	return status.Errorf(codes.InvalidArgument, format, args...)
}
