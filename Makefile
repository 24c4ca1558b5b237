# Footnote. `make help` lists the targets.

GO ?= go
BIN := bin
# a server to test against, started and stopped
DATABASES := $(GO) run ./internal/testdb/with

# The laws in which goroutines meet; the others are random worlds, in which the race detector finds nothing and takes long:
# they run without it, beside the rest. `make lint` vets.
AT_ONCE := TestTheNextRequestObeys/postgres|TestSearchGoesOnThroughSwaps/(sqlite_embedded|postgres)|TestRevocation/postgres_embedded

.DEFAULT_GOAL := help
.PHONY: help build test lint fmt mutants oracle quality bench bench-short bench-indexes peer test-qdrant fuzz ingest-real demo ci

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the programs into bin/
	$(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/ ./cmd/...

test: ## run all tests under the race detector, databases and all; of the laws, what runs at once
	$(DATABASES) sh -c '$(GO) test -vet=off -timeout 20m ./internal/laws & \
		$(GO) test -vet=off -race -timeout 20m $$($(GO) list ./... | grep -v "/internal/laws$$"); rest=$$?; wait $$! && \
		$(GO) test -vet=off -race -timeout 20m -run "$(AT_ONCE)" ./internal/laws && exit $$rest'

lint: ## check style and the import rules
	$(GO) vet ./...
	golangci-lint run ./...

fmt: ## format the code
	golangci-lint fmt ./...

mutants: ## plant faults into the permission path; every one must be found
	$(DATABASES) $(GO) run ./internal/mutants

oracle: ## 25 million decisions, 60,000 revocations, 100,000 interleavings, 220 crashes
	FOOTNOTE_VOLUME=whole $(DATABASES) $(GO) test -timeout 90m -count 1 -v ./internal/laws
	FOOTNOTE_VOLUME=whole $(DATABASES) $(GO) test -timeout 30m -count 1 -v -run '^TestKill|^TestImmediateStop$$|^TestBothDialects|^TestIndex$$|^TestMiniLMEqualsGolden$$' \
		./ingest ./store/postgres ./retrieval/embedded ./internal/embedding

quality: ## measure the quality of search on the open sets; fails when it dropped
	$(GO) run ./internal/quality

bench: ## measure speed, memory and size; prints the bars beside the figures
	$(GO) run ./internal/bench

bench-short: ## the same with less, in three minutes once vectors are remembered
	$(GO) run ./internal/bench -short

bench-indexes: ## measure the indexes side by side, and pgvector as most use it; SIZE=1m for a million chunks
	$(DATABASES) $(GO) run ./internal/bench/indexes $(if $(filter 1m,$(SIZE)),-chunks 1000000 -questions 20)

peer: ## install ONNX Runtime, which bench then measures the encoder against
	cd internal/bench/peer-onnx && npm ci --ignore-scripts --no-audit --no-fund

test-qdrant: ## put the suite and the laws to Qdrant's own engine, which is installed first
	internal/bench/peer-qdrant/test.sh $(DATABASES) sh -c '$(GO) test -timeout 60m -count 1 ./retrieval/qdrant && \
		$(GO) test -timeout 60m -count 1 -run "TestConformance|Test.*/sqlite_qdrant" ./internal/laws'

fuzz: ## run every fuzz target for FUZZTIME (10s)
	./internal/fuzz.sh

ingest-real: ## load the real corpora twice and ask three readers' questions
	$(GO) run ./internal/realdata/load

demo: ## start the sample company
	$(GO) run ./cmd/footnote demo

ci: lint test mutants quality bench-short ## what every change must pass
