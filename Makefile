# make run      builds everything and opens the window (without a display: the demo in the terminal)
# make test     formatting, lints, every test; ends with "N passed, N failed"
# make check    the same without the tests
# make test-agents  what is relied on in the real Claude Code and Codex, with a scripted model; skipped without them
# make bench    the measurements, on release builds
# make package  a .deb with window, command line and shim
# make setup    system packages and page packages only; the others do it themselves
#
# Rust and Node are all a machine needs to begin. Nothing is done twice: packages are looked for before
# they are installed, and the page is built when its sources changed.

SHELL := /bin/sh
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory
# Targets share the build folder's lock: side by side they would only wait for each other.
.NOTPARALLEL:

PACKAGES := ui/node_modules/.package-lock.json
PAGE := target/page.stamp
PAGE_SOURCES := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print 2>/dev/null)
PROGRAMS := -p coppice-desktop -p cli -p terminal --bins

.PHONY: run test test-agents check bench package setup tools tools-for-tests page programs FORCE

run: programs
	@sh src-tauri/scripts/run.sh

test: tools-for-tests page
	@bash tests/scripts/test.sh

test-agents: tools-for-tests page
	@bash tests/scripts/test-agents.sh

check: tools page
	@bash tests/scripts/test.sh --no-tests

bench: tools-for-tests page
	cargo build --release $(PROGRAMS)
	cargo run --release -p coppice-tests --bin bench

package: tools page
	@sh src-tauri/scripts/package.sh

setup: tools $(PACKAGES)

programs: tools page
	cargo build $(PROGRAMS)

tools:
	@sh src-tauri/scripts/tools.sh build

tools-for-tests:
	@sh src-tauri/scripts/tools.sh build test

page: $(PAGE)

# npm writes this file when it is done, so that an interrupted installation is not taken for a whole one.
$(PACKAGES): ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	@touch $@

# The Rust build puts a stand-in where no page is; only a folder with scripts in it is a page.
$(PAGE): $(PAGE_SOURCES) $(PACKAGES) $(if $(wildcard ui/dist/assets),,FORCE)
	cd ui && npm run build
	@mkdir -p $(@D)
	@touch $@

FORCE:
