#include "khoacu/doc/zip.h"

#include "khoacu/base/text.h"
#include "zip_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zip.h>

#include "khoacu/base/banned.h"

struct zipfile {
    zip_t *zip;
    size_t count, read; /* entries; bytes that came out of them so far */
    size_t *sorted;     /* indices by name */
    const char **names;
};

const char *zipfile_reason_key(enum zipfile_reason reason) {
    static const char *const KEYS[] = {
#define X(name, key) [ZIPFILE_##name] = (key),
        ZIPFILE_REASONS(X)
#undef X
    };
    return (unsigned)reason < ZIPFILE_REASON_COUNT ? KEYS[reason] : "";
}

static enum err fail(enum zipfile_reason reason, enum zipfile_reason *ret_reason) {
    *ret_reason = reason;
    return reason == ZIPFILE_LIMIT ? ERR_LIMIT : ERR_SYNTAX;
}

bool zipfile_good_name(const char *name) {
    size_t len = strlen(name), part = 0;
    if (!len || len > ZIPFILE_NAME_MAX || name[0] == '/' || !text_is_utf8(name, len) || (len > 1 && name[1] == ':'))
        return false;
    for (size_t i = 0; i <= len; i++) {
        char c = i < len ? name[i] : '/'; /* the end ends the last part */
        if ((unsigned char)c < ' ' || c == '\\' || c == 0x7f)
            return false;
        if (c != '/')
            continue;
        size_t part_len = i - part;
        /* A folder ends with the slash; nowhere else a part is empty. */
        if ((!part_len && i < len) || (part_len == 1 && name[part] == '.') || (part_len == 2 && memcmp(name + part, "..", 2) == 0))
            return false;
        part = i + 1;
    }
    return true;
}

/* ---- the frame ---- */

enum { END_LEN = 22, LOCATOR_LEN = 20, END64_LEN = 56, COMMENT_MAX = 65535 };

static uint64_t number_at(const char *bytes, size_t len) {
    uint64_t number = 0;
    for (size_t i = len; i-- > 0;)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

static bool marked(const char *bytes, const char *mark) {
    return memcmp(bytes, mark, 4) == 0;
}

/* The last end record, or false. */
static bool find_end(const char *bytes, size_t len, size_t *ret_end) {
    size_t least = len > END_LEN + COMMENT_MAX ? len - END_LEN - COMMENT_MAX : 0;
    for (size_t at = len - END_LEN + 1; at-- > least;)
        if (marked(bytes + at, "PK\5\6")) {
            *ret_end = at;
            return true;
        }
    return false;
}

/* Where the list begins, how long it is and where it must end: at the end record, or at that of large archives. */
static bool find_list(const char *bytes, size_t end, uint64_t *ret_offset, uint64_t *ret_size, uint64_t *ret_before) {
    *ret_size = number_at(bytes + end + 12, 4);
    *ret_offset = number_at(bytes + end + 16, 4);
    *ret_before = end;
    if (end < LOCATOR_LEN + END64_LEN || !marked(bytes + end - LOCATOR_LEN, "PK\6\7"))
        return true;
    uint64_t at = number_at(bytes + end - LOCATOR_LEN + 8, 8);
    if (at > end - LOCATOR_LEN - END64_LEN || !marked(bytes + at, "PK\6\6") || number_at(bytes + at + 4, 8) != end - LOCATOR_LEN - at - 12)
        return false;
    *ret_size = number_at(bytes + at + 40, 8);
    *ret_offset = number_at(bytes + at + 48, 8);
    *ret_before = at;
    return true;
}

enum zipfile_reason zipfile_frame(const char *bytes, size_t len) {
    size_t end = 0;
    uint64_t offset = 0, size = 0, before = 0;
    if (len < END_LEN || !find_end(bytes, len, &end))
        return ZIPFILE_BROKEN;
    size_t stop = end + END_LEN + number_at(bytes + end + 20, 2);
    if (stop > len || !find_list(bytes, end, &offset, &size, &before) || offset > before)
        return ZIPFILE_BROKEN;
    bool whole = stop == len && (end == 0 || marked(bytes, "PK\3\4")) && size == before - offset;
    return whole ? ZIPFILE_NONE : ZIPFILE_STRAY;
}

/* ---- opening ---- */

static bool is_plain(zip_t *zip, size_t index) {
    zip_uint8_t maker = 0;
    zip_uint32_t attributes = 0;
    if (zip_file_get_external_attributes(zip, index, 0, &maker, &attributes) != 0)
        return false;
    unsigned mode = maker == ZIP_OPSYS_UNIX || maker == ZIP_OPSYS_OS_X ? attributes >> 16 & S_IFMT : 0;
    return mode == 0 || mode == S_IFREG || mode == S_IFDIR;
}

/* Whether the entry says that it takes more than it may. */
static bool too_large(const zip_stat_t *stat) {
    return stat->size > ZIPFILE_ENTRY_MAX || (stat->size > ZIPFILE_SMALL && stat->size / ZIPFILE_RATIO_MAX > stat->comp_size);
}

static enum zipfile_reason check_entry(struct zipfile *zip, size_t index, size_t *packed, size_t *unpacked) {
    const zip_uint64_t WANTED = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(zip->zip, index, 0, &stat) != 0 || (stat.valid & WANTED) != WANTED)
        return ZIPFILE_BROKEN;
    zip->names[index] = stat.name;
    if (stat.encryption_method != ZIP_EM_NONE)
        return ZIPFILE_ENCRYPTED;
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
        return ZIPFILE_METHOD;
    if (!zipfile_good_name(stat.name))
        return ZIPFILE_NAME;
    if (!is_plain(zip->zip, index))
        return ZIPFILE_LINK;
    if (too_large(&stat))
        return ZIPFILE_LIMIT;
    *packed += (size_t)stat.comp_size;
    *unpacked += (size_t)stat.size;
    return *unpacked > ZIPFILE_TOTAL_MAX ? ZIPFILE_LIMIT : ZIPFILE_NONE;
}

