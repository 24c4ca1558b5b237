package qdrant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"footnote"
	"footnote/retrieval"
)

// Backend is the name under which the index shows in its status.
const Backend = "qdrant"

// Index is retrieval.Shared on a Qdrant server.
type Index struct {
	config Config
	client *api.Client
	alias  string // and the beginning of the names of its collections
	holder string // of its turns to write, told from every other index that is open anywhere

	using  sync.RWMutex // held for reading by requests under way
	closed bool

	mu      sync.Mutex // one write at a time
	reached reaches
	history []moment // guarded by mu
}

var _ retrieval.Shared = (*Index)(nil)

// maxReply is the size of the largest answer: one of vectors of several thousand numbers, or of very many candidates.
const maxReply = 64 << 20

// Open connects to a server and sees that there is a collection to serve; the first one is empty. Close it.
func Open(ctx context.Context, config Config) (*Index, error) {
	x, err := dial(config)
	if err != nil {
		return nil, err
	}
	if err := x.prepare(ctx); err != nil {
		_ = x.client.Close() // the first error says more
		return nil, err
	}
	return x, nil
}

// dial has a connection made when it is used.
func dial(config Config) (*Index, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	client, err := api.NewClient(&api.Config{
		Host: config.Host, Port: config.Port, APIKey: config.APIKey, UseTLS: config.TLS != nil, TLSConfig: config.TLS,
		SkipCompatibilityCheck: true, // Open looks at the version itself
		GrpcOptions:            []grpc.DialOption{grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReply))},
	})
	if err != nil {
		return nil, &footnote.Error{Code: footnote.CodeInvalid, Message: "the address of Qdrant is none: give host and port", Err: err}
	}
	model := sha256.Sum256([]byte(config.Model))
	return &Index{config: config, client: client, alias: config.Prefix + "_" + hex.EncodeToString(model[:6]), holder: token()}, nil
}

// Close waits for the requests under way and ends the connections. What is asked afterwards is refused.
func (x *Index) Close() error {
	x.using.Lock()
	defer x.using.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	return x.client.Close()
}

// oldest is the first version of Qdrant with everything that is asked of it: ACORN came last.
const oldest = 16

func (x *Index) prepare(ctx context.Context) error {
	var version string
	err := x.do(ctx, func(ctx context.Context) error {
		reply, err := x.client.HealthCheck(ctx)
		version = reply.GetVersion()
		return err
	})
	if err != nil {
		return err
	}
	var major, minor int
	if _, err = fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil || major < 1 || major == 1 && minor < oldest {
		return footnote.Errorf(footnote.CodeUnavailable, "the Qdrant server is too old: 1.%d or later is needed", oldest)
	}
	name, err := x.serving(ctx)
	if err != nil {
		return err
	}
	if name == "" {
		return x.found(ctx)
	}
	if _, err = x.ledger(ctx); isLost(err) {
		return nil // whoever feeds the index fills it again
	}
	return err
}

// found makes the first collection.
func (x *Index) found(ctx context.Context) error {
	name := x.generation()
	if err := x.create(ctx, name, x.config.Dimensions); err != nil {
		return err
	}
	if err := x.open(ctx, name, ledger{dimensions: x.config.Dimensions}); err != nil {
		return err
	}
	if other, err := x.serving(ctx); err != nil || other != "" { // another process was faster
		return errors.Join(err, x.drop(ctx, name))
	}
	return x.serve(ctx, name)
}

// generation is the name of a new collection.
func (x *Index) generation() string {
	return x.alias + "_" + strconv.FormatInt(x.config.Now().UnixMilli(), 10) + "_" + token()[:6]
}

// serving is the collection that the alias names; "" when there is no alias.
func (x *Index) serving(ctx context.Context) (name string, err error) {
	err = x.do(ctx, func(ctx context.Context) error {
		aliases, failed := x.client.ListAliases(ctx)
		for _, a := range aliases {
			if a.GetAliasName() == x.alias {
				name = a.GetCollectionName()
			}
		}
		return failed
	})
	return name, err
}

// serve makes a collection the one that answers, in one step.
func (x *Index) serve(ctx context.Context, name string) error {
	actions := []*api.AliasOperations{api.NewAliasCreate(x.alias, name)}
	before, err := x.serving(ctx)
	if err != nil {
		return err
	}
	if before != "" {
		actions = slices.Insert(actions, 0, api.NewAliasDelete(x.alias))
	}
	return x.do(ctx, func(ctx context.Context) error { return x.client.UpdateAliases(ctx, actions) })
}

// remains is how long a collection that serves nobody may stay: whoever fills it is done by then, or will never be.
const remains = 24 * time.Hour

// drop deletes those of the collections that do not serve, and what broken rebuilds left long ago.
func (x *Index) drop(ctx context.Context, unwanted ...string) error {
	var names []string
	err := x.do(ctx, func(ctx context.Context) (err error) { names, err = x.client.ListCollections(ctx); return err })
	if err != nil {
		return err
	}
	serves, err := x.serving(ctx)
	if err != nil {
		return err
	}
	for _, other := range names {
		if other != serves && (slices.Contains(unwanted, other) || x.left(other)) {
			if err := x.remove(ctx, other); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove deletes a collection that another process may delete at the same time.
func (x *Index) remove(ctx context.Context, name string) error {
	return x.do(ctx, func(ctx context.Context) error {
		err := x.client.DeleteCollection(ctx, name)
		if err == nil {
			return nil
		}
		if there, failed := x.client.CollectionExists(ctx, name); failed == nil && !there {
			return nil
		}
		return err
	})
}

// Drop deletes all collections of a model that was given up. Indexes that are open there find them lost.
func Drop(ctx context.Context, config Config) error {
	x, err := dial(config)
	if err != nil {
		return err
	}
	defer x.Close() //nolint:errcheck // what counts is done
	var names []string
	err = x.do(ctx, func(ctx context.Context) (err error) { names, err = x.client.ListCollections(ctx); return err })
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, x.alias+"_") {
			if err := x.remove(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *Index) left(name string) bool {
	rest, ours := strings.CutPrefix(name, x.alias+"_")
	made, _, _ := strings.Cut(rest, "_")
	milliseconds, err := strconv.ParseInt(made, 10, 64)
	return ours && err == nil && x.config.Now().Sub(time.UnixMilli(milliseconds)) > remains
}

// do makes one request and says what became of it.
func (x *Index) do(ctx context.Context, request func(context.Context) error) error {
	x.using.RLock()
	defer x.using.RUnlock()
	if x.closed {
		return footnote.Errorf(footnote.CodeUnavailable, "the index was closed, because another took its place or the program ends: try again")
	}
	limited, cancel := context.WithTimeout(ctx, x.config.Timeout)
	defer cancel()
	err := request(limited)
	if ours, _ := limited.Deadline(); status.Code(err) == codes.DeadlineExceeded {
		if theirs, bounded := ctx.Deadline(); bounded && !ours.Before(theirs) {
			return context.DeadlineExceeded // the server may be the first to know that the caller gave up
		}
	}
	return x.fault(ctx, err)
}
