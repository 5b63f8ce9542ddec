# A variable with CLEANUP and no value must be begun before the function can be left.
function flush_all() { for (n in open_) delete open_[n] }
FNR == 1 { flush_all() }
/^}/ { flush_all() }
{
    line = $0
    if (line ~ /CLEANUP\(/ && line !~ /^#/) {
        rest = line
        while (match(rest, /[A-Za-z_][A-Za-z0-9_]* CLEANUP\([a-z_]+\)[^,;]*/)) {
            decl = substr(rest, RSTART, RLENGTH)
            split(decl, part, " ")
            if (decl !~ /=/) open_[part[1]] = FNR
            rest = substr(rest, RSTART + RLENGTH)
        }
    }
    for (n in open_) {
        if (FNR > open_[n] && index(line, "&" n) > 0) delete open_[n]
        else if (FNR > open_[n] && line ~ /(^|[^A-Za-z_])return([^A-Za-z_]|$)/) print FILENAME ":" FNR ": leaves while " n ", which is cleaned up, has no value yet"
    }
}
