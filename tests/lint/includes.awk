# Checks every #include of the C files and headers given against floors.txt (first file).
# Prints file:line and what is wrong.

FILENAME == ARGV[1] {
    if (/^#|^[ \t]*$/)
        next
    if (/^</) {
        library[++libraries] = $1
        for (i = 2; i <= NF; i++)
            owner[$1, $i] = 1
        next
    }
    known[$1] = 1
    for (i = 2; i <= NF; i++)
        allowed[$1, $i] = 1
    allowed[$1, $1] = 1
    next
}

FNR == 1 {
    finish()
    split(FILENAME, part, "/")
    module = part[1] == "include" ? part[3] : part[2]
    private = part[1] == "server"
    if (!(module in known) && part[1] != "tests")
        print FILENAME ":1: module " module " has no line in tests/lint/floors.txt"
    last = ""
    last_line = 1
    source = FILENAME ~ /\.c$/
    file = FILENAME
}

function finish() {
    if (file != "" && source && last != "khoacu/base/banned.h")
        print file ":" last_line ": the last include is not khoacu/base/banned.h"
}

/^#[ \t]*include/ {
    what = $0
    sub(/^#[ \t]*include[ \t]*/, "", what)
    sub(/[ \t].*$/, "", what)
    last = substr(what, 2, length(what) - 2)
    last_line = FNR
    if (file ~ /^tests\//)
        next
    if (what ~ /^"khoacu\//) {
        split(last, step, "/")
        if (last != "khoacu/base/banned.h" && !((module, step[2]) in allowed) && !((module, step[2] "/" step[3]) in allowed))
            print FILENAME ":" FNR ": " module " may not include " last
    } else if (what ~ /^"/) {
        # api is called by main alone, so its headers need no public place
        if (last ~ /\// && !(module == "main" && last ~ /^\.\.\/api\//))
            print FILENAME ":" FNR ": a private header stands beside its source: " last
    } else {
        for (i = 1; i <= libraries; i++)
            if (index(what, library[i]) == 1 && !((library[i], module) in owner))
                print FILENAME ":" FNR ": " module " may not use the library " what
    }
}

END { finish() }
