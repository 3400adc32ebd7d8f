#!/usr/bin/env bash
# `make run`: from a fresh clone to a running shop with lists for every customer, on this machine only.
#
# Installs what is missing, builds, starts a private PostgreSQL, migrates, loads data (a synthetic shop, or the files named
# below), starts LocalHost, makes the first generation and prints where everything is. Ctrl-C stops all of it.
#
#   DATA=FILE                          order lines in the Online Retail columns, .csv or .csv.gz
#   PRODUCTS=P.csv INTERACTIONS=I.csv  the shop's own two files
#   PORT=7071                          where LocalHost listens
#
# Each data set has a database of its own, so going back and forth between them loses nothing.
set -euo pipefail
# The braces make bash read all of the script first: a `git pull` while it runs must not change what it does at the end.
{
caller_directory=$PWD
cd "$(dirname "$0")/.."
root=$PWD
state=$root/.local
. scripts/own-folder.sh
. scripts/ports.sh

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() { printf '\nmake run: %s\n' "$*" >&2; exit 1; }
is_terminal() { [ -t 1 ]; }

port=${PORT:-7071}
shopt -s extglob
[[ $port == +([0-9]) ]] || fail "PORT must be a number from 1 to 65535, not '$port'"
port=${port##+(0)}
[[ ${#port} -ge 1 && ${#port} -le 5 && $port -le 65535 ]] || fail "PORT must be a number from 1 to 65535, not '$PORT'"
url=http://127.0.0.1:$port

# --- what data? -----------------------------------------------------------------------------------

# A file is named from where make was called.
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s' "$caller_directory/$1" ;; esac; }
readable() { [ -f "$1" ] && [ -r "$1" ] || fail "$2=$1 cannot be read"; }

load=()
if [ -n "${DATA:-}" ]; then
    [ -z "${PRODUCTS:-}${INTERACTIONS:-}" ] || fail "give DATA, or PRODUCTS and INTERACTIONS, not both"
    data=$(absolute "$DATA")
    readable "$data" DATA
    load=(import --format online-retail "$data")
    fingerprint=$(sha256sum <"$data" | cut -c1-16)
    source_name="$(basename "$data")"
elif [ -n "${PRODUCTS:-}${INTERACTIONS:-}" ]; then
    products=$(absolute "${PRODUCTS:-}")
    interactions=$(absolute "${INTERACTIONS:-}")
    readable "$products" PRODUCTS
    readable "$interactions" INTERACTIONS
    load=(import --products "$products" --interactions "$interactions")
    fingerprint=$(cat "$products" "$interactions" | sha256sum | cut -c1-16)
    source_name="$(basename "$products") and $(basename "$interactions")"
else
    load=(seed)
    fingerprint=synthetic
    source_name="the synthetic shop"
fi
database=shop
[ "$fingerprint" = synthetic ] || database=shop_$fingerprint

# --- is it running already? -----------------------------------------------------------------------

own_folder "make run"
mkdir -p "$state/logs"
exec 9>>"$state/run.lock"
if ! flock -n 9; then
    # Only what the caller named must be equal.
    if { read -r its_port && read -r its_fingerprint && read -r its_source; } 2>/dev/null <"$state/run.request"; then
        if [ -n "${PORT:-}" ] && [ "$its_port" != "$port" ]; then
            fail "this folder's shop runs already, on port $its_port: stop it first (Ctrl-C in its terminal) to have it on $port"
        fi
        if [ -n "${DATA:-}${PRODUCTS:-}${INTERACTIONS:-}" ] && [ "$its_fingerprint" != "$fingerprint" ]; then
            fail "this folder's shop runs already, with $its_source: stop it first (Ctrl-C in its terminal) to have it with $source_name"
        fi
    fi
    if [ -s "$state/banner" ]; then
        say "The shop is running already."
        cat "$state/banner"
    else
        say "Another 'make run' in this folder is starting; its terminal shows how far it is."
    fi
    exit 0
fi
rm -f "$state/banner"
printf '%s\n' "$port" "$fingerprint" "$source_name" >"$state/run.request"

# A run that was killed with SIGKILL leaves its LocalHost running. It is this folder's if it runs this folder's binary.
if [ -s "$state/localhost.pid" ]; then
    left_behind=$(cat "$state/localhost.pid")
    program=$(readlink "/proc/$left_behind/exe" 2>/dev/null || true)
    # A build in between has replaced the file that it runs.
    if [ -n "$program" ] && [ "${program% (deleted)}" = "$(readlink -f .build/release/LocalHost 2>/dev/null)" ]; then
        say "Stopping the LocalHost that an interrupted run left behind (pid $left_behind)."
        kill -TERM "$left_behind" 2>/dev/null || true
        for _ in $(seq 100); do [ -e "/proc/$left_behind" ] || break; sleep 0.1; done
        kill -KILL -- "-$left_behind" 2>/dev/null || true
    fi
    rm -f "$state/localhost.pid"
fi
if port_is_taken "$port"; then
    fail "port $port is taken by $(port_holder "$port"). Stop it, or choose another port: make run PORT=7072"
fi

# --- build ----------------------------------------------------------------------------------------

step "Prerequisites"
scripts/install-prerequisites.sh 9>&-
say "present"

step "Build"
scripts/build.sh 9>&-
scripts/frontend.sh build 9>&-

# --- from here on there is something to stop --------------------------------------------------------

postgres=$state/postgres
localhost_pid=""
started_postgres=false
cleanup() {
    local status=$?
    trap - EXIT
    # Neither a second signal nor a closed output may interrupt this.
    set +e
    trap '' INT TERM HUP PIPE
    if [ -n "$localhost_pid" ] && [ -e "/proc/$localhost_pid" ]; then
        printf '\nStopping LocalHost … '
        kill -TERM "$localhost_pid" 2>/dev/null
        for _ in $(seq 150); do [ -e "/proc/$localhost_pid" ] || break; sleep 0.1; done
        # It leads its own process group: whatever is left of it goes with it.
        kill -KILL -- "-$localhost_pid" 2>/dev/null
        printf 'done\n'
    fi
    if $started_postgres; then
        printf 'Stopping PostgreSQL … '
        scripts/postgres.sh stop "$postgres" 9>&- && rm -f "$state/postgres.started" && printf 'done\n'
    fi
    rm -f "$state/banner" "$state/localhost.pid" "$state/run.request"
    exit "$status"
}
trap cleanup EXIT
# Once the shop is ready, a signal is the normal way to end it, not an error.
is_ready=false
trap '$is_ready && exit 0; exit 130' INT
trap '$is_ready && exit 0; exit 143' TERM HUP
# When the reader of the output ends (`make run | head`), SIGPIPE would end bash without its EXIT trap; with this, writing fails.
trap : PIPE

# --- PostgreSQL and settings ------------------------------------------------------------------------

step "PostgreSQL"
# A server that runs already stays running at the end, unless a killed run left it.
if running=$(scripts/postgres.sh status "$postgres") && [ "$running" != "$(cat "$state/postgres.started" 2>/dev/null)" ]; then
    say "It was running before, so it will not be stopped at the end."
else
    started_postgres=true
fi
scripts/postgres.sh start "$postgres" 9>&-
running=$(scripts/postgres.sh status "$postgres")
say "$running"
if $started_postgres; then printf '%s\n' "$running" >"$state/postgres.started"; fi
scripts/postgres.sh database "$postgres" "$database"
database_url=$(scripts/postgres.sh url "$postgres" "$database")

scripts/local-settings.py prepare || fail "local.settings.json was not touched"
# The file decides, not this shell's environment: LocalHost prefers the environment.
while IFS= read -r name; do unset "$name"; done < <(scripts/local-settings.py names)
admin_key=$(scripts/local-settings.py get ADMIN_API_KEY)
handler() { # runs a sub-command with the settings of local.settings.json, on the database of this run
    (
        exec 9>&-
        while IFS= read -r -d '' assignment; do export "${assignment?}"; done < <(scripts/local-settings.py environment)
        export DATABASE_URL=$database_url
        exec .build/release/FunctionHandler "$@"
    )
}

# --- schema and data --------------------------------------------------------------------------------

sql() { scripts/postgres.sh sql "$postgres" "$1" "$2"; }
mark="loaded from $fingerprint"
loaded=$(sql postgres "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$database'")
if [ "$loaded" != "$mark" ] && [ "$(sql "$database" "SELECT to_regclass('schema_migrations') IS NOT NULL")" = t ]; then
    say "The last load of this data did not finish: starting over."
    sql postgres "DROP DATABASE \"$database\" WITH (FORCE)"
    scripts/postgres.sh database "$postgres" "$database"
fi

step "Schema"
handler migrate
if [ "$loaded" != "$mark" ]; then
    step "Data: $source_name"
    handler "${load[@]}" || fail "the data was not loaded"
    sql postgres "COMMENT ON DATABASE \"$database\" IS '$mark'"
else
    step "Data: $source_name, loaded before"
fi
# Only now: after a failed load the settings must not name an empty database.
scripts/local-settings.py database "$database_url"

# --- LocalHost --------------------------------------------------------------------------------------

step "LocalHost"
log=$state/logs/localhost.log
setsid .build/release/LocalHost --script-root "$root" --port "$port" --state-dir "$state/host" >"$log" 2>&1 9>&- &
localhost_pid=$!
echo "$localhost_pid" >"$state/localhost.pid"
for _ in $(seq 600); do
    curl --silent --fail --max-time 2 --output /dev/null "$url/api/health" && break
    if [ ! -e "/proc/$localhost_pid" ]; then
        tail -n 20 "$log" >&2
        fail "LocalHost ended; its log is $log"
    fi
    sleep 0.1
done
curl --silent --fail --max-time 5 --output /dev/null "$url/api/health" || {
    tail -n 20 "$log" >&2
    fail "the handler does not answer on $url/api/health; the log is $log"
}
say "listening on $url"

# --- the first generation -----------------------------------------------------------------------------

batch_state() { # "job state progress stage"; the state is "live" once a generation is served
    # The key goes through stdin: every user can read command lines.
    printf 'X-Admin-Key: %s\n' "$admin_key" | curl --silent --max-time 5 --header @- "$url/api/batch/status" | python3 -c '
import json, sys
try:
    body = json.load(sys.stdin)
except ValueError:
    sys.exit()
job = body.get("running") or body.get("pending")
if job:
    print(job["job_id"], job["status"], round(job["progress"]), job["stage"])
elif body["live"]["generation"] is not None:
    print(body["last_completed"]["job_id"], "live", 100, "done")
elif body.get("last_failed"):
    print(body["last_failed"]["job_id"], "failed", 0, body["last_failed"]["error_message"])'
}

if [ "$(sql "$database" "SELECT count(*) FROM live")" = 0 ]; then
    step "First generation"
    # A job that failed in an earlier run does not count; one that is running now does.
    read -r failed_before state_before _ < <(batch_state || true) || true
    [ "${state_before:-}" = failed ] || failed_before=""
    code=$(curl --silent --output "$state/logs/trigger.json" --write-out '%{http_code}' --request POST \
        --header 'Content-Type: application/json' --data '{}' "$url/admin/functions/GenerateRecommendations")
    [ "$code" = 202 ] || fail "the trigger answered $code: $(cat "$state/logs/trigger.json")"
    shown=""
    deadline=$((SECONDS + 1800))
    while [ $SECONDS -lt $deadline ]; do
        [ -e "/proc/$localhost_pid" ] || fail "LocalHost ended; its log is $log"
        read -r job job_state progress stage < <(batch_state || true) || true
        line="${job_state:-waiting} ${progress:-0} %: ${stage:-}"
        if [ "$line" != "$shown" ]; then
            if is_terminal; then printf '\r\033[K%s' "$line"; else say "$line"; fi
            shown=$line
        fi
        case ${job_state:-} in
        live) break ;;
        failed)
            if [ "$job" != "${failed_before:-}" ]; then
                if is_terminal; then echo; fi
                fail "$job failed: $stage (its log: curl -H 'X-Admin-Key: …' $url/api/batch/logs/$job)"
            fi
            ;;
        esac
        sleep 0.2
    done
    if is_terminal; then echo; fi
    [ "${job_state:-}" = live ] || fail "no generation was live within half an hour; see $log"
fi

# --- where everything is ------------------------------------------------------------------------------

user=$(sql "$database" "
    SELECT u.user_id FROM users u
    WHERE EXISTS (SELECT FROM recommendation_cache c JOIN live l USING (generation) WHERE c.user_key = u.id)
    ORDER BY (SELECT count(*) FROM (SELECT FROM interactions i WHERE i.user_key = u.id LIMIT 10) few) DESC, u.user_id LIMIT 1")
word=$(sql "$database" "
    SELECT coalesce((SELECT w FROM products, regexp_split_to_table(lower(name), '[^a-z]+') w
    WHERE active AND length(w) > 3 GROUP BY w ORDER BY count(*) DESC, w LIMIT 1), 'red')")
counts=$(sql "$database" "
    SELECT format('%s products, %s users, %s interactions, %s lists', (SELECT count(*) FROM products),
    (SELECT count(*) FROM users), (SELECT count(*) FROM interactions),
    (SELECT sum(g.list_count) FROM live l JOIN generations g USING (generation)))")
(
    umask 077
    cat >"$state/banner.new" <<BANNER

  Shop           $url
  API            $url/api
  Its page       $url/api/docs
  Ready?         $url/api/health/ready
  Admin key      $admin_key   (header X-Admin-Key)
  Data           $source_name: $counts
  Sample user    $user
  Log            $log

  curl '$url/api/recommendations/$user'
  curl '$url/api/products?search=$word&page_size=5'
  curl -X POST -H 'Content-Type: application/json' -d '{}' $url/admin/functions/GenerateRecommendations

BANNER
    mv "$state/banner.new" "$state/banner"
)
step "Ready"
cat "$state/banner"
say "Ctrl-C stops everything."
is_ready=true

status=0
wait "$localhost_pid" || status=$?
[ "$status" = 0 ] || tail -n 20 "$log" >&2
fail "LocalHost ended by itself with status $status; its log is $log"
}
