#include "bank_index_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/doc/fold.h"
#include "khoacu/json/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { EXCERPT_POINTS = 200, TITLE_POINTS = 120, DEPTH_MAX = 32 };

struct bank_index {
    pthread_rwlock_t lock;   /* of the store */
    pthread_mutex_t refresh; /* one reads changes, the others wait for what it finds */
    struct index_store *store;
    struct seen {
        int64_t bank_id, changes;
    } *seen; /* by bank */
    size_t seen_count;
};

#define X(name, key) key,
static const char *const SORTS[] = {BANK_SORT_TABLE(X)};
static const char *const QUEUES[] = {BANK_QUEUE_TABLE(X)};
#undef X

bool bank_sort_parse(const char *key, enum bank_sort *ret_sort, bool *ret_down) {
    bool down = key[0] == '-';
    key += down;
    for (int i = 0; i < BANK_SORT_COUNT; i++) {
        if (strcmp(SORTS[i], key) == 0) {
            *ret_sort = (enum bank_sort)i;
            *ret_down = down;
            return true;
        }
    }
    return false;
}

bool bank_queue_parse(const char *key, enum bank_queue *ret_queue) {
    for (int i = 0; i < BANK_QUEUE_COUNT; i++) {
        if (strcmp(QUEUES[i], key) == 0) {
            *ret_queue = (enum bank_queue)i;
            return true;
        }
    }
    return false;
}

enum err bank_index_new(struct bank_index **ret_index) {
    struct bank_index *index = calloc(1, sizeof *index);
    if (!index)
        return ERR_MEMORY;
    if (index_store_new(&index->store) != ERR_NONE) {
        free(index);
        return ERR_MEMORY;
    }
    pthread_rwlockattr_t kind; /* a writer waits for one item alone and goes first */
    bool ready = pthread_rwlockattr_init(&kind) == 0 &&
                 pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0 &&
                 pthread_rwlock_init(&index->lock, &kind) == 0 && pthread_mutex_init(&index->refresh, NULL) == 0;
    if (!ready) {
        index_store_free(index->store);
        free(index);
        return ERR_MEMORY;
    }
    *ret_index = index;
    return ERR_NONE;
}

void bank_index_free(struct bank_index *index) {
    if (!index)
        return;
    (void)pthread_rwlock_destroy(&index->lock);
    (void)pthread_mutex_destroy(&index->refresh);
    index_store_free(index->store);
    free(index->seen);
    free(index);
}

/* ---- what an item says ---- */

/* Appends markup as plain text: tags fall away, the entities of XML become what they mean. */
static void add_plain(struct buf *out, const char *markup) {
    static const struct {
        const char *name;
        char c;
    } ENTITIES[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (const char *at = markup; *at;) {
        const char *end = *at == '<' ? strchr(at, '>') : NULL;
        if (end) {
            buf_addc(out, ' ');
            at = end + 1;
            continue;
        }
        size_t entity = 0;
        while (*at == '&' && entity < 5 && strncmp(at, ENTITIES[entity].name, strlen(ENTITIES[entity].name)) != 0)
            entity++;
        if (*at == '&' && entity < 5) {
            buf_addc(out, ENTITIES[entity].c);
            at += strlen(ENTITIES[entity].name);
        } else {
            buf_addc(out, *at++);
        }
    }
    buf_addc(out, ' ');
}

/* All texts of a content, wherever they stand: members "vi" and "en", and the title. */
static void add_texts(struct buf *out, const struct json *value, int depth) {
    size_t count = json_count(value);
    for (size_t i = 0; i < count && depth < DEPTH_MAX; i++) {
        const struct json *member = json_at(value, i);
        const char *key = json_kind(value) == JSON_OBJECT ? json_key_at(value, i) : "", *text = json_text(member);
        if (text && (strcmp(key, "vi") == 0 || strcmp(key, "en") == 0 || strcmp(key, "title") == 0 || strcmp(key, "unit") == 0))
            add_plain(out, text);
        add_texts(out, member, depth + 1);
    }
}

/* The first `points` code points, blanks drawn together. */
static const char *shorten(struct arena *arena, const char *text, size_t points) {
    char *out = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0, count = 0;
    bool blank = true;
    for (const char *at = text; out && *at; at++) {
        bool is_blank = *at == ' ' || *at == '\n' || *at == '\t' || *at == '\r';
        if (is_blank && blank)
            continue;
        if ((*at & 0xC0) != 0x80 && ++count > points)
            break;
        out[len++] = is_blank ? ' ' : *at;
        blank = is_blank;
    }
    while (out && len > 0 && out[len - 1] == ' ')
        len--;
    if (out)
        out[len] = '\0';
    return out;
}

static enum err put_entry(struct index_store *store, struct arena *arena, const struct bank_entry *entry) {
    const struct json *content = NULL;
    struct buf body CLEANUP(buf_release), rest CLEANUP(buf_release), plain CLEANUP(buf_release), marked CLEANUP(buf_release);
    buf_init(&body, BANK_TEXT_MAX * 2);
    buf_init(&rest, BANK_TEXT_MAX * 2);
    buf_init(&plain, BANK_TEXT_MAX * 4);
    buf_init(&marked, BANK_TEXT_MAX * 4);
    enum err err = json_read(arena, entry->text.content, entry->text.content_len, &content, NULL);
    if (err != ERR_NONE)
        return err;
    const char *title = json_text(json_get(content, "title"));
    add_texts(&body, json_get(content, "body"), 0);
    add_texts(&rest, content, 0);
    if (body.failed || rest.failed)
        return ERR_MEMORY;
    fold_words(rest.data ? rest.data : "", rest.len, &plain, &marked);
    size_t said_len = plain.len;
    fold_words(entry->item.code, strlen(entry->item.code), &plain, &marked);
    if (entry->text.source)
        fold_words(entry->text.source, strlen(entry->text.source), &plain, &marked);
    struct index_text text = {.title = shorten(arena, title ? title : "", TITLE_POINTS),
                              .excerpt = shorten(arena, body.data ? body.data : "", EXCERPT_POINTS),
                              .plain = plain.data ? plain.data : "",
                              .marked = marked.data ? marked.data : "",
                              .plain_len = plain.len,
                              .marked_len = marked.len,
                              .said_len = said_len};
    return plain.failed || marked.failed || arena->failed ? ERR_MEMORY : index_store_put(store, &entry->item, &text);
}

/* ---- following the banks ---- */

static enum err take_change(void *ctx, struct arena *arena, const struct bank_entry *entry) {
    struct bank_index *index = ctx;
    (void)pthread_rwlock_wrlock(&index->lock);
    enum err err = put_entry(index->store, arena, entry);
    (void)pthread_rwlock_unlock(&index->lock);
    return err;
}

static struct seen *seen_of(struct bank_index *index, int64_t bank_id) {
    for (size_t i = 0; i < index->seen_count; i++)
        if (index->seen[i].bank_id == bank_id)
            return &index->seen[i];
    struct seen *list = realloc(index->seen, (index->seen_count + 1) * sizeof *list);
    if (!list)
        return NULL;
    index->seen = list;
    list[index->seen_count] = (struct seen){.bank_id = bank_id};
    return &list[index->seen_count++];
}

static enum err settle(struct bank_index *index) {
    (void)pthread_rwlock_wrlock(&index->lock);
    struct index_store *next = NULL;
    enum err err = index_store_worn(index->store) ? index_store_renew(index->store, &next) : index_store_settle(index->store);
    if (next) {
        index_store_free(index->store);
        index->store = next;
    }
    (void)pthread_rwlock_unlock(&index->lock);
    return err;
}

/* Reads what the banks' counters, as `rows` has them, say is new. */
static enum err follow(struct bank_index *index, const struct bank_desk *desk, const struct bank_change_row *rows, size_t count) {
    bool changed = false;
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < count; i++) {
        struct seen *seen = seen_of(index, rows[i].bank_id);
        if (!seen)
            return ERR_MEMORY;
        int64_t before = seen->changes;
        if (before >= rows[i].changes)
            continue;
        changed = true;
        err = bank_index_read(desk, rows[i].bank_id, before, false, take_change, index);
        if (err == ERR_NONE)
            seen->changes = rows[i].changes;
    }
    enum err settled = changed ? settle(index) : ERR_NONE;
    return err != ERR_NONE ? err : settled;
}

