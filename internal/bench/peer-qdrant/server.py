"""Serves Qdrant's own engine (qdrant-edge-py) by Qdrant's gRPC, for tests and measurements beside it.

Usage: python server.py [PORT], with what requirements.txt names; `make test-qdrant` does all of it. It prints host:port once it
listens, says on its standard error when it has built graphs, and keeps everything in a temporary folder that goes with it.
Filters, scores, order, counts and graphs are the engine's. It is no Qdrant server: one shard, no strict mode but the limit of a
query, no replicas, nothing that outlives it. What it does not implement it refuses. An alias is set when the graphs are built.
"""
import signal
import sys
import tempfile
from concurrent import futures

import grpc
from qdrant_client import grpc as api

import refuse
from catalogue import Catalogue
from collections_service import Collections
from points_service import Points

# VERSION is that of the Qdrant from which qdrant-edge-py 0.9.0 was built, as its bill of materials says.
VERSION = '1.20.1-dev'

OPTIONS = [
    ('grpc.max_receive_message_length', 64 << 20),
    ('grpc.max_send_message_length', -1),
    ('grpc.http2.max_ping_strikes', 0),  # clients may ask as often as they like whether it lives
]


class Health(api.QdrantServicer):
    @refuse.what_it_must
    def HealthCheck(self, request):
        return api.HealthCheckReply(title='qdrant-edge', version=VERSION)


def serve(port, folder):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=OPTIONS)
    kept = Catalogue(folder)
    api.add_QdrantServicer_to_server(Health(), server)
    api.add_CollectionsServicer_to_server(Collections(kept), server)
    api.add_PointsServicer_to_server(Points(kept), server)
    port = server.add_insecure_port(f'127.0.0.1:{port}')
    server.start()
    print(f'127.0.0.1:{port}', flush=True)
    signal.sigwait(ENDS)
    server.stop(None).wait()


ENDS = {signal.SIGINT, signal.SIGTERM}

if __name__ == '__main__':
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # all threads inherit it, so that sigwait gets them
    with tempfile.TemporaryDirectory(prefix='peer-qdrant-', ignore_cleanup_errors=True) as folder:
        serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0, folder)
