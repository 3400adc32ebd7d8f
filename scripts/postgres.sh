#!/usr/bin/env bash
# A private PostgreSQL server that needs no root, no global service and no configuration.
#
#   scripts/postgres.sh start DIR [--throwaway]   start (or find) the server whose files live in DIR
#   scripts/postgres.sh stop DIR [--immediate]    stop it; --immediate is a crash (recovery at the next start)
#   scripts/postgres.sh status DIR                one line; exit 0 running, 3 stopped
#   scripts/postgres.sh url DIR [--admin] [DB]    libpq URI: database owner `shop`, or the superuser
#   scripts/postgres.sh database DIR DB           make the database if it is not there, owned by `shop`
#   scripts/postgres.sh sql DIR DB STATEMENT      run a statement as the superuser; rows as plain text, columns by |
#   scripts/postgres.sh remove DIR                stop it and delete everything it ever wrote
#
# --throwaway turns durability off (fsync, full_page_writes): for tests and measurements that may be repeated.
#
# Run by an ordinary user the data is DIR/data. PostgreSQL refuses to run as root, so run by root the server
# belongs to the system user `postgres` and its data is a private directory under /var/tmp, because root's home
# is closed to that user; DIR/data links there. Either way: scram passwords only (DIR/password, mode 0600), TCP on
# 127.0.0.1 at a free port (DIR/port), the socket in a short private directory under /tmp, nothing global touched.
set -euo pipefail
# A PGHOST or PGDATA from the caller's shell must not lead us to another server.
while read -r name; do unset "$name"; done < <(compgen -e | grep '^PG' || true)
export LC_ALL=C.UTF-8

fail() { echo "postgres.sh: $*" >&2; exit 1; }
usage() { sed -n '4,10s/^# *//p' "$0" >&2; exit 2; }

command_name=${1:-}
[ -n "${2:-}" ] || usage
if [ "$command_name" = start ]; then
    mkdir -p "$2"
    chmod 0700 "$2"
fi
dir=$(readlink -m "$2")
shift 2

# --- who runs the server --------------------------------------------------------------------------

if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || fail "PostgreSQL cannot run as root and this machine has no user 'postgres'"
    server_user=postgres
    as_server() { (cd / && exec runuser -u postgres -- "$@"); }
else
    server_user=$(id -un)
    as_server() { (cd / && exec "$@"); }
fi

data_path() { readlink -f "$dir/data" 2>/dev/null || true; }

# The programs: those of the data directory's own major version, else the newest.
find_programs() {
    local data version candidate
    data=$(data_path)
    if [ -n "$data" ] && [ -s "$data/PG_VERSION" ]; then
        version=$(cat "$data/PG_VERSION")
        for candidate in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin"; do
            [ -x "$candidate/postgres" ] && { programs=$candidate; return; }
        done
        if command -v postgres >/dev/null && [[ $(postgres --version) == *" $version"[.\ ]* ]]; then
            programs=$(dirname "$(readlink -f "$(command -v postgres)")")
            return
        fi
        fail "$dir holds data of PostgreSQL $version, which is not installed: install it, or delete the data with 'scripts/postgres.sh remove $dir'"
    fi
    programs=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 | xargs -r dirname)
    if [ -z "$programs" ] && command -v initdb >/dev/null; then
        programs=$(dirname "$(readlink -f "$(command -v initdb)")")
    fi
    [ -n "$programs" ] || fail "no PostgreSQL server on this machine: run scripts/install-prerequisites.sh"
}

# Prints the pid of the server that runs on our data, or nothing. A pid file may be stale (the server was killed, or
# the machine was restarted and another process has that id now): only a process working in the data directory counts.
server_pid() {
    local data pid
    data=$(data_path)
    [ -n "$data" ] && [ -f "$data/postmaster.pid" ] || return 0
    pid=$(head -n 1 "$data/postmaster.pid")
    [ -n "$pid" ] && [ "$(readlink -f "/proc/$pid/cwd" 2>/dev/null)" = "$data" ] && echo "$pid"
    return 0
}

# --- making the cluster ---------------------------------------------------------------------------

make_password() { od -An -N18 -tx1 /dev/urandom | tr -d ' \n'; }

