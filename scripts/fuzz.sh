#!/usr/bin/env bash
# Requests that schemathesis draws from the API's own document, against a shop that `make run` starts here and that ends with it.
#
#   scripts/fuzz.sh [CASES]     at most so many requests for each operation (default 100); needs a release build
set -euo pipefail
cd "$(dirname "$0")/.."
cases=${1:-100}
[[ $cases =~ ^[1-9][0-9]*$ ]] || { echo "usage: scripts/fuzz.sh [CASES]" >&2; exit 2; }
port=$(python3 -c 'import socket; probe = socket.socket(); probe.bind(("127.0.0.1", 0)); print(probe.getsockname()[1])')
url=http://127.0.0.1:$port
log=$(mktemp)
PORT=$port scripts/run.sh >"$log" 2>&1 &
shop=$!
finish() {
    kill -TERM "$shop" 2>/dev/null || true
    wait "$shop" 2>/dev/null || true
    rm -f "$log"
}
trap finish EXIT
until grep --quiet 'Ctrl-C stops everything' "$log"; do
    kill -0 "$shop" 2>/dev/null || { cat "$log" >&2; echo "scripts/fuzz.sh: the shop did not start" >&2; exit 1; }
    sleep 1
done
python=$(scripts/python-venv.sh schemathesis schemathesis==4.32.5)
# The host answers methods that no function takes, before the program sees them. With several threads Python 3.11 fails now and then
# in schemathesis (recursion depth of its syntax trees). It leaves files where it runs.
scripts/local-settings.py get ADMIN_API_KEY |
    (cd .local && "$python" ../scripts/tests/contract/run.py "$url" "$cases" --exclude-checks unsupported_method --workers 1)
