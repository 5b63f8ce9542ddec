#!/bin/bash
# Reads the tree and refuses what the house rules forbid. Each check is one case; a violation is printed as file:line: rule.
# tests/lint/run.sh quick leaves out the compilers and cppcheck.
set -u
cd "$(dirname "$0")/../.." || exit 2

passed=0 failed=0 skipped=0
# check NAME COMMAND…: passes when the command succeeds and prints nothing.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1) && [ -z "$output" ]; then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$name"
        printf '%s\n' "$output" | sed 's/^/        /'
    fi
}

# files PATTERN…: those of the tree whose path matches one of the patterns.
files() {
    find Makefile .ci server include sql tests web -name node_modules -prune -o -type f -print | LC_ALL=C sort | grep -E "$(IFS='|'; echo "$*")"
}
mapfile -t c_files < <(files '^server/.*\.c$')
mapfile -t headers < <(files '^(include|server)/.*\.h$')
mapfile -t test_c < <(files '^tests/.*\.c$')
mapfile -t sql_files < <(files '^sql/.*\.sql$')
mapfile -t pages < <(files '^web/.*\.(html|m?js)$')
mapfile -t code < <(files '^server/.*\.(c|h|awk|sh)$' '^include/' '^sql/' '^tests/.*\.(c|h|sh|py|m?js|awk)$' '^web/.*\.(m?js|css|html)$' '^Makefile$')

