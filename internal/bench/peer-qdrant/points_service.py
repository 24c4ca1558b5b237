"""Answers what is asked about points."""
import qdrant_edge as engine
from qdrant_client import grpc as api

import answers
import translate
from refuse import Refused, what_it_must

DONE = api.UpdateResult(status=api.Completed)


class Points(api.PointsServicer):
    def __init__(self, kept):
        self.kept = kept

    def update(self, request, operations):
        """does operations in their order; others see what is done between two of them."""
        collection = self.kept.find(request.collection_name)
        for operation in operations:
            collection.shard.update(operation)
        self.kept.optimiser.due.put(collection.optimise)

    @what_it_must
    def CreateFieldIndex(self, request):
        self.update(request, [engine.UpdateOperation.create_field_index(request.field_name, translate.index(request))])
        return api.PointsOperationResponse(result=DONE)

    @what_it_must
    def SetPayload(self, request):
        self.update(request, [set_payload(request)])
        return api.PointsOperationResponse(result=DONE)

    @what_it_must
    def UpdateBatch(self, request):
        self.update(request, [operation(o) for o in request.operations])
        return api.UpdateBatchResponse(result=[DONE] * len(request.operations))

    @what_it_must
    def Get(self, request):
        ids = [one.uuid for one in request.ids]
        found = self.kept.find(request.collection_name).shard.retrieve(
            ids, translate.with_payload(request.with_payload), translate.with_vectors(request.with_vectors))
        return api.GetResponse(result=[answers.retrieved(p) for p in found])

    @what_it_must
    def Scroll(self, request):
        collection = self.kept.find(request.collection_name)
        limit = request.limit if request.HasField('limit') else 10
        collection.limit(limit)
        found, offset = collection.shard.scroll(engine.ScrollRequest(
            limit=limit, offset=request.offset.uuid if request.HasField('offset') else None, filter=translate.filter_in(request),
            with_payload=translate.with_payload(request.with_payload), with_vector=translate.with_vectors(request.with_vectors)))
        more = None if offset is None else answers.identity(offset)
        return api.ScrollResponse(result=[answers.retrieved(p) for p in found], next_page_offset=more)

    @what_it_must
    def Count(self, request):
        exact = request.exact if request.HasField('exact') else True
        n = self.kept.find(request.collection_name).shard.count(engine.CountRequest(exact, translate.filter_in(request)))
        return api.CountResponse(result=api.CountResult(count=n))

    @what_it_must
    def Facet(self, request):
        limit = request.limit if request.HasField('limit') else 10
        found = self.kept.find(request.collection_name).shard.facet(
            engine.FacetRequest(request.key, limit, request.exact, translate.filter_in(request)))
        hits = [api.FacetHit(value=api.FacetValue(string_value=hit.value), count=hit.count) for hit in found.hits]
        return api.FacetResponse(hits=hits)

    @what_it_must
    def QueryBatch(self, request):
        collection = self.kept.find(request.collection_name)
        queries = [translate.query(q) for q in request.query_points]
        for asked, q in zip(request.query_points, queries):
            if asked.collection_name != request.collection_name:
                raise Refused('peer-qdrant wants all queries of a batch in one collection')
            collection.limit(q.limit)
        found = collection.shard.query_batch(engine.QueryBatchRequest(queries))
        return api.QueryBatchResponse(result=[api.BatchResult(result=[answers.scored(p) for p in points]) for points in found])


def set_payload(request):
    return engine.UpdateOperation.set_payload_by_filter(selected(request.points_selector), translate.payload(request.payload))


def operation(o):
    if o.HasField('upsert'):
        return engine.UpdateOperation.upsert_points([translate.point(p) for p in o.upsert.points])
    if o.HasField('set_payload'):
        return set_payload(o.set_payload)
    return engine.UpdateOperation.delete_points_by_filter(selected(o.delete_points.points))


def selected(selector):
    """is the filter of a selector, without which everything would be selected."""
    if not selector.HasField('filter'):
        raise Refused('peer-qdrant selects by a filter')
    return translate.filter_of(selector.filter)
