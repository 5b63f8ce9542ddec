# What a public header offers and nobody outside the file that makes it takes: dead, or private to that file.
# Reads all headers, sources and tests.
FILENAME ~ /^include\// && /^[a-z].*[a-z0-9_]\(/ && !/^(typedef|static|#)/ {
    match($0, /[a-z_][a-z0-9_]*\(/)
    name = substr($0, RSTART, RLENGTH - 1)
    if (!(name in place)) {
        place[name] = FILENAME ":" FNR
        home[name] = FILENAME
    }
}
!/^[ ]*(\/\*|\*)/ {
    line = $0
    gsub(/\/\*.*\*\//, "", line)
    while (match(line, /[a-z_][a-z0-9_]*/)) {
        word = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (FILENAME ~ /\.h$/)
            in_header[word, FILENAME]++
        if (!((word, FILENAME) in seen)) {
            seen[word, FILENAME] = 1
            files[word]++
        }
    }
}
END {
    for (name in place)
        # its header, the file that makes it, and one more; or an inline function of its own header
        if (files[name] < 3 && in_header[name, home[name]] < 2)
            print place[name] ": " name " is used by nobody outside the file that makes it"
}
