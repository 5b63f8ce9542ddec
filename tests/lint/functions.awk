# Prints C functions of more than 70 lines, from the line that opens the body to the one that closes it.
FNR == 1 { start = 0 }
/^[^ \t#}\/].*\{$/ && !/=[ \t]*\{$/ && !/^(static )?(const )?(struct|enum|union|typedef)[^()]*\{$/ { start = FNR; title = $0 }
# the opening line of a definition whose parameters take several lines
/^[ \t]+.*\) \{$/ && !start { start = FNR; title = $0 }
/^\}/ {
    if (start && FNR - start + 1 > 70) {
        sub(/\(.*/, "", title)
        print FILENAME ":" start ": " title " has " FNR - start + 1 " lines (70 are allowed)"
    }
    start = 0
}
