# Turns a sorted list of file names (standard input) into an assembler file that holds their bytes.
# Each file gets a NUL behind its last byte, so that texts may be used as C strings. A line NAME=FILE gives FILE the name NAME.
BEGIN { print "        .section .rodata" }
{
    file = name = $0
    sub(/=.*/, "", name)
    sub(/.*=/, "", file)
    printf ".Lpath%d: .asciz \"%s\"\n        .balign 16\n.Lbytes%d: .incbin \"%s\"\n.Lend%d: .byte 0\n", NR, name, NR, file, NR
}
END {
    print "        .section .data.rel.ro,\"aw\"\n        .balign 8\n        .globl embed_files, embed_file_count\nembed_files:"
    for (i = 1; i <= NR; i++)
        printf "        .quad .Lpath%d, .Lbytes%d, .Lend%d - .Lbytes%d\n", i, i, i, i
    printf "        .quad 0, 0, 0\nembed_file_count: .quad %d\n", NR
    print "        .section .note.GNU-stack,\"\",%progbits"
}
