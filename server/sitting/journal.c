#include "khoacu/sitting/journal.h"

#include "khoacu/base/text.h"
#include "khoacu/db/db.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { TABLE_SIZE = SITTING_JOURNAL_CACHE * 2, OUTCOME_COLUMNS = 5, RETRY_MS = 200, MOVED_MAX = 256 };

struct waiting {
    struct sitting_save save;
    sitting_save_done_fn *done;
    void *ctx;
};

/* Where a waiting save stands, and what its batch is sorted by. */
struct row_key {
    int64_t room_id, sitting_id;
    int32_t seq;
    int16_t position;
    uint16_t place; /* among those that wait */
};

/* The rows of the statement under way, column by column as the database takes them. */
struct columns {
    struct row_key keys[SITTING_JOURNAL_BATCH];
    int64_t rooms[SITTING_JOURNAL_BATCH], room_ids[SITTING_JOURNAL_BATCH], sitting_ids[SITTING_JOURNAL_BATCH];
    int32_t generations[SITTING_JOURNAL_BATCH], seqs[SITTING_JOURNAL_BATCH];
    int16_t positions[SITTING_JOURNAL_BATCH], choices[SITTING_JOURNAL_BATCH];
    uint8_t flags[SITTING_JOURNAL_BATCH];
    int64_t times[SITTING_JOURNAL_BATCH];
    const char *answers[SITTING_JOURNAL_BATCH];
    size_t count, room_count, answer_count; /* answer_count 0 when there is none among them */
};

struct cached {
    int64_t sitting_id; /* 0: free */
    struct form_order *order;
    struct section_clock *clock;
};

struct sitting_journal {
    struct loop *loop;
    struct db_async *db;
    struct waiting *ring; /* SITTING_JOURNAL_QUEUE places; the batch under way stands at the head */
    size_t head, count;
    size_t sent;          /* of them under way */
    bool singly;          /* after a refused batch: one row at a time until its rows are through */
    size_t singly_left;
    struct columns columns;
    struct sitting_save_result results[SITTING_JOURNAL_BATCH];
    struct waiting told[SITTING_JOURNAL_BATCH]; /* those whose results these are */
    struct cached *cache; /* open addressing, TABLE_SIZE places */
    size_t cached;
    _Atomic uint64_t heard;     /* what the database told */
    int64_t moved[MOVED_MAX];   /* rooms whose clocks are to be forgotten at the next turn */
    size_t moved_count;
};

static struct waiting *at(struct sitting_journal *journal, size_t place) {
    return &journal->ring[(journal->head + place) % SITTING_JOURNAL_QUEUE];
}

/* ---- sending ---- */

#define COMPARE(x, y) (((x) > (y)) - ((x) < (y)))

static int compare_keys(const void *a, const void *b) {
    const struct row_key *x = a, *y = b;
    if (x->room_id != y->room_id)
        return COMPARE(x->room_id, y->room_id);
    if (x->sitting_id != y->sitting_id)
        return COMPARE(x->sitting_id, y->sitting_id);
    if (x->position != y->position)
        return COMPARE(x->position, y->position);
    if (x->seq != y->seq)
        return COMPARE(x->seq, y->seq);
    return COMPARE(x->place, y->place);
}

/* In the order of the primary key: two servers that write the same rows then wait for each other in one direction only. */
static void sort_keys(struct sitting_journal *journal, size_t count) {
    struct columns *c = &journal->columns;
    for (size_t i = 0; i < count; i++) {
        const struct sitting_save *save = &at(journal, i)->save;
        c->keys[i] = (struct row_key){save->room_id, save->sitting_id, save->seq, save->position, (uint16_t)i};
    }
    qsort(c->keys, count, sizeof c->keys[0], compare_keys);
}

static void fill_columns(struct sitting_journal *journal, size_t count) {
    struct columns *c = &journal->columns;
    sort_keys(journal, count);
    c->count = count;
    c->room_count = 0;
    c->answer_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct sitting_save *save = &at(journal, c->keys[i].place)->save;
        c->room_ids[i] = save->room_id;
        c->sitting_ids[i] = save->sitting_id;
        c->generations[i] = save->generation;
        c->positions[i] = save->position;
        c->seqs[i] = save->seq;
        c->choices[i] = save->choice;
        c->flags[i] = save->flagged;
        c->times[i] = save->received_us;
        c->answers[i] = save->answer;
        if (save->answer)
            c->answer_count = count;
        if (i == 0 || save->room_id != c->room_ids[i - 1])
            c->rooms[c->room_count++] = save->room_id;
    }
}

static void batch_done(void *ctx, enum err err, const int64_t *cells, size_t row_count);

