#!/usr/bin/env bash
# `make run`: from a fresh clone to a running shop with lists for every customer, on this machine alone.
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
# The braces make bash read the whole script first: a `git pull` while it runs must not change what it does at the end.
{
caller_directory=$PWD
cd "$(dirname "$0")/.."
root=$PWD
state=$root/.local
port=${PORT:-7071}
url=http://127.0.0.1:$port

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() { printf '\nmake run: %s\n' "$*" >&2; exit 1; }
is_terminal() { [ -t 1 ]; }

case $port in '' | *[!0-9]*) fail "PORT must be a number, not '$port'" ;; esac

# --- is it running already? -----------------------------------------------------------------------

mkdir -p "$state/logs"
exec 9>>"$state/run.lock"
if ! flock -n 9; then
    if [ -s "$state/banner" ]; then
        say "The shop is running already."
        cat "$state/banner"
    else
        say "Another 'make run' in this folder is starting; its terminal shows how far it is."
    fi
    exit 0
fi
rm -f "$state/banner"

# Who listens on a port, as "name (pid N)", found without ss or lsof.
port_holder() {
    local hex inode link
    hex=$(printf ':%04X' "$1")
    while read -r inode; do
        for link in /proc/[0-9]*/fd/*; do
            if [ "$(readlink "$link" 2>/dev/null)" = "socket:[$inode]" ]; then
                local pid=${link#/proc/}
                pid=${pid%%/*}
                printf '%s (pid %s)' "$(cat "/proc/$pid/comm")" "$pid"
                return
            fi
        done
    done < <(awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    printf 'another program'
}
port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A run that was killed outright may have left its LocalHost behind. It is ours if it runs this folder's binary.
if [ -s "$state/localhost.pid" ]; then
    left_behind=$(cat "$state/localhost.pid")
    if [ "$(readlink -f "/proc/$left_behind/exe" 2>/dev/null)" = "$(readlink -f .build/release/LocalHost 2>/dev/null)" ] &&
        [ -e "/proc/$left_behind" ]; then
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

# --- build ----------------------------------------------------------------------------------------

step "Prerequisites"
scripts/install-prerequisites.sh 9>&-
say "present"

step "Build (the first one takes several minutes)"
scripts/build.sh 9>&-

# --- from here on there is something to stop --------------------------------------------------------

postgres=$state/postgres
localhost_pid=""
started_postgres=false
cleanup() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$localhost_pid" ] && [ -e "/proc/$localhost_pid" ]; then
        printf '\nStopping LocalHost … '
        kill -TERM "$localhost_pid" 2>/dev/null || true
        for _ in $(seq 150); do [ -e "/proc/$localhost_pid" ] || break; sleep 0.1; done
        # It leads its own process group: whatever is left of it goes with it.
        kill -KILL -- "-$localhost_pid" 2>/dev/null || true
        printf 'done\n'
    fi
    if $started_postgres; then
        printf 'Stopping PostgreSQL … '
        scripts/postgres.sh stop "$postgres" 9>&- && printf 'done\n'
    fi
    rm -f "$state/banner" "$state/localhost.pid"
    exit "$status"
}
trap cleanup EXIT
# Once the shop is up, being told to stop is the ordinary end and no error.
is_ready=false
trap '$is_ready && exit 0; exit 130' INT
trap '$is_ready && exit 0; exit 143' TERM HUP

# --- PostgreSQL and settings ------------------------------------------------------------------------

step "PostgreSQL"
started_postgres=true
scripts/postgres.sh start "$postgres" 9>&-
scripts/postgres.sh status "$postgres"
scripts/postgres.sh database "$postgres" "$database"
scripts/postgres.sh url "$postgres" "$database" >"$state/database-url.new"
chmod 0600 "$state/database-url.new"

# local.settings.json is the user's: it is made once from the sample with a key of its own, and afterwards only the
# address of our private database is kept right. An address that we did not write is not ours to change.
python3 - "$state" <<'PYTHON' || fail "local.settings.json was not touched"
import json, os, pathlib, secrets, sys

local = pathlib.Path(sys.argv[1])
settings_path = pathlib.Path("local.settings.json")
url = (local / "database-url.new").read_text().strip()
written_before = (local / "database-url").read_text().strip() if (local / "database-url").exists() else None
if settings_path.exists():
    try:
        settings = json.loads(settings_path.read_text(encoding="utf-8"))
        values = settings.setdefault("Values", {})
    except (ValueError, AttributeError) as error:
        sys.exit(f"local.settings.json is not a JSON object: {error}")
    found = values.get("DATABASE_URL", "")
    sample = json.loads(pathlib.Path("local.settings.sample.json").read_text(encoding="utf-8"))["Values"].get("DATABASE_URL")
    if found not in ("", url, written_before, sample):
        sys.exit(
            "local.settings.json names a database that make run did not make, and make run works on its own private one only.\n"
            "Take DATABASE_URL out of local.settings.json, or start LocalHost yourself: see README.md."
        )
else:
    settings = json.loads(pathlib.Path("local.settings.sample.json").read_text(encoding="utf-8"))
    values = settings["Values"]
    values["ADMIN_API_KEY"] = secrets.token_hex(24)
values["DATABASE_URL"] = url
text = json.dumps(settings, indent=2) + "\n"
if not settings_path.exists() or settings_path.read_text(encoding="utf-8") != text:
    new = pathlib.Path("local.settings.json.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(settings_path)
(local / "database-url.new").replace(local / "database-url")
PYTHON

# The file decides, not what happens to be set in this shell: LocalHost would let the shell win.
setting() { python3 -c 'import json, sys; print(json.load(open("local.settings.json"))["Values"].get(sys.argv[1], ""))' "$1"; }
while IFS= read -r name; do unset "$name"; done < <(
    python3 -c 'import json; print("\n".join(n for n in json.load(open("local.settings.json"))["Values"] if n.isidentifier()))'
)
admin_key=$(setting ADMIN_API_KEY)
handler() { # runs a sub-command with the settings of local.settings.json
    (
        exec 9>&-
        while IFS= read -r -d '' assignment; do export "${assignment?}"; done < <(
            python3 -c '
import json
for name, value in json.load(open("local.settings.json"))["Values"].items():
    if name.isidentifier():
        print(f"{name}={value}", end="\0")'
        )
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

batch_state() { # "job state progress stage": live once a generation is served, else what the job at hand is doing
    curl --silent --max-time 5 --header "X-Admin-Key: $admin_key" "$url/api/batch/status" | python3 -c '
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
    # A job that failed in an earlier run is not this run's failure.
    read -r failed_before _ < <(batch_state || true) || true
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
    [ "${job_state:-}" = live ] || fail "no generation went live within half an hour; see $log"
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

  Shop API       $url/api
  Ready?         $url/api/health/ready
  Admin key      $admin_key   (header X-Admin-Key)
  Data           $counts
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
