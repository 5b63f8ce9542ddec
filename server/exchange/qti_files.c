#include "qti.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { DEPTH_MAX = 16 };

/* ---- a folder, of which no link leads out ---- */

/* A plain file below the folder; -1: it is not there, or none, or its name goes another way than down. */
static int open_below(int folder, const char *name) {
    char part[256];
    int at = dup(folder);
    while (at >= 0) {
        size_t len = strcspn(name, "/");
        bool last = name[len] == '\0';
        int inner = -1;
        if (len > 0 && len < sizeof part) {
            memcpy(part, name, len);
            part[len] = '\0';
            if (strcmp(part, ".") != 0 && strcmp(part, "..") != 0)
                inner = openat(at, part, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
        }
        (void)close(at);
        if (last)
            return inner;
        at = inner;
        name += len + 1;
    }
    return -1;
}

static int open_plain(const struct qti_files *files, const char *name, size_t *ret_size) {
    struct stat info;
    int fd = open_below(files->folder, name);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        *ret_size = (size_t)info.st_size;
        return fd;
    }
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static enum err read_plain(const struct qti_files *files, struct arena *arena, const char *name, char **ret_bytes, size_t *ret_len,
                           enum zipfile_reason *ret_reason) {
    size_t size = 0, len = 0;
    int fd = open_plain(files, name, &size);
    *ret_reason = fd < 0 ? ZIPFILE_BROKEN : ZIPFILE_LIMIT;
    if (fd < 0)
        return ERR_SYNTAX;
    char *bytes = size <= ZIPFILE_ENTRY_MAX ? arena_alloc(arena, size + 1) : NULL;
    while (bytes && len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    (void)close(fd);
    if (!bytes)
        return size <= ZIPFILE_ENTRY_MAX ? ERR_MEMORY : ERR_LIMIT;
    bytes[len] = '\0';
    *ret_bytes = bytes;
    *ret_len = len;
    return ERR_NONE;
}

/* ---- its files, in the order of names ---- */

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static enum err list(struct qti_files *files, const char *path, int depth);

static enum err list_one(struct qti_files *files, char *path, int depth) {
    struct stat info;
    bool there = lstat(path, &info) == 0;
    enum err err = there && S_ISDIR(info.st_mode) ? list(files, path, depth + 1) : ERR_NONE;
    if (!there || !S_ISREG(info.st_mode)) {
        free(path);
        return err;
    }
    if (files->count == ZIPFILE_ENTRIES_MAX) {
        free(path);
        return ERR_LIMIT;
    }
    files->paths[files->count++] = path;
    return ERR_NONE;
}

static enum err list(struct qti_files *files, const char *path, int depth) {
    struct dirent **entries = NULL;
    int count = depth > DEPTH_MAX ? 0 : scandir(path, &entries, is_shown, by_name);
    enum err err = ERR_NONE;
    for (int i = 0; i < count; i++) {
        char *inner = NULL;
        if (err == ERR_NONE && asprintf(&inner, "%s/%s", path, entries[i]->d_name) < 0)
            err = ERR_MEMORY;
        else if (err == ERR_NONE)
            err = list_one(files, inner, depth);
        free(entries[i]);
    }
    free(entries);
    return err;
}

static int by_path(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err qti_files_open(const char *path, bool listed, struct qti_files *ret_files) {
    *ret_files = (struct qti_files){.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .skip = strlen(path) + 1};
    if (!listed)
        return ERR_NONE;
    ret_files->paths = calloc(ZIPFILE_ENTRIES_MAX, sizeof *ret_files->paths);
    enum err err = ret_files->paths ? list(ret_files, path, 0) : ERR_MEMORY;
    if (err == ERR_NONE)
        qsort(ret_files->paths, ret_files->count, sizeof *ret_files->paths, by_path);
    return err;
}

void qti_files_close(struct qti_files *files) {
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    if (files->folder >= 0)
        (void)close(files->folder);
    *files = (struct qti_files){.folder = -1};
}

/* ---- either ---- */

size_t qti_files_count(const struct qti_files *files) {
    return files->zip ? zipfile_count(files->zip) : files->count;
}

const char *qti_files_name(const struct qti_files *files, size_t index) {
    return files->zip ? zipfile_name(files->zip, index) : files->paths[index] + files->skip;
}

const char *qti_files_path(const struct qti_files *files, size_t index) {
    return files->zip ? zipfile_name(files->zip, index) : files->paths[index];
}

bool qti_files_find(const struct qti_files *files, const char *name, size_t *ret_index) {
    if (files->zip)
        return zipfile_find(files->zip, name, ret_index);
    size_t low = 0, high = files->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, files->paths[middle] + files->skip);
        *ret_index = middle;
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool qti_files_have(const struct qti_files *files, const char *name) {
    size_t index = 0;
    if (files->zip)
        return zipfile_find(files->zip, name, &index);
    int fd = open_plain(files, name, &index);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

enum err qti_files_read(const struct qti_files *files, struct arena *arena, const char *name, char **ret_bytes, size_t *ret_len,
                        enum zipfile_reason *ret_reason) {
    size_t index = 0;
    if (!files->zip)
        return read_plain(files, arena, name, ret_bytes, ret_len, ret_reason);
    *ret_reason = ZIPFILE_BROKEN;
    return zipfile_find(files->zip, name, &index) ? zipfile_read(files->zip, arena, index, ret_bytes, ret_len, ret_reason) : ERR_SYNTAX;
}
