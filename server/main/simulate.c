#include "simulate.h"

#include "client.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum { OPTION_MAX = 8, POSITION_MAX = 200, RETRY_MAX = 400 };

struct run {
    const struct simulate_config *config;
    int roll_column, code_column;
    atomic_int next, done;
    atomic_int submitted, dropped_out, absent, failed;
    atomic_llong saves;
};

/* What a simulated person is like. */
struct person {
    struct random_stream stream;
    double ability, pace; /* pace: factor on working times */
    int quits_after;      /* positions; POSITION_MAX: stays to the end */
};

/* One position of the paper as this candidate sees it. */
struct question {
    int right; /* index of the right option, -1 unknown */
    int option_count;
    char ids[OPTION_MAX][17];
    double difficulty, discrimination;
};

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static struct person make_person(uint64_t seed, int index) {
    struct person person;
    random_stream_init(&person.stream, seed * 1000003u + (uint64_t)index);
    person.ability = 0.55 + random_stream_normal(&person.stream);
    person.pace = exp(0.22 * random_stream_normal(&person.stream));
    person.quits_after = random_stream_below(&person.stream, 100) < 2 ? 8 + (int)random_stream_below(&person.stream, 40) : POSITION_MAX;
    return person;
}

/* Parameters of an item follow from its row, the same for everybody. */
static void item_parameters(uint64_t seed, size_t row, int64_t level, struct question *question) {
    struct random_stream stream;
    random_stream_init(&stream, seed ^ (0x9e3779b97f4a7c15u * (row + 1)));
    question->difficulty = 0.6 * (double)(level - 2) - 0.2 + 0.8 * random_stream_normal(&stream);
    question->discrimination = exp(0.25 * random_stream_normal(&stream) - 0.1);
}

static void know_item(const struct run *run, const char *stem, const struct json *options, struct question *question) {
    const struct csv *items = run->config->items;
    int stem_column = csv_column(items, "stem"), key_column = csv_column(items, "key"), level_column = csv_column(items, "level");
    int first_option = csv_column(items, "option_a");
    question->right = -1;
    for (size_t row = 0; stem_column >= 0 && key_column >= 0 && row < items->row_count; row++) {
        const char **cells = items->rows[row].cells;
        if (strcmp(cells[stem_column], stem) != 0)
            continue;
        const char *right = cells[first_option + (cells[key_column][0] - 'A')];
        for (int i = 0; i < question->option_count; i++) {
            const char *text = json_text(json_get(json_at(options, (size_t)i), "text"));
            if (text && strcmp(text, right) == 0)
                question->right = i;
        }
        int64_t level = 2;
        (void)text_parse_int(cells[level_column], 1, 4, &level);
        item_parameters(run->config->seed, row, level, question);
        return;
    }
}

static int read_paper(const struct run *run, const struct json *paper, struct question *questions) {
    const struct json *items = json_get(paper, "items");
    int count = (int)json_count(items);
    if (count > POSITION_MAX)
        return 0;
    for (int i = 0; i < count; i++) {
        const struct json *item = json_at(items, (size_t)i), *options = json_get(item, "options");
        struct question *question = &questions[i];
        *question = (struct question){.option_count = (int)json_count(options), .discrimination = 1.0};
        if (question->option_count < 1 || question->option_count > OPTION_MAX)
            return 0;
        for (int k = 0; k < question->option_count; k++) {
            const char *id = json_text(json_get(json_at(options, (size_t)k), "id"));
            snprintf(question->ids[k], sizeof question->ids[k], "%s", id ? id : "");
        }
        const char *stem = json_text(json_get(item, "stem"));
        know_item(run, stem ? stem : "", options, question);
    }
    return count;
}

static int choose(struct person *person, const struct question *question) {
    double guess = 1.0 / question->option_count;
    double p = guess + (1.0 - guess) / (1.0 + exp(-1.7 * question->discrimination * (person->ability - question->difficulty)));
    if (question->right >= 0 && random_stream_unit(&person->stream) < p)
        return question->right;
    int wrong = (int)random_stream_below(&person->stream, (uint64_t)(question->option_count - 1));
    return question->right >= 0 && wrong >= question->right ? wrong + 1 : wrong;
}

/* A person keeps trying while the server is busy; any other answer is final. */
static int call_patiently(struct client *client, const char *method, const char *path, const char *body, struct client_answer *answer) {
    for (int tries = 0; tries < RETRY_MAX; tries++) {
        enum err err = client_call(client, method, path, body ? "application/json" : NULL, body, body ? strlen(body) : 0, answer);
        if (err == ERR_STATE)
            return 0;
        const char *code = err ? NULL : json_text(json_get(answer->json, "code"));
        bool early = code && strcmp(code, "too-early") == 0;
        if (!err && answer->status != 503 && answer->status != 429 && !early)
            return answer->status;
        pause_ms(early ? 100 : 50);
    }
    return 0;
}

