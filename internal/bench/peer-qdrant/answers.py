"""Turns what the engine found into the protobuf of an answer."""
import qdrant_edge as engine
from qdrant_client import grpc as api


def value(v):
    match v:
        case None:
            return api.Value(null_value=0)
        case bool():
            return api.Value(bool_value=v)
        case int():
            return api.Value(integer_value=v)
        case float():
            return api.Value(double_value=v)
        case str():
            return api.Value(string_value=v)
        case list():
            return api.Value(list_value=api.ListValue(values=[value(one) for one in v]))
    return api.Value(struct_value=api.Struct(fields=payload(v)))


def payload(fields):
    return {name: value(v) for name, v in (fields or {}).items()}


def identity(found):
    return api.PointId(uuid=str(found))


def vectors(found):
    named = {name: vector(v) for name, v in (found or {}).items()}
    return api.VectorsOutput(vectors=api.NamedVectorsOutput(vectors=named))


def vector(v):
    if isinstance(v, engine.SparseVector):
        return api.VectorOutput(sparse=api.SparseVector(indices=v.indices, values=v.values))
    return api.VectorOutput(dense=api.DenseVector(data=v))


def retrieved(p):
    return api.RetrievedPoint(id=identity(p.id), payload=payload(p.payload), vectors=vectors(p.vector))


def scored(p):
    return api.ScoredPoint(
        id=identity(p.id), payload=payload(p.payload), score=p.score, version=p.version, vectors=vectors(p.vector))
