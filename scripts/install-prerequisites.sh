#!/usr/bin/env bash
# Installs what building, running and testing needs on Debian or Ubuntu, and only what is missing.
#
#   scripts/install-prerequisites.sh            what `make build` and `make run` need
#   scripts/install-prerequisites.sh --test     also what `make test` needs: a type checker, a browser
#   scripts/install-prerequisites.sh --bench    also what `make bench` needs
#   scripts/install-prerequisites.sh --check    install nothing; name what is missing, exit 1 if anything is
#
# Works as root or through sudo. Otherwise prints the exact lines to run and exits 1.
# The Swift toolchain itself is not installed: 6.3 or newer must be on PATH.
set -euo pipefail

bench=false
test=false
check_only=false
for argument in "$@"; do
    case $argument in
    --bench) bench=true ;;
    --test) test=true ;;
    --check) check_only=true ;;
    *) echo "usage: scripts/install-prerequisites.sh [--test] [--bench] [--check]" >&2; exit 2 ;;
    esac
done

# --- what is missing ------------------------------------------------------------------------------

packages=()

need_command() { # command, Debian package
    command -v "$1" >/dev/null 2>&1 || packages+=("$2")
}
need_file() { # Debian package, candidate files (globs allowed)
    local package=$1 candidate
    shift
    for candidate in "$@"; do
        [ -e "$candidate" ] && return
    done
    packages+=("$package")
}
have_postgres_server() {
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
    command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1
}

