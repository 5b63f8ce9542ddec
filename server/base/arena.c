#include "khoacu/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define BLOCK_FIRST ((size_t)4096)
#define BLOCK_LARGEST ((size_t)256 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
    struct arena_block *older;
    size_t size, used; /* of bytes[] */
    _Alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t cap) {
    *arena = (struct arena){.cap = cap};
}

static void blocks_free(struct arena_block *block) {
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_release(struct arena *arena) {
    blocks_free(arena->head);
    *arena = (struct arena){.cap = arena->cap};
}

void arena_reset(struct arena *arena) {
    arena_reset_to(arena, BLOCK_LARGEST);
}

void arena_reset_to(struct arena *arena, size_t most) {
    struct arena_block *kept = arena->head;
    if (kept && kept->size > most) {
        blocks_free(kept);
        kept = NULL;
    } else if (kept) {
        blocks_free(kept->older);
        kept->older = NULL;
        kept->used = 0;
    }
    *arena = (struct arena){.head = kept, .cap = arena->cap};
}

static struct arena_block *block_new(struct arena *arena, size_t need) {
    size_t size = arena->head ? arena->head->size * 2 : BLOCK_FIRST;
    if (size > BLOCK_LARGEST)
        size = BLOCK_LARGEST;
    if (size < need)
        size = need;
    struct arena_block *block = malloc(sizeof(*block) + size);
    if (!block) {
        arena->starved = true;
        return NULL;
    }
    *block = (struct arena_block){.older = arena->head, .size = size};
    arena->head = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    if (arena->failed || size > arena->cap - arena->used || size > PTRDIFF_MAX)
        goto failed;
    size_t need = (size + !size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    struct arena_block *block = arena->head;
    if (!block || block->size - block->used < need)
        block = block_new(arena, need);
    if (!block)
        goto failed;
    void *out = block->bytes + block->used;
    block->used += need;
    arena->used += size;
    return memset(out, 0, need);
failed:
    arena->failed = true;
    return NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        arena->failed = true;
        return NULL;
    }
    return arena_alloc(arena, bytes);
}

char *arena_strdup(struct arena *arena, const char *text) {
    return arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t len) {
    len = strnlen(text, len);
    char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;
    if (copy)
        memcpy(copy, text, len);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len >= 0 ? arena_alloc(arena, (size_t)len + 1) : NULL;
    if (text)
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}
