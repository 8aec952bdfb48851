# Each target sets up what it needs, once for each version of the lock files.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# Material announces its end of life at each build. The site builds with its successor too.
export NO_MKDOCS_2_WARNING := 1

# The algorithm of the schedule, from npm, packed for the browser.
FSRS := overrides/assets/cards/fsrs.min.js

.PHONY: help serve build check test audit bench pictures zensical lock clean browser

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

serve: $(VENV)/site.stamp $(FSRS) ## Run the site at 127.0.0.1:8000 and reload it as you edit
	$(BIN)/mkdocs serve -a 127.0.0.1:8000

build: check $(FSRS) ## Build the site into site/ (SITE_URL sets the address it is for)
	$(BIN)/mkdocs build --strict
	$(BIN)/python -m macros finish site

check: $(VENV)/site.stamp ## Read cards.yaml and the pages, and say what is wrong
	$(BIN)/python -m macros check

test: $(VENV)/tests.stamp $(FSRS) node_modules/stamp browser ## Run every test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

audit: check $(FSRS) $(VENV)/tests.stamp node_modules/audit.stamp browser ## Measure the built site against tests/budgets.toml
	$(BIN)/python tests/audit.py

bench: $(VENV)/tests.stamp $(FSRS) browser ## Measure what authors and learners wait for against tests/budgets.toml
	$(BIN)/python tests/bench.py

pictures: $(VENV)/tests.stamp $(FSRS) browser ## Take a picture of every kind of page into screenshots/
	$(BIN)/python tests/pictures.py

zensical: check $(FSRS) $(VENV)/tests.stamp ## Build the site into site/ with Zensical
	$(BIN)/zensical build --clean --strict
	$(BIN)/python -m macros finish site

lock: $(VENV)/tests.stamp ## Make the lock files again, with the newest versions allowed
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) tests/requirements.in -o tests/requirements.txt
	npm install --package-lock-only

clean: ## Remove everything that these targets made
	rm -rf $(VENV) node_modules $(FSRS) $(FSRS:.min.js=.LICENSE.txt) site .cache .pytest_cache .ruff_cache .hypothesis

# Locked for every platform and for each Python from 3.11 on. No address of a
# registry goes into the files, so they work behind a mirror too.
LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --upgrade --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

# The .pth file makes `import macros` work in both builders, which do not put
# the project's root on Python's path themselves.
$(VENV)/made.stamp:
	@for python in $(PYTHONS); do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Setting up $(VENV)"; \
			$$python -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }; \
			$(BIN)/python -c "import sysconfig; open(sysconfig.get_path('purelib') + '/project.pth', 'w').write('$(CURDIR)\n')"; \
			touch $@; exit 0; \
		fi; \
	done; \
	echo 'This project needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3' >&2; exit 1

$(VENV)/site.stamp: requirements.txt $(VENV)/made.stamp
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/tests.stamp: tests/requirements.txt $(VENV)/site.stamp
	$(PIP_INSTALL) -r tests/requirements.txt
	@touch $@

node_modules/stamp: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'The scheduler and the tests need Node.js 20 or newer. Install it, then run this again.' >&2; exit 1; }
	npm ci --omit=dev
	@touch $@

# What scheduler.js never calls, and what these alone call, would be half of it: methods, another
# scheduler, chance, logs, settings that change later. Names with an underscore are shortened, but for
# those that scheduler.js uses.
UNUSED := useStrategy|clearStrategy|repeat|preview|\*previewIterator|get_retrievability|rollback|forget|reschedule
UNUSED := $(UNUSED)|buildLog|params_handler_proxy|update_parameters|set parameters
$(FSRS): node_modules/stamp Makefile
	@sed -E -e '/^  ($(UNUSED))\(/,/^  \}$$/d' -e '/^Date\.prototype\./,/^\};/d' \
		-e 's/ = .* \? BasicScheduler : LongTermScheduler;/ = BasicScheduler;/' \
		-e 's/if \(.*enable_fuzz .*\) (return Math.round\(ivl\);)/\1/' -e '/ = alea\(/,/^    return Math\.floor/d' \
		-e '/^ *log: (this|super)\.buildLog\(/d' \
		-e 's/= new Proxy\($$/= Object(/' -e '/^ *this\.params_handler_proxy\(\)$$/d' \
		node_modules/ts-fsrs/dist/index.mjs > node_modules/ts-fsrs/dist/used.mjs
	@echo 'export { createEmptyCard, fsrs, Rating } from "./node_modules/ts-fsrs/dist/used.mjs"' | npx --no-install esbuild --bundle \
		--format=esm --minify --legal-comments=none --log-level=warning --drop:console --outfile=$@ \
		--mangle-props=_ --reserve-props='^(__.*|request_retention|enable_fuzz|enable_short_term|learning_steps|last_review)$$' \
		--banner:js='/*! ts-fsrs by Open Spaced Repetition, license: fsrs.LICENSE.txt */'
	@cp node_modules/ts-fsrs/LICENSE $(FSRS:.min.js=.LICENSE.txt)

# Lighthouse and html-validate bring 250 packages with them, so only who measures gets them.
node_modules/audit.stamp: node_modules/stamp
	npm ci
	@touch node_modules/stamp $@

browser: $(VENV)/tests.stamp
	@$(BIN)/python tests/browser.py

# What the deck's own figures need.
-include tests/content/content.mk
