#!/bin/sh
# Sees that the tools Lode is built with are there, and installs what is missing where this machine allows it: as root on
# Debian or Ubuntu with apt-get, the Rust toolchain also without root with rustup. Says what it installs and what it cannot.
#   setup.sh        what `make run` needs
#   setup.sh test   and what only the tests use
set -eu

rust_needed=1.90
node_needed=20

version_of_rust() {
    rustc --version 2>/dev/null | sed 's/^rustc \([0-9]*\.[0-9]*\).*/\1/'
}

is_new_enough() {
    [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$rust_needed" "$1" | sort -V | head -n 1)" = "$rust_needed" ]
}

updated=no
install_debian() {
    if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
        return 1
    fi
    echo "setup: installing $* with apt-get"
    if [ "$updated" = no ]; then
        apt-get update -qq </dev/null >/dev/null 2>&1 || true
        updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null 2>&1 || {
        echo "setup: apt-get could not install $*"
        return 1
    }
}

if ! command -v cc >/dev/null 2>&1; then
    install_debian gcc libc6-dev || {
        echo "setup: no C compiler. Install one (Debian, Ubuntu: apt-get install gcc libc6-dev; macOS: xcode-select --install)." >&2
        exit 1
    }
fi

# A toolchain installed for this user may not be on the path of a bare shell.
[ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH" && export PATH

if ! is_new_enough "$(version_of_rust)"; then
    if command -v rustup >/dev/null 2>&1 || install_debian rustup; then
        echo "setup: installing the stable Rust toolchain with rustup"
        rustup toolchain install stable --profile minimal
        rustup default stable
    fi
fi

if ! is_new_enough "$(version_of_rust)"; then
    echo "setup: Rust $rust_needed or newer is needed, found: $(rustc --version 2>/dev/null || echo none)." >&2
    echo "setup: install it as https://www.rust-lang.org/tools/install says, then run make again." >&2
    exit 1
fi

# The pages need Node.js with npm. Without them the program is built all the same: its pages then say that they were not built.
has_node() {
    command -v npm >/dev/null 2>&1 && [ "$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')" -ge "$node_needed" ] 2>/dev/null
}
if ! has_node; then
    install_debian nodejs npm || true
    has_node || echo "setup: no Node.js $node_needed or newer with npm, found: $(node --version 2>/dev/null || echo none). The pages of the workbench are not built; install it (https://nodejs.org) and run make again."
fi

[ "${1:-}" = test ] || exit 0

# Tests of a team's workspace start a PostgreSQL of their own; browser tests run in Chromium. Where there is none they say that they skip.
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null 2>&1; then
    install_debian postgresql ||
        echo "setup: no PostgreSQL: the tests of a team's workspace will be skipped (Debian, Ubuntu: apt-get install postgresql)."
fi
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
    install_debian chromium ||
        echo "setup: no Chromium: the browser tests will be skipped (Debian, Ubuntu: apt-get install chromium; CHROMIUM=path for another)."
fi