static enum err send_columns(struct sitting_journal *journal) {
    const struct columns *c = &journal->columns;
    const struct db_column columns[] = {
        {DB_COLUMN_INT8, c->rooms, c->room_count}, {DB_COLUMN_INT8, c->room_ids, c->count}, {DB_COLUMN_INT8, c->sitting_ids, c->count},
        {DB_COLUMN_INT4, c->generations, c->count}, {DB_COLUMN_INT2, c->positions, c->count}, {DB_COLUMN_INT4, c->seqs, c->count},
        {DB_COLUMN_INT2, c->choices, c->count}, {DB_COLUMN_BOOL, c->flags, c->count}, {DB_COLUMN_TIME, c->times, c->count},
        {DB_COLUMN_TEXT, c->answers, c->answer_count}};
    return db_async_send(journal->db, DB_JOURNAL_RECORD, columns, sizeof columns / sizeof columns[0], batch_done, journal);
}

/* How many of those that wait go out together. */
static size_t batch_size(struct sitting_journal *journal) {
    size_t most = journal->singly ? 1 : SITTING_JOURNAL_BATCH, texts = 0;
    size_t count = journal->count < most ? journal->count : most;
    for (size_t i = 0; i < count; i++) {
        const char *answer = at(journal, i)->save.answer;
        texts += answer ? strlen(answer) : 0;
        if (i > 0 && texts > SITTING_JOURNAL_TEXTS)
            return i;
    }
    return count;
}

/* Sends what waits, when nothing is under way. */
static void send_next(struct sitting_journal *journal) {
    if (journal->sent > 0 || journal->count == 0 || !db_async_ready(journal->db))
        return;
    size_t count = batch_size(journal);
    fill_columns(journal, count);
    if (send_columns(journal) == ERR_NONE)
        journal->sent = count;
}

/* ---- answering ---- */

static void read_outcomes(struct sitting_journal *journal, size_t count, const int64_t *cells, size_t row_count) {
    memset(journal->results, 0, count * sizeof journal->results[0]);
    for (size_t row = 0; row < row_count; row++) {
        const int64_t *cell = cells + row * OUTCOME_COLUMNS;
        assert(cell[0] >= 1 && (size_t)cell[0] <= count && cell[1] >= SITTING_SAVE_REPEATED && cell[1] <= SITTING_SAVE_HELD);
        struct sitting_save_result *result = &journal->results[journal->columns.keys[cell[0] - 1].place];
        result->verdict = (enum sitting_save_verdict)cell[1];
        result->current.seq = (int32_t)cell[2];
        result->current.choice = (int16_t)cell[3];
        result->current.flagged = cell[4] != 0;
    }
}

static void fail_all(struct sitting_journal *journal, size_t count, enum err err) {
    for (size_t i = 0; i < count; i++)
        journal->results[i] = (struct sitting_save_result){.err = err};
}

/* Takes the answered rows out of the ring, sends the next batch, then tells: the database works while we write replies. */
static void answer(struct sitting_journal *journal, size_t count) {
    for (size_t i = 0; i < count; i++)
        journal->told[i] = *at(journal, i);
    journal->head = (journal->head + count) % SITTING_JOURNAL_QUEUE;
    journal->count -= count;
    journal->sent = 0;
    if (journal->singly && --journal->singly_left == 0)
        journal->singly = false;
    send_next(journal);
    for (size_t i = 0; i < count; i++)
        journal->told[i].done(journal->told[i].ctx, &journal->results[i]);
}

static void batch_done(void *ctx, enum err err, const int64_t *cells, size_t row_count) {
    struct sitting_journal *journal = ctx;
    size_t count = journal->sent;
    switch (err) {
    case ERR_NONE:
        read_outcomes(journal, count, cells, row_count);
        answer(journal, count);
        return;
    case ERR_DB_UNKNOWN:
    case ERR_DB_RETRY:
        journal->sent = 0; /* the same rows go again: what was stored then comes back as repeated */
        send_next(journal);
        return;
    default:
        break;
    }
    if (count > 1 && err != ERR_DB_DOWN) {
        journal->sent = 0;
        journal->singly = true;
        journal->singly_left = count;
        send_next(journal);
        return;
    }
    fail_all(journal, count, err);
    answer(journal, count);
}

/* While there is no database, nothing is promised: what waits is refused, and the clients keep it and come again. */
static void refuse_waiting(struct sitting_journal *journal) {
    while (journal->count > 0 && journal->sent == 0) {
        size_t count = journal->count < SITTING_JOURNAL_BATCH ? journal->count : SITTING_JOURNAL_BATCH;
        journal->singly = false;
        fail_all(journal, count, ERR_DB_DOWN);
        answer(journal, count);
    }
}

static int turn(void *ctx) {
    struct sitting_journal *journal = ctx;
    if (journal->count == 0 || journal->sent > 0)
        return -1;
    if (db_async_down(journal->db))
        refuse_waiting(journal);
    else
        send_next(journal);
    return journal->count > 0 && journal->sent == 0 ? RETRY_MS : -1;
}

bool sitting_journal_record(struct sitting_journal *journal, const struct sitting_save *save, sitting_save_done_fn *done, void *ctx) {
    if (journal->count == SITTING_JOURNAL_QUEUE)
        return false;
    *at(journal, journal->count++) = (struct waiting){.save = *save, .done = done, .ctx = ctx};
    if (journal->sent == 0)
        loop_again(journal->loop);
    return true;
}

