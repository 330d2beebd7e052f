# The two targets that a newcomer needs are run and test. They want Go and a C compiler, and say so if one is missing.

GO ?= go
FUZZTIME ?= 10s
TESTFLAGS ?=

# One set of C flags everywhere, so that SQLite and BLST are compiled once; portable, so that a binary runs on any CPU.
export CGO_ENABLED := 1
export CGO_CFLAGS := -O2 -D__BLST_PORTABLE__
# What computations with secrets leave behind is erased (see actors/secmem). It also builds and runs without.
export GOEXPERIMENT := runtimesecret

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

LINT := $(GO) tool -modfile=.ci/tools.mod golangci-lint
GOLDEN = $(sort $(dir $(shell grep -rl --include=*_test.go 'flag.Bool."update"' .)))

.PHONY: help
help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Run a signer for development: a chamber with known keys in ./dev-data
	@bin/containment-chamber server --dev

.PHONY: build
build: need ## Build bin/containment-chamber and bin/chamber-bench
	@$(if $(wildcard bin/containment-chamber),,echo 'The first build compiles SQLite and BLST from C; give it a minute or two.')
	$(GO) build -trimpath -buildvcs=auto -o bin/ ./cmd/...

# The stores are tested on a real PostgreSQL and on DynamoDB's emulator.
.PHONY: test
test: servers test-all ## Test everything with the race detector

.PHONY: test-core
test-core: export CHAMBER_TEST_SERVERS := off
test-core: test-all ## Test what needs neither PostgreSQL nor Node

.PHONY: test-all
test-all: need
# Without the race detector first: scrypt at full cost and a search through all memory take too long with it, and what
# erases secrets has to run as it is shipped.
	$(GO) test $(TESTFLAGS) ./actors/keys/keystore ./actors/keys/sealed ./actors/secmem ./actors/seal/quorum ./actors/seal/record
	$(GO) test -race $(TESTFLAGS) $$($(GO) list ./... | grep -v '/cmd/containment-chamber$$')
# Tests of the program wait more than they work: more of them run at once than there are cores.
	$(GO) test -race -timeout 20m -parallel 5 $(TESTFLAGS) ./cmd/containment-chamber

.PHONY: check
check: tidy format lint laws ## Check what CI checks beside the tests

.PHONY: tidy
tidy: need # go.mod and go.sum name what is used, no more
	$(GO) mod tidy -diff
	$(GO) mod verify

.PHONY: format
format: need # every file is formatted
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi

.PHONY: lint
lint: need ## Lint; the first time builds the linters, which takes minutes
	$(GO) vet -race ./...
	GOFLAGS="$${GOFLAGS:-} -race" $(LINT) run ./...

.PHONY: laws
laws: need # the dependency laws, the house rules, and the list of modules in the binary
	$(GO) test -race ./cmd/containment-chamber -run '^Test(Law|HouseRule)'

.PHONY: race
race: need servers ## Hunt for races: the actors three times over, in random order
	$(GO) test -race -count=3 -shuffle=on ./actors/...

.PHONY: chaos
chaos: need ## Crash, hang and stall everything for a minute, under load
	CHAOS=60s $(GO) test -race -count=1 -v ./actors/chamber -run TestChaos

.PHONY: twins
twins: need servers ## Let two signers share a history for 5 minutes, with faults, and look for contradictions
	TWINS=5m $(GO) test -race -count=1 -v ./cmd/containment-chamber -run TestTwins

.PHONY: soak
soak: need ## Run the signer at half load for 15 minutes, and expect that nothing grows
	SOAK=15m $(GO) test -count=1 -v ./cmd/containment-chamber -run TestSoak -timeout 30m

# Now and then the toolchain takes the end of FUZZTIME for a failure ("context deadline exceeded"): that is none.
.PHONY: fuzz
fuzz: need ## Fuzz every target for FUZZTIME (10s) each
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	$(GO) test -list '^Fuzz' ./... | \
	awk '/^Fuzz/ { targets[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, targets[i]; n = 0 }' | \
	while read -r package target; do \
		echo "== $$package $$target"; \
		$(GO) test "$$package" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) | tee "$$log" || \
			grep -q '^ *context deadline exceeded$$' "$$log"; \
	done

.PHONY: bench
bench: need ## Run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: golden
golden: need ## Write the golden files anew; then read the diff
	CHAMBER_TEST_SERVERS=off $(GO) test $(GOLDEN) -update

.PHONY: clean
clean: ## Remove what was built, and what the signer for development kept
	rm -rf bin dev-data coverage.out .ci/node/node_modules

.PHONY: servers
servers: # what the tests of stores run on; installs it where it may
	@.ci/servers

.PHONY: need
need: # the tools that everything stands on
	@command -v $(GO) >/dev/null || { echo 'Go is missing: install $(shell sed -n "s/^go //p" go.mod) or newer from https://go.dev/doc/install, and put it into PATH'; exit 1; }
	@command -v "$$($(GO) env CC | cut -d' ' -f1)" >/dev/null || { echo 'A C compiler is missing (SQLite and BLST are written in C): apt-get install gcc libc6-dev, or xcode-select --install'; exit 1; }
