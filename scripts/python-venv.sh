#!/usr/bin/env bash
# Creates a Python environment under .local/ with exactly the named packages, or reuses that of an earlier call, and prints the
# path of its interpreter. Concurrent calls wait for each other.
#
#   scripts/python-venv.sh NAME PACKAGE==VERSION...
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: scripts/python-venv.sh NAME PACKAGE==VERSION..." >&2; exit 2; }
cd "$(dirname "$0")/.."
name=$1
shift
folder=$PWD/.local/$name-venv
mkdir -p .local
exec 9>>".local/$name-venv.lock"
flock 9
wanted=$(printf '%s\n' "$@")
# The list is written last: an interrupted installation starts again.
if [ "$(cat "$folder/installed.txt" 2>/dev/null)" != "$wanted" ] || ! [ -x "$folder/bin/python" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
    printf '%s\n' "$@" >"$folder/installed.txt"
fi
echo "$folder/bin/python"
