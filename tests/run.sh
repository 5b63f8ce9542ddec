#!/bin/bash
# Runs the suites named as arguments, or all of them: lint, unit, fuzz, sql, http, browser, fault.
# A suite is tests/NAME/run.sh. It prints what it likes; its last line of the form
# "N passed, N failed, N skipped" counts its cases, and without one its exit status is its only case.
# Ends with the failures of all suites, and with that same line over them; exits 1 when a case failed.
#
# The program is built first. Then what computes (lint, unit, fuzz; with less right to the processor) runs beside what mostly
# waits (sql, http, browser), each row in order; what measures or needs the whole machine (fault, load) runs alone afterwards.
# While rows run side by side a suite's output is shown when it has ended; it is in build/test/NAME.log from the beginning.
set -u
cd "$(dirname "$0")/.." || exit 2
mkdir -p build/test
rm -f build/test/*.status
export JOBS="${JOBS:-$(nproc)}"

suites=("$@")
if [ ${#suites[@]} -eq 0 ]; then
    for suite in lint unit fuzz sql http browser fault; do
        [ ! -e "tests/$suite/run.sh" ] || suites+=("$suite")
    done
    export FAULT_SHORT="${FAULT_SHORT-1}" FUZZ_SECONDS="${FUZZ_SECONDS-5}" # longer by `make fault` and `make fuzz`
fi
computing=() waiting=() alone=()
for suite in "${suites[@]}"; do
    [ -e "tests/$suite/run.sh" ] || { echo "no suite $suite" >&2; exit 2; }
    case $suite in
    lint | unit | fuzz) computing+=("$suite") ;;
    sql | http | browser) waiting+=("$suite") ;;
    *) alone+=("$suite") ;;
    esac
done

passed=0 failed=0 skipped=0 lines=()
# count NAME PASSED FAILED SKIPPED SECONDS
count() {
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    lines+=("$(printf '%-8s %5d passed %4d failed %4d skipped  %4d s' "$@")")
}
# run NAME: its output to the log and here, its status and seconds to a file.
run() {
    local began=$SECONDS
    "tests/$1/run.sh" 2>&1 | tee "build/test/$1.log"
    echo "${PIPESTATUS[0]} $((SECONDS - began))" >"build/test/$1.status"
}
# judge NAME: counts a suite that has run.
judge() {
    local status=1 seconds=0 p f s
    read -r status seconds <"build/test/$1.status"
    if [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "build/test/$1.log" | tail -1) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
        [ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
    else
        p=$((status == 0)) f=$((status != 0)) s=0
    fi
    count "$1" "$p" "$f" "$s" "$seconds"
}
# row NICENESS NAME…: runs them in order, says each name when it has ended.
row() {
    local suite
    renice -n "$1" -p "$BASHPID" >/dev/null
    for suite in "${@:2}"; do
        run "$suite" >/dev/null </dev/null
        echo "$suite"
    done
}

if [ ${#suites[@]} -gt 1 ]; then
    echo "=== build"
    began=$SECONDS
    make --no-print-directory -s -j"$JOBS" CC=gcc STRICT=1 build/khoacu || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
    export TEST_BINARY="$PWD/build/khoacu"
    lines+=("build    $((SECONDS - began)) s")
fi
if [ ${#computing[@]} -gt 0 ] && [ ${#waiting[@]} -gt 0 ]; then
    echo "=== ${computing[*]} beside ${waiting[*]}"
    while read -r suite; do
        echo "=== $suite"
        cat "build/test/$suite.log"
        judge "$suite"
    done < <(row 10 "${computing[@]}" & row 0 "${waiting[@]}" & wait)
    for suite in "${computing[@]}" "${waiting[@]}"; do
        [ -e "build/test/$suite.status" ] || { echo "not ok - $suite was broken off"; count "$suite" 0 1 0 0; }
    done
else
    alone=("${computing[@]}" "${waiting[@]}" "${alone[@]}")
fi
for suite in "${alone[@]}"; do
    echo "=== $suite"
    run "$suite"
    judge "$suite"
done

echo
# What failed is told again at the end, where it is read.
for suite in "${suites[@]}"; do
    grep -A 12 -E '^ *not ok' "build/test/$suite.log" 2>/dev/null | cut -c1-400 | sed "s/^/$suite: /"
done
printf '%s\n' "${lines[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
