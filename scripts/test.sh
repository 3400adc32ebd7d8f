#!/usr/bin/env bash
# `make test`: installs what is missing, builds, runs every check and test. Exits non-zero when anything fails.
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
# All groups run even when one fails; the result names those that failed.
group() { # name, command
    local name=$1
    shift
    step "$name"
    "$@" 9>&- || failed+=("$name")
}
report_failures() {
    [ ${#failed[@]} -gt 0 ] || exit 0
    printf '\nFailed:\n' >&2
    printf '    %s\n' "${failed[@]}" >&2
    exit 1
}

finish() {
    local status=$? result
    trap - EXIT
    # Neither a second signal nor a closed output may interrupt this.
    set +e
    trap '' INT TERM HUP PIPE
    scripts/postgres.sh remove "$postgres" 9>&-
    if [ "$status" = 0 ]; then result=passed; else result="FAILED (status $status)"; fi
    printf '\nmake test: %s in %d:%02d minutes\n' "$result" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# When the reader of the output ends, SIGPIPE would end bash without its EXIT trap.
trap : PIPE

step "Prerequisites"
scripts/install-prerequisites.sh --test 9>&-

group "Format" scripts/lint.sh
group "Imports" scripts/check-imports.sh
group "Files for Azure" scripts/tests/azure_files.py
group "Frontend" scripts/frontend.sh check
infrastructure() { "$(scripts/python-venv.sh infra pycep-parser==0.5.1)" scripts/tests/infra_check.py; }
group "Infrastructure" infrastructure
policies() { "$(scripts/python-venv.sh policies checkov==3.3.30)" scripts/infra_policies.py; }
group "Policies for the infrastructure" policies
workflow_safety() { "$(dirname "$(scripts/python-venv.sh zizmor zizmor==1.32.0)")/zizmor" --offline --no-progress --persona regular .github; }
workflow_files() { "$(scripts/python-venv.sh policies checkov==3.3.30)" scripts/tests/workflows.py; }
group "Workflows" workflow_files
group "Safety of workflows" workflow_safety
group "Costs on Azure" scripts/azure/costs.py check
group "Backlog" scripts/backlog.py --check
group "Comparison of benchmarks" scripts/tests/benchmark_comparison.py

step "Build"
scripts/packages.py pin 9>&-
if [ ! -d .build/debug ]; then echo "Compiling programs and tests: several minutes the first time."; fi
swift build --build-tests 9>&-

step "PostgreSQL for the tests"
# A new cluster: nothing that an earlier run left can make a test pass.
scripts/postgres.sh remove "$postgres" 9>&-
scripts/postgres.sh start "$postgres" --throwaway 9>&-
RECSHOP_TEST_DATABASE_URL=$(scripts/postgres.sh url "$postgres" --admin postgres)
export RECSHOP_TEST_DATABASE_URL

swift_test() { swift test --skip-build --disable-xctest "$@"; }
if [ -n "${FILTER:-}" ]; then
    group "Tests that match $FILTER" swift_test --filter "$FILTER"
    report_failures
fi
# Swift Testing starts all tests of a process at once. Each target that waits for servers or programs has a process of its own, one
# after another, so that its deadlines do not measure the tests of others; those that only compute share one.
computing='TextFormatsTests ThreadingTests ReportsTests RecEngineTests SyntheticDataTests'
group "Tests that only compute" swift_test --filter "^(${computing// /|})\\."
for folder in Tests/*Tests; do
    target=${folder#Tests/}
    case " $computing " in *" $target "*) continue ;; esac
    group "$target" swift_test --filter "^$target\\."
done
group "Types of the API in the frontend" scripts/frontend.sh types --check
step "Frontend build"
scripts/frontend.sh build 9>&- || failed+=("Frontend build")
group "Browser" scripts/frontend.sh browser
group "make run and make clean" scripts/tests/run_and_clean.py
report_failures
