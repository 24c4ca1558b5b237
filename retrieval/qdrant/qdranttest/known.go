package qdranttest

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// knowledge is the fields of each message that the server obeys; a message that is not named may hold anything.
type knowledge map[protoreflect.Name][]string

func implemented() knowledge {
	return knowledge{
		"CreateCollection": {
			"collection_name", "hnsw_config", "shard_number", "on_disk_payload", "vectors_config", "replication_factor",
			"write_consistency_factor", "sparse_vectors_config", "strict_mode_config",
		},
		"HnswConfigDiff":             {"m", "ef_construct", "full_scan_threshold", "payload_m"},
		"StrictModeConfig":           {"enabled", "max_query_limit", "unindexed_filtering_retrieve", "unindexed_filtering_update", "search_allow_exact"},
		"VectorParams":               {"size", "distance"},
		"SparseVectorParams":         {},
		"CreateFieldIndexCollection": {"collection_name", "wait", "field_name", "field_type", "field_index_params", "ordering"},
		"KeywordIndexParams":         {"is_tenant"},
		"IntegerIndexParams":         {"lookup", "range"},
		"AliasOperations":            {"create_alias", "delete_alias"},
		"GetPoints":                  {"collection_name", "ids", "with_payload", "with_vectors", "read_consistency"},
		"ScrollPoints":               {"collection_name", "filter", "offset", "limit", "with_payload", "with_vectors", "read_consistency"},
		"CountPoints":                {"collection_name", "filter", "exact", "read_consistency"},
		"FacetCounts":                {"collection_name", "key", "filter", "limit", "exact", "read_consistency"},
		"QueryBatchPoints":           {"collection_name", "query_points", "read_consistency"},
		"QueryPoints":                {"collection_name", "query", "using", "filter", "params", "limit", "with_vectors", "with_payload", "read_consistency"},
		"SearchParams":               {"hnsw_ef", "exact", "acorn"},
		"Query":                      {"nearest"},
		"VectorInput":                {"dense", "sparse"},
		"UpdateBatchPoints":          {"collection_name", "wait", "operations", "ordering"},
		"PointsUpdateOperation":      {"upsert", "set_payload", "delete_points"},
		"PointStructList":            {"points"},
		"SetPayloadPoints":           {"collection_name", "wait", "payload", "points_selector", "ordering"},
		"SetPayload":                 {"payload", "points_selector"},
		"DeletePoints":               {"points"},
		"PointsSelector":             {"filter"},
		"Filter":                     {"should", "must", "must_not"},
		"Condition":                  {"field", "is_empty", "has_id", "filter", "nested", "has_vector"},
		"FieldCondition":             {"key", "match", "range"},
		"Match":                      {"keyword", "integer", "keywords", "integers"},
		"WithPayloadSelector":        {"enable", "include"},
		"WithVectorsSelector":        {"enable", "include"},
		"Vectors":                    {"vectors"},
		"Vector":                     {"dense", "sparse"},
		"PointId":                    {"uuid"},
	}
}

// check refuses a message that asks for something that is not implemented.
func (k knowledge) check(message protoreflect.Message) (err error) {
	name := message.Descriptor().Name()
	fields, listed := k[name]
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if listed && !slices.Contains(fields, string(field.Name())) {
			err = invalid("qdranttest does not implement %s.%s", name, field.Name())
			return false
		}
		err = k.within(field, value)
		return err == nil
	})
	return err
}

func (k knowledge) within(field protoreflect.FieldDescriptor, value protoreflect.Value) (err error) {
	switch {
	case field.IsMap() && field.MapValue().Message() != nil && field.MapValue().Message().Name() != "Value":
		value.Map().Range(func(_ protoreflect.MapKey, one protoreflect.Value) bool {
			err = k.check(one.Message())
			return err == nil
		})
	case field.IsMap(), field.Message() == nil:
	case field.IsList():
		for i := 0; err == nil && i < value.List().Len(); i++ {
			err = k.check(value.List().Get(i).Message())
		}
	default:
		err = k.check(value.Message())
	}
	return err
}
