#!/usr/bin/env bash
# Builds and checks the storefront, with Debian's packages or with what npm installed in frontend/node_modules.
#
#   scripts/frontend.sh build    frontend/dist
#   scripts/frontend.sh check    types, directions of imports, unit tests
#   scripts/frontend.sh types [--check]
#                                src/api/types.ts, from the openapi.json of the debug program
#   scripts/frontend.sh browser [pytest's arguments]
#                                the tests in a real browser, against the debug programs; needs RECSHOP_TEST_DATABASE_URL
#   scripts/frontend.sh pictures the pictures of README.md, taken from the running product in the same way
set -euo pipefail
cd "$(dirname "$0")/../frontend"
node scripts/link-debian.mjs

# Debian's packages are symbolic links, whose types are found only where they lie.
typecheck() {
    local project=tsconfig.json
    if [ -L node_modules/react ]; then project=tsconfig.debian.json; fi
    PATH=$PWD/node_modules/.bin:$PATH tsc -p "$project"
    echo "frontend types: right"
}

case ${1:-} in
build) node scripts/build.mjs ;;
check)
    node scripts/check-imports.mjs
    typecheck
    node scripts/test.mjs
    ;;
types)
    # The handler describes itself without a database.
    port=$(python3 -c 'import socket; probe = socket.socket(); probe.bind(("127.0.0.1", 0)); print(probe.getsockname()[1])')
    description=$(mktemp)
    FUNCTIONS_CUSTOMHANDLER_PORT=$port AUTH_MODE=demo BLOB_STORAGE=file:/nonexistent DATABASE_URL=postgresql://127.0.0.1:1/none \
        ../.build/debug/FunctionHandler >/dev/null 2>&1 &
    handler=$!
    trap 'kill "$handler" 2>/dev/null; rm -f "$description"' EXIT
    curl --silent --fail --retry 50 --retry-connrefused --retry-delay 1 --output "$description" \
        "http://127.0.0.1:$port/api/openapi.json" ||
        { echo "the debug program did not describe itself: swift build makes it" >&2; exit 1; }
    node scripts/generate-types.mjs "$description" "${@:2}"
    ;;
browser | pictures)
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
        { echo "no Chromium on PATH: scripts/install-prerequisites.sh --test installs it" >&2; exit 1; }
    python=$(../scripts/python-venv.sh browser playwright==1.65.2 pytest==8.3.4 pytest-timeout==2.3.1 axe-playwright-python==0.1.8)
    export RECSHOP_BROWSER=$browser
    if [ "$1" = pictures ]; then exec "$python" tests/browser/readme_pictures.py; fi
    exec "$python" -m pytest -p no:cacheprovider --timeout 300 tests/browser "${@:2}"
    ;;
*)
    echo "usage: scripts/frontend.sh build | check | types [--check] | browser [pytest's arguments] | pictures" >&2
    exit 2
    ;;
esac
