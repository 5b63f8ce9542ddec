#!/bin/sh
# Installs the Debian packages named in the lists given as arguments, as far as they are missing.
# On other systems it says what is needed and leaves it to the reader.
set -eu

missing=
installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii  *//p') || installed=
for list in "$@"; do
    while read -r package program _; do
        case $package in '' | '#'*) continue ;; esac
        [ -n "$program" ] && command -v "$program" >/dev/null 2>&1 && continue
        printf '%s\n' "$installed" | grep -qxF "$package" || missing="$missing $package"
    done <"$list"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Not a Debian system: please see to what stands for these packages here:$missing" >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    echo "As root, please run: apt-get install$missing" >&2
    exit 1
fi

echo "Installing:$missing"
# Debian's PostgreSQL would make and start a cluster of its own; Khoacu keeps its data in var/.
case $missing in
*postgresql*)
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        $as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    ;;
esac
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
    -o Dpkg::Options::=--force-confold $missing >/dev/null