/* Brings the index up to date and holds it for reading; the caller unlocks. */
static enum err hold(struct bank_index *index, const struct bank_desk *desk, struct bank_scope *scope, struct index_view *view) {
    struct bank_change_row *rows;
    size_t count;
    enum err err = bank_changes_read(desk, &rows, &count);
    if (err == ERR_NONE) {
        (void)pthread_mutex_lock(&index->refresh);
        err = follow(index, desk, rows, count);
        (void)pthread_mutex_unlock(&index->refresh);
    }
    if (err == ERR_NONE)
        err = bank_scope_read(desk, scope);
    if (err != ERR_NONE)
        return err;
    (void)pthread_rwlock_rdlock(&index->lock);
    *view = (struct index_view){.store = index->store, .scope = scope, .staff_id = desk->staff_id};
    return ERR_NONE;
}

static void let_go(struct bank_index *index) {
    (void)pthread_rwlock_unlock(&index->lock);
}

/* ---- questions ---- */

enum err bank_index_find(struct bank_index *index, const struct bank_desk *desk, const struct bank_index_query *query,
                         struct bank_index_page *ret_page) {
    struct bank_scope scope;
    struct index_view view;
    enum err err = hold(index, desk, &scope, &view);
    if (err != ERR_NONE)
        return err;
    err = index_page(&view, desk->arena, query, ret_page);
    let_go(index);
    return err;
}

enum err bank_index_like(struct bank_index *index, const struct bank_desk *desk, int64_t item_id, bool *ret_found,
                         struct bank_like **ret_list, size_t *ret_count) {
    struct bank_scope scope;
    struct index_view view;
    enum err err = hold(index, desk, &scope, &view);
    if (err != ERR_NONE)
        return err;
    const struct index_item *item = index_store_find(view.store, item_id);
    *ret_found = item && index_rights(&view, item);
    if (*ret_found)
        err = index_like(&view, desk->arena, item->text.plain, item->text.said_len, item_id, ret_list, ret_count);
    let_go(index);
    return err;
}

enum err bank_index_health(struct bank_index *index, const struct bank_desk *desk, const char *bank, int64_t today,
                           struct bank_index_health *ret_health) {
    struct bank_scope scope;
    struct index_view view;
    enum err err = hold(index, desk, &scope, &view);
    if (err != ERR_NONE)
        return err;
    err = index_health(&view, desk->arena, bank, today, ret_health);
    let_go(index);
    return err;
}

enum err bank_index_supply(struct bank_index *index, const struct bank_desk *desk, const char *bank, int64_t today,
                           struct bank_cell *cells, size_t count) {
    struct bank_scope scope;
    struct index_view view;
    enum err err = hold(index, desk, &scope, &view);
    if (err != ERR_NONE)
        return err;
    index_supply(&view, bank, today, cells, count);
    let_go(index);
    return ERR_NONE;
}
