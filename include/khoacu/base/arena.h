/* arena.h: memory that belongs to one request or job and goes away with it.
 *
 * An arena hands out zeroed memory from growing blocks up to a cap. Nothing taken from it is freed
 * by hand. Over the cap, or when the system has no memory, arena_alloc returns NULL and the arena
 * stays failed: later calls return NULL too, so that a builder may check once at its end.
 *
 * Used by: every module. Uses: libc. Threads: one arena belongs to one thread at a time.
 */
#ifndef KHOACU_BASE_ARENA_H
#define KHOACU_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *head; /* newest block, or NULL */
    size_t used;              /* bytes handed out */
    size_t cap;               /* bytes that may be handed out */
    bool failed;              /* sticky */
    bool starved;             /* it failed because the system had no memory, not because of the cap */
};

/* Makes an empty arena that hands out at most `cap` bytes. Takes no memory yet. */
void arena_init(struct arena *arena, size_t cap);
/* Frees all blocks; the arena may be initialised again. */
void arena_release(struct arena *arena);
/* Forgets all contents and a failure, keeps at most one block (256 KiB) for the next request. */
void arena_reset(struct arena *arena);
/* The same, but keeps a block only when it has no more than `most` bytes. */
void arena_reset_to(struct arena *arena, size_t most);
/* `size` zeroed bytes aligned for any type, or NULL. A size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* `count` * `size` zeroed bytes, or NULL also when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