make_cluster() {
    local data password_copy
    data=$(data_path)
    case $data in /var/tmp/recommender-shop-postgres.*) rm -rf "$data" ;; esac
    rm -rf "${dir:?}/data" "$dir/port" "$dir/ready" "$dir/initialised"
    if [ "$server_user" = postgres ]; then
        data=$(mktemp -d /var/tmp/recommender-shop-postgres.XXXXXX)
        chown postgres: "$data"
        ln -s "$data" "$dir/data"
    else
        data=$dir/data
        mkdir -m 0700 "$data"
    fi
    (umask 077 && make_password >"$dir/password" && make_password >"$dir/admin-password")

    password_copy=$(mktemp /tmp/recshop-pw.XXXXXX)
    cat "$dir/admin-password" >"$password_copy"
    chown "$server_user" "$password_copy"
    # C.UTF-8: text sorts by code point, the byte order that every list of the product promises.
    if ! as_server "$programs/initdb" --pgdata="$data" --username=postgres --pwfile="$password_copy" --encoding=UTF8 \
        --locale=C.UTF-8 --auth-local=scram-sha-256 --auth-host=scram-sha-256 --no-instructions >"$dir/initdb.log" 2>&1; then
        rm -f "$password_copy"
        cat "$dir/initdb.log" >&2
        fail "initdb failed"
    fi
    rm -f "$password_copy"
    touch "$dir/initialised"
}

write_configuration() {
    local data=$1 port=$2 sockets=$3 memory_mb shared_buffers preload="" durability=""
    memory_mb=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
    # An eighth of the machine, within what a laptop can spare and what the largest benchmark can use.
    shared_buffers=$((memory_mb / 8))
    [ "$shared_buffers" -lt 64 ] && shared_buffers=64
    [ "$shared_buffers" -gt 1024 ] && shared_buffers=1024
    if compgen -G "$programs/../lib/pg_stat_statements.so" >/dev/null ||
        compgen -G "$programs/../lib/postgresql/pg_stat_statements.so" >/dev/null; then
        preload=pg_stat_statements
    fi
    if [ -f "$dir/throwaway" ]; then
        durability=$'fsync = off\nfull_page_writes = off\nsynchronous_commit = off'
    fi
    as_server tee "$data/recommender-shop.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$sockets'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = ${shared_buffers}MB
effective_cache_size = $((memory_mb / 2))MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
# Every hot query is short: compiling it costs more than running it.
jit = off
# A container's /dev/shm is often 64 MB, too small for a parallel join; a file in the data directory is not.
dynamic_shared_memory_type = mmap
shared_preload_libraries = '$preload'
timezone = 'UTC'
log_timezone = 'UTC'
$durability
CONF
    as_server grep -q '^include = ' "$data/postgresql.conf" ||
        echo "include = 'recommender-shop.conf'" | as_server tee -a "$data/postgresql.conf" >/dev/null
}

# The socket directory is private and short: a socket's path may have 107 bytes at most, a project's path may be longer.
socket_directory() {
    local sockets=""
    [ -f "$dir/socket-directory" ] && sockets=$(cat "$dir/socket-directory")
    if [ -z "$sockets" ] || [ ! -d "$sockets" ]; then
        sockets=$(mktemp -d /tmp/recshop-pg.XXXXXX)
        [ "$server_user" = postgres ] && chown postgres: "$sockets"
        echo "$sockets" >"$dir/socket-directory"
    fi
    echo "$sockets"
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below 32768, where the kernel takes the ports of outgoing connections from.
choose_port() {
    local port
    if [ -f "$dir/port" ] && port=$(cat "$dir/port") && [ -n "$port" ] && port_is_free "$port"; then
        echo "$port"
        return
    fi
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 10000))
        port_is_free "$port" && break
    done
    echo "$port"
}

# --- queries --------------------------------------------------------------------------------------

url_of() { # role, password file, database
    echo "postgresql://$1:$(cat "$dir/$2")@127.0.0.1:$(cat "$dir/port")/$3"
}
# As the superuser. Its password is in psql's environment, which others cannot read as they can a command line.
sql() { # database, psql's arguments
    PGPASSWORD=$(cat "$dir/admin-password") "$programs/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --set ON_ERROR_STOP=1 --host=127.0.0.1 --port="$(cat "$dir/port")" --username=postgres --dbname="$1" "${@:2}"
}

prepare_databases() {
    [ -f "$dir/ready" ] && return
    sql postgres >/dev/null <<SQL
SELECT 'CREATE ROLE shop LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop') \gexec
ALTER ROLE shop PASSWORD '$(cat "$dir/password")';
SELECT 'CREATE DATABASE shop OWNER shop' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shop') \gexec
SQL
    # In the template, so that every database made later can be measured too.
    local database
    for database in template1 shop; do
        sql "$database" \
            -c 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements' >/dev/null 2>&1 || true
    done
    touch "$dir/ready"
}

