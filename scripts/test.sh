#!/bin/sh
# Every test: the pages' types, units and size, the program's own tests, and the pages of the built program in a browser. Goes on after a
# failure and fails at the end. Each part closes with a line `test result: …`, as the tests of the program do.
set -u
cd "$(dirname "$0")/.." || exit 1
[ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH" && export PATH
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# one NAME COMMAND…: a check without a count of its own
one() {
    name=$1
    shift
    if "$@"; then
        echo "test result: ok. 1 passed; 0 failed; 0 ignored; $name"
    else
        echo "test result: FAILED. 0 passed; 1 failed; 0 ignored; $name"
        failed=1
    fi
}

# counted NAME COMMAND…: a runner that closes with lines `# pass N`, `# fail N`, `# skipped N`
counted() {
    name=$1
    shift
    "$@" >"$log" 2>&1
    status=$?
    [ "$status" -eq 0 ] || cat "$log"
    sed -n 's/^# skipped:/skipped:/p; /^skipped:/p' "$log"
    word=ok
    [ "$status" -eq 0 ] || { word=FAILED; failed=1; }
    awk -v word="$word" -v name="$name" '/^# (pass|fail|skipped|cancelled) [0-9]+$/ { count[$2] += $3 }
        END { printf "test result: %s. %d passed; %d failed; %d ignored; %s\n", word, count["pass"], count["fail"] + count["cancelled"], count["skipped"], name }' "$log"
}

pages=no
./scripts/pages.sh
case $? in
    0)
        pages=yes
        one "pages: types" npm --prefix web run --silent check
        counted "pages: units" npm --prefix web test --silent
        one "pages: size" npm --prefix web run --silent size
        ;;
    3) echo "skipped: pages, no Node.js 20 or newer with npm on this machine" ;;
    *) one "pages: build" false ;;
esac

cargo test --workspace --locked --no-fail-fast -- --show-output || failed=1

if [ "$pages" = yes ]; then
    # The tests of the command line have built the program, with the pages in it.
    export LODE_PROGRAM="$PWD/target/debug/lode"
    if [ -x "$LODE_PROGRAM" ]; then
        counted "pages in a browser" npm --prefix web run --silent e2e
    else
        echo "skipped: pages in a browser, the program is not there"
        failed=1
    fi
fi
PYTHON_PROFILE=dev ./scripts/python.sh test || failed=1
exit "$failed"
