"""Knows collections, each a shard of the engine in a folder of its own, and their aliases."""
import queue
import shutil
import sys
import tempfile
import threading
import traceback

import grpc
import qdrant_edge as engine
from qdrant_client import grpc as api

from refuse import Refused


class Collection:
    """is one of them. The engine locks what it has to by itself."""

    def __init__(self, folder, shard, most):
        self.folder, self.shard, self.most = folder, shard, most
        self.gone = False

    def limit(self, wanted):
        if self.most and wanted > self.most:
            raise Refused(f'Forbidden: Limit exceeded {wanted} > {self.most} for "limit"')

    def optimise(self):
        """lays out anew, and builds graphs, where the engine's own rules ask for it, and says so."""
        if not self.gone and self.shard.optimize():
            info = self.shard.info()
            print(f'{info.points_count} points in {info.segments_count} segments, {info.indexed_vectors_count} vectors indexed',
                  file=sys.stderr, flush=True)

    def __del__(self):  # when nobody uses it any more
        self.shard.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def layout(request):
    """is what a server makes of the request, with a server's defaults; those of when to build graphs are the engine's too."""
    hnsw = {'m': 16, 'ef_construct': 100, 'full_scan_threshold': 10_000}
    hnsw |= {field.name: given for field, given in request.hnsw_config.ListFields()}
    if hnsw['full_scan_threshold'] < 10:
        raise Refused('hnsw_config.full_scan_threshold: must be 10 or larger')
    given = request.vectors_config.params_map.map
    dense = {name: engine.EdgeVectorParams(p.size, DISTANCES[p.distance]) for name, p in given.items()}
    sparse = {name: engine.EdgeSparseVectorParams() for name in request.sparse_vectors_config.map}
    return engine.EdgeConfig(
        vectors=dense, sparse_vectors=sparse, hnsw_config=engine.HnswIndexConfig(**hnsw),
        on_disk_payload=request.on_disk_payload, wal_enabled=False)


DISTANCES = {
    api.Cosine: engine.Distance.Cosine, api.Euclid: engine.Distance.Euclid,
    api.Dot: engine.Distance.Dot, api.Manhattan: engine.Distance.Manhattan,
}


class Optimiser(threading.Thread):
    """does one thing at a time beside the requests, as a server does."""

    def __init__(self):
        super().__init__(daemon=True)
        self.due = queue.SimpleQueue()
        self.start()

    def run(self):
        while True:
            work = self.due.get()
            try:
                work()
            except Exception:
                traceback.print_exc()
            del work  # it may hold the last use of a collection

    def wait(self):
        """returns when all that was asked for until now is done."""
        done = threading.Event()
        self.due.put(done.set)
        done.wait()


class Catalogue:
    """holds all of them by name. The lock guards names and aliases."""

    def __init__(self, folder):
        self.folder, self.lock, self.named, self.aliases = folder, threading.Lock(), {}, {}
        self.optimiser = Optimiser()

    def create(self, request):
        name, strict = request.collection_name, request.strict_mode_config
        with self.lock:
            if name in self.named or name in self.aliases:
                raise Refused(f'Wrong input: Collection `{name}` already exists!', grpc.StatusCode.ALREADY_EXISTS)
            config, folder = layout(request), tempfile.mkdtemp(dir=self.folder)
            shard = engine.EdgeShard.create(folder, config)
            self.named[name] = Collection(folder, shard, strict.max_query_limit if strict.enabled else 0)

    def find(self, name):
        with self.lock:
            found = self.named.get(self.aliases.get(name, name))
        return found or missing(name)


def missing(name):
    raise Refused(f"Not found: Collection `{name}` doesn't exist!", grpc.StatusCode.NOT_FOUND)