static int by_name(const void *a, const void *b, void *ctx) {
    const struct zipfile *zip = ctx;
    return strcmp(zip->names[*(const size_t *)a], zip->names[*(const size_t *)b]);
}

static enum zipfile_reason check_all(struct zipfile *zip, size_t len) {
    size_t packed = 0, unpacked = 0;
    for (size_t i = 0; i < zip->count; i++) {
        enum zipfile_reason reason = check_entry(zip, i, &packed, &unpacked);
        if (reason != ZIPFILE_NONE)
            return reason;
        zip->sorted[i] = i;
        /* Entries that lie on each other are no honest archive. */
        if (packed > len)
            return ZIPFILE_BROKEN;
    }
    qsort_r(zip->sorted, zip->count, sizeof *zip->sorted, by_name, zip);
    for (size_t i = 1; i < zip->count; i++)
        if (strcmp(zip->names[zip->sorted[i - 1]], zip->names[zip->sorted[i]]) == 0)
            return ZIPFILE_TWICE;
    return ZIPFILE_NONE;
}

static zip_t *open_bytes(const char *bytes, size_t len, bool *ret_memory) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes, len, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!zip) {
        *ret_memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
        if (source)
            zip_source_free(source);
    }
    zip_error_fini(&error);
    return zip;
}

enum err zipfile_open(const char *bytes, size_t len, struct zipfile **ret_zip, enum zipfile_reason *ret_reason) {
    bool memory = false;
    *ret_reason = ZIPFILE_NONE;
    /* The library reads what stands before and behind an archive past, and takes no bytes at all for a new one. */
    enum zipfile_reason frame = zipfile_frame(bytes, len);
    if (frame != ZIPFILE_NONE)
        return fail(frame, ret_reason);
    struct zipfile *zip = calloc(1, sizeof *zip);
    if (!zip)
        return ERR_MEMORY;
    zip->zip = open_bytes(bytes, len, &memory);
    zip_int64_t count = zip->zip ? zip_get_num_entries(zip->zip, 0) : -1;
    if (count < 0 || count > ZIPFILE_ENTRIES_MAX) {
        zipfile_free(zip);
        return memory ? ERR_MEMORY : fail(count < 0 ? ZIPFILE_BROKEN : ZIPFILE_LIMIT, ret_reason);
    }
    zip->count = (size_t)count;
    zip->sorted = calloc(zip->count + 1, sizeof *zip->sorted);
    zip->names = calloc(zip->count + 1, sizeof *zip->names);
    if (!zip->sorted || !zip->names) {
        zipfile_free(zip);
        return ERR_MEMORY;
    }
    enum zipfile_reason reason = check_all(zip, len);
    if (reason != ZIPFILE_NONE) {
        zipfile_free(zip);
        return fail(reason, ret_reason);
    }
    *ret_zip = zip;
    return ERR_NONE;
}

void zipfile_free(struct zipfile *zip) {
    if (!zip)
        return;
    if (zip->zip)
        zip_discard(zip->zip);
    free(zip->sorted);
    free(zip->names);
    free(zip);
}

/* ---- entries ---- */

size_t zipfile_count(const struct zipfile *zip) {
    return zip->count;
}

const char *zipfile_name(const struct zipfile *zip, size_t index) {
    return zip->names[index];
}

bool zipfile_find(const struct zipfile *zip, const char *name, size_t *ret_index) {
    size_t low = 0, high = zip->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, zip->names[zip->sorted[middle]]);
        if (order == 0) {
            *ret_index = zip->sorted[middle];
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* All of it into `bytes`, which have room for one more than it says it has. */
static enum zipfile_reason take(struct zipfile *zip, zip_file_t *part, char *bytes, size_t size) {
    size_t len = 0;
    zip_int64_t got = 1;
    while (got > 0 && len <= size) {
        got = zip_fread(part, bytes + len, size + 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    zip->read += len;
    if (got < 0 || len != size)
        return ZIPFILE_BROKEN;
    return zip->read > ZIPFILE_TOTAL_MAX ? ZIPFILE_LIMIT : ZIPFILE_NONE;
}

enum err zipfile_read(struct zipfile *zip, struct arena *arena, size_t index, char **ret_bytes, size_t *ret_len,
                      enum zipfile_reason *ret_reason) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    *ret_reason = ZIPFILE_NONE;
    if (zip_stat_index(zip->zip, index, 0, &stat) != 0)
        return fail(ZIPFILE_BROKEN, ret_reason);
    size_t size = (size_t)stat.size;
    char *bytes = arena_alloc(arena, size + 1);
    if (!bytes)
        return ERR_MEMORY;
    zip_file_t *part = zip_fopen_index(zip->zip, index, 0);
    if (!part)
        return fail(ZIPFILE_BROKEN, ret_reason);
    enum zipfile_reason reason = take(zip, part, bytes, size);
    if (zip_fclose(part) != 0 && reason == ZIPFILE_NONE)
        reason = ZIPFILE_BROKEN;
    if (reason != ZIPFILE_NONE)
        return fail(reason, ret_reason);
    bytes[size] = '\0';
    *ret_bytes = bytes;
    *ret_len = size;
    return ERR_NONE;
}
