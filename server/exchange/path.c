#include "khoacu/exchange/exchange.h"

#include "exchange_private.h"
#include "qti.h"

#include "khoacu/base/cleanup.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

#define DEPTH_MAX 16
#define FILES_MAX 100000

/* What stands beside items and is none: it gives no line. */
static const char *const BESIDE[] = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff", ".ico", ".eps",  ".ps",
                                     ".wmf", ".emf", ".mp3",  ".ogg", ".oga",  ".wav", ".m4a", ".mp4", ".webm", ".avi", ".mov",  ".css",
                                     ".ttf", ".otf", ".woff", ".woff2", ".xsd", ".dtd", ".js", ".html", ".htm", ".pdf", ".md",   ".json",
                                     ".xsl", ".log", NULL};

/* Papers that go with a collection, and how their names end. A longer name is one of a paper when no items stand in it. */
static const char *const PAPERS[] = {"license", "licence", "readme", "copying", "notice", "changelog", NULL};
static const char *const PAPER_ENDS[] = {"", ".txt", ".rst", NULL};

struct walk {
    enum exchange_format format;
    const struct exchange_options *options;
    exchange_sink_fn *sink;
    void *ctx;
    size_t files;
    bool packaged;          /* within a folder that is a package of QTI: its XML is read as such */
    struct qti_files around; /* what pictures of an item of QTI are looked for in */
    size_t root_len;
};

static enum err say(const struct walk *walk, const char *path, const char *code, const char *vi, const char *en) {
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, 1 << 20);
    exchange_reading_init(&reading, walk->format, path, walk->options, walk->sink, walk->ctx, &arena);
    enum err err = exchange_refuse_file(&reading, code, vi, en, "");
    arena_release(&arena);
    return err;
}

static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What stands in the name behind the word for a paper; NULL: it does not begin with one. */
static const char *paper_rest(const char *path) {
    const char *name = base_of(path);
    for (size_t i = 0; PAPERS[i]; i++)
        if (strncasecmp(name, PAPERS[i], strlen(PAPERS[i])) == 0)
            return name + strlen(PAPERS[i]);
    return NULL;
}

static bool stands_beside(const char *path) {
    const char *dot = strrchr(path, '.'), *rest = paper_rest(path);
    if (*base_of(path) == '.')
        return true;
    for (size_t i = 0; rest && PAPER_ENDS[i]; i++)
        if (strcasecmp(rest, PAPER_ENDS[i]) == 0)
            return true;
    for (size_t i = 0; dot && BESIDE[i]; i++)
        if (strcasecmp(dot, BESIDE[i]) == 0)
            return true;
    return false;
}

static bool is_qti(enum exchange_format format) {
    return format == EXCHANGE_QTI21 || format == EXCHANGE_QTI30;
}

static bool is_xml(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ".xml") == 0;
}

static enum err read_file(struct walk *walk, const char *path, bool listed) {
    struct stat info;
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    if (listed && stands_beside(path))
        return ERR_NONE;
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        return say(walk, path, "file-unreadable", "Không đọc được tệp.", "The file cannot be read.");
    if ((size_t)info.st_size > EXCHANGE_BYTES_MAX)
        return say(walk, path, "file-too-large", "Tệp lớn hơn 64 MiB.", "The file is over 64 MiB.");
    char *bytes CLEANUP(cleanup_free) = malloc((size_t)info.st_size + 1);
    if (!bytes)
        return ERR_MEMORY;
    size_t len = fread(bytes, 1, (size_t)info.st_size, file);
    if (ferror(file))
        return say(walk, path, "file-unreadable", "Không đọc được tệp.", "The file cannot be read.");
    bytes[len] = '\0';
    enum exchange_format format = walk->format;
    bool known = format != EXCHANGE_AUTO || exchange_detect(path, bytes, len, &format);
    if ((walk->packaged && is_xml(path) && (!known || is_qti(format))) || (listed && !known && paper_rest(path)))
        return ERR_NONE;
    if (known && is_qti(format) && !(len >= 2 && memcmp(bytes, "PK", 2) == 0))
        return qti_read_file(path, bytes, len, &walk->around, path + walk->root_len, walk->options, walk->sink, walk->ctx);
    return exchange_read(walk->format, path, bytes, len, walk->options, walk->sink, walk->ctx);
}

