#include "demo.h"

#include "client.h"
#include "command.h"
#include "demo_acts.h"
#include "demo_leadership.h"
#include "demo_panels.h"
#include "demo_people.h"
#include "simulate.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { SEED = 1075, APPLICANTS = 500, TRIAL_APPLICANTS = 20, PANEL_APPLICANTS = 7, SIMULATED_MINUTES = 60 };
#define MAIN_CYCLE "CC-2026-MINH-HOA"
#define TRIAL_CYCLE "DUNG-THU"
#define PANEL_CYCLE "PV-MINH-HOA"
#define BANK "KTC-2026"

static void show_progress(int done, int total) {
    demo_progress(done, total, "sittings");
}

static void say_nothing(int done, int total) {
    (void)done, (void)total;
}

static bool make_bank(struct demo *demo) {
    demo_step("Importing officers and the item bank; a second officer reviews it");
    return demo_sign_in(demo, demo->administrator) && demo_import_officers(demo) && demo_sign_in_as(demo, "item_officer", 0) &&
           demo_import(demo, "items", "bank=" BANK, demo_file("server/demo/items.csv")) && demo_review_bank(demo, BANK);
}

static bool make_cycle(struct demo *demo, const struct demo_cycle *cycle, const struct buf *people) {
    struct demo_text posts = demo_file(cycle->posts_file);
    char query[80];
    snprintf(query, sizeof query, "cycle=%s", cycle->code);
    return demo_sign_in_as(demo, "hr_officer", 0) && demo_create_cycle(demo, cycle) && demo_import(demo, "posts", query, posts) &&
           demo_import(demo, "candidates", query, (struct demo_text){people->data, people->len}) &&
           demo_sign_in_as(demo, "item_officer", 0) && demo_seal_form(demo, cycle, BANK) && demo_sign_in_as(demo, "hr_officer", 0) &&
           demo_schedule(demo, cycle) && demo_issue_codes(demo, cycle);
}

static bool people_for(struct demo *demo, const struct demo_cycle *cycle, const char *prefix, int count, struct buf *out) {
    struct arena arena;
    struct csv posts;
    struct demo_text file = demo_file(cycle->posts_file);
    arena_init(&arena, 4u << 20);
    bool good = csv_read(&arena, file.bytes, file.len, &posts, NULL) == ERR_NONE;
    if (good)
        demo_people_csv(&posts, prefix, count, SEED, out);
    else
        demo_fail(demo, cycle->posts_file);
    arena_release(&arena);
    return good && !out->failed;
}

static bool play_round1(struct demo *demo, const struct demo_cycle *cycle) {
    struct csv items;
    struct demo_text file = demo_file("server/demo/items.csv");
    struct simulate_count count;
    if (csv_read(&demo->arena, file.bytes, file.len, &items, NULL))
        return demo_fail(demo, "items.csv");
    demo_step("Round 1: 500 simulated candidates sit the test over HTTP");
    struct simulate_config config = {.base = demo->base, .cycle_code = cycle->code, .items = &items, .codes = &demo->codes,
                                     .seed = SEED, .threads = 24, .minutes = SIMULATED_MINUTES};
    if (simulate_sittings(&config, show_progress, &count))
        return demo_fail(demo, "simulated sittings");
    printf("    %d submitted, %d dropped out, %d absent, %lld answers saved\n", count.submitted, count.dropped_out, count.absent,
           (long long)count.saves);
    demo_step("Closing the shift and counting");
    return demo_sign_in_as(demo, "invigilator", 0) && demo_close_shift(demo);
}

static bool play_round2(struct demo *demo, const struct demo_cycle *cycle) {
    demo_step("Round 2: blind codes, a draw of markers, two marks for each script, and what follows where they differ");
    return demo_sign_in_as(demo, "hr_officer", 0) && demo_open_round2(demo, cycle) && demo_mark(demo, cycle);
}

/* A small cycle whose interviews a panel hears; it stays open for whoever tries it. */
static bool play_panel(struct demo *demo, const struct demo_cycle *cycle, const struct buf *people) {
    struct csv items;
    struct demo_text file = demo_file("server/demo/items.csv");
    struct simulate_count count;
    demo_step("A small cycle whose interviews a panel hears");
    if (csv_read(&demo->arena, file.bytes, file.len, &items, NULL))
        return demo_fail(demo, "items.csv");
    if (!make_cycle(demo, cycle, people))
        return false;
    struct simulate_config config = {.base = demo->base, .cycle_code = cycle->code, .items = &items, .codes = &demo->codes,
                                     .seed = SEED, .threads = PANEL_APPLICANTS, .minutes = SIMULATED_MINUTES};
    if (simulate_sittings(&config, say_nothing, &count))
        return demo_fail(demo, "simulated sittings");
    return demo_sign_in_as(demo, "invigilator", 0) && demo_close_shift(demo) && demo_sign_in_as(demo, "hr_officer", 0) &&
           demo_open_round2(demo, cycle) && demo_play_panel(demo, cycle->code);
}

