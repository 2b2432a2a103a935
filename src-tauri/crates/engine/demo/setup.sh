# Prepares a fresh copy: gives it a port of its own, so that two of them can run side by side.
set -eu
cd "$(dirname "$0")"
mkdir -p build
echo "${COPPICE_PORT_WEB:-8080}" > build/port
echo "This copy of the shop has port $(cat build/port) to itself."