static bool save(struct run *run, struct client *client, const char *sitting, int position, int seq, const char *choice, bool flagged) {
    char path[128], body[128];
    struct client_answer answer;
    snprintf(path, sizeof path, "/sittings/%s/responses/%d", sitting, position);
    if (choice)
        snprintf(body, sizeof body, "{\"seq\":%d,\"choice\":\"%s\",\"flagged\":%s}", seq, choice, flagged ? "true" : "false");
    else
        snprintf(body, sizeof body, "{\"seq\":%d,\"choice\":null,\"flagged\":%s}", seq, flagged ? "true" : "false");
    if (call_patiently(client, "PUT", path, body, &answer) != 200)
        return false;
    atomic_fetch_add(&run->saves, 1);
    return true;
}

/* Works through the paper until the simulated time or the person's patience ends. */
static bool work_through(struct run *run, struct client *client, const char *sitting, struct person *person,
                         const struct question *questions, int count) {
    double left_s = run->config->minutes * 60.0;
    for (int i = 0; i < count && i < person->quits_after; i++) {
        left_s -= person->pace * exp(3.6 + 0.45 * random_stream_normal(&person->stream));
        if (left_s < 0)
            return true;
        uint64_t habit = random_stream_below(&person->stream, 100);
        int choice = choose(person, &questions[i]), seq = 1;
        if (habit < 2) /* looks and leaves it */
            choice = -1;
        if (!save(run, client, sitting, i + 1, seq++, choice < 0 ? NULL : questions[i].ids[choice], habit >= 90))
            return false;
        if (habit >= 92) { /* comes back to it and decides again */
            choice = choose(person, &questions[i]);
            left_s -= 15;
            if (!save(run, client, sitting, i + 1, seq++, questions[i].ids[choice], false))
                return false;
        }
    }
    return true;
}

static bool sit(struct run *run, struct client *client, size_t row, struct person *person) {
    const char **cells = run->config->codes->rows[row].cells;
    char body[200], path[100], sitting[32];
    struct client_answer answer;
    struct question questions[POSITION_MAX];
    snprintf(body, sizeof body, "{\"cycle\":\"%s\",\"roll_number\":\"%s\",\"access_code\":\"%s\"}", run->config->cycle_code,
             cells[run->roll_column], cells[run->code_column]);
    client_forget(client);
    if (call_patiently(client, "POST", "/candidate-logins", body, &answer) != 200)
        return false;
    const char *id = json_text(json_get(answer.json, "sitting_id"));
    if (!id)
        return false;
    snprintf(sitting, sizeof sitting, "%s", id);
    snprintf(path, sizeof path, "/sittings/%s/start", sitting);
    if (call_patiently(client, "POST", path, "{}", &answer) != 200)
        return false;
    int count = read_paper(run, answer.json, questions);
    if (count == 0 || !work_through(run, client, sitting, person, questions, count))
        return false;
    if (person->quits_after < POSITION_MAX) {
        atomic_fetch_add(&run->dropped_out, 1);
        return true;
    }
    snprintf(path, sizeof path, "/sittings/%s/submit", sitting);
    if (call_patiently(client, "POST", path, "{\"confirm\":true}", &answer) != 200)
        return false;
    atomic_fetch_add(&run->submitted, 1);
    return true;
}

static void *simulate_thread(void *ctx) {
    struct run *run = ctx;
    struct client *client = NULL;
    if (client_new(run->config->base, &client))
        return NULL;
    for (;;) {
        int row = atomic_fetch_add(&run->next, 1);
        if ((size_t)row >= run->config->codes->row_count)
            break;
        struct person person = make_person(run->config->seed, row);
        if (random_stream_below(&person.stream, 100) < 4)
            atomic_fetch_add(&run->absent, 1);
        else if (!sit(run, client, (size_t)row, &person))
            atomic_fetch_add(&run->failed, 1);
        atomic_fetch_add(&run->done, 1);
    }
    client_free(client);
    return NULL;
}

enum err simulate_sittings(const struct simulate_config *config, void (*progress)(int done, int total), struct simulate_count *ret_count) {
    struct run run = {.config = config,
                      .roll_column = csv_column(config->codes, "roll_number"),
                      .code_column = csv_column(config->codes, "access_code")};
    pthread_t threads[64];
    int started = 0, total = (int)config->codes->row_count;
    if (run.roll_column < 0 || run.code_column < 0)
        return ERR_SYNTAX;
    while (started < config->threads && started < 64 && pthread_create(&threads[started], NULL, simulate_thread, &run) == 0)
        started++;
    while (started > 0 && atomic_load(&run.done) < total) {
        progress(atomic_load(&run.done), total);
        pause_ms(200);
    }
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    progress(atomic_load(&run.done), total);
    *ret_count = (struct simulate_count){.submitted = atomic_load(&run.submitted),
                                         .dropped_out = atomic_load(&run.dropped_out),
                                         .absent = atomic_load(&run.absent),
                                         .failed = atomic_load(&run.failed),
                                         .saves = atomic_load(&run.saves)};
    return started > 0 && ret_count->failed == 0 ? ERR_NONE : ERR_IO;
}
