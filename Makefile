# Everything there is to run. `make help` lists it; continuous integration runs `.ci/run`.

CARGO ?= cargo
TARGET = $(or $(CARGO_TARGET_DIR),target)
# Where `make install` puts the provider: the mirror that Terraform and OpenTofu look into unasked.
PLUGINS ?= $(HOME)/.terraform.d/plugins
# Flags for `make simulator`; `make simulator SIMULATOR=--help` lists them.
SIMULATOR ?=
# One case of `make chaos`, as it is printed; or how many are drawn.
CASE ?=
CHAOS_CASES ?= all
# How many histories of several resources are played on each host.
HISTORIES ?= 100

.PHONY: help demo test chaos fuzz check fmt gen docs simulator install bench

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## A real run from init to destroy, explained (HOST=/path/to/terraform, KEEP=1 to play on)
	@tests/demo.sh

test: ## Every test, the command line ones on a real host (HOSTS="/path/to/terraform /path/to/tofu")
	@hosts=$$(tests/hosts.sh test) && HOSTS="$$hosts" $(CARGO) test --workspace --locked

# What plays CASE; without one, everything.
CHAOS_TESTS = $(or $(if $(CASE),$(or \
  $(if $(filter handover/%,$(CASE)),chaos::handover), \
  $(if $(filter history/%,$(CASE)),chaos::several), \
  chaos::no_trouble)),chaos::no_trouble chaos::handover chaos::several)

chaos: ## Every trouble at every call, and on real hosts (CASE=name for one; CHAOS_CASES=number CHAOS_SEED=number HISTORIES=number HOSTS="/a /b")
	$(if $(CASE),,CHAOS_FULL=1 CHAOS_HISTORIES=20000 $(CARGO) test --locked --lib -- crash_points crowd histories --nocapture)
	@hosts=$$(tests/hosts.sh test) && HOSTS="$$hosts" CASE='$(CASE)' CHAOS_CASES='$(CHAOS_CASES)' \
	  CHAOS_HOST_HISTORIES='$(HISTORIES)' $(CARGO) test --locked --test it -- $(CHAOS_TESTS) --nocapture

fuzz: SECONDS ?= 60
fuzz: ## Hostile bytes for every reader (SECONDS=600 ONLY=msgpack SEED=7; tests/fuzz/main.rs says more)
	@$(CARGO) test --quiet --locked --test fuzz --no-run
	@FUZZ_SECONDS='$(if $(FILE),,$(SECONDS))' FUZZ_ONLY='$(ONLY)' FUZZ_SEED='$(SEED)' FUZZ_FILE='$(FILE)' \
	  FUZZ_LAST='$(LAST)' $(CARGO) test --quiet --locked --test fuzz

check: ## Formatting, lints, dependencies and the links of the documentation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps --document-private-items --locked
	@.ci/deny

fmt: ## Formats the Rust code
	$(CARGO) fmt --all

gen: ## Compiles proto/ to src/proto/
	$(CARGO) run --quiet --locked --package codegen

docs: ## Renders the registry pages in docs/ from the schema and the examples
	BLESS=1 $(CARGO) test --quiet --locked --test it docs::

simulator: ## The Organization API on a loopback port, and the environment that leads the provider to it
	@$(CARGO) build --quiet --locked --package simulator
	@'$(TARGET)/debug/simulator' $(SIMULATOR) | while IFS= read -r line; do \
	  printf '%s\n' "$$line"; url=$${line#listening on }; [ "$$url" != "$$line" ] || continue; \
	  printf '%s\n' '' "export TENCENTCLOUD_ORGANIZATION_ENDPOINT=$$url" \
	    'export TENCENTCLOUD_SECRET_ID=AKIDsimulator0000000000000000000permanent' \
	    'export TENCENTCLOUD_SECRET_KEY=simulatorSecretKeyPermanent00000' '' \
	    "To change the cloud by hand: curl $$url/_simulator/ lists how. Ctrl-C ends it."; \
	done

bench: ## Whole runs of a real host with the release binary, as a table (CASE=plan-1000, RUNS=5, HOST=/path/to/terraform)
	@$(CARGO) build --release --locked
	@host=$$(tests/hosts.sh demo) && \
	HOST="$$host" PROVIDER='$(abspath $(TARGET))/release/terraform-provider-tencentcloud' \
	  $(CARGO) bench --quiet --locked --profile bench-driver --bench runs

install: ## Builds the provider and puts it where Terraform and OpenTofu find it
	$(CARGO) build --release --locked
	@version=$$($(CARGO) pkgid --locked | sed 's/.*[#@]//') && \
	tests/mirror.sh '$(PLUGINS)' '$(TARGET)/release/terraform-provider-tencentcloud' "$$version" && \
	printf '%s\n' "Installed $$version into $(PLUGINS)." 'Name it in a configuration, then run init:' '' \
	  '  terraform {' '    required_providers {' \
	  "      tencentcloud = { source = \"tencentcloud-access/tencentcloud\", version = \"$$version\" }" \
	  '    }' '  }' '' \
	  'If your CLI configuration has a provider_installation block, add to it:' '' \
	  '  filesystem_mirror { path = "$(PLUGINS)" }'