static bool play_result(struct demo *demo, const struct demo_cycle *cycle) {
    demo_step("Ranking, approval by a second officer, publication");
    return demo_sign_in_as(demo, "hr_officer", 0) && demo_freeze_marks(demo, cycle) && demo_rank(demo, cycle) &&
           demo_freeze_list(demo) && demo_sign_list(demo, "A", 0) &&
           demo_sign_in_as(demo, "hr_officer", 1) && demo_sign_list(demo, "B", 1) && demo_sign_in_as(demo, "hr_officer", 0) &&
           demo_publish(demo);
}

static bool play(struct demo *demo, const struct state *state) {
    struct buf people CLEANUP(buf_release), trial_people CLEANUP(buf_release), panel_people CLEANUP(buf_release);
    buf_init(&people, 1u << 20);
    buf_init(&trial_people, 1u << 20);
    buf_init(&panel_people, 1u << 20);
    int64_t now = clock_now_us();
    struct demo_cycle main_cycle = {.code = MAIN_CYCLE, .title_vi = "Kỳ thi tuyển công chức năm 2026 (minh họa)",
                                    .title_en = "Civil-service recruitment 2026 (demonstration)", .posts_file = "server/demo/posts.csv",
                                    .clock = "common", .starts_us = now + 5000000, .ends_us = now + 3605000000};
    struct demo_cycle trial = {.code = TRIAL_CYCLE, .title_vi = "Kỳ thi dùng thử (minh họa)", .title_en = "Trial examination (demonstration)",
                               .posts_file = "server/demo/trial-posts.csv", .clock = "personal", .starts_us = now,
                               .ends_us = now + INT64_C(30) * 86400 * 1000000};
    struct demo_cycle panel = {.code = PANEL_CYCLE, .title_vi = "Kỳ thi có ban phỏng vấn (minh họa)",
                               .title_en = "Examination with an interview panel (demonstration)", .posts_file = "server/demo/trial-posts.csv",
                               .clock = "personal", .starts_us = now, .ends_us = now + INT64_C(86400) * 1000000};
    if (!make_bank(demo) || !people_for(demo, &main_cycle, "KC", APPLICANTS, &people) ||
        !people_for(demo, &trial, "THU", TRIAL_APPLICANTS, &trial_people) || !people_for(demo, &panel, "PV", PANEL_APPLICANTS, &panel_people))
        return false;
    demo_step("Importing the cycle, its posts and 500 generated applicants");
    main_cycle.starts_us = clock_now_us() + 3000000;
    main_cycle.ends_us = main_cycle.starts_us + INT64_C(3600) * 1000000;
    if (!make_cycle(demo, &main_cycle, &people) || !play_round1(demo, &main_cycle) || !play_round2(demo, &main_cycle) ||
        !play_result(demo, &main_cycle) || !play_panel(demo, &panel, &panel_people) ||
        !demo_play_leadership(demo))
        return false;
    demo_step("Opening the trial sitting");
    return make_cycle(demo, &trial, &trial_people) && demo_write_logins(demo, state);
}

#define LOADING "demo/loading" /* there from the first act of the demonstration on */

bool demo_is_loaded(const struct state *state) {
    char path[PATH_MAX];
    state_path(state, "demo/logins.txt", path);
    return access(path, R_OK) == 0;
}

bool demo_was_broken_off(const struct state *state) {
    char path[PATH_MAX];
    state_path(state, LOADING, path);
    return access(path, F_OK) == 0 && !demo_is_loaded(state);
}

static bool mark_loading(const struct state *state) {
    char path[PATH_MAX];
    state_path(state, LOADING, path);
    FILE *file CLEANUP(cleanup_file) = fopen(path, "w");
    return file != NULL;
}

enum err demo_load(const struct state *state, const char *base, const char *administrator, const char *password, char *ret_sentence,
                   size_t size) {
    struct demo *demo CLEANUP(cleanup_free) = calloc(1, sizeof *demo);
    if (!demo || client_new(base, &demo->client))
        return ERR_MEMORY;
    arena_init(&demo->arena, 64u << 20);
    demo->base = base;
    snprintf(demo->administrator.name, sizeof demo->administrator.name, "%s", administrator);
    snprintf(demo->administrator.password, sizeof demo->administrator.password, "%s", password);
    random_stream_init(&demo->stream, SEED);
    bool good = (mark_loading(state) || demo_fail(demo, LOADING)) && play(demo, state);
    if (!good && command_ending())
        snprintf(ret_sentence, size, "Broken off while the demonstration was loading; the next start with --demo loads it anew.");
    else if (!good)
        snprintf(ret_sentence, size, "The demonstration could not be loaded: %s", demo->sentence);
    client_free(demo->client);
    arena_release(&demo->arena);
    return good ? ERR_NONE : ERR_STATE;
}

void demo_print_logins(const struct state *state, const char *base) {
    char path[PATH_MAX], line[300];
    state_path(state, "demo/logins.txt", path);
    FILE *file CLEANUP(cleanup_file) = fopen(path, "r");
    printf("\nKhoacu serves %s\n\n"
           "  %s/            published lists, look-up, check\n"
           "  %s/thi/        candidates\n"
           "  %s/can-bo/     officers, examiners, invigilators\n\n",
           base, base, base, base);
    while (file && fgets(line, sizeof line, file))
        printf("  %s", line);
    printf("\nThese logins are kept in %s. Ctrl-C ends the server; its data stay.\n", path);
    (void)fflush(stdout);
}
