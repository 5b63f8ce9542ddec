#!/bin/bash
# A private PostgreSQL that lives in a temporary folder and listens on a socket there alone.
#
#   tests/cluster.sh bin            prints the folder of PostgreSQL's programs: psql itself is there, not Debian's choice among versions
#   tests/cluster.sh start          makes and starts one, prints its folder (for PGHOST; superuser postgres, no password)
#   tests/cluster.sh schema FOLDER  makes the database khoacu in it: roles, migrations, functions
#   tests/cluster.sh restart FOLDER | kill FOLDER    stops it in order or at once (like a crash) and starts it again
#   tests/cluster.sh recover FOLDER starts it again after somebody else killed it
#   tests/cluster.sh stop FOLDER    ends it and removes the folder
#
# KHOACU_TEST_FSYNC=on keeps fsync (fault tests); without it the cluster is fast and forgets on power loss.
# KHOACU_TEST_PG_SETTINGS are further lines of its configuration.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

for bin in "${KHOACU_PG_BIN:-}" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(pg_config --bindir 2>/dev/null)"; do
    [ -x "$bin/initdb" ] && break
done
[ -x "$bin/initdb" ] || { echo "no PostgreSQL server programs found" >&2; exit 1; }

# PostgreSQL refuses to run as root: then it runs as a user of its own.
user=
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
fi
as_user() {
    if [ -n "$user" ]; then
        (cd / && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME=/ LC_ALL=C.UTF-8 "$@" 9>&-)
    else
        (cd / && env LC_ALL=C.UTF-8 "$@" 9>&-)
    fi
}
ctl() {
    as_user "$bin/pg_ctl" -s -w -t 60 -D "$1/data" -l "$1/log" "${@:2}" >&2 </dev/null
}

case ${1:-} in
bin)
    echo "$bin"
    ;;
start)
    folder=$(mktemp -d "${TMPDIR:-/tmp}/khoacu-pg.XXXXXX")
    chmod 755 "$folder"
    [ -z "$user" ] || chown "$user" "$folder"
    trap 'rm -rf "$folder"' ERR
    as_user "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$folder.initdb" 2>&1 ||
        { cat "$folder.initdb" >&2; rm -f "$folder.initdb"; false; }
    rm -f "$folder.initdb"
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = ${KHOACU_TEST_FSYNC:-off}
shared_buffers = 64MB
max_connections = 400
log_min_messages = warning
${KHOACU_TEST_PG_SETTINGS:-}
CONF
    ctl "$folder" start
    echo "$folder"
    ;;
schema)
    psql=("$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$2" -U postgres)
    export PGOPTIONS="-c client_min_messages=warning"
    "${psql[@]}" -d postgres -f "$root/sql/roles/roles.sql"
    "${psql[@]}" -d postgres -c "CREATE DATABASE khoacu OWNER khoacu_owner"
    export PGOPTIONS="$PGOPTIONS -c role=khoacu_owner -c search_path=khoacu,pg_catalog"
    for file in "$root"/sql/migrations/*.sql "$root"/sql/functions/*.sql; do
        [ ! -e "$file" ] || "${psql[@]}" -d khoacu -1 -f "$file"
    done
    ;;
restart)
    ctl "$2" restart -m fast
    ;;
kill)
    ctl "$2" stop -m immediate
    ctl "$2" start
    ;;
recover)
    # It refuses while a process of the dead one still holds its memory.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        ctl "$2" start 2>/dev/null && exit 0
        sleep 0.3
    done
    ctl "$2" start || { tail -n 10 "$2/log" >&2; exit 1; }
    ;;
stop)
    ctl "$2" stop -m immediate || true
    rm -rf "$2"
    ;;
*)
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2
    exit 2
    ;;
esac
