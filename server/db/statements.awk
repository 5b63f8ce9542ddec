# Turns sql/queries/*.sql into a C header (-v out=header) or the table behind it (-v out=table).
#
#   -- :module_verb             begins a statement; the file is named after the module
#   -- :roles server,worker     who prepares it; without this line, server
#
# Whole-line comments and the last semicolon are left out; parameters must be $1 .. $n without a gap.

function fail(message) {
    printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
    failed = 1
    exit 1
}

function quote(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    return "\"" line "\\n\""
}

function finish(    text, rest, n, i, used, lines) {
    if (!count)
        return
    text = sql[count]
    sub(/[ \t\n]*;?[ \t\n]*$/, "", text)
    if (text == "")
        fail("statement " name[count] " is empty")
    if (text ~ /;[ \t]*\n/)
        fail("statement " name[count] " holds more than one statement")
    sql[count] = text
    params[count] = 0
    rest = text
    while (match(rest, /\$[0-9]+/)) {
        n = substr(rest, RSTART + 1, RLENGTH - 1) + 0
        used[n] = 1
        if (n > params[count])
            params[count] = n
        rest = substr(rest, RSTART + RLENGTH)
    }
    for (i = 1; i <= params[count]; i++)
        if (!(i in used))
            fail("statement " name[count] " does not use $" i)
}

FNR == 1 {
    finish()
    open = 0
    module = FILENAME
    sub(/^.*\//, "", module)
    sub(/\.sql$/, "", module)
    gsub(/-/, "_", module)
}

/^-- :roles[ \t]/ {
    if (!open || sql[count] != "")
        fail("roles stand right below the name")
    roles[count] = ""
    n = split(substr($0, 10), list, /[ \t]*,[ \t]*/)
    for (i = 1; i <= n; i++) {
        gsub(/[ \t\r]/, "", list[i])
        if (list[i] !~ /^(owner|server|bank|worker|auditor)$/)
            fail("unknown role " list[i])
        roles[count] = roles[count] (i > 1 ? " | " : "") "1u << DB_ROLE_" toupper(list[i])
    }
    next
}

/^-- :/ {
    finish()
    open = 1
    word = $2
    sub(/^:/, "", word)
    if (word !~ /^[a-z][a-z0-9_]*$/)
        fail("bad statement name " word)
    if (index(word, module "_") != 1)
        fail("statement " word " must begin with " module "_")
    if (word in seen)
        fail("statement " word " is there twice")
    seen[word] = 1
    name[++count] = word
    sql[count] = ""
    roles[count] = "1u << DB_ROLE_SERVER"
    next
}

/^[ \t]*--/ { next }
/^[ \t]*$/ { next }

{
    if (!open)
        fail("text before the first -- :name")
    sql[count] = sql[count] $0 "\n"
}

END {
    if (failed)
        exit 1
    finish()
    if (failed)
        exit 1
    if (out == "header") {
        print "/* Made from sql/queries by server/db/statements.awk. */"
        print "#ifndef KHOACU_GEN_DB_STATEMENTS_H"
        print "#define KHOACU_GEN_DB_STATEMENTS_H\n"
        print "enum db_statement {"
        for (i = 1; i <= count; i++)
            printf "    DB_%s,\n", toupper(name[i])
        print "    DB_STATEMENT_COUNT\n};\n"
        print "struct db_statement_row {"
        print "    const char *name, *sql;"
        print "    int params;         /* how many */"
        print "    unsigned int roles; /* bit 1 << DB_ROLE_…: who prepares it */"
        print "};"
        print "extern const struct db_statement_row DB_STATEMENTS[DB_STATEMENT_COUNT + 1];\n"
        print "/* Number of parameters, for db.h alone. */"
        print "static const unsigned char DB_ARITIES[DB_STATEMENT_COUNT + 1] = {"
        for (i = 1; i <= count; i++)
            printf "    [DB_%s] = %d,\n", toupper(name[i]), params[i]
        print "};\n"
        print "#endif"
    } else {
        print "/* Made from sql/queries by server/db/statements.awk. */"
        print "#include \"khoacu/db/db.h\"\n"
        print "const struct db_statement_row DB_STATEMENTS[DB_STATEMENT_COUNT + 1] = {"
        for (i = 1; i <= count; i++) {
            printf "    {\"%s\",\n", name[i]
            n = split(sql[i], lines, "\n")
            for (k = 1; k <= n; k++)
                print "     " quote(lines[k])
            printf "     , %d, %s},\n", params[i], roles[i]
        }
        print "    {0}};"
    }
}
