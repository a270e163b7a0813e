# What a checkout can do. Needs git, make and Python 3.11 or newer; the rest comes into .venv.
# Always holds: a virtual environment that happens to be active makes no difference.

unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.PHONY: help run test test-deploy wheel image image-version check check-types check-rest rehearse mutants mutants-python bench bench-queue bench-streams bench-opening bench-pretix bench-page faults-payments screenshots format lock clean set-up set-up-dev

BIN := .venv/bin
PRETIX := .make/pretix/installed
CONCERTS := $(addprefix --load ,$(sort $(wildcard examples/*.toml)))
MIGRATIONS := $(wildcard src/yemae/schema/migrations/*.sql src/yemae/schema/migrations/*/*.sql)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: set-up ## Start the server with the example concerts (set it with YEMAE_* variables)
	@exec $(BIN)/yemae serve --migrate $(CONCERTS)

test: set-up-dev ## All checks, then all tests with branch coverage
	@$(MAKE) check
	@$(BIN)/python scripts/run_tests.py -n $(PROCESSES)

# More than there are processors, because tests wait for a third of their time.
PROCESSES ?= $(shell expr $$(nproc) '*' 3 / 2)

test-deploy: set-up-dev ## What is shipped in deploy/, run as it is shipped (root; installs what it lacks)
	@$(BIN)/python scripts/test_deploy.py $(DEPLOY)

wheel: set-up-dev ## Build dist/: the wheel with the page, and what deploy/install.sh installs it with
	@$(BIN)/python scripts/wheel.py

image: ## Build the container image (podman, buildah or docker; IMAGE="…" are further options)
	@tool=$$(command -v podman || command -v buildah || command -v docker) || \
		{ echo "make image needs podman, buildah or docker" >&2; exit 1; }; \
	case $$tool in */docker) format= ;; *) format="--format docker" ;; esac; \
	exec $$tool build $$format $(IMAGE) --file deploy/Containerfile --build-arg VERSION=$(VERSION) \
		--build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null) --tag yemae:$(VERSION) .

# What the image is tagged with.
image-version:
	@echo $(VERSION)

VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"$$/\1/p' src/yemae/__init__.py)

check: set-up-dev ## Format, lint, types, import order, file lengths, unsafe SQL, and the page
	@$(MAKE) --jobs 2 --output-sync check-types check-rest

# One processor is busy with this for as long as another is with all the rest.
check-types:
	$(BIN)/mypy

check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python scripts/code_rules.py
	$(BIN)/python scripts/lua_rules.py
	$(BIN)/python scripts/migration_rules.py
	$(if $(MIGRATIONS),$(BIN)/squawk $(MIGRATIONS),@:)
	$(BIN)/python scripts/page.py check

rehearse: set-up ## Rehearse an on-sale on a private server (REHEARSE="--fans 5000 --seats 2000")
	@$(BIN)/yemae rehearse --embedded $(REHEARSE)

mutants: set-up-dev ## Remove guards of the Lua scripts one by one; print those that no test misses
	@$(BIN)/python scripts/mutants.py $(MUTANTS)

mutants-python: set-up-dev ## Change functions of the sale one by one; print changes that no test misses (hours)
	@$(BIN)/python scripts/python_mutants.py $(MUTANTS)

bench: set-up-dev ## Measure the hot path (BENCH="--only hold_distinct" makes it short)
	@$(BIN)/python -m bench.hot_path $(BENCH)

bench-queue: set-up-dev ## Measure the waiting room (BENCH="--fans-max 100000" makes it short)
	@$(BIN)/python -m bench.queue $(BENCH)

bench-opening: set-up-dev ## Measure how many fans may come to an opening (BENCH="--processes 2 --fans 3000" is short)
	@$(BIN)/python -m bench.opening $(BENCH)

bench-streams: set-up-dev ## Measure the event streams (BENCH="--listeners 1000" makes it short)
	@$(BIN)/python -m bench.streams $(BENCH)

bench-pretix: set-up-dev $(PRETIX) ## Measure the same hold and purchase on pretix, beside ours
	@$(BIN)/python -m bench.pretix $(BENCH)

faults-payments: set-up-dev ## Card payments while the bank, the servers and the stores fail (FAULTS="--orders 1000")
	@$(BIN)/python -m bench.faults $(FAULTS)

bench-page: set-up-dev ## Make docs/benchmarks.md and the figures of docs/capacity.md from the results files
	@$(BIN)/python -m bench.page

screenshots: set-up-dev ## Make docs/images anew: the fan's page and the console, as a browser shows them
	@$(BIN)/python scripts/screenshots.py
	@$(BIN)/python scripts/screenshots_console.py

format: set-up-dev ## Format the code and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/page.py format

lock: set-up-dev ## Pin the newest packages that pyproject.toml allows
	$(BIN)/uv pip compile $(LOCK) -o requirements.txt pyproject.toml --extra page
	$(BIN)/uv pip compile $(LOCK) -o requirements-dev.txt pyproject.toml --extra dev --extra page --extra tls --extra stripe --extra portone -c requirements.txt
	$(BIN)/uv pip compile $(LOCK) -o requirements-server.txt pyproject.toml --extra tls --extra stripe --extra portone -c requirements-dev.txt
	@# What a wheel is built with, as pyproject.toml requires it.
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" | \
		$(BIN)/uv pip compile $(LOCK) -o requirements-build.txt -c requirements-dev.txt -

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean: ## Remove everything that was built here (the data folder stays)
	rm -rf .venv .make .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		.coverage .coverage.* dist web/node_modules web/dist web/dist-console src/yemae/page src/yemae/console_page

# pretix, in an environment of its own.
$(PRETIX): bench/pretix/requirements.txt | set-up-dev
	@echo "set-up: installing pretix in $(PRETIX:/installed=)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(PRETIX:/installed=)
	@$(BIN)/uv pip install --quiet --python $(PRETIX:/installed=)/bin/python -r $<
	@touch $@

set-up:
	@scripts/set-up runtime

set-up-dev:
	@scripts/set-up dev

docs: set-up-dev ## Make openapi.json, schema.sql, docs/erd.md and docs/configuration.md anew
	@rm -rf $(DOCS) && mkdir -p $(DOCS)
	@$(YEMAE_OF_DOCS) migrate
	@$(YEMAE_OF_DOCS) openapi > $(DOCS)/openapi.json
	@$(YEMAE_OF_DOCS) schema > $(DOCS)/schema.sql
	@$(YEMAE_OF_DOCS) erd > $(DOCS)/erd.md
	@mv $(DOCS)/openapi.json . && mv $(DOCS)/schema.sql src/yemae/schema && mv $(DOCS)/erd.md docs
	@$(BIN)/python scripts/configuration.py
	@$(BIN)/python scripts/currencies.py
	@rm -rf $(DOCS)

# A throw-away database of the newest schema, never the developer's own.
.PHONY: docs
DOCS := $(CURDIR)/.make/docs
YEMAE_OF_DOCS = env -u YEMAE_DATABASE_URL -u YEMAE_VALKEY_URL YEMAE_DATA_DIR=$(DOCS)/data $(BIN)/yemae
