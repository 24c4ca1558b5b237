"""Refuses what is not implemented, rather than pass over it, and says what the engine refuses."""
import functools

import grpc
from google.protobuf.unknown_fields import UnknownFieldSet

# KNOWN is the fields of each message that are obeyed. Those of one shard on one machine have nothing to obey: ordering,
# consistency, replicas; writes always wait. Values of a payload may be anything.
KNOWN = {name: set(fields.split()) for name, fields in {
    'HealthCheckRequest': '', 'ListCollectionsRequest': '', 'ListAliasesRequest': '',
    'CreateCollection': 'collection_name hnsw_config shard_number on_disk_payload vectors_config replication_factor '
                        'write_consistency_factor sparse_vectors_config strict_mode_config',
    'HnswConfigDiff': 'm ef_construct full_scan_threshold payload_m',
    'StrictModeConfig': 'enabled max_query_limit unindexed_filtering_retrieve unindexed_filtering_update search_allow_exact',
    'VectorsConfig': 'params_map', 'VectorParamsMap': 'map', 'VectorParams': 'size distance',
    'SparseVectorConfig': 'map', 'SparseVectorParams': '',
    'DeleteCollection': 'collection_name', 'CollectionExistsRequest': 'collection_name',
    'ChangeAliases': 'actions', 'AliasOperations': 'create_alias delete_alias',
    'CreateAlias': 'collection_name alias_name', 'DeleteAlias': 'alias_name',
    'CreateFieldIndexCollection': 'collection_name wait field_name field_type field_index_params ordering',
    'PayloadIndexParams': 'keyword_index_params integer_index_params',
    'KeywordIndexParams': 'is_tenant', 'IntegerIndexParams': 'lookup range',
    'GetPoints': 'collection_name ids with_payload with_vectors read_consistency',
    'ScrollPoints': 'collection_name filter offset limit with_payload with_vectors read_consistency',
    'CountPoints': 'collection_name filter exact read_consistency',
    'FacetCounts': 'collection_name key filter limit exact read_consistency',
    'QueryBatchPoints': 'collection_name query_points read_consistency',
    'QueryPoints': 'collection_name query using filter params limit with_vectors with_payload read_consistency',
    'SearchParams': 'hnsw_ef exact acorn', 'AcornSearchParams': 'enable max_selectivity',
    'Query': 'nearest', 'VectorInput': 'dense sparse',
    'UpdateBatchPoints': 'collection_name wait operations ordering',
    'PointsUpdateOperation': 'upsert set_payload delete_points', 'PointStructList': 'points',
    'SetPayloadPoints': 'collection_name wait payload points_selector ordering',
    'SetPayload': 'payload points_selector', 'DeletePoints': 'points', 'PointsSelector': 'filter',
    'PointStruct': 'id payload vectors', 'PointId': 'uuid', 'Vectors': 'vectors', 'NamedVectors': 'vectors',
    'Vector': 'dense sparse', 'DenseVector': 'data', 'SparseVector': 'indices values',
    'Filter': 'should must must_not', 'Condition': 'field is_empty has_id filter nested has_vector',
    'FieldCondition': 'key match range', 'Match': 'keyword integer keywords integers',
    'RepeatedStrings': 'strings', 'RepeatedIntegers': 'integers', 'Range': 'lt gt gte lte',
    'IsEmptyCondition': 'key', 'HasIdCondition': 'has_id', 'NestedCondition': 'key filter', 'HasVectorCondition': 'has_vector',
    'WithPayloadSelector': 'enable include', 'PayloadIncludeSelector': 'fields',
    'WithVectorsSelector': 'enable include', 'VectorsSelector': 'names',
    'WriteOrdering': 'type', 'ReadConsistency': 'type',
}.items()}


class Refused(Exception):
    """is an answer that is an error."""

    def __init__(self, message, code=grpc.StatusCode.INVALID_ARGUMENT):
        super().__init__(message)
        self.code = code


def check(message):
    name = message.DESCRIPTOR.name
    if name == 'Value':
        return
    if name not in KNOWN or len(UnknownFieldSet(message)):
        raise Refused(f'peer-qdrant does not implement {name}, or a field of it')
    for field, value in message.ListFields():
        if field.name not in KNOWN[name]:
            raise Refused(f'peer-qdrant does not implement {name}.{field.name}')
        for one in messages(field, value):
            check(one)


def messages(field, value):
    """are those that a field holds."""
    if field.message_type is None:
        return []
    if field.message_type.GetOptions().map_entry:
        return value.values() if field.message_type.fields_by_name['value'].message_type else []
    return value if field.is_repeated else [value]


def what_it_must(method):
    """has a method answer only what it knows, and say the engine's errors, which are exceptions of no particular kind."""

    @functools.wraps(method)
    def answer(self, request, context):
        try:
            check(request)
            return method(self, request)
        except Refused as refused:
            context.abort(refused.code, str(refused))
        except Exception as fault:
            if type(fault) not in (Exception, ValueError):
                raise
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(fault))

    return answer
