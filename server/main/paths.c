#include "paths.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool paths_init(struct paths *paths, struct arena *arena, size_t max) {
    *paths = (struct paths){.arena = arena, .list = ARENA_ARRAY(arena, max, const char *), .max = max};
    return paths->list != NULL;
}

static bool add_path(struct paths *paths, const char *path) {
    if (paths->count == paths->max)
        return false;
    paths->list[paths->count++] = path;
    return true;
}

static bool is_folder(const char *path) {
    struct stat facts;
    return path && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static bool add_folder(struct paths *paths, const char *path) {
    size_t first = paths->count;
    struct stat facts;
    DIR *folder = opendir(path);
    bool good = folder != NULL;
    for (const struct dirent *entry = NULL; good && (entry = readdir(folder));) {
        const char *full = arena_printf(paths->arena, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        good = full && stat(full, &facts) == 0 && (!S_ISREG(facts.st_mode) || add_path(paths, full));
    }
    if (folder)
        closedir(folder);
    if (good)
        qsort(paths->list + first, paths->count - first, sizeof *paths->list, by_name);
    return good;
}

bool paths_add(struct paths *paths, const char *path) {
    const char *fresh = arena_printf(paths->arena, "%s/new", path), *seen = arena_printf(paths->arena, "%s/cur", path);
    struct stat facts;
    if (strcmp(path, "-") == 0)
        return add_path(paths, path);
    if (is_folder(fresh) && is_folder(seen))
        return add_folder(paths, fresh) && add_folder(paths, seen);
    if (is_folder(path))
        return add_folder(paths, path);
    return stat(path, &facts) == 0 && add_path(paths, path);
}

enum err paths_read(const char *path, size_t max, struct buf *out) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    char piece[65536];
    size_t got = 0, total = 0;
    if (!file)
        return ERR_IO;
    while (total <= max && (got = fread(piece, 1, sizeof piece, file)) > 0) {
        buf_add(out, piece, got);
        total += got;
    }
    enum err err = ferror(file) ? ERR_IO : total > max ? ERR_LIMIT : out->failed ? ERR_MEMORY : ERR_NONE;
    if (!standard)
        (void)fclose(file);
    return err;
}