size_t sitting_journal_waiting(const struct sitting_journal *journal) {
    return journal->count;
}

/* ---- the cache of orders ---- */

static size_t place_of(const struct sitting_journal *journal, int64_t sitting_id) {
    size_t place = (size_t)((uint64_t)sitting_id * 0x9e3779b97f4a7c15u >> 32) % TABLE_SIZE;
    while (journal->cache[place].sitting_id != 0 && journal->cache[place].sitting_id != sitting_id)
        place = (place + 1) % TABLE_SIZE;
    return place;
}

const struct form_order *sitting_journal_order(const struct sitting_journal *journal, int64_t sitting_id) {
    return journal->cache[place_of(journal, sitting_id)].order;
}

/* Empties the cache: rare, and each sitting comes back with its next save. */
static void forget_orders(struct sitting_journal *journal) {
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        free(journal->cache[i].order);
        free(journal->cache[i].clock);
        journal->cache[i] = (struct cached){0};
    }
    journal->cached = 0;
}

void sitting_journal_keep(struct sitting_journal *journal, int64_t sitting_id, struct form_order *order) {
    if (journal->cached == SITTING_JOURNAL_CACHE)
        forget_orders(journal);
    struct cached *cached = &journal->cache[place_of(journal, sitting_id)];
    journal->cached += cached->sitting_id == 0;
    free(cached->order);
    cached->sitting_id = sitting_id;
    cached->order = order;
}

/* ---- clocks ---- */

const struct section_clock *sitting_journal_clock(const struct sitting_journal *journal, int64_t sitting_id) {
    return journal->cache[place_of(journal, sitting_id)].clock;
}

uint64_t sitting_journal_told(const struct sitting_journal *journal) {
    return atomic_load(&journal->heard);
}

void sitting_journal_keep_clock(struct sitting_journal *journal, int64_t sitting_id, struct section_clock *clock, uint64_t told) {
    struct cached *cached = &journal->cache[place_of(journal, sitting_id)];
    if (cached->sitting_id != sitting_id || clock->closes_us == 0 || told != sitting_journal_told(journal)) {
        free(clock);
        return;
    }
    free(cached->clock);
    cached->clock = clock;
}

/* A room's clocks have moved; NULL: some may have, unheard. A whole shift is told room by room: they are forgotten in one walk. */
static void hear(void *ctx, const char *payload) {
    struct sitting_journal *journal = ctx;
    int64_t room_id = 0;
    atomic_fetch_add(&journal->heard, 1);
    if (!payload || !text_parse_id(payload, &room_id) || journal->moved_count == MOVED_MAX)
        journal->moved_count = MOVED_MAX; /* all */
    else
        journal->moved[journal->moved_count++] = room_id;
    loop_again(journal->loop);
}

static bool is_moved(const struct sitting_journal *journal, int64_t room_id) {
    for (size_t i = 0; i < journal->moved_count && journal->moved_count < MOVED_MAX; i++)
        if (journal->moved[i] == room_id)
            return true;
    return journal->moved_count == MOVED_MAX;
}

static void forget_moved(struct sitting_journal *journal) {
    for (size_t i = 0; i < TABLE_SIZE && journal->moved_count > 0; i++) {
        struct cached *cached = &journal->cache[i];
        if (cached->clock && is_moved(journal, cached->clock->room_id)) {
            free(cached->clock);
            cached->clock = NULL;
        }
    }
    journal->moved_count = 0;
}

/* Each turn of the loop, before what it asks for is read again. */
static int turn_clocks(void *ctx) {
    forget_moved(ctx);
    return -1;
}

enum err sitting_journal_new(struct loop *loop, const char *conninfo, struct sitting_journal **ret_journal) {
    struct sitting_journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        return ERR_MEMORY;
    journal->loop = loop;
    journal->ring = calloc(SITTING_JOURNAL_QUEUE, sizeof *journal->ring);
    journal->cache = calloc(TABLE_SIZE, sizeof *journal->cache);
    enum err err = journal->ring && journal->cache ? ERR_NONE : ERR_MEMORY;
    if (!err)
        err = db_async_open(conninfo, DB_ROLE_SERVER, DB_JOURNAL_RECORD, loop, &journal->db);
    if (!err)
        err = loop_on_turn(loop, turn, journal);
    if (!err)
        err = loop_on_turn(loop, turn_clocks, journal);
    if (!err)
        err = db_async_listen(journal->db, "khoacu_time", hear, journal);
    if (err)
        sitting_journal_free(journal);
    else
        *ret_journal = journal;
    return err;
}

void sitting_journal_free(struct sitting_journal *journal) {
    if (!journal)
        return;
    db_async_close(journal->db);
    if (journal->cache)
        forget_orders(journal);
    free(journal->cache);
    free(journal->ring);
    free(journal);
}
