#!/bin/bash
# Load of the real server on a private PostgreSQL that syncs to the disk: saves at several numbers of connections beside
# a bare responder, the bare HTTP library and one transaction a save; the start of an examination; the ranking of a
# million. All in one run, so that the figures can be compared; the load generator shares the machine.
# Prints a table, writes build/bench.json. What is counted is correctness: nothing acknowledged may be missing.
#   KHOACU_BENCH_SHORT=1       one second a run     KHOACU_BENCH_CONNECTIONS="64 1000"   other numbers of connections
#   KHOACU_BENCH_DAY="1000 5000"   sittings of the simulated days (1,000, 5,000, 20,000 and 50,000, which take some three minutes)
#   KHOACU_BENCH_RANK_MORE=10000000   ranks ten million too: some 2 GB and half a minute
#   KHOACU_BENCH_ONLY=saves    the saves and the days alone
set -u
cd "$(dirname "$0")/../.." || exit 2
make -s -j"${JOBS:-1}" build/khoacu build/{bare,day,fill,load,naive,respond,rankbench} || exit 1
ulimit -n "$(ulimit -Hn)"

# Everything in one process a side: where the limit of descriptors is lower than the most connections, that is what is run.
most=$(($(ulimit -n) - 400))
counts=(${KHOACU_BENCH_CONNECTIONS:-64 256 1000 4000 20000})
for i in "${!counts[@]}"; do
    [ "${counts[i]}" -le $most ] || counts[i]=$most
