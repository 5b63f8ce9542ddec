#include "khoacu/sitting/journal.h"

#include "khoacu/base/text.h"
#include "khoacu/db/db.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum {
    TABLE_SIZE = SITTING_JOURNAL_CACHE * 2,
    OUTCOME_COLUMNS = 5,
    RETRY_MS = 200,
    MOVED_MAX = 256,
    BATCHES = 3,       /* two on their way to the database, one that is being told */
    SECOND_LEAST = 32 /* saves that go out behind a batch under way: fewer would cost more by the batch than is won by not waiting */
};

struct waiting {
    struct sitting_save save;
    sitting_save_done_fn *done;
    void *ctx;
};

/* Where a save stands, and what its batch is sorted by. */
struct row_key {
    int64_t room_id, sitting_id;
    int32_t seq;
    int16_t position;
    uint16_t place; /* in the batch */
};

/* The rows of a statement, column by column as the database takes them. */
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

/* Insert: all rows are new, as nearly always. Judge: they were not, or nobody knows; each gets its verdict. Singly: judged row by row,
 * after the database refused them together. */
enum step { STEP_FREE, STEP_INSERT, STEP_JUDGE, STEP_SINGLY, STEP_TELL };

struct batch {
    struct sitting_journal *journal;
    enum step step;
    bool under_way;
    size_t count, single; /* saves; which one, where it goes singly */
    struct waiting saves[SITTING_JOURNAL_BATCH];
    struct sitting_save_result results[SITTING_JOURNAL_BATCH];
    struct columns columns;
};

struct cached {
    int64_t sitting_id; /* 0: free */
    struct form_order *order;
    struct section_clock *clock;
};

