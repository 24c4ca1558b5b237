"""Answers what is asked about collections."""
from qdrant_client import grpc as api

from catalogue import missing
from refuse import what_it_must


class Collections(api.CollectionsServicer):
    def __init__(self, kept):
        self.kept = kept

    @what_it_must
    def Create(self, request):
        self.kept.create(request)
        return api.CollectionOperationResponse(result=True)

    @what_it_must
    def Delete(self, request):
        name = request.collection_name
        with self.kept.lock:
            found = self.kept.named.pop(name, None)
            self.kept.aliases = {alias: to for alias, to in self.kept.aliases.items() if to != name}
        if found:
            found.gone = True
        return api.CollectionOperationResponse(result=found is not None)

    @what_it_must
    def CollectionExists(self, request):
        with self.kept.lock:
            exists = self.kept.aliases.get(request.collection_name, request.collection_name) in self.kept.named
        return api.CollectionExistsResponse(result=api.CollectionExists(exists=exists))

    @what_it_must
    def List(self, request):
        with self.kept.lock:
            names = list(self.kept.named)
        return api.ListCollectionsResponse(collections=[api.CollectionDescription(name=name) for name in names])

    @what_it_must
    def ListAliases(self, request):
        with self.kept.lock:
            pairs = list(self.kept.aliases.items())
        described = [api.AliasDescription(alias_name=alias, collection_name=name) for alias, name in pairs]
        return api.ListAliasesResponse(aliases=described)

    @what_it_must
    def UpdateAliases(self, request):
        """does all at once, when the graphs are built of what was written until now."""
        self.kept.optimiser.wait()
        with self.kept.lock:
            aliases = dict(self.kept.aliases)
            for action in request.actions:
                if action.HasField('delete_alias'):
                    aliases.pop(action.delete_alias.alias_name, None)
                    continue
                create = action.create_alias
                if create.collection_name not in self.kept.named:
                    missing(create.collection_name)
                aliases[create.alias_name] = create.collection_name
            self.kept.aliases = aliases
        return api.CollectionOperationResponse(result=True)