done
days=(${KHOACU_BENCH_DAY:-1000 5000 20000 50000})
only=${KHOACU_BENCH_ONLY:-}
seconds=3 warm=1
[ -z "${KHOACU_BENCH_SHORT:-}" ] || seconds=1
[ -z "${KHOACU_BENCH_SHORT:-}" ] || days=(${KHOACU_BENCH_DAY:-500})
rank_more=${KHOACU_BENCH_RANK_MORE:-} scores=${KHOACU_TEST_DATA:-../shared/data}/scores/thpt_2017.csv.gz
unset KHOACU_BENCH_SHORT KHOACU_BENCH_CONNECTIONS KHOACU_BENCH_DAY KHOACU_BENCH_ONLY KHOACU_BENCH_RANK_MORE KHOACU_TEST_DATA # the server knows no such settings
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
# PostgreSQL with the settings of the private cluster (server/main/cluster.c)
buffers=$(($(getconf _PHYS_PAGES) * $(getconf PAGESIZE) / (16 << 20)))
buffers=$((buffers < 128 ? 128 : buffers > 2048 ? 2048 : buffers))
pg=$(KHOACU_TEST_FSYNC=on KHOACU_TEST_PG_SETTINGS="shared_buffers = ${buffers}MB
max_wal_size = 2GB
min_wal_size = 1GB
checkpoint_timeout = 15min" tests/cluster.sh start) || exit 1
psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d postgres -c "CREATE DATABASE khoacu" >/dev/null || exit 1
PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d postgres -f sql/roles/roles.sql || exit 1
psql -X -q -h "$pg" -U postgres -d postgres -c "ALTER DATABASE khoacu OWNER TO khoacu_owner"
psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d postgres -f sql/roles/wal.sql || exit 1 # as the private cluster does when it is made
export KHOACU_DB="host=$pg user=postgres dbname=khoacu"
build/khoacu migrate >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
port=$((20000 + RANDOM % 10000))
cores=$(nproc)
loops=$((cores < 2 ? 1 : cores > 8 ? 4 : cores / 2)) # as many as the server takes by itself
bench_settings=(KHOACU_VAR="$folder/var" KHOACU_LISTEN=127.0.0.1:$port
    KHOACU_ADMIN_LISTEN=127.0.0.1:$((port + 1)) KHOACU_LOG_LEVEL=warn KHOACU_SAVES_PER_S=0 KHOACU_CONNECTIONS_PER_ADDRESS=0)
# serve: the server, or a new one that has kept nothing of what was before
serve() {
    [ -z "${server:-}" ] || { kill "$server"; wait "$server"; } 2>/dev/null
    start "$port" env "${bench_settings[@]}" build/khoacu serve
    server=${started[-1]}
}
serve
mkdir "$folder/data"
kept_day=$(printf '%s\n' "${days[@]}" | awk '$1 <= 5000 && $1 > n { n = $1 } END { print n + 0 }') # once more, with connections that are kept
seats=10000 # of the start; those of the days are beyond
for sittings in "${days[@]}" $kept_day; do
    seats=$((seats + (sittings + 499) / 500 * 500))
done
build/fill "$folder/data" "$folder/var/secret/server.key" "$folder/var/secret/bank.key" $seats && sql -f "$folder/data/data.sql" >/dev/null || exit 1
start $((port + 2)) build/respond $((port + 2))
start $((port + 3)) build/bare $((port + 3)) "$loops"
start $((port + 4)) build/naive $((port + 4)) "$KHOACU_DB"
start $((port + 7)) build/bare $((port + 7)) "$cores"

machine="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo), \
$(. /etc/os-release && echo "$PRETTY_NAME"), PostgreSQL $(sql -c 'SHOW server_version' | cut -d' ' -f1) with fsync $(sql -c 'SHOW fsync'), \
synchronous_commit $(sql -c 'SHOW synchronous_commit') and shared_buffers $(sql -c 'SHOW shared_buffers'), $loops loop$([ "$loops" = 1 ] || echo s), generator on the same cores, load before the run $(cut -d' ' -f1 /proc/loadavg)"
row machine text "$machine"
echo "$machine"
echo

# ---- saves ----
printf '%-28s %6s %10s %9s %9s %9s  %s\n' what conns per_s p50_ms p99_ms p99.9_ms ratio
acknowledged=0 seq=100000 failures= tls=0
# measure MODE NAME PORT CONNECTIONS [of-rate of-name]…
measure() {
    local mode=$1 name=$2 at=$3 connections=$4 ratios= rate
    shift 4
    seq=$((seq + 10000))
    out=$(build/load "$mode" "$at" "$connections" --input "$folder/data/save.txt" --seconds $seconds --warm $warm --seq $seq --path /save --tls $tls) ||
        { failures+=" $name/$connections"; out='{"rate":0,"p50_ms":0,"p99_ms":0,"p999_ms":0,"acknowledged":0,"primed":0,"statuses":{}}'; }
    echo "$out" >>"$folder/runs"
    rate=$(get rate "$out")
    row "$name, $connections connections, p99.9" ms "$(get p999_ms "$out")"
    [ $# -gt 0 ] || row "$name, $connections connections" 1/s "$rate" "$(get p50_ms "$out")" "$(get p99_ms "$out")"
    while [ $# -gt 0 ]; do
        row "$name, $connections connections" 1/s "$rate" "$(get p50_ms "$out")" "$(get p99_ms "$out")" "$(divide "$rate" "$1")" "$2"
        ratios+="$(divide "$rate" "$1") of $2  "
        shift 2
    done
    printf '%-28s %6s %10s %9s %9s %9s  %s\n' "$name" "$connections" "$rate" "$(get p50_ms "$out")" "$(get p99_ms "$out")" "$(get p999_ms "$out")" "$ratios"
    # of what ours is compared with, not every connection need be answered in the first second
    [ "$mode" = raw ] || [ "$(get primed "$out")" = "$connections" ] || failures+=" $name/$connections:unanswered"
    [ "$(jq -c '.statuses | keys - ["200"]' <<<"$out")" = '[]' ] || failures+=" $name/$connections:$(jq -c .statuses <<<"$out")"
}
for connections in "${counts[@]}"; do
    measure raw respond $((port + 2)) "$connections"
    measure raw bare $((port + 3)) "$connections"
    bare=$(get rate "$out")
    measure raw "bare, a loop a core" $((port + 7)) "$connections"
    bare_all=$(get rate "$out")
    measure raw "one transaction a save" $((port + 4)) "$connections"
    naive=$(get rate "$out")
    acknowledged=$((acknowledged + $(get acknowledged "$out")))
    measure save khoacu "$port" "$connections" "$bare" bare "$bare_all" "bare, a loop a core" "$naive" "one transaction a save"
    acknowledged=$((acknowledged + $(get acknowledged "$out")))
done
# ---- the same over TLS: a second server with a certificate of its own, on the same database ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -keyout "$folder/key.pem" \
    -out "$folder/cert.pem" 2>>"$folder/log" || exit 1
start $((port + 5)) env "${bench_settings[@]}" KHOACU_VAR="$folder/tls" KHOACU_LISTEN=127.0.0.1:$((port + 5)) KHOACU_ADMIN_LISTEN=127.0.0.1:$((port + 6)) \
    KHOACU_SECRET_FILE="$folder/var/secret/server.key" KHOACU_BANK_KEY_FILE="$folder/var/secret/bank.key" KHOACU_WORKER=off \
    KHOACU_TLS_CERT="$folder/cert.pem" KHOACU_TLS_KEY="$folder/key.pem" build/khoacu serve
tls_server=${started[-1]}
for connections in 64 1000; do
    measure save khoacu "$port" $connections
    plain=$(get rate "$out")
    acknowledged=$((acknowledged + $(get acknowledged "$out")))
    tls=1
    measure save "khoacu, TLS" $((port + 5)) $connections "$plain" "without TLS"
    tls=0
    acknowledged=$((acknowledged + $(get acknowledged "$out")))
done
kill "$tls_server"

# ---- what a save costs ----
# cost SECONDS…: hundredths of seconds of processor that the server and all of PostgreSQL have used, and the log's place
cost() {
    awk '{ printf "%d ", $14 + $15 }' "/proc/$server/stat"
    for pid in $(pgrep -P "$(head -1 "$pg/data/postmaster.pid")"); do
        cat "/proc/$pid/stat"
    done 2>/dev/null | awk '{ sum += $14 + $15 } END { printf "%d ", sum }'
    sql -F' ' -c "SELECT pg_current_wal_lsn() - '0/0', pg_table_size('khoacu.response'), pg_indexes_size('khoacu.response'), (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'response')"
}
sql -c CHECKPOINT
before=($(cost))
measure save "khoacu again" "$port" 1000
acknowledged=$((acknowledged + $(get acknowledged "$out")))
after=($(cost))
per_save=$(awk -v n="$(get acknowledged "$out")" -v b="${before[*]}" -v a="${after[*]}" 'BEGIN { split(b, B); split(a, A)
    printf "{\"server_us\":%.1f,\"postgres_us\":%.1f,\"wal\":%.0f,\"table\":%.0f,\"index\":%.0f}", (A[1]-B[1])*1e4/n, (A[2]-B[2])*1e4/n, (A[3]-B[3])/n, (A[4]-B[4])/n, (A[5]-B[5])/n }')
printf '\na save at 1,000 connections: %s us of processor in the server, %s in PostgreSQL; %s bytes of WAL (pages whole after a checkpoint included), %s of table, %s of index\n' \
    "$(get server_us "$per_save")" "$(get postgres_us "$per_save")" "$(get wal "$per_save")" "$(get table "$per_save")" "$(get index "$per_save")"
row "processor of the server, a save" us "$(get server_us "$per_save")"
row "processor of PostgreSQL, a save" us "$(get postgres_us "$per_save")"
row "WAL of a save" bytes "$(get wal "$per_save")"
row "table of a save" bytes "$(get table "$per_save")"
row "index of a save" bytes "$(get index "$per_save")"

stored=$(sql -c "SELECT count(*) FROM khoacu.response")
echo
check "every answer of every run was 200${failures:+:$failures}" [ -z "$failures" ]
check "nothing acknowledged is missing ($stored stored, $acknowledged acknowledged)" [ "$stored" -ge "$acknowledged" ]
check "no save is without a sitting" [ "$(sql -c "SELECT count(*) FROM khoacu.response r LEFT JOIN khoacu.sitting s USING (room_id, sitting_id) WHERE s.sitting_id IS NULL")" = 0 ]

# ---- the start ----
head -10000 "$folder/data/start.txt" >"$folder/data/first.txt"
out=$(build/load start "$port" 256 --input "$folder/data/first.txt")
candidates=10000
took=$(get seconds "$out")
printf '\n%d candidates signed in and opened their papers in %s s (256 connections; a request p50 %s ms, p99 %s ms)\n' \
    "$(get finished "$out")" "$took" "$(get p50_ms "$out")" "$(get p99_ms "$out")"
row "sign-in and opened paper, $candidates candidates" s "$took" "$(get p50_ms "$out")" "$(get p99_ms "$out")"
check "every candidate has her paper open ($(jq -c .statuses <<<"$out"))" [ "$(sql -c "SELECT count(*) FROM khoacu.sitting WHERE room_id >= 140 AND state = 'open'")" = "$candidates" ]
kilobytes=$(awk '/VmHWM/ { print $2 }' "/proc/$server/status")
row "server's most memory" MiB $((kilobytes / 1024))
echo "the server's most memory: $((kilobytes / 1024)) MiB"

# ---- days of examination, a fifth as long: sign-in, all open the paper, an answer every 30 s each, all hand in ----
# probe: what `day` asks for at each of its four points
probe() {
    local now=($(cost))
    printf '{"server_cs":%s,"pg_cs":%s,"wal":%s,"table":%s,"index":%s,"rss_kb":%s}\n' "${now[@]:0:5}" "$(awk '/VmRSS/ { print $2 }' "/proc/$server/status")"
}
# at_least A B
at_least() { echo $(($1 > $2 ? $1 : $2)); }
used=10000 costs=
# day SITTINGS KEEP: on a server that keeps nothing of what was before; more than 20,000 at the pace of a real day, save that they sign
# in within a minute, as two cores do not carry five times that pace
day() {
    local sittings=$1 keep=$2 times name kept=
    times=(--signin "$(at_least 5 $((sittings / 1000)))" --open "$(at_least 6 $((sittings / 1600)))" --interval 6 --submit "$(at_least 6 $((sittings / 800)))")
    [ "$sittings" -le 20000 ] || times=(--signin 60 --open 30 --interval 30 --submit 60)
    [ "$keep" = 0 ] || kept=", connections kept"
    name="day of $sittings sittings$kept"
    tail -n +$((used + 1)) "$folder/data/start.txt" | head -n "$sittings" >"$folder/data/day.txt"
    used=$((used + (sittings + 499) / 500 * 500))
    sql -c CHECKPOINT
    serve
    python3 tests/load/disk.py "$folder" >"$folder/disk.json" &
    disk_pid=$!
    coproc DAY { build/day "$port" --input "$folder/data/day.txt" --sittings "$sittings" "${times[@]}" --answers 3 --keep "$keep"; }
    day_pid=$DAY_PID # the shell forgets it when `day` has ended
    exec 7<&"${DAY[0]}" 8>&"${DAY[1]}"
    out=
    while read -r line <&7; do
        if [ "$line" = probe ]; then probe >&8; else out=$line; fi
    done
    exec 7<&- 8>&-
    wait "$day_pid" 2>/dev/null
    kill "$disk_pid" && wait "$disk_pid"
    disk=$(<"$folder/disk.json")
    echo "${out:=null}" >>"$folder/runs"
    day=$(jq -c '.probes as [$base, $from, $to, $last] | .save.count as $n | .sittings as $s | {finished, broken, save, start: .start, login: .login, submit: .submit,
        refused: ([.login, .start, .save, .submit | .refused + .failed] | add),
        cpu_s: ((($to.server_cs - $from.server_cs) + ($to.pg_cs - $from.pg_cs)) / 100 / $n * 1000 * 1000 | round / 1000),
        server_cpu_s: (($to.server_cs - $from.server_cs) / 100 / $n * 1000 * 1000 | round / 1000),
        kb: (($to.rss_kb - $base.rss_kb) / $s * 100 | round / 100), wal: (($to.wal - $from.wal) / $n | round)}' <<<"$out" 2>/dev/null || echo '{"refused":-1}')
    printf '\n%s (%s): %s refused or failed, a save p50 %s ms, p99 %s ms, p99.9 %s ms; paper p99 %s ms, hand-in p99 %s ms;\n' "$name" "${times[*]}" \
        "$(get refused "$day")" "$(get save.p50_ms "$day")" "$(get save.p99_ms "$day")" "$(get save.p999_ms "$day")" "$(get start.p99_ms "$day")" "$(get submit.p99_ms "$day")"
    printf '    %s s of processor for 1,000 saves (server %s), %s KiB of the server for a sitting, %s bytes of WAL a save\n' "$(get cpu_s "$day")" \
        "$(get server_cpu_s "$day")" "$(get kb "$day")" "$(get wal "$day")"
    printf '    beside it a sync of 8 KB took p50 %s ms, p99 %s ms, at most %s ms; the host took %s %% of the processors\n' \
        "$(get p50_ms "$disk")" "$(get p99_ms "$disk")" "$(get most_ms "$disk")" "$(get steal_percent "$disk")"
    row "$name, a sync of the disk beside it" ms "$(get p50_ms "$disk")" "$(get p50_ms "$disk")" "$(get p99_ms "$disk")"
    row "$name, a save" ms "$(get save.p50_ms "$day")" "$(get save.p50_ms "$day")" "$(get save.p99_ms "$day")"
    row "$name, processor for 1,000 saves" s "$(get cpu_s "$day")"
    row "$name, the server's memory for a sitting" KiB "$(get kb "$day")"
    row "$name, refused" requests "$(get refused "$day")"
    check "a $name: all hand in, nothing is refused, a save takes less than 100 ms in 99 of 100" jq -e --argjson n "$sittings" \
        '.finished == $n and .refused == 0 and .save.p99_ms < 100' <<<"$day"
}
for sittings in "${days[@]}"; do
    day "$sittings" 0
    [ "$sittings" -lt 5000 ] || costs+=" $(get cpu_s "$day")"
    # what the first sittings make the server keep for good (statements, certificates, pools) is not theirs
    [ "$sittings" -lt 20000 ] || check "the server takes less than 4 KiB for each of $sittings sittings" jq -e '.kb < 4' <<<"$day"
done
[ "$(wc -w <<<"$costs")" -lt 2 ] || check "the cost of a save does not grow with the sittings ($costs s for 1,000 saves)" \
    awk -v costs="$costs" 'BEGIN { n = split(costs, C); for (i = 2; i <= n; i++) if (C[i] > C[1] * 1.2) exit 1 }'
[ "$kept_day" = 0 ] || day "$kept_day" 1

ending() {
    jq -s . "$rows" >build/bench.json
    cp "$folder/runs" build/bench.runs
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}
[ "$only" != saves ] || ending

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

# ---- a marking day: scripts dealt by a draw to examiners who then all work at once, five times as fast as people mark ----
scripts=100000 markers=300 marking_s=20
[ $seconds -gt 1 ] || { scripts=5000; markers=50; marking_s=8; }
if out=$(python3 tests/load/marking.py "$port" $scripts $markers $marking_s); then
    printf '\nmarking of %d scripts by %d examiners: drawn in %s s; the next script p95 %s ms, a mark p95 %s ms\n' $scripts $markers "$(get draw_s "$out")" \
        "$(get next.p95_ms "$out")" "$(get save.p95_ms "$out")"
    row "marking.draw of $scripts scripts" s "$(get draw_s "$out")"
    row "marking.next, $markers examiners" ms "$(get next.p95_ms "$out")" "$(get next.p50_ms "$out")" "$(get next.p99_ms "$out")"
    row "marking.save, $markers examiners" ms "$(get save.p95_ms "$out")" "$(get save.p50_ms "$out")" "$(get save.p99_ms "$out")"
fi
check "no mark that was acknowledged is missing" jq -e '.acknowledged > 0 and .acknowledged == .stored' <<<"${out:-null}"
check "a draw takes less than 10 s, the next script less than 50 ms in 95 of 100" jq -e '.draw_s < 10 and .next.p95_ms < 50' <<<"${out:-null}"

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

# ---- a published list as a static file ----
out=$(tests/load/published.sh "$folder" $((port + 9)) $seconds)
if [ -n "$out" ]; then
    of() { awk -v name="$1" '$1 == name { print $2 }' <<<"$out"; }
    printf '\npublished list as static files: rows of a post (1,000, compressed) %s, its page %s, sealed shards of the look-up %s requests a second\n' \
        "$(of rows)" "$(of page)" "$(of lookup)"
    row "published list of 1,000 rows, static, 64 connections" 1/s "$(of rows)"
    row "page of a published list, static, 64 connections" 1/s "$(of page)"
    row "look-up in a published list, static, 64 connections" 1/s "$(of lookup)"
    check "20,000 requests a second for a published list: its rows, its page" awk -v rows="$(of rows)" -v page="$(of page)" 'BEGIN { exit !(rows >= 20000 && page >= 20000) }'
else
    skipped=$((skipped + 1))
    echo "published list: skipped, no wrk is installed"
fi

# ---- the ranking: the curve, the other ways of allocation, real marks, and from the database to a stored result ----
echo
ranked=
for size in 10000 100000 1000000 $rank_more; do
    if out=$(build/rankbench "$size" $((size < 500000 ? size / 500 : 2000)) 3); then
        printf 'ranking of %d candidates: %s ms, %s MiB\n' "$size" "$(get median_ms "$out")" "$(get peak_mib "$out")"
        row "ranking of $size candidates, pooled rank and choice of agency" s "$(jq '.median_ms / 1000' <<<"$out")"
        row "ranking of $size candidates, most memory" MiB "$(get peak_mib "$out")"
        ranked+=" $size"
    fi
done
for form in "1000000 2000 3 wishes" "100000 1000 3 joint"; do
    # shellcheck disable=SC2086
    if out=$(build/rankbench $form); then
        printf 'ranking, %s: %s ms\n' "$form" "$(get median_ms "$out")"
        row "ranking of $(get candidates "$out") candidates, $(get form "$out")" s "$(jq '.median_ms / 1000' <<<"$out")"
    fi
done
check "ten thousand to a million are ranked ($ranked )" [ "${ranked#* 10000 100000 1000000}" != "$ranked" ]
if [ -f "$scores" ]; then
    mkdir "$folder/scores"
    tests/load/scores.py "$scores" "$folder/scores" >"$folder/scores/made"
    began=$(date +%s%N)
    out=$(build/khoacu rank --pack "$folder/scores/pack.json" --posts "$folder/scores/posts.csv" --candidates "$folder/scores/candidates.csv" \
        --out "$folder/scores/list.json" --json)
    took=$(divide "$(($(date +%s%N) - began))" 1000000000)
    printf 'real marks of %s candidates over 1,000 posts, from tables to a list: %s s\n' "$(get candidates "$out")" "$took"
    row "real marks of $(get candidates "$out") candidates over 1,000 posts, from tables to a list" s "$took"
    check "real marks are placed ($(get selected "$out") of $(get places "$(cat "$folder/scores/made")") places)" [ "$(get selected "$out")" -gt 0 ]
else
    skipped=$((skipped + 1))
    echo "real marks: skipped, $scores is not there"
fi
fields=200000
[ $seconds -gt 1 ] || fields=20000
if out=$(python3 tests/load/ranking.py $fields "$server" "$(head -1 "$pg/data/postmaster.pid")"); then
    printf '%d candidates from the database to a stored result: %s s (processor: server %s s, PostgreSQL %s s), cancelled within %s s\n' "$fields" "$(get seconds "$out")" \
        "$(get server_cpu_s "$out")" "$(get postgres_cpu_s "$out")" "$(get cancelled_s "$out")"
    row "ranking of $fields candidates, database to stored result" s "$(get seconds "$out")"
    row "ranking of $fields candidates, from cancel to its end" s "$(get cancelled_s "$out")"
fi
check "all are stored, progress is seen, and of the cancelled one nothing is kept" jq -e \
    '.stored == .candidates and (.steps | length) > 1 and .kept == 0' <<<"${out:-null}"

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

ending