# --- commands -------------------------------------------------------------------------------------

start_server() {
    local data sockets port attempt
    exec 9>"$dir/lock"
    flock -w 120 9 || fail "another start of $dir has held its lock for two minutes"
    find_programs
    if [ -n "$(server_pid)" ]; then
        prepare_databases
        return
    fi
    [ "${1:-}" = --throwaway ] && touch "$dir/throwaway"
    data=$(data_path)
    # Without the mark, initdb was killed half way; without the data, /var/tmp was cleaned.
    if [ -z "$data" ] || [ ! -s "$data/PG_VERSION" ] || [ ! -f "$dir/initialised" ]; then
        make_cluster
        data=$(data_path)
    elif [ "$(stat -c %U "$data")" != "$server_user" ]; then
        fail "the data in $dir belongs to $(stat -c %U "$data"), not to $server_user: run as the user who made it, or delete it with 'scripts/postgres.sh remove $dir'"
    fi
    # No server runs on this data (server_pid), so an existing pid file is stale.
    rm -f "$data/postmaster.pid"
    sockets=$(socket_directory)

    # Another program may take the port between our check and the server's bind; children of a killed server may hold
    # its shared memory for a moment longer. Both are temporary: try again.
    for attempt in 1 2 3 4 5 6 7 8; do
        port=$(choose_port)
        write_configuration "$data" "$port" "$sockets"
        find "$sockets" -mindepth 1 -delete
        if as_server "$programs/pg_ctl" start --pgdata="$data" --log="$data/server.log" --wait --timeout=120 \
            >"$dir/pg_ctl.log" 2>&1 9>&-; then
            echo "$port" >"$dir/port"
            prepare_databases
            return
        fi
        port_is_free "$port" || rm -f "$dir/port"
        sleep $((attempt < 4 ? 1 : 2))
    done
    tail -n 20 "$data/server.log" >&2 || true
    fail "the server does not start; its log is $data/server.log"
}

stop_server() {
    local mode=fast pid
    [ "${1:-}" = --immediate ] && mode=immediate
    [ -d "$dir" ] || return 0
    exec 9>"$dir/lock"
    flock -w 120 9 || fail "another start or stop of $dir has held its lock for two minutes"
    pid=$(server_pid)
    [ -n "$pid" ] || return 0
    find_programs
    as_server "$programs/pg_ctl" stop --pgdata="$(data_path)" --mode=$mode --wait --timeout=60 >"$dir/pg_ctl.log" 2>&1 9>&- || {
        cat "$dir/pg_ctl.log" >&2
        fail "the server (pid $pid) does not stop"
    }
}

case $command_name in
start)
    start_server "$@"
    ;;
stop)
    stop_server "$@"
    ;;
status)
    pid=$(server_pid)
    if [ -z "$pid" ]; then
        echo "stopped ($dir)"
        exit 3
    fi
    echo "running, pid $pid, 127.0.0.1:$(cat "$dir/port" 2>/dev/null), PostgreSQL $(cat "$(data_path)/PG_VERSION"), data in $(data_path)"
    ;;
url)
    role=shop password_file=password
    [ "${1:-}" = --admin ] && { role=postgres password_file=admin-password; shift; }
    [ -s "$dir/port" ] && [ -s "$dir/$password_file" ] || fail "no server was ever started in $dir"
    url_of "$role" "$password_file" "${1:-shop}"
    ;;
database)
    [ -n "${1:-}" ] || usage
    find_programs
    sql postgres -v name="$1" >/dev/null <<'SQL'
SELECT format('CREATE DATABASE %I OWNER shop', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SQL
    ;;
sql)
    [ -n "${2:-}" ] || usage
    find_programs
    sql "$1" -c "$2"
    ;;
remove)
    stop_server --immediate
    data=$(data_path)
    sockets=$(cat "$dir/socket-directory" 2>/dev/null || true)
    # Only what this script made: a link that leads anywhere else is removed, not followed.
    case $data in /var/tmp/recommender-shop-postgres.*) rm -rf "$data" ;; esac
    case $sockets in /tmp/recshop-pg.*) rm -rf "$sockets" ;; esac
    rm -rf "$dir"
    ;;
*)
    usage
    ;;
esac