static enum err read_any(struct walk *walk, const char *path, int depth);

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_no_dot(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool has_manifest(const char *path) {
    struct stat info;
    char *name CLEANUP(cleanup_free) = NULL;
    return asprintf(&name, "%s/imsmanifest.xml", path) >= 0 && lstat(name, &info) == 0 && S_ISREG(info.st_mode);
}

static enum err read_package(const struct walk *walk, const char *path) {
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, EXCHANGE_ITEM_BYTES_MAX);
    exchange_reading_init(&reading, EXCHANGE_QTI21, path, walk->options, walk->sink, walk->ctx, &arena);
    enum err err = qti_read_folder(&reading, path);
    arena_release(&arena);
    return err;
}

/* In the order of names, so that two runs give the same report. Links are not followed. */
static enum err read_folder(struct walk *walk, const char *path, int depth) {
    struct dirent **list = NULL;
    if (depth > DEPTH_MAX)
        return say(walk, path, "folder-too-deep", "Thư mục lồng nhau quá sâu.", "Folders are nested too deep.");
    int count = scandir(path, &list, is_no_dot, by_name);
    if (count < 0)
        return say(walk, path, "file-unreadable", "Không đọc được thư mục.", "The folder cannot be read.");
    bool package = !walk->packaged && (walk->format == EXCHANGE_AUTO || is_qti(walk->format)) && has_manifest(path);
    walk->packaged |= package;
    enum err err = package ? read_package(walk, path) : ERR_NONE;
    for (int i = 0; i < count; i++) {
        char *inner CLEANUP(cleanup_free) = NULL;
        if (err == ERR_NONE && asprintf(&inner, "%s/%s", path, list[i]->d_name) < 0)
            err = ERR_MEMORY;
        if (err == ERR_NONE)
            err = read_any(walk, inner, depth + 1);
        free(list[i]);
    }
    free(list);
    walk->packaged &= !package;
    return err;
}

static enum err read_any(struct walk *walk, const char *path, int depth) {
    struct stat info;
    if (depth > 0 ? lstat(path, &info) != 0 : stat(path, &info) != 0)
        return say(walk, path, "file-unreadable", "Không có tệp hoặc không đọc được.", "The file is not there or cannot be read.");
    if (S_ISDIR(info.st_mode))
        return read_folder(walk, path, depth);
    if (!S_ISREG(info.st_mode))
        return say(walk, path, "file-unreadable", "Không phải tệp thường; liên kết không được đi theo.", "It is no plain file; links are not followed.");
    if (++walk->files > FILES_MAX)
        return say(walk, path, "too-many-files", "Thư mục có hơn 100.000 tệp; phần còn lại không được đọc.",
                   "The folder has more than 100,000 files; the rest was not read.") == ERR_NONE
                   ? ERR_LIMIT
                   : ERR_IO;
    return read_file(walk, path, depth > 0);
}

enum err exchange_read_path(enum exchange_format format, const char *path, const struct exchange_options *options, exchange_sink_fn *sink,
                            void *ctx) {
    static const struct exchange_options PLAIN = {.lang = "vi"};
    struct exchange_options own = options ? *options : PLAIN;
    struct walk walk = {.format = format, .options = &own, .sink = sink, .ctx = ctx};
    struct stat info;
    const char *slash = strrchr(path, '/');
    bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    char *root CLEANUP(cleanup_free) = folder ? strdup(path) : slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!root)
        return ERR_MEMORY;
    if (!own.lang)
        own.lang = "vi";
    walk.root_len = folder ? strlen(path) + 1 : slash ? (size_t)(slash - path) + 1 : 0;
    enum err err = qti_files_open(root, false, &walk.around);
    if (err == ERR_NONE)
        err = read_any(&walk, path, 0);
    qti_files_close(&walk.around);
    return err;
}
