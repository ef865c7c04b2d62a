#!/bin/sh
# Builds the wheel of the package `lode` and installs it into python/.venv; `scripts/python.sh test` then runs its tests.
# Where that cannot be done it says why on a line that begins with `skipped:` and is content.
set -eu
cd "$(dirname "$0")/.."
profile=${PYTHON_PROFILE:-release}
environment=python/.venv

skip() {
    echo "skipped: the Python package: $1"
    exit 0
}

is_new_enough() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

found=
for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
        found=$name
        break
    fi
done
[ -n "$found" ] || skip "no Python 3.10 or newer with venv (Debian, Ubuntu: apt-get install python3-venv)"

[ -x "$environment/bin/python" ] || "$found" -m venv "$environment"
if ! cmp -s python/requirements.txt "$environment/requirements.txt"; then
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r python/requirements.txt ||
        skip "its tools could not be installed (no network?)"
    cp python/requirements.txt "$environment/requirements.txt"
fi

# The build finds cargo and the interpreter of the environment by itself.
wheels=target/wheels/$profile
rm -rf "$wheels"
VIRTUAL_ENV=$PWD/$environment "$environment/bin/maturin" build --quiet --locked --profile "$profile" --strip true \
    --manifest-path python/Cargo.toml --interpreter "$environment/bin/python" --out "$wheels"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheels"/*.whl
# The stub of the engine is what the engine says.
"$environment/bin/maturin" generate-stubs --quiet --locked --profile "$profile" --manifest-path python/Cargo.toml \
    --interpreter "$environment/bin/python" --out "$wheels/stubs"
if [ "${UPDATE_DOCUMENTS:-}" ]; then
    cp "$wheels/stubs/lode/_lode.pyi" python/lode/_lode.pyi
elif ! cmp -s "$wheels/stubs/lode/_lode.pyi" python/lode/_lode.pyi; then
    echo "error: python/lode/_lode.pyi is not what the engine says: UPDATE_DOCUMENTS=1 scripts/python.sh writes it" >&2
    exit 1
fi
echo "installed: $("$environment/bin/python" -c 'import lode; print("lode", lode.__version__)') in $environment"

if [ "${1:-}" = test ]; then
    log=$(mktemp)
    status=0
    "$environment/bin/pytest" -c python/pyproject.toml --rootdir python python/tests -rs --durations=8 >"$log" 2>&1 || status=$?
    sed -n 's/^SKIPPED \[[0-9]*\] [^ ]* /skipped: python: /p' "$log"
    [ "$status" -eq 0 ] || cat "$log"
    count() { grep -oE "[0-9]+ $1" "$log" | tail -n 1 | grep -oE '^[0-9]+' || echo 0; }
    word=ok
    [ "$status" -eq 0 ] || word=FAILED
    echo "test result: $word. $(count passed) passed; $(count '(failed|error)') failed; $(count skipped) ignored; Python package"
    rm -f "$log"
    exit "$status"
fi
