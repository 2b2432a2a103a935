#!/bin/sh
# Sees to it that what the named purposes ("build", "test") need of the system is there. Quick when it is.
# On Debian and Ubuntu it installs what is missing; elsewhere it says the names.
set -eu

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

missing_programs=""
has cargo || missing_programs="$missing_programs Rust(https://rustup.rs)"
has node && has npm || missing_programs="$missing_programs Node(20.19 or later)"
if [ -n "$missing_programs" ]; then
    say "Coppice is built with Rust and Node. Missing:$missing_programs"
    exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    say "Node $(node --version) is too old: 20.19 or later is needed."
    exit 1
fi

# The page's web view comes with macOS and Windows.
case "$(uname -s)" in
Linux) ;;
Darwin)
    xcode-select -p >/dev/null 2>&1 || { say "The compiler is missing: xcode-select --install"; exit 1; }
    exit 0
    ;;
*) exit 0 ;;
esac

needed=""
optional=""
need() { needed="$needed $1"; }
want() { optional="$optional $1"; }

for purpose in "$@"; do
    case "$purpose" in
    build)
        has cc || need build-essential
        has pkg-config || need pkg-config
        has git || need git
        { has pkg-config && pkg-config --exists webkit2gtk-4.1; } || need libwebkit2gtk-4.1-dev
        ;;
    test)
        has WebKitWebDriver || want webkit2gtk-driver
        has Xvfb || want xvfb
        has xauth || want xauth
        has convert || has magick || want imagemagick
        has ninja || want ninja-build
        ;;
    *)
        say "Unknown purpose: $purpose"
        exit 2
        ;;
    esac
done
[ -n "$needed$optional" ] || exit 0

if has apt-get; then
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        if has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            as_root="sudo"
        else
            say "Packages are missing, and installing them takes root:"
            say "    apt-get install --no-install-recommends$needed$optional"
            # Tests that lack something say so themselves.
            [ -z "$needed" ] && exit 0
            exit 1
        fi
    fi
    say "Installing:$needed$optional"
    $as_root apt-get update -qq || say "The package lists can't be refreshed; trying with what is known."
    # shellcheck disable=SC2086 # they are words
    if [ -n "$needed" ]; then
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed >&2
    fi
    for package in $optional; do
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >&2 ||
            say "$package can't be installed: the tests that need it are skipped."
    done
    exit 0
fi

say "Missing, by their Debian names:$needed$optional"
if has dnf; then
    say "On Fedora: dnf install gcc pkgconf git webkit2gtk4.1-devel; for the tests xorg-x11-server-Xvfb xauth ImageMagick ninja-build"
elif has pacman; then
    say "On Arch: pacman -S base-devel git webkit2gtk-4.1; for the tests xorg-server-xvfb xorg-xauth imagemagick ninja"
elif has zypper; then
    say "On openSUSE: zypper install gcc pkg-config git webkit2gtk3-devel; for the tests xorg-x11-server-Xvfb xauth ImageMagick ninja"
fi
[ -z "$needed" ]
