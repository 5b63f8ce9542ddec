# A verdict for each invariant: by what this run made (scenarios: file passed failed skipped), and which other suites judge it (faults.tsv).
# An invariant that nothing can break here says why, from its row "cannot be made here because: …".
FNR == NR { ran[$1] = 1; broken[$1] = $3 > 0; next }
BEGIN { FS = " " }
{
    split($0, row, "\t")
    count = split(row[3], names, " ")
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (row[4] in ran) {
            if (!seen[name, row[4]]++)
                by[name] = by[name] " " row[4]
            if (broken[row[4]])
                bad[name] = bad[name] " " row[4]
        } else if (row[4] ~ /^\.\.\// && !seen[name, row[4]]++)
            elsewhere[name] = elsewhere[name] " " substr(row[4], 4)
    }
    if (row[1] ~ /^I[0-9]+$/)
        why[row[1]] = row[4]
}
END {
    for (i = 1; i <= 11; i++) {
        name = "I" i
        verdict = bad[name] ? "DOES NOT HOLD, or was not judged to the end:" bad[name] : by[name] ? "holds" : "not judged in this run"
        printf "%-4s%s", name, verdict
        if (by[name])
            printf "; by%s", by[name]
        if (elsewhere[name])
            printf "; also judged by%s", elsewhere[name]
        if (why[name])
            printf "; %s", why[name]
        printf "\n"
    }
}
