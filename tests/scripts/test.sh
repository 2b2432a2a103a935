#!/usr/bin/env bash
# Everything that must hold, in one go: each step runs even when one before it failed, and the last line
# counts. `--no-tests` leaves out the tests themselves.
set -uo pipefail
cd "$(dirname "$0")/../.."

tests=yes
[ "${1:-}" = "--no-tests" ] && tests=no

passed=0
failed=0
broken=()
skipped=()
record="$(mktemp -d)"
trap 'rm -rf "$record"' EXIT

# A step that counts as one.
step() {
    local name="$1"
    shift
    printf '\n── %s\n' "$name"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        broken+=("$name")
    fi
}

skip() {
    printf '\n── %s: skipped, %s\n' "$1" "$2"
    skipped+=("$1: $2")
}

# Adds a runner's own counts. A runner that fails without a failed test (it did not compile) is one failure.
count() {
    local name="$1" status="$2" good="$3" bad="$4"
    passed=$((passed + good))
    failed=$((failed + bad))
    if [ "$status" -ne 0 ]; then
        broken+=("$name")
        [ "$bad" -gt 0 ] || failed=$((failed + 1))
    fi
}

sum() { awk '{ total += $1 } END { print total + 0 }'; }

page() { (cd ui && "$@"); }

rust_tests() {
    printf '\n── tests of the crates and of the whole\n'
    # The tests start the programs, the window's among them. Built together with the tests, because a
    # selection of packages has other features and would compile most dependencies a second time.
    if ! cargo build --workspace --bins --tests; then
        count "programs" 1 0 0
        return
    fi
    # Every test is a process of its own: without this each of them would ask cargo for the programs.
    COPPICE_BIN="$(cd "${CARGO_TARGET_DIR:-target}/debug" && pwd)"
    export COPPICE_BIN
    local output="$record/rust" status good bad
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --no-fail-fast 2>&1 | tee "$output"
        status="${PIPESTATUS[0]}"
        local summary
        summary="$(sed 's/\x1b\[[0-9;]*m//g' "$output" | grep -E '^ *Summary ')"
        good="$(grep -oE '[0-9]+ passed' <<<"$summary" | sum)"
        bad="$(grep -oE '[0-9]+ (failed|exec failed|timed out)' <<<"$summary" | sum)"
    else
        cargo test --workspace --no-fail-fast 2>&1 | tee "$output"
        status="${PIPESTATUS[0]}"
        good="$(sed -n 's/^test result: .* \([0-9]*\) passed.*/\1/p' "$output" | sum)"
        bad="$(sed -n 's/^test result: .* \([0-9]*\) failed.*/\1/p' "$output" | sum)"
    fi
    count "Rust tests" "$status" "$good" "$bad"
}

page_tests() {
    printf '\n── tests of the page\n'
    local output="$record/page.json" status good bad
    page npx vitest run --reporter=default --reporter=json --outputFile.json="$output"
    status=$?
    good="$(node -p 'require(process.argv[1]).numPassedTests' "$output" 2>/dev/null || echo 0)"
    bad="$(node -p 'require(process.argv[1]).numFailedTests' "$output" 2>/dev/null || echo 0)"
    count "page tests" "$status" "$good" "$bad"
}

agent_programs() {
    printf '\n── the real agent programs\n'
    local output="$record/agents" status good bad
    bash tests/scripts/test-agents.sh 2>&1 | tee "$output"
    status="${PIPESTATUS[0]}"
    if grep -q '^SKIPPED: ' "$output"; then
        skip "agent programs" "$(sed -n 's/^SKIPPED: //p' "$output" | head -n 1)"
        return
    fi
    good="$(sed -n 's/^test result: .* \([0-9]*\) passed.*/\1/p' "$output" | sum)"
    bad="$(sed -n 's/^test result: .* \([0-9]*\) failed.*/\1/p' "$output" | sum)"
    count "agent programs" "$status" "$good" "$bad"
}

step "rustfmt" cargo fmt --all --check
step "biome" page npx biome check .
step "TypeScript" page npx tsc --noEmit
step "clippy" cargo clippy --workspace --all-targets -- -D warnings
if cargo deny --version >/dev/null 2>&1; then
    step "cargo-deny: bans, licenses, sources" cargo deny check bans licenses sources
    # The list of advisories comes over the network.
    if cargo deny fetch db >/dev/null 2>&1; then
        step "cargo-deny: advisories" cargo deny check advisories
    else
        skip "cargo-deny: advisories" "the list can't be fetched"
    fi
else
    skip "cargo-deny" "it is not installed (cargo install cargo-deny)"
fi
if [ "$tests" = yes ]; then
    page_tests
    rust_tests
    agent_programs
fi

echo
for each in "${skipped[@]}"; do printf 'skipped: %s\n' "$each"; done
for each in "${broken[@]}"; do printf 'failed: %s\n' "$each"; done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
