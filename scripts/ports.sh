# shellcheck shell=bash
# Sourced by run.sh: who listens on 127.0.0.1.

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Who listens on a port, as "name (pid N)", found without ss or lsof.
port_holder() {
    local hex inode link pid
    hex=$(printf ':%04X' "$1")
    while read -r inode; do
        for link in /proc/[0-9]*/fd/*; do
            if [ "$(readlink "$link" 2>/dev/null)" = "socket:[$inode]" ]; then
                pid=${link#/proc/}
                pid=${pid%%/*}
                printf '%s (pid %s)' "$(cat "/proc/$pid/comm")" "$pid"
                return
            fi
        done
    done < <(awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    printf 'another program'
}
