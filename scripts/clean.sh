#!/usr/bin/env bash
# Deletes everything that building, packing and running made: .build, dist, .local, the built frontend and the private PostgreSQL servers.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/own-folder.sh
own_folder "make clean"
exec 8>>.local/test.lock 9>>.local/run.lock
flock -n 9 || { echo "make clean: 'make run' is running; stop it first (Ctrl-C in its terminal)" >&2; exit 1; }
flock -n 8 || { echo "make clean: 'make test' is running; wait for its end, or stop it first" >&2; exit 1; }
for directory in .local/*postgres*; do
    [ -d "$directory" ] && scripts/postgres.sh remove "$directory"
done
rm -rf .build dist .local swagger-ui frontend/dist frontend/node_modules