need_command make make
need_command git git
need_command curl curl
need_command python3 python3
need_command flock util-linux
need_command sha256sum coreutils
need_command gzip gzip
need_command ps procps
# SwiftPM asks pkg-config for the search path: without it Debian's multi-arch .pc files are not found.
need_command pkg-config pkg-config
# The toolchain brings clang and a linker driver but no C library, no libstdc++ and no ld.
{ command -v ld >/dev/null && compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null && [ -e /usr/include/stdio.h ]; } || packages+=(g++)
need_file libpq-dev /usr/include/postgresql/libpq-fe.h /usr/include/libpq-fe.h
need_file libcurl4-openssl-dev /usr/include/curl/curl.h /usr/include/*/curl/curl.h
need_file libssl-dev /usr/include/openssl/evp.h /usr/include/*/openssl/evp.h
need_file zlib1g-dev /usr/include/zlib.h
need_file ca-certificates /etc/ssl/certs/ca-certificates.crt
need_file tzdata /usr/share/zoneinfo/UTC
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
# The frontend. What npm installed in frontend/node_modules serves as well.
node_modules=$(dirname "$0")/../frontend/node_modules
need_node_package() { # name, Debian package
    need_file "$2" "/usr/share/nodejs/$1" "$node_modules/$1/package.json"
}
need_command node nodejs
[ -x "$node_modules/.bin/esbuild" ] || need_command esbuild esbuild
need_node_package react node-react
need_node_package react-dom node-react-dom
need_node_package scheduler node-scheduler
need_node_package prop-types node-prop-types
need_node_package csstype node-csstype
need_node_package chart.js node-chart.js
need_node_package typescript node-typescript
if $test; then
    command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || need_command chromium chromium
    # Playwright's own program needs the first; the pages look as intended with the fonts.
    need_file libatomic1 /usr/lib/*/libatomic.so.1
    need_file fonts-urw-base35 /usr/share/fonts/opentype/urw-base35
    need_file fonts-inter /usr/share/fonts/opentype/inter /usr/share/fonts/truetype/inter
fi
if $bench; then
    need_command wrk wrk
    need_file time /usr/bin/time
fi

# Shared libraries that the toolchain's programs need (a fresh machine may have none of them).
swift_program=$(command -v swift || true)
if [ -n "$swift_program" ]; then
    toolchain=$(dirname "$(readlink -f "$swift_program")")
    while read -r library; do
        case $library in
        libsqlite3.so.0) packages+=(libsqlite3-0) ;;
        libxml2.so.2) packages+=(libxml2) ;;
        libcurl.so.4) packages+=(libcurl4) ;;
        libedit.so.2) packages+=(libedit2) ;;
        libncurses.so.6 | libform.so.6 | libpanel.so.6) packages+=(libncurses6) ;;
        libtinfo.so.6) packages+=(libtinfo6) ;;
        libz3.so.4) packages+=(libz3-4) ;;
        libatomic.so.1) packages+=(libatomic1) ;;
        libz.so.1) packages+=(zlib1g) ;;
        *) echo "note: the Swift toolchain needs $library, which is not on this machine" >&2 ;;
        esac
    done < <(
        for program in swift-frontend swift-package swift-build swift-driver swift-format clang; do
            [ -x "$toolchain/$program" ] && ldd "$toolchain/$program" 2>/dev/null
        done | awk '/not found/ && $1 ~ /^lib/ { print $1 }' | sort -u
    )
fi

server_missing=true
have_postgres_server && server_missing=false

# --- install --------------------------------------------------------------------------------------

unique_packages() { printf '%s\n' "$@" | sort -u | tr '\n' ' ' | sed 's/ *$//'; }

# Debian's postgresql package makes and starts a cluster of its own on port 5432 when it is installed.
# Only the programs are needed here, so that default is off while the package is configured.
# The configuration file goes back to what it was afterwards, also when this is interrupted; a copy that is there
# already is the original of one that was killed.
install_server_script='
set -e
apt-get install -y --no-install-recommends postgresql-common
conf=/etc/postgresql-common/createcluster.conf
[ -e $conf.before ] || cp -p $conf $conf.before
trap "mv -f $conf.before $conf" EXIT
trap "exit 130" INT
trap "exit 143" TERM HUP
sed -i -E "/^[#[:space:]]*create_main_cluster[[:space:]]*=/d" $conf
echo "create_main_cluster = false" >> $conf
apt-get install -y --no-install-recommends postgresql'

# The same for a person with a root shell.
print_lines() {
    {
        echo "$1 As root, run:"
        echo
        echo "    apt-get update"
        if [ -n "$list" ]; then echo "    apt-get install -y --no-install-recommends $list"; fi
        if $server_missing; then
            echo "    apt-get install -y --no-install-recommends postgresql-common"
            echo "    cp -p /etc/postgresql-common/createcluster.conf /etc/postgresql-common/createcluster.conf.before"
            echo "    echo 'create_main_cluster = false' >> /etc/postgresql-common/createcluster.conf"
            echo "    apt-get install -y --no-install-recommends postgresql"
            echo "    mv -f /etc/postgresql-common/createcluster.conf.before /etc/postgresql-common/createcluster.conf"
        fi
        echo
    } >&2
}

if [ ${#packages[@]} -gt 0 ] || $server_missing; then
    list=$(unique_packages ${packages[@]+"${packages[@]}"})
    wanted="$list"
    $server_missing && wanted="$wanted postgresql"
    if $check_only; then
        echo "Missing: $wanted" >&2
        exit 1
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This machine has no apt-get. Install what these Debian packages hold by other means: $wanted" >&2
        exit 1
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=(env)
    elif ! command -v sudo >/dev/null 2>&1; then
        print_lines "Missing packages, and neither root nor sudo to install them."
        exit 1
    elif sudo -n true 2>/dev/null || { [ -t 0 ] && echo "Installing with sudo: $wanted" && sudo -v; }; then
        as_root=(sudo)
    else
        print_lines "Missing packages, and sudo does not let $(id -un) install them."
        exit 1
    fi

    run_apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@" </dev/null; }
    install_all() {
        if [ -n "$list" ]; then
            # shellcheck disable=SC2086  # a list of package names, one word each
            run_apt apt-get install -y --no-install-recommends $list || return 1
        fi
        if $server_missing; then
            run_apt sh -c "$install_server_script" || return 1
        fi
    }

    echo "Installing: $wanted"
    # A fresh image has no package lists at all, an old one has stale ones: update only then.
    lists_age_days=$((($(date +%s) - $(stat -c %Y /var/lib/apt/lists 2>/dev/null || echo 0)) / 86400))
    updated=false
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || [ "$lists_age_days" -gt 7 ]; then
        run_apt apt-get update || { print_lines "apt-get could not fetch its package lists."; exit 1; }
        updated=true
    fi
    if ! install_all && { $updated || ! run_apt apt-get update || ! install_all; }; then
        print_lines "apt-get could not install: $wanted."
        exit 1
    fi
fi

# --- Swift ----------------------------------------------------------------------------------------

required_major=6
required_minor=3
if ! command -v swift >/dev/null 2>&1; then
    echo "Swift $required_major.$required_minor or newer is not on PATH. Install it from https://www.swift.org/install/linux/ and start again." >&2
    exit 1
fi
if ! version_text=$(swift --version 2>&1); then
    echo "The Swift toolchain at $(command -v swift) does not start:" >&2
    echo "$version_text" >&2
    exit 1
fi
version=$(printf '%s\n' "$version_text" | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
major=${version%%.*}
minor=${version#*.}
if [ -z "$version" ] || [ "$major" -lt "$required_major" ] ||
    { [ "$major" -eq "$required_major" ] && [ "$minor" -lt "$required_minor" ]; }; then
    echo "Swift $required_major.$required_minor or newer is needed; $(command -v swift) is ${version:-of unknown version}." >&2
    echo "Install a newer one from https://www.swift.org/install/linux/ and put it first on PATH." >&2
    exit 1
fi

# --- The page that GET /docs shows ------------------------------------------------------------------

if ! $check_only; then
    # Without network the API works all the same, and the page says how to install it.
    "$(dirname "$0")/swagger-ui.sh" || echo "note: Swagger UI was not installed; /api/docs will say so" >&2
fi