# A newcomer, and a pipe, take it in one piece; what is longer belongs into docs.
long_readme() {
    [ "$(wc -c <README.md)" -le 16384 ] || echo 'README.md: more than 16 KiB'
}
too_long() {
    awk 'FNR == 601 { print FILENAME ":601: more than 600 lines" }' "${code[@]}"
}
# PATTERN MESSAGE FILES…
forbid() {
    local pattern=$1 message=$2
    shift 2
    [ $# -eq 0 ] || grep -nHiE "$pattern" "$@" | sed -E "s/^([^:]*:[0-9]+):.*/\1: $message/"
}
sql_stars() {
    forbid '(select|returning)[[:space:]]+([a-z_]+\.)?\*' 'columns are named, never *' "${sql_files[@]}" "${c_files[@]}"
}
unfinished() {
    forbid '(^|[^a-z])(todo|fixme|xxx|hack)([^a-z]|$)' 'unfinished' $(printf '%s\n' "${code[@]}" | grep -v '^tests/lint/run.sh$')
}
one_row_per_statement() {
    local name
    for name in $(sed -nE 's/^-- :([a-z][a-z0-9_]*)[[:space:]]*$/\1/p' sql/queries/*.sql); do
        grep -qwr --include='*.c' "DB_${name^^}" server ||
            grep -nH -- "^-- :$name\$" sql/queries/*.sql | sed -E 's/^([^:]*:[0-9]+):.*/\1: statement is used nowhere/'
    done
}
used_functions() {
    local name
    for name in $(sed -nE 's/^CREATE (OR REPLACE )?FUNCTION (khoacu\.)?(do_[a-z0-9_]+).*/\3/ip' sql/functions/*.sql); do
        grep -qwr "$name" sql/queries server || echo "sql/functions:0: $name is used nowhere"
    done
}
# COMMENT ON INDEX … IS 'Serves a, b and c': each is a statement or an SQL operation.
served_statements() {
    local name
    sed -nE "s/.*IS 'Serves ([^';:]*).*/\1/p" sql/migrations/*.sql | tr ', ' '\n\n' | grep -vxE 'and|' | sort -u | while read -r name; do
        grep -qE "^-- :$name\$" sql/queries/*.sql || grep -qiE "FUNCTION (khoacu\.)?$name\b" sql/functions/*.sql ||
            grep -nHwE "Serves.*$name" sql/migrations/*.sql | sed -E "s/^([^:]*:[0-9]+):.*/\1: there is no statement $name/"
    done
}
used_headers() {
    local file name
    for file in "${headers[@]}"; do
        name=${file#include/}
        [[ $file == server/* ]] && name=$(basename "$file")
        grep -qF "\"$name\"" "${c_files[@]}" "${headers[@]}" "${test_c[@]}" || echo "$file:1: included nowhere"
    done
}
offered_functions() {
    awk -f tests/lint/public.awk "${headers[@]}" "${c_files[@]}" "${test_c[@]}" $(files '^tests/.*\.h$') | LC_ALL=C sort
}
# Both languages have the same keys, and each text the same {placeholders}.
catalogues() {
    local vi en
    for vi in $(files '^web/.*i18n/vi\.json$'); do
        en=${vi%vi.json}en.json
        jq -rn --arg vi "$vi" --arg en "$en" --slurpfile a "$vi" --slurpfile b "$en" '
            def marks: [scan("\\{[a-z_0-9]+\\}")] | unique;
            $a[0] as $a | $b[0] as $b
            | (($a | keys) - ($b | keys) | .[] | "\($en):1: key \(.) is missing"),
              (($b | keys) - ($a | keys) | .[] | "\($vi):1: key \(.) is missing"),
              ($a | keys[] | select($b[.] != null and ($a[.] == "") != ($b[.] == "")) | "\($vi):1: \(.) is empty in one language"),
              ($a | keys[] | select($b[.] != null and ($a[.] | tostring | marks) != ($b[.] | tostring | marks))
                  | "\($vi):1: \(.) has other placeholders than in English")' || echo "$vi:1: not a catalogue"
    done
}
# Each t("key") of an app is in its own catalogue or the shared one; what shared modules say may be in any.
named_texts() {
    local file folder key
    for file in $(files '^web/.*\.m?js$'); do
        folder=$(dirname "$file")
        case $folder in
        web/shared) folder='web/*' ;;
        web/staff | web/staff/*) folder='web/staff{,/*}' ;; # their catalogues are loaded together
        esac
        grep -noE '\bt\("[a-zA-Z0-9_.-]+"[,)]' "$file" | sed -E 's/t\("([^"]*)".*/\1/' | while IFS=: read -r line key; do
            eval grep -sqF "'\"$key\":'" web/shared/i18n/vi.json "$folder/i18n/vi.json" || echo "$file:$line: no text $key"
        done
    done
}
# Each act of the audit trail has words of its own, and no act that is gone has any: domain modules and SQL operations name theirs in full.
acts_have_words() {
    local modules='identity|cycle|bank|assembly|form|sitting|hall|scan|marking|panel|score|result|ballot|appeal|quality'
    LC_ALL=C comm -3 \
        <({ grep -hoE "\"($modules)\.[a-z][a-z0-9_]*\"" $(files '^server/(identity|cycle|bank|assembly|form|sitting|marking|panel|score|result|ballot|appeal|quality)/.*\.c$')
            grep -hoE "'($modules)\.[a-z][a-z0-9_]*'" $(files '^sql/functions/'); } | tr -d "\"'" | LC_ALL=C sort -u) \
        <(jq -r 'keys[] | select(startswith("audit.act.")) | ltrimstr("audit.act.")' web/staff/audit/i18n/vi.json | LC_ALL=C sort) |
        sed -E 's/^([^[:blank:]]+)/\1: an act without words/; s/^\t(.*)/web\/staff\/audit\/i18n\/vi.json:1: \1 is no act/'
}
json_files() {
    local file
    for file in $(files '^(web|server|tests)/.*\.json$'); do
        jq empty "$file" 2>&1 | sed "s|^|$file:1: |"
    done
}
scripts_parse() {
    local file
    for file in $(files '\.sh$' '^\.ci/run$'); do
        bash -n "$file"
    done
    node --experimental-vm-modules --no-warnings -e '
        const {readFileSync} = require("fs"), {SourceTextModule} = require("vm");
        for (const file of process.argv.slice(1))
            try { new SourceTextModule(readFileSync(file, "utf8"), {identifier: file}); }
            catch (fault) { console.log(fault.stack.split("\n")[0] + ": " + fault.message); }
    ' $(files '^web/.*\.m?js$')
}
imports_exist() {
    local file name
    for file in $(files '^web/.*\.m?js$'); do
        sed -nE "s/^(import|export)[^'\"]*['\"](\.[^'\"]*)['\"].*/\2/p; s/^\} from ['\"](\.[^'\"]*)['\"].*/\1/p" "$file" | while read -r name; do
            [ -e "$(dirname "$file")/$name" ] || echo "$file:1: imports $name, which is not there"
        done
    done
}
bad_acts() {
    local act file sentence
    tail -n +2 tests/bad_acts.tsv | while IFS=$'\t' read -r act file sentence; do
        grep -E 'step\(' "$file" 2>/dev/null | grep -qF "$sentence" || echo "tests/bad_acts.tsv: «$act»: $file has no step «$sentence»"
    done
}
# The header of packs is what a writer of own rules reads: it has every member that the reader takes.
pack_members() {
    local name
    sed -nE 's/^ *JSON_FIELD\(struct [a-z_]+, ([a-z_0-9]+),.*/\1/p' server/cycle/pack_read*.c | sort -u | while read -r name; do
        sed '/^#ifndef/,$d' include/khoacu/cycle/pack.h | grep -qw -- "$name" || echo "include/khoacu/cycle/pack.h:1: says nothing of the member $name"
    done
}
line_ends() {
    grep -nHE '[[:space:]]+$' "${code[@]}" | sed -E 's/^([^:]*:[0-9]+):.*/\1: blank at the end of the line/'
    forbid $'\t' 'tab' "${c_files[@]}" "${headers[@]}"
}
static_analysis() {
    # syntaxError, internalAstError: GNU C that cppcheck cannot read; both compilers can
    # resourceLeak: it does not know the cleanup attribute
    cppcheck --suppress=resourceLeak --quiet --std=c11 --enable=warning,portability --inline-suppr -j "${JOBS:-1}" -Iinclude -Ibuild/gen \
        --suppress=missingIncludeSystem --suppress=preprocessorErrorDirective --suppress=unknownMacro \
        --suppress=syntaxError --suppress=internalAstError --suppress=ctuuninitvar --suppress=nullPointerArithmeticRedundantCheck --template='{file}:{line}: {id}: {message}' server
}
compilers() {
    make --no-print-directory -s check
}

check 'modules include only lower floors; banned.h is last' awk -f tests/lint/includes.awk tests/lint/floors.txt "${c_files[@]}" "${headers[@]}" "${test_c[@]}"
check 'what is cleaned up has a value first' awk -f tests/lint/cleanup.awk "${c_files[@]}" "${test_c[@]}"
check 'headers explain themselves' awk -f tests/lint/headers.awk "${headers[@]}"
check 'headers are used' used_headers
check 'what public headers offer is used' offered_functions
check 'files have at most 600 lines' too_long
check 'README is short enough to be read at once' long_readme
check 'functions have at most 70 lines' awk -f tests/lint/functions.awk "${c_files[@]}"
check 'nothing is unfinished' unfinished
check 'no blanks at line ends, no tabs in C' line_ends
check 'every member of a pack is in its header' pack_members
check 'SQL names its columns' sql_stars
check 'every statement is used' one_row_per_statement
check 'every SQL operation is used' used_functions
check 'every index serves a statement' served_statements
check 'pages keep the content security policy' awk -f tests/lint/web.awk /dev/null "${pages[@]}"
check 'both languages have the same texts' catalogues
check 'texts that pages name exist' named_texts
check 'acts of the audit trail have words' acts_have_words
check 'JSON files are JSON' json_files
check 'scripts parse' scripts_parse
check 'modules of the pages exist' imports_exist
check 'every act that must be refused has its test' bad_acts
if [ "${1:-}" != quick ]; then
    check 'gcc and clang have no warning' compilers
    check 'cppcheck finds nothing' static_analysis
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
