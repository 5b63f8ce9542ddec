#include "command.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/json/json.h"
#include "khoacu/marking/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)8 << 30)

static const char HELP[] = "Usage: khoacu draw FILE [--json]\n"
                           "Draws markers again from the file of a draw (khoacu-draw/1), without any database or network: commitment, seed,\n"
                           "who marks which script, and everyone who was drawn afterwards. Prints the first line that differs.\n"
                           "Exit status: 0 the same, 1 something differs, 2 wrong use or a file that cannot be read.\n";

static char *read_file(const char *path, size_t *ret_len) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || (size_t)info.st_size > MARKING_DRAW_FILE_MAX)
        return NULL;
    char *bytes = malloc((size_t)info.st_size + 1);
    if (!bytes)
        return NULL;
    *ret_len = fread(bytes, 1, (size_t)info.st_size, file);
    if (*ret_len == (size_t)info.st_size)
        return bytes;
    free(bytes);
    return NULL;
}

static int tell(const char *path, const struct marking_redrawn *redrawn, bool json) {
    bool same = !*redrawn->differs;
    if (json) {
        struct buf out CLEANUP(buf_release);
        struct json_writer w;
        buf_init(&out, 1 << 16);
        json_writer_init(&w, &out);
        json_open_object(&w);
        json_member_text(&w, "file", path);
        json_member_bool(&w, "same", same);
        json_member_text(&w, "differs", same ? NULL : redrawn->differs);
        json_member_int(&w, "scripts", (int64_t)redrawn->scripts);
        json_member_int(&w, "markers", (int64_t)redrawn->markers);
        json_member_int(&w, "excluded", (int64_t)redrawn->excluded);
        json_member_int(&w, "redraws", (int64_t)redrawn->redraws);
        json_close_object(&w);
        puts(out.data);
    } else if (same) {
        printf("%s: the same: %zu scripts, %zu markers, %zu excluded pairs, %zu drawn afterwards\n", path, redrawn->scripts, redrawn->markers,
               redrawn->excluded, redrawn->redraws);
    } else {
        printf("%s: DIFFERS at %s\n", path, redrawn->differs);
    }
    return same ? EXIT_DONE : EXIT_FAILED;
}

int command_draw(int argc, char **argv) {
    const char *path = NULL;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(HELP);
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (path || argv[i][0] == '-')
            return command_misuse(HELP, argv[i]);
        else
            path = argv[i];
    }
    if (!path)
        return command_lacks(HELP, "draw needs a FILE");
    size_t len = 0;
    char *text CLEANUP(cleanup_free) = read_file(path, &len);
    if (!text)
        return command_fail(EXIT_MISUSE, "%s cannot be read, or is longer than %zu MiB.", path, MARKING_DRAW_FILE_MAX >> 20);
    if (crypto_init() != ERR_NONE)
        return command_fail(EXIT_FAILED, "The algorithms cannot be loaded.");
    struct arena arena CLEANUP(arena_release);
    struct marking_redrawn redrawn;
    arena_init(&arena, ARENA_MAX);
    enum err err = marking_draw_file_check(&arena, text, len, &redrawn);
    for (char *at = redrawn.differs; *at; at++) /* the file is nobody's word: no control characters on a terminal */
        if ((unsigned char)*at < ' ' || *at == 127)
            *at = '?';
    if (err != ERR_NONE)
        return command_fail(EXIT_MISUSE, "%s is no draw that can be drawn again: %s.", path, *redrawn.differs ? redrawn.differs : err_key(err));
    return tell(path, &redrawn, json);
}