struct sitting_journal {
    struct loop *loop;
    struct db_async *db;
    struct waiting *ring; /* SITTING_JOURNAL_QUEUE places: what is in no batch yet */
    size_t head, count;
    struct batch batches[BATCHES];
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
static void sort_keys(struct batch *batch, size_t from, size_t count) {
    struct row_key *keys = batch->columns.keys;
    for (size_t i = 0; i < count; i++) {
        const struct sitting_save *save = &batch->saves[from + i].save;
        keys[i] = (struct row_key){save->room_id, save->sitting_id, save->seq, save->position, (uint16_t)(from + i)};
    }
    qsort(keys, count, sizeof keys[0], compare_keys);
}

static void fill_columns(struct batch *batch, size_t from, size_t count) {
    struct columns *c = &batch->columns;
    sort_keys(batch, from, count);
    c->count = count;
    c->room_count = 0;
    c->answer_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct sitting_save *save = &batch->saves[c->keys[i].place].save;
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

/* Sends a batch, or what is left of it; without a connection it stays for the next turn. */
static void send_batch(struct batch *batch) {
    struct db_async *db = batch->journal->db;
    if (!db_async_ready(db))
        return;
    if (batch->step == STEP_SINGLY)
        fill_columns(batch, batch->single, 1);
    const struct columns *c = &batch->columns;
    const struct db_column columns[] = {
        {DB_COLUMN_INT8, c->rooms, c->room_count}, {DB_COLUMN_INT8, c->room_ids, c->count}, {DB_COLUMN_INT8, c->sitting_ids, c->count},
        {DB_COLUMN_INT4, c->generations, c->count}, {DB_COLUMN_INT2, c->positions, c->count}, {DB_COLUMN_INT4, c->seqs, c->count},
        {DB_COLUMN_INT2, c->choices, c->count}, {DB_COLUMN_BOOL, c->flags, c->count}, {DB_COLUMN_TIME, c->times, c->count},
        {DB_COLUMN_TEXT, c->answers, c->answer_count}};
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const struct db_call insert[] = {{DB_JOURNAL_LOCK, columns, 1}, {DB_JOURNAL_INSERT, columns + 1, COLUMNS - 1}};
    const struct db_call judge[] = {{DB_JOURNAL_RECORD, columns, COLUMNS}};
    batch->under_way = true;
    enum err err = batch->step == STEP_INSERT ? db_async_send(db, insert, 2, batch_done, batch) : db_async_send(db, judge, 1, batch_done, batch);
    if (err != ERR_NONE)
        batch->under_way = false;
}

/* How many of those that wait go out together. */
static size_t batch_size(struct sitting_journal *journal) {
    size_t count = journal->count < SITTING_JOURNAL_BATCH ? journal->count : SITTING_JOURNAL_BATCH, texts = 0;
    for (size_t i = 0; i < count; i++) {
        const char *answer = at(journal, i)->save.answer;
        texts += answer ? strlen(answer) : 0;
        if (i > 0 && texts > SITTING_JOURNAL_TEXTS)
            return i;
    }
    return count;
}

/* The database has not answered it to the end. */
static bool is_open(const struct batch *batch) {
    return batch->step != STEP_FREE && batch->step != STEP_TELL;
}

static struct batch *free_batch(struct sitting_journal *journal) {
    for (size_t i = 0; i < BATCHES; i++)
        if (journal->batches[i].step == STEP_FREE)
            return &journal->batches[i];
    return NULL;
}

static size_t open_batches(const struct sitting_journal *journal) {
    size_t count = 0;
    for (size_t i = 0; i < BATCHES; i++)
        count += is_open(&journal->batches[i]);
    return count;
}

/* Takes what waits out of the ring; NULL when every batch is in use. */
static struct batch *take_batch(struct sitting_journal *journal) {
    struct batch *batch = free_batch(journal);
    if (!batch)
        return NULL;
    batch->step = STEP_INSERT;
    batch->under_way = false;
    batch->count = batch_size(journal);
    for (size_t i = 0; i < batch->count; i++)
        batch->saves[i] = *at(journal, i);
    journal->head = (journal->head + batch->count) % SITTING_JOURNAL_QUEUE;
    journal->count -= batch->count;
    fill_columns(batch, 0, batch->count);
    return batch;
}

/* Sends what waits: at once when nothing is under way, else when it is worth a batch of its own. */
static void send_next(struct sitting_journal *journal) {
    while (journal->count > 0 && db_async_ready(journal->db) && (journal->count >= SECOND_LEAST || open_batches(journal) == 0)) {
        struct batch *batch = take_batch(journal);
        if (!batch)
            return;
        send_batch(batch);
    }
}

/* ---- answering ---- */

static void read_outcomes(struct batch *batch, const int64_t *cells, size_t row_count) {
    const struct columns *c = &batch->columns;
    for (size_t i = 0; i < c->count; i++)
        batch->results[c->keys[i].place] = (struct sitting_save_result){0};
    for (size_t row = 0; row < row_count; row++) {
        const int64_t *cell = cells + row * OUTCOME_COLUMNS;
        assert(cell[0] >= 1 && (size_t)cell[0] <= c->count && cell[1] >= SITTING_SAVE_REPEATED && cell[1] <= SITTING_SAVE_HELD);
        struct sitting_save_result *result = &batch->results[c->keys[cell[0] - 1].place];
        result->verdict = (enum sitting_save_verdict)cell[1];
        result->current.seq = (int32_t)cell[2];
        result->current.choice = (int16_t)cell[3];
        result->current.flagged = cell[4] != 0;
    }
}

static void fail_rows(struct batch *batch, enum err err) {
    for (size_t i = 0; i < batch->columns.count; i++)
        batch->results[batch->columns.keys[i].place] = (struct sitting_save_result){.err = err};
}

/* Sends the next batch, then tells: the database works while we write replies. */
static void tell(struct batch *batch) {
    batch->step = STEP_TELL;
    send_next(batch->journal);
    for (size_t i = 0; i < batch->count; i++)
        batch->saves[i].done(batch->saves[i].ctx, &batch->results[i]);
    batch->step = STEP_FREE;
}

static void judge(struct batch *batch, enum step step) {
    batch->step = step;
    batch->single = 0;
    send_batch(batch);
}

static void batch_done(void *ctx, enum err err, const int64_t *cells, size_t row_count) {
    struct batch *batch = ctx;
    batch->under_way = false;
    if (batch->step == STEP_INSERT && err == ERR_NONE && row_count == batch->count) {
        memset(batch->results, 0, batch->count * sizeof batch->results[0]);
        tell(batch);
        return;
    }
    if (batch->step == STEP_INSERT && err != ERR_DB_DOWN) {
        judge(batch, STEP_JUDGE);
        return;
    }
    if (err == ERR_DB_UNKNOWN || err == ERR_DB_RETRY) {
        send_batch(batch); /* the same rows go again: what was stored then comes back as repeated */
        return;
    }
    if (err != ERR_NONE && err != ERR_DB_DOWN && batch->step == STEP_JUDGE && batch->count > 1) {
        judge(batch, STEP_SINGLY);
        return;
    }
    if (err == ERR_NONE)
        read_outcomes(batch, cells, row_count);
    else
        fail_rows(batch, err);
    if (batch->step == STEP_SINGLY && ++batch->single < batch->count)
        send_batch(batch);
    else
        tell(batch);
}

/* While there is no database, nothing is promised: what waits is refused, and the clients keep it and come again. */
static void refuse_waiting(struct sitting_journal *journal) {
    for (size_t i = 0; i < BATCHES; i++) {
        struct batch *batch = &journal->batches[i];
        if (!is_open(batch) || batch->under_way)
            continue;
        if (batch->step == STEP_SINGLY)
            for (size_t row = batch->single; row < batch->count; row++)
                batch->results[row] = (struct sitting_save_result){.err = ERR_DB_DOWN};
        else
            fail_rows(batch, ERR_DB_DOWN);
        tell(batch);
    }
    for (struct batch *batch; journal->count > 0 && (batch = take_batch(journal)) != NULL;) {
        fail_rows(batch, ERR_DB_DOWN);
        tell(batch);
    }
}

/* What is neither under way nor behind a batch that is. */
static bool is_stuck(const struct sitting_journal *journal) {
    for (size_t i = 0; i < BATCHES; i++)
        if (is_open(&journal->batches[i]) && !journal->batches[i].under_way)
            return true;
    return journal->count > 0 && open_batches(journal) == 0;
}

static int turn(void *ctx) {
    struct sitting_journal *journal = ctx;
    if (db_async_down(journal->db)) {
        refuse_waiting(journal);
        return is_stuck(journal) ? RETRY_MS : -1;
    }
    for (size_t i = 0; i < BATCHES; i++) {
        struct batch *batch = &journal->batches[i];
        if (is_open(batch) && !batch->under_way)
            send_batch(batch);
    }
    send_next(journal);
    return is_stuck(journal) ? RETRY_MS : -1;
}

bool sitting_journal_record(struct sitting_journal *journal, const struct sitting_save *save, sitting_save_done_fn *done, void *ctx) {
    if (journal->count == SITTING_JOURNAL_QUEUE)
        return false;
    *at(journal, journal->count++) = (struct waiting){.save = *save, .done = done, .ctx = ctx};
    if (journal->count >= SECOND_LEAST)
        send_next(journal); /* the database need not wait until all who have written are read */
    else if (open_batches(journal) == 0)
        loop_again(journal->loop);
    return true;
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
    for (size_t i = 0; i < BATCHES; i++)
        journal->batches[i].journal = journal;
    const enum db_statement statements[] = {DB_JOURNAL_LOCK, DB_JOURNAL_INSERT, DB_JOURNAL_RECORD};
    if (!err)
        err = db_async_open(conninfo, DB_ROLE_SERVER, statements, sizeof statements / sizeof statements[0], loop, &journal->db);
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
