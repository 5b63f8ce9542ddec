#include "bank_index_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/doc/fold.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { TABLE_FIRST = 1024, QUERY_WORDS_MAX = 32 };

/* ---- texts with numbers ---- */

static uint64_t hash_of(const char *text, size_t len) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

static size_t place_of(const struct index_strings *strings, const char *text, size_t len) {
    size_t mask = strings->table_size - 1, at = hash_of(text, len) & mask;
    for (; strings->table[at]; at = (at + 1) & mask) {
        const char *other = strings->texts[strings->table[at] - 1];
        if (strncmp(other, text, len) == 0 && other[len] == '\0')
            break;
    }
    return at;
}

bool index_string_find(const struct index_strings *strings, const char *text, size_t len, uint32_t *ret_number) {
    uint32_t found = strings->table_size > 0 ? strings->table[place_of(strings, text, len)] : 0;
    if (found)
        *ret_number = found - 1;
    return found != 0;
}

static bool grow_table(struct index_strings *strings) {
    size_t size = strings->table_size ? strings->table_size * 2 : TABLE_FIRST;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    free(strings->table);
    strings->table = table;
    strings->table_size = size;
    for (size_t i = 0; i < strings->count; i++)
        table[place_of(strings, strings->texts[i], strlen(strings->texts[i]))] = (uint32_t)i + 1;
    return true;
}

bool index_string_add(struct index_strings *strings, struct arena *arena, const char *text, size_t len, uint32_t *ret_number) {
    if (index_string_find(strings, text, len, ret_number))
        return true;
    if (strings->count * 2 >= strings->table_size && !grow_table(strings))
        return false;
    if (strings->count == strings->size) {
        size_t size = strings->size ? strings->size * 2 : TABLE_FIRST;
        const char **texts = realloc(strings->texts, size * sizeof *texts);
        if (!texts)
            return false;
        strings->texts = texts;
        strings->size = size;
    }
    const char *copy = arena_strndup(arena, text, len);
    if (!copy)
        return false;
    size_t at = place_of(strings, text, len);
    strings->texts[strings->count] = copy;
    *ret_number = (uint32_t)strings->count++;
    strings->table[at] = *ret_number + 1;
    return true;
}

void index_strings_release(struct index_strings *strings) {
    free(strings->texts);
    free(strings->table);
    *strings = (struct index_strings){0};
}

/* ---- what is asked ---- */

struct wanted {
    const char *plain, *marked;
    bool begun; /* the last word, perhaps not typed to its end */
};
struct asked {
    struct wanted words[QUERY_WORDS_MAX];
    const char *phrases[QUERY_WORDS_MAX]; /* " of plain words " */
    size_t word_count, phrase_count;
};

/* Words of one part of the search, quoted or not. */
static bool ask_part(struct arena *arena, const char *text, size_t len, bool quoted, struct asked *asked) {
    struct buf plain CLEANUP(buf_release), marked CLEANUP(buf_release);
    buf_init(&plain, 65536);
    buf_init(&marked, 65536);
    fold_words(text, len, &plain, &marked);
    if (plain.failed || marked.failed)
        return false;
    if (plain.len == 0)
        return true;
    char *plain_at = arena_strdup(arena, plain.data), *marked_at = arena_strdup(arena, marked.data);
    if (!plain_at || !marked_at)
        return false;
    if (quoted && asked->phrase_count < QUERY_WORDS_MAX) {
        const char *phrase = arena_printf(arena, " %s ", plain.data);
        if (!phrase)
            return false;
        asked->phrases[asked->phrase_count++] = phrase;
    }
    while (plain_at && marked_at && asked->word_count < QUERY_WORDS_MAX) {
        const char *word = strsep(&plain_at, " ");
        asked->words[asked->word_count++] =
            (struct wanted){.plain = word, .marked = strsep(&marked_at, " "), .begun = !quoted && !plain_at};
    }
    return true;
}

static bool ask(struct arena *arena, const char *search, struct asked *asked) {
    bool quoted = false, good = true;
    for (const char *at = search; good && at;) {
        const char *end = strchr(at, '"');
        good = ask_part(arena, at, end ? (size_t)(end - at) : strlen(at), quoted && end, asked);
        at = end ? end + 1 : NULL;
        quoted = !quoted;
    }
    for (size_t i = 0; i + 1 < asked->word_count; i++)
        asked->words[i].begun = false;
    return good;
}

/* ---- who has it ---- */

static void mark_slots(const struct index_posting *posting, uint64_t *bits) {
    for (uint32_t i = 0; i < posting->count; i++)
        bits[posting->slots[i] / 64] |= UINT64_C(1) << (posting->slots[i] % 64);
}

/* The first of the sorted words that is not before `prefix`. */
static size_t first_at_least(const struct index_words *words, const char *prefix) {
    size_t low = 0, high = words->sorted_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(words->strings.texts[words->sorted[middle]], prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void mark_word(const struct index_words *words, const struct wanted *wanted, uint64_t *bits) {
    const char *text = strcmp(wanted->plain, wanted->marked) == 0 ? wanted->plain : wanted->marked;
    size_t len = strlen(text);
    uint32_t number;
    if (!wanted->begun) {
        if (index_string_find(&words->strings, text, len, &number))
            mark_slots(&words->postings[number], bits);
        return;
    }
    for (size_t i = first_at_least(words, text); i < words->sorted_count; i++) {
        if (strncmp(words->strings.texts[words->sorted[i]], text, len) != 0)
            break;
        mark_slots(&words->postings[words->sorted[i]], bits);
    }
}

/* Of the slots that have all words, those that have the phrase too. */
static bool keep_phrase(const struct index_store *store, const char *phrase, uint64_t *bits) {
    struct buf padded CLEANUP(buf_release);
    buf_init(&padded, BANK_TEXT_MAX * 4);
    for (size_t slot = 0; slot < store->count; slot++) {
        uint64_t bit = UINT64_C(1) << (slot % 64);
        if (!(bits[slot / 64] & bit) || !store->slots[slot])
            continue;
        buf_reset(&padded);
        buf_addc(&padded, ' ');
        buf_add(&padded, store->slots[slot]->text.plain, store->slots[slot]->text.plain_len);
        buf_addc(&padded, ' ');
        if (padded.failed)
            return false;
        if (!strstr(padded.data, phrase))
            bits[slot / 64] &= ~bit;
    }
    return true;
}

enum err index_search(const struct index_store *store, struct arena *arena, const char *search, uint64_t **ret_bits) {
    struct asked asked = {0};
    if (search[0] == '\0') {
        *ret_bits = NULL;
        return ERR_NONE;
    }
    size_t words = (store->count + 63) / 64;
    uint64_t *bits = ARENA_ARRAY(arena, words, uint64_t), *one = ARENA_ARRAY(arena, words, uint64_t);
    if (!bits || !one || !ask(arena, search, &asked))
        return ERR_MEMORY;
    for (size_t i = 0; i < asked.word_count; i++) {
        memset(one, 0, words * sizeof *one);
        mark_word(&store->words, &asked.words[i], one);
        for (size_t k = 0; k < words; k++)
            bits[k] = i == 0 ? one[k] : bits[k] & one[k];
    }
    for (size_t i = 0; i < asked.phrase_count; i++)
        if (!keep_phrase(store, asked.phrases[i], bits))
            return ERR_MEMORY;
    *ret_bits = bits;
    return ERR_NONE;
}
