.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z]+):.* ## (.*)/  \1\t\2/p' Makefile | expand -t 14

.PHONY: test
test: ## all tests; those of PostgreSQL are skipped where there is none
	go test ./...

.PHONY: race
race: ## all tests under the race detector
	.ci/run race

.PHONY: lint
lint: ## gofmt, go vet, golangci-lint
	.ci/run format vet lint

.PHONY: fuzz
fuzz: ## every fuzz target for some seconds; FUZZ_BUDGET=3600 for longer in sum
	.ci/run fuzz

.PHONY: soak
soak: ## the long rounds of what mistreats the library, some hours; see docs/reliability.md
	CRM_SOAK=1 go test -v -timeout 12h ./internal/torture
	CRM_SOAK=1 go test -v -timeout 12h -run 'Migrate' ./storage/gormstore
	CRM_SOAK=1 go test -v -timeout 12h -run 'Backup|FlippedBit|NoCommandTells|Migrate|Clocks?|Zone|GapOrOverlap|TwoWorlds|AccessMatrix|TakenAway' .

.PHONY: defects
defects: ## whether the tests notice when the library is broken; see docs/reliability.md
	.ci/run defects

.PHONY: bench
bench: ## all benchmarks
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: examples
examples: ## run the example programs
	.ci/run examples

.PHONY: ci
ci: ## everything that is checked before a merge
	.ci/run
