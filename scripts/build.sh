#!/usr/bin/env bash
# Builds every program in release mode: .build/release/FunctionHandler, LocalHost, Measurements and BlobDouble.
set -euo pipefail
cd "$(dirname "$0")/.."
# Here and not at the first run: `func start` watches the names in this folder and restarts when one is added.
mkdir -p .local
scripts/packages.py pin

# The commit goes into the programs. The file changes only when the commit does: one C file is compiled again and the programs
# are linked again, nothing more.
commit=$(git rev-parse --verify --short=12 HEAD 2>/dev/null || true)
if [ -n "$commit" ] && ! git diff --quiet HEAD -- Sources Package.swift 2>/dev/null; then commit=$commit.changed; fi
header=Sources/CBuildCommit/commit.h
line="#define BUILD_COMMIT \"$commit\""
if [ "$(cat "$header" 2>/dev/null)" != "$line" ]; then
    # A build before this file existed does not know that commit.c depends on it.
    [ -e "$header" ] || touch Sources/CBuildCommit/commit.c
    printf '%s\n' "$line" >"$header"
fi

if [ ! -x .build/release/FunctionHandler ]; then
    # Eight minutes of processor time (CONTRIBUTING.md); more than three processors help little.
    processors=$(nproc)
    [ "$processors" -le 3 ] || processors=3
    echo "Compiling: about $((8 / processors + 1)) minutes the first time, seconds when nothing has changed."
fi
swift build --configuration release
