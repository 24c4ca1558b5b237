package qdranttest

import (
	"context"
	"slices"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// collection is one of them.
type collection struct {
	dense   map[string]*api.VectorParams
	sparse  map[string]bool
	strict  *api.StrictModeConfig
	indexes map[string]*api.CreateFieldIndexCollection
	points  map[string]*point
	order   []*point // by id; nil: to be sorted
	places  map[string]map[string]map[*point]bool
	passed  map[string][]*point // by filter
}

type collections struct {
	api.UnimplementedCollectionsServer
	server *Server
}

// collection finds one by its name or by an alias.
func (s *Server) collection(name string) (*collection, error) {
	if aliased, found := s.aliases[name]; found {
		name = aliased
	}
	if c, found := s.collections[name]; found {
		return c, nil
	}
	return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", name)
}

func (c collections) Create(_ context.Context, request *api.CreateCollection) (*api.CollectionOperationResponse, error) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	name := request.GetCollectionName()
	if _, err := c.server.collection(name); err == nil || name == "" {
		return nil, invalid("Wrong input: Collection `%s` already exists!", name)
	}
	if hnsw := request.GetHnswConfig(); hnsw != nil && hnsw.FullScanThreshold != nil && hnsw.GetFullScanThreshold() < 10 {
		return nil, invalid("Validation error: hnsw_config.full_scan_threshold: must be 10 or larger")
	}
	made := &collection{
		dense: map[string]*api.VectorParams{}, sparse: map[string]bool{}, strict: request.GetStrictModeConfig(),
		indexes: map[string]*api.CreateFieldIndexCollection{}, points: map[string]*point{}, places: map[string]map[string]map[*point]bool{},
		passed: map[string][]*point{},
	}
	for name, params := range request.GetVectorsConfig().GetParamsMap().GetMap() {
		if params.GetSize() == 0 || params.GetDistance() != api.Distance_Dot {
			return nil, invalid("qdranttest knows vectors of some size, and products")
		}
		made.dense[name] = params
	}
	for name := range request.GetSparseVectorsConfig().GetMap() {
		made.sparse[name] = true
	}
	c.server.collections[name] = made
	return &api.CollectionOperationResponse{Result: true}, nil
}

func (c collections) Delete(_ context.Context, request *api.DeleteCollection) (*api.CollectionOperationResponse, error) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	_, found := c.server.collections[request.GetCollectionName()]
	delete(c.server.collections, request.GetCollectionName())
	for alias, name := range c.server.aliases {
		if name == request.GetCollectionName() {
			delete(c.server.aliases, alias)
		}
	}
	return &api.CollectionOperationResponse{Result: found}, nil
}

func (c collections) CollectionExists(_ context.Context, request *api.CollectionExistsRequest) (*api.CollectionExistsResponse, error) {
	c.server.mu.RLock()
	defer c.server.mu.RUnlock()
	_, err := c.server.collection(request.GetCollectionName())
	return &api.CollectionExistsResponse{Result: &api.CollectionExists{Exists: err == nil}}, nil
}

func (c collections) List(context.Context, *api.ListCollectionsRequest) (*api.ListCollectionsResponse, error) {
	reply := &api.ListCollectionsResponse{}
	for _, name := range c.server.Names() {
		reply.Collections = append(reply.Collections, &api.CollectionDescription{Name: name})
	}
	return reply, nil
}

func (c collections) ListAliases(context.Context, *api.ListAliasesRequest) (*api.ListAliasesResponse, error) {
	c.server.mu.RLock()
	defer c.server.mu.RUnlock()
	reply := &api.ListAliasesResponse{}
	for alias, name := range c.server.aliases {
		reply.Aliases = append(reply.Aliases, &api.AliasDescription{AliasName: alias, CollectionName: name})
	}
	return reply, nil
}

// UpdateAliases does all actions at once.
func (c collections) UpdateAliases(_ context.Context, request *api.ChangeAliases) (*api.CollectionOperationResponse, error) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	for _, action := range request.GetActions() {
		if create := action.GetCreateAlias(); create != nil {
			if _, found := c.server.collections[create.GetCollectionName()]; !found {
				return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", create.GetCollectionName())
			}
			c.server.aliases[create.GetAliasName()] = create.GetCollectionName()
			continue
		}
		delete(c.server.aliases, action.GetDeleteAlias().GetAliasName())
	}
	return &api.CollectionOperationResponse{Result: true}, nil
}

// sorted returns the points in order of id.
func (c *collection) sorted() []*point {
	if c.order == nil {
		for _, p := range c.points {
			c.order = append(c.order, p)
		}
		slices.SortFunc(c.order, func(a, b *point) int { return compareIDs(a.id, b.id) })
	}
	return c.order
}
