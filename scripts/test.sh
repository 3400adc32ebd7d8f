#!/usr/bin/env bash
# `make test`: everything that must hold, from an empty machine to a verdict. Ends non-zero when anything fails.
#
#   FILTER=pattern              only tests whose name matches (swift test --filter)
#   RECSHOP_DATA=FOLDER         where online_retail.csv.gz is, for the tests of it (default ../shared/data)
set -euo pipefail
cd "$(dirname "$0")/.."
began=$SECONDS

step() { printf '\n== %s (%d:%02d)\n' "$*" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)); }

postgres=$PWD/.local/test-postgres
. scripts/own-folder.sh
own_folder "make test"
exec 9>>.local/test.lock
flock -n 9 || { echo "make test: another one runs in this folder" >&2; exit 1; }

failed=()
# One group that fails must not hide what the others would say: all run, and the verdict names those that failed.
group() { # name, command
    local name=$1
    shift
    step "$name"
    "$@" 9>&- || failed+=("$name")
}
verdict() {
    [ ${#failed[@]} -gt 0 ] || exit 0
    printf '\nFailed:\n' >&2
    printf '    %s\n' "${failed[@]}" >&2
    exit 1
}

finish() {
    local status=$? verdict
    trap - EXIT
    # Nothing may cut this short: not a second signal, and not that there is nobody left to read the verdict.
    set +e
    trap '' INT TERM HUP PIPE
    scripts/postgres.sh remove "$postgres" 9>&-
    if [ "$status" = 0 ]; then verdict=passed; else verdict="FAILED (status $status)"; fi
    printf '\nmake test: %s in %d:%02d minutes\n' "$verdict" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Without this a reader that went away would end bash before its EXIT trap.
trap : PIPE

step "Prerequisites"
scripts/install-prerequisites.sh 9>&-

group "Format" scripts/lint.sh
group "Imports" scripts/check-imports.sh

step "Build"
swift build --build-tests 9>&-

step "PostgreSQL for the tests"
# A cluster of their own, made new: nothing that an earlier run left behind can make a test pass.
scripts/postgres.sh remove "$postgres" 9>&-
scripts/postgres.sh start "$postgres" --throwaway 9>&-
RECSHOP_TEST_DATABASE_URL=$(scripts/postgres.sh url "$postgres" --admin postgres)
export RECSHOP_TEST_DATABASE_URL

if [ -n "${FILTER:-}" ]; then
    group "Tests that match $FILTER" swift test --skip-build --filter "$FILTER"
    verdict
fi
# Tests that start and kill programs or servers wait for them with deadlines; beside everything else, on two cores, those
# deadlines would measure the other tests.
apart='PostgresTests AzureBlobTests LocalHostTests EndToEndTests'
group "Tests" swift test --skip-build --skip "${apart// /|}"
for target in $apart; do group "$target" swift test --skip-build --filter "$target"; done
group "make run and make clean" scripts/tests/run_and_clean.py
verdict
