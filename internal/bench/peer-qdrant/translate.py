"""Turns the protobuf of a request into what the engine takes."""
import qdrant_edge as engine
from qdrant_client import grpc as api


def value(v):
    kind = v.WhichOneof('kind')
    if kind is None or kind == 'null_value':
        return None
    if kind == 'list_value':
        return [value(one) for one in v.list_value.values]
    if kind == 'struct_value':
        return payload(v.struct_value.fields)
    return getattr(v, kind)


def payload(fields):
    return {name: value(v) for name, v in fields.items()}


def vector(v):
    """is a vector of a point or of a question."""
    if v.HasField('sparse'):
        return engine.SparseVector(list(v.sparse.indices), list(v.sparse.values))
    return list(v.dense.data)


def point(p):
    vectors = {name: vector(v) for name, v in p.vectors.vectors.vectors.items()}
    return engine.Point(p.id.uuid, vectors, payload(p.payload))


def filter_in(message):
    """is the filter of a message, if it has one."""
    return filter_of(message.filter) if message.HasField('filter') else None


def filter_of(f):
    def all_of(conditions):
        return [condition(c) for c in conditions] or None

    return engine.Filter(must=all_of(f.must), should=all_of(f.should), must_not=all_of(f.must_not))


def condition(c):
    match c.WhichOneof('condition_one_of'):
        case 'field':
            return field(c.field)
        case 'is_empty':
            return engine.IsEmptyCondition(c.is_empty.key)
        case 'has_id':
            return engine.HasIdCondition({one.uuid for one in c.has_id.has_id})
        case 'filter':
            return filter_of(c.filter)
        case 'nested':
            return engine.NestedCondition(c.nested.key, filter_of(c.nested.filter))
        case 'has_vector':
            return engine.HasVectorCondition(c.has_vector.has_vector)
    raise ValueError('a condition of no kind')


def field(f):
    wanted = between = None
    if f.HasField('match'):
        kind = f.match.WhichOneof('match_value')
        wanted = {
            'keyword': lambda m: engine.MatchValue(m.keyword), 'integer': lambda m: engine.MatchValue(m.integer),
            'keywords': lambda m: engine.MatchAny(list(m.keywords.strings)),
            'integers': lambda m: engine.MatchAny(list(m.integers.integers)),
        }[kind](f.match)
    if f.HasField('range'):
        between = engine.RangeFloat(**{end.name: limit for end, limit in f.range.ListFields()})
    return engine.FieldCondition(f.key, match=wanted, range=between)


def with_payload(selector):
    return list(selector.include.fields) if selector.HasField('include') else selector.enable


def with_vectors(selector):
    return list(selector.include.names) if selector.HasField('include') else selector.enable


def query(q):
    nearest = None
    if q.HasField('query'):
        nearest = engine.Query.Nearest(vector(q.query.nearest), q.using or None)
    return engine.QueryRequest(
        limit=q.limit if q.HasField('limit') else 10, query=nearest, filter=filter_in(q), params=params(q.params),
        with_payload=with_payload(q.with_payload), with_vector=with_vectors(q.with_vectors))


def params(p):
    acorn = None
    if p.HasField('acorn'):
        share = p.acorn.max_selectivity if p.acorn.HasField('max_selectivity') else None
        acorn = engine.AcornSearchParams(p.acorn.enable, share)
    return engine.SearchParams(hnsw_ef=p.hnsw_ef if p.HasField('hnsw_ef') else None, exact=p.exact, acorn=acorn)


def index(request):
    """is the schema of the index of a field."""
    given = request.field_index_params
    if request.field_type == api.FieldTypeKeyword:
        return engine.KeywordIndexParams(**set_fields(given.keyword_index_params))
    if request.field_type == api.FieldTypeInteger:
        return engine.IntegerIndexParams(**set_fields(given.integer_index_params))
    raise ValueError('peer-qdrant indexes keywords and integers')


def set_fields(message):
    return {name.name: given for name, given in message.ListFields()}
