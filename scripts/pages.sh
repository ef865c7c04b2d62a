#!/bin/sh
# Builds the pages of the workbench into web/dist, which the program then holds. Does nothing where they are newer than their sources.
# Ends with 3 where Node.js is missing.
set -eu
cd "$(dirname "$0")/../web"

if ! command -v npm >/dev/null 2>&1 || ! [ "$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')" -ge 20 ] 2>/dev/null; then
    echo "pages: Node.js 20 or newer with npm is needed to build them." >&2
    exit 3
fi

# `npm ci` writes this file last.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
if [ ! -e dist/index.html ] ||
    [ -n "$(find index.html package-lock.json vite.config.ts svelte.config.js scripts src ../data/sources -name generated -prune -o -type f -newer dist/index.html -print | head -n 1)" ]; then
    npm run --silent build
fi
