#!/bin/sh
# Opens the window that `make run` built; without a display the demo runs in the terminal.
set -eu
cd "$(dirname "$0")/../.."

case "$(uname -s)" in
Linux) display="${DISPLAY:-}${WAYLAND_DISPLAY:-}" ;;
*) display=yes ;;
esac
# Debug builds: they are there in a third of the time, and what is hot in them is optimised (see Cargo.toml).
programs="${CARGO_TARGET_DIR:-target}/debug"
if [ -n "$display" ]; then
    exec "$programs/coppice-desktop"
fi
echo "There is no display, so this is the demo in the terminal." >&2
exec "$programs/coppice" demo
