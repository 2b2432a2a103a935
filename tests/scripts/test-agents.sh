#!/usr/bin/env bash
# The suite over the real agent programs. They are installed into the target folder in the versions that were tried;
# where they can't be had the suite is skipped, which is no failure. The last line counts.
set -uo pipefail
cd "$(dirname "$0")/../.."

# What was tried. A newer version is tried by naming it: CLAUDE_CODE=latest make test-agents
claude="@anthropic-ai/claude-code@${CLAUDE_CODE:-2.1.330}"
codex="@openai/codex@${CODEX:-0.169.0}"

target="$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)"
folder="$target/agent-programs"

skip() {
    printf 'SKIPPED: the agent programs are not tried, %s\n' "$1"
    exit 0
}

[ "$(uname -s)" = Linux ] || skip "this runs on Linux so far"
command -v npm >/dev/null 2>&1 || skip "npm is not installed"

wanted="$claude $codex"
if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$folder"
    mkdir -p "$folder/home"
    printf '{"private":true}\n' > "$folder/package.json"
    # Both say that they need a newer Node than they do: what runs is a native program.
    # shellcheck disable=SC2086 # two words
    if ! said="$(cd "$folder" && npm install --no-audit --no-fund --no-save $wanted 2>&1)"; then
        skip "npm can't install $wanted: $(grep -m 2 '^npm error' <<<"$said" | tr '\n' ' ')"
    fi
fi
for program in claude codex; do
    HOME="$folder/home" "$folder/node_modules/.bin/$program" --version || skip "$program does not start"
done
printf '%s\n' "$wanted" > "$folder/installed"

# Whoever has built the whole names its programs: a selection of packages would be compiled a second time.
if [ -n "${COPPICE_BIN:-}" ]; then
    packages=(--workspace)
else
    packages=(--package coppice-tests)
    cargo build -p coppice-desktop -p terminal -p cli --bins || exit 1
fi
cargo test "${packages[@]}" --test agents --no-run || exit 1
# Each test runs a program of half a gigabyte.
COPPICE_AGENTS="$folder/node_modules/.bin" COPPICE_BIN="${COPPICE_BIN:-$target/debug}" \
    cargo test "${packages[@]}" --test agents -- --ignored --test-threads="${THREADS:-2}" "$@"
