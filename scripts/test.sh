#!/usr/bin/env bash
# `make test`: everything that must hold, from an empty machine to a verdict. Ends non-zero when anything fails.
#
#   FILTER=pattern              only tests whose name matches (swift test --filter)
#   ONLINE_RETAIL_CSV=FILE      also runs the tests that read the published UCI file
set -euo pipefail
cd "$(dirname "$0")/.."
began=$SECONDS

step() { printf '\n== %s (%d:%02d)\n' "$*" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)); }

postgres=$PWD/.local/test-postgres
mkdir -p .local
exec 9>>.local/test.lock
flock -n 9 || { echo "make test: another one runs in this folder" >&2; exit 1; }

finish() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    scripts/postgres.sh remove "$postgres" 9>&- || true
    if [ "$status" = 0 ]; then verdict=passed; else verdict="FAILED (status $status)"; fi
    printf '\nmake test: %s in %d:%02d minutes\n' "$verdict" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step "Prerequisites"
scripts/install-prerequisites.sh 9>&-

step "Format"
scripts/lint.sh 9>&-

step "Imports"
scripts/check-imports.sh 9>&-

step "Build"
swift build --build-tests 9>&-

step "PostgreSQL for the tests"
# A cluster of their own, made new: nothing that an earlier run left behind can make a test pass.
scripts/postgres.sh remove "$postgres" 9>&-
scripts/postgres.sh start "$postgres" --throwaway 9>&-
RECSHOP_TEST_DATABASE_URL=$(scripts/postgres.sh url "$postgres" --admin postgres)
export RECSHOP_TEST_DATABASE_URL

step "Tests"
if [ -n "${FILTER:-}" ]; then
    swift test --skip-build --filter "$FILTER" 9>&-
else
    # Tests that start and kill programs or servers wait for them with deadlines; beside everything else, on two cores, those
    # deadlines would measure the other tests.
    apart='PostgresTests LocalHostTests EndToEndTests'
    swift test --skip-build --skip "${apart// /|}" 9>&-
    for target in $apart; do swift test --skip-build --filter "$target" 9>&-; done
fi
