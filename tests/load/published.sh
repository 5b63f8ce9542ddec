#!/bin/bash
# Requests per second for a published list as static files, served by `khoacu serve-static` on its own: the rows of a post (1,000,
# compressed), the page that shows them, and the sealed shards of the look-up, 256 of them by turns.
# published.sh FOLDER PORT SECONDS: makes a signed folder below FOLDER with OpenSSL's tools, serves it, prints wrk's rates as lines
# "rows RATE", "page RATE", "lookup RATE"; nothing when there is no wrk.
set -eu
command -v wrk >/dev/null || exit 0
site=$1/site port=$2 seconds=$3
mkdir -p "$site/data/BENCH/v1/posts"
filler=$(head -c 1024 /dev/zero | base64 -w0 | tr '+/' '-_') # a sealed record of 1 KiB
awk 'BEGIN { printf "{\"code\":\"CV-01\",\"title\":\"Chuyên viên\",\"quota\":40,\"agencies\":[],\"rows\":["
    for (i = 1; i <= 1000; i++) printf "%s{\"rank\":%d,\"roll_number\":\"BD%05d\",\"raw\":\"%d.%02d\",\"priority\":\"0.00\",\"total\":\"%d.%02d\",\"outcome\":\"%s\",\"agency\":null,\"reason\":\"within_quota\"}",
        (i > 1 ? "," : ""), i, (i * 7919) % 100000, 99 - i / 12, i % 100, 99 - i / 12, i % 100, (i < 41 ? "selected" : "not_selected")
    print "]}" }' </dev/null >"$site/data/BENCH/v1/posts/0.json"
cp web/public/index.html "$site/index.html"
gzip -9nk "$site/data/BENCH/v1/posts/0.json" "$site/index.html"
mkdir -p "$site/data/BENCH/v1/lookup"
for i in $(seq 0 255); do # of 16 records, as `khoacu publish` fills them up
    printf -v shard '%02x' "$i"
    { printf '{"entries":['; for n in $(seq 16); do printf '%s{"sealed":"%s","tag":"%032x"}' "$([ "$n" -eq 1 ] || echo ,)" "$filler" "$((i * 16 + n))"; done; echo ']}'; } \
        >"$site/data/BENCH/v1/lookup/$shard.json"
done
(cd "$site" && find . -type f ! -name manifest.json | sed 's|^\./||' | LC_ALL=C sort | while read -r file; do
    printf '%s %s %s\n' "$file" "$(sha256sum <"$file" | cut -d' ' -f1)" "$(stat -c %s "$file")"
done) | awk '{ printf "%s\"%s\":{\"sha256\":\"%s\",\"size\":%d}", (NR > 1 ? "," : "{\"files\":{"), $1, $2, $3 } END { printf "},\"format\":\"khoacu-site/1\"}" }' >"$site/manifest.json"
openssl genpkey -algorithm ed25519 -out "$1/site.key" 2>/dev/null
openssl pkey -in "$1/site.key" -pubout -out "$site/public-key.pem"
openssl pkeyutl -sign -rawin -inkey "$1/site.key" -in "$site/manifest.json" -out "$site/manifest.sig"
build/khoacu serve-static "$site" --listen "127.0.0.1:$port" >"$1/site.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    grep -q '^Khoacu serves' "$1/site.log" && break
    sleep 0.05
done
rate() { # NAME PATH [wrk's options]
    local name=$1 path=$2
    shift 2
    wrk -t1 -c64 -d"$seconds" -H 'Accept-Encoding: gzip' "$@" "http://127.0.0.1:$port$path" |
        awk -v name="$name" '/Requests\/sec/ { rate = $2 } /Non-2xx|Socket errors/ { bad = 1 } END { if (!bad) print name, rate }'
}
cat >"$1/shards.lua" <<'END'
local n = 0
request = function()
  n = (n + 1) % 256
  return wrk.format("GET", string.format("/data/BENCH/v1/lookup/%02x.json", n))
end
END
rate rows /data/BENCH/v1/posts/0.json
rate page /
rate lookup / -s "$1/shards.lua"
