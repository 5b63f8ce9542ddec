#!/bin/bash
# Load of the real server on a private PostgreSQL that syncs to the disk: saves at several numbers of connections beside
# a bare responder, the bare HTTP library and one transaction a save; the start of an examination; the ranking of a
# million. All in one run, so that the figures can be compared; the load generator shares the machine.
# Prints a table, writes build/bench.json. What is counted is correctness: nothing acknowledged may be missing.
#   KHOACU_BENCH_SHORT=1       one second a run     KHOACU_BENCH_CONNECTIONS="64 1000"   other numbers of connections
set -u
cd "$(dirname "$0")/../.." || exit 2
make -s -j"${JOBS:-1}" build/khoacu build/{bare,fill,load,naive,respond,rankbench} || exit 1
ulimit -n "$(ulimit -Hn)"

counts=(${KHOACU_BENCH_CONNECTIONS:-64 256 1000 4000})
seconds=3 warm=1
[ -z "${KHOACU_BENCH_SHORT:-}" ] || seconds=1
unset KHOACU_BENCH_SHORT KHOACU_BENCH_CONNECTIONS # the server knows no such settings
folder=$(mktemp -d "${TMPDIR:-/tmp}/khoacu-load.XXXXXX")
chmod 755 "$folder" # the server, started as root, becomes a user of its own
rows=$folder/rows
passed=0 failed=0 skipped=0
started=() pg=
finish() {
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null
    done
    wait 2>/dev/null
    [ -z "$pg" ] || tests/cluster.sh stop "$pg"
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

# check NAME COMMAND…
check() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name"
    fi
}
sql() { psql -XAtq -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d khoacu "$@"; }
# row NAME UNIT VALUE [P50 P99 [RATIO OF]]
row() {
    jq -cn --arg name "$1" --arg unit "$2" --arg value "$3" --arg p50 "${4:-}" --arg p99 "${5:-}" --arg ratio "${6:-}" --arg of "${7:-}" '
        def figure: if . == "" then null else tonumber end;
        {$name, $unit, value: (if $unit == "text" then $value else ($value | tonumber) end),
         p50_ms: ($p50 | figure), p99_ms: ($p99 | figure), ratio: ($ratio | figure), of: (if $of == "" then null else $of end)}' >>"$rows"
}
# get FIELD JSON
get() { jq -r ".$1" <<<"$2"; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
# wait_port PORT PID: until it accepts
wait_port() {
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}
# start PORT COMMAND…
start() {
    local port=$1
    shift
    "$@" >>"$folder/log" 2>&1 &
    started+=($!)
    wait_port "$port" $! || { echo "$1 does not start:"; tail -5 "$folder/log"; exit 1; }
}

# ---- the examination ----
pg=$(KHOACU_TEST_FSYNC=on tests/cluster.sh start) || exit 1
psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d postgres -c "CREATE DATABASE khoacu" >/dev/null || exit 1
PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d postgres -f sql/roles/roles.sql || exit 1
psql -X -q -h "$pg" -U postgres -d postgres -c "ALTER DATABASE khoacu OWNER TO khoacu_owner"
export KHOACU_DB="host=$pg user=postgres dbname=khoacu"
build/khoacu migrate >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
port=$((20000 + RANDOM % 10000))
loops=$(($(nproc) > 4 ? 4 : $(nproc))) # as many as the server takes by itself
bench_settings=(KHOACU_VAR="$folder/var" KHOACU_LISTEN=127.0.0.1:$port
    KHOACU_ADMIN_LISTEN=127.0.0.1:$((port + 1)) KHOACU_LOG_LEVEL=warn KHOACU_SAVES_PER_S=0)
start "$port" env "${bench_settings[@]}" build/khoacu serve
server=${started[-1]}
mkdir "$folder/data"
build/fill "$folder/data" "$folder/var/secret/server.key" "$folder/var/secret/bank.key" && sql -f "$folder/data/data.sql" >/dev/null || exit 1
start $((port + 2)) build/respond $((port + 2))
start $((port + 3)) build/bare $((port + 3)) "$loops"
start $((port + 4)) build/naive $((port + 4)) "$KHOACU_DB"

machine="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo), \
$(. /etc/os-release && echo "$PRETTY_NAME"), PostgreSQL $(sql -c 'SHOW server_version' | cut -d' ' -f1) with fsync $(sql -c 'SHOW fsync') and \
synchronous_commit $(sql -c 'SHOW synchronous_commit'), generator on the same cores, load before the run $(cut -d' ' -f1 /proc/loadavg)"
row machine text "$machine"
echo "$machine"
echo

# ---- saves ----
printf '%-28s %6s %10s %9s %9s %9s  %s\n' what conns per_s p50_ms p99_ms p99.9_ms ratio
acknowledged=0 seq=100000 failures=
# measure MODE NAME PORT CONNECTIONS [of-rate of-name]…
measure() {
    local mode=$1 name=$2 at=$3 connections=$4 ratios= rate
    shift 4
    seq=$((seq + 10000))
    out=$(build/load "$mode" "$at" "$connections" --input "$folder/data/save.txt" --seconds $seconds --warm $warm --seq $seq --path /save) ||
        { failures+=" $name/$connections"; out='{"rate":0,"p50_ms":0,"p99_ms":0,"p999_ms":0,"acknowledged":0,"primed":0,"statuses":{}}'; }
    echo "$out" >>"$folder/runs"
    rate=$(get rate "$out")
    [ $# -gt 0 ] || row "$name, $connections connections" 1/s "$rate" "$(get p50_ms "$out")" "$(get p99_ms "$out")"
    while [ $# -gt 0 ]; do
        row "$name, $connections connections" 1/s "$rate" "$(get p50_ms "$out")" "$(get p99_ms "$out")" "$(divide "$rate" "$1")" "$2"
        ratios+="$(divide "$rate" "$1") of $2  "
        shift 2
    done
    printf '%-28s %6s %10s %9s %9s %9s  %s\n' "$name" "$connections" "$rate" "$(get p50_ms "$out")" "$(get p99_ms "$out")" "$(get p999_ms "$out")" "$ratios"
    [ "$(get primed "$out")" = "$connections" ] || failures+=" $name/$connections:unanswered"
    [ "$(jq -c '.statuses | keys - ["200"]' <<<"$out")" = '[]' ] || failures+=" $name/$connections:$(jq -c .statuses <<<"$out")"
}
for connections in "${counts[@]}"; do
    measure raw respond $((port + 2)) "$connections"
    measure raw bare $((port + 3)) "$connections"
    bare=$(get rate "$out")
    measure raw "one transaction a save" $((port + 4)) "$connections"
    naive=$(get rate "$out")
    acknowledged=$((acknowledged + $(get acknowledged "$out")))
    measure save khoacu "$port" "$connections" "$bare" bare "$naive" "one transaction a save"
    acknowledged=$((acknowledged + $(get acknowledged "$out")))
done
stored=$(sql -c "SELECT count(*) FROM khoacu.response")
echo
check "every answer of every run was 200${failures:+:$failures}" [ -z "$failures" ]
check "nothing acknowledged is missing ($stored stored, $acknowledged acknowledged)" [ "$stored" -ge "$acknowledged" ]
check "no save is without a sitting" [ "$(sql -c "SELECT count(*) FROM khoacu.response r LEFT JOIN khoacu.sitting s USING (room_id, sitting_id) WHERE s.sitting_id IS NULL")" = 0 ]

# ---- the start ----
out=$(build/load start "$port" 256 --input "$folder/data/start.txt")
candidates=$(wc -l <"$folder/data/start.txt")
took=$(get seconds "$out")
printf '\n%d candidates signed in and opened their papers in %s s (256 connections; a request p50 %s ms, p99 %s ms)\n' \
    "$(get finished "$out")" "$took" "$(get p50_ms "$out")" "$(get p99_ms "$out")"
row "sign-in and opened paper, $candidates candidates" s "$took" "$(get p50_ms "$out")" "$(get p99_ms "$out")"
check "every candidate has her paper open ($(jq -c .statuses <<<"$out"))" [ "$(sql -c "SELECT count(*) FROM khoacu.sitting WHERE room_id >= 140 AND state = 'open'")" = "$candidates" ]
kilobytes=$(awk '/VmHWM/ { print $2 }' "/proc/$server/status")
row "server's most memory" MiB $((kilobytes / 1024))
echo "the server's most memory: $((kilobytes / 1024)) MiB"

# ---- the item bank ----
items=20000 asked=400
[ $seconds -gt 1 ] || { items=4000; asked=100; }
if out=$(env "${bench_settings[@]}" python3 tests/load/bank.py "$port" $items $asked); then
    printf '\nitem bank of %d items: a list p95 %s ms, a search p95 %s ms (first use %s ms, import %s s)\n' "$items" "$(get list.p95_ms "$out")" \
        "$(get search.p95_ms "$out")" "$(get first_ms "$out")" "$(get import_s "$out")"
    row "bank.list p95" ms "$(get list.p95_ms "$out")" "$(get list.p50_ms "$out")" "$(get list.p99_ms "$out")"
    row "bank.search p95" ms "$(get search.p95_ms "$out")" "$(get search.p50_ms "$out")" "$(get search.p99_ms "$out")"
fi
check "lists and searches of the bank are answered, 95 of 100 within 100 ms" jq -e \
    '.list.faults + .search.faults == 0 and .list.p95_ms < 100 and .search.p95_ms < 100' <<<"${out:-null}"

# ---- 5,000 items as a package and as other files ----
transfer=5000
[ $seconds -gt 1 ] || transfer=500
if out=$(env "${bench_settings[@]}" python3 tests/load/transfer.py $transfer qti21 qti30 gift csv xlsx); then
    echo
    for format in qti21 qti30 gift csv xlsx; do
        printf '%d items as %s: out in %s s (%s MiB), in in %s s (%s MiB)\n' "$transfer" "$format" "$(get "$format.export_s" "$out")" \
            "$(get "$format.export_mib" "$out")" "$(get "$format.import_s" "$out")" "$(get "$format.import_mib" "$out")"
        row "bank.export of $transfer items, $format" s "$(get "$format.export_s" "$out")"
        row "bank.import of $transfer items, $format" s "$(get "$format.import_s" "$out")"
        row "bank.export of $transfer items, $format, most memory" MiB "$(get "$format.export_mib" "$out")"
        row "bank.import of $transfer items, $format, most memory" MiB "$(get "$format.import_mib" "$out")"
    done
fi
check "each goes out and comes in within 30 s, without a difference, and the second time nothing changes" jq -e \
    '[.[] | .differences == 0 and .export_s < 30 and .import_s < 30] | length > 0 and all' <<<"${out:-[]}"
# Beside the file, which is held while it is read, stay the manifest of a package and the codes that the bank has: not the items.
check "memory grows by less than 4 KiB an item beside the file" jq -e --argjson items $transfer \
    '($items * 0.8 / 256) as $kept | [.[] | .export_mib - .fifth_export_mib < $kept + 2 and .import_mib - .fifth_import_mib < $kept + 2 + 3 * .bytes / 1048576] |
     length > 0 and all' <<<"${out:-[]}"

# ---- the ranking ----
if out=$(build/rankbench 1000000 2000 3); then
    printf '\n%s\n' "$out"
    row "ranking of 1,000,000 candidates over 2,000 posts" s "$(jq '.median_ms / 1000' <<<"$out")"
    row "ranking, most memory" MiB "$(get peak_mib "$out")"
fi
check "the million is ranked" [ -n "$out" ]

# ---- assembly: 8 parallel forms of 60 from 3,000 items; the aim is 60 s and curves within 0.005 ----
if command -v cbc >/dev/null || command -v glpsol >/dev/null; then
    mkdir "$folder/assembly"
    tests/load/assemble_pool.py "$folder/assembly" 3000 8
    build/khoacu assemble --pool "$folder/assembly/pool.csv" --blueprint "$folder/assembly/blueprint.json" --out "$folder/assembly/result.json" >>"$folder/log" 2>&1
    out=$(jq -c '{verdict, took: (.took_ms / 1000), apart: ([.constraints[] | select(.kind | test("^facility-.*-difference$")) | .lines[].value | tonumber] | max)}' "$folder/assembly/result.json")
    printf '\nassembly of 8 forms of 60 items from 3,000: %s in %s s, facility curves apart by %s at most\n' "$(get verdict "$out")" "$(get took "$out")" "$(get apart "$out")"
    row "assembly of 8 forms of 60 items from 3,000" s "$(get took "$out")"
    row "assembly, largest difference of facility curves" facility "$(get apart "$out")"
    check "8 forms are assembled within 60 s and 0.005" jq -e '.verdict == "assembled" and .took <= 60 and .apart <= 0.005' <<<"$out"
else
    skipped=$((skipped + 1))
    echo "assembly: skipped, no solver is installed"
fi

jq -s . "$rows" >build/bench.json
cp "$folder/runs" build/bench.runs
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
