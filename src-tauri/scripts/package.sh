#!/bin/sh
# Builds the .deb: the window's program with command line and shim beside it.
set -eu
cd "$(dirname "$0")/../.."

target="${CARGO_TARGET_DIR:-target}"
triple="$(rustc -vV | sed -n 's/^host: //p')"

cargo build --release -p cli -p terminal --bins
mkdir -p target/package
for program in coppice coppice-shim; do
    # The name that the packager looks for; it drops the triple again.
    cp "$target/release/$program" "target/package/$program-$triple"
done
npx --yes @tauri-apps/cli@2.12.5 build --bundles deb --config src-tauri/tauri.package.conf.json
ls -l "$target"/release/bundle/deb/*.deb
