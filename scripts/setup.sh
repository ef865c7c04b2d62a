#!/bin/sh
# Sees that the tools Lode is built with are there; installs what is missing where this machine allows it.
set -eu

newest_needed=1.90

version_of_rust() {
    rustc --version 2>/dev/null | sed 's/^rustc \([0-9]*\.[0-9]*\).*/\1/'
}

is_new_enough() {
    [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$newest_needed" "$1" | sort -V | head -n 1)" = "$newest_needed" ]
}

install_debian() {
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "setup: installing $* with apt-get"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    else
        return 1
    fi
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
    echo "setup: Rust $newest_needed or newer is needed, found: $(rustc --version 2>/dev/null || echo none)." >&2
    echo "setup: install it as https://www.rust-lang.org/tools/install says, then run make again." >&2
    exit 1
fi

# Tests of a team's workspace start a PostgreSQL of their own; where there is none they say that they skip.
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null 2>&1; then
    install_debian postgresql >/dev/null 2>&1 ||
        echo "setup: no PostgreSQL: the tests of a team's workspace will be skipped (Debian, Ubuntu: apt-get install postgresql)."
fi
