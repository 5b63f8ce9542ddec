# A header begins with a block "/* name.h: what it is"; a public one also says who uses it.
FNR == 1 {
    finish()
    file = FILENAME
    name = FILENAME
    sub(/^.*\//, "", name)
    public = FILENAME ~ /^include\//
    uses = 0
    if (index($0, "/* " name ": ") != 1)
        print FILENAME ":1: the first line is not \"/* " name ": …\""
    open = 1
}
open && /Used by:/ { uses = 1 }
/\*\// { open = 0 }
function finish() {
    if (file != "" && public && !uses)
        print file ":1: the first block does not say \"Used by:\""
}
END { finish() }
