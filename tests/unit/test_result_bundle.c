/* Result files: what is written verifies, what is altered does not, and a second program comes to the same lists. */
#include "unit.h"

#include "result_forge.h"
#include "result_random.h"

#include "result/result_private.h"

#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define FILES 4000
#define FEW 14 /* candidates of a file that is changed byte by byte */
#define LINES "build/test/result_random.jsonl"

extern char **environ;

/* The failing step of a file, RESULT_STEP_COUNT when it holds. */
static enum result_step step_of(const char *bytes, size_t len, char line[300]) {
    struct arena arena;
    struct result_check check;
    arena_init(&arena, 64 << 20);
    assert_int_equal(result_verify(&arena, bytes, len, &check), ERR_NONE);
    assert_true((check.failed == RESULT_STEP_COUNT) == (*check.line == '\0'));
    (void)snprintf(line, 300, "%s", check.line);
    arena_release(&arena);
    return check.failed;
}

static void what_is_written_verifies(void **state) {
    (void)state;
    struct random_stream random;
    random_stream_init(&random, 7);
    FILE *file = fopen(LINES, "wb");
    assert_non_null(file);
    int unresolved = 0, contested = 0;
    for (int i = 0; i < FILES; i++) {
        struct made made;
        struct buf out;
        char line[300];
        made_init(&made, &random);
        buf_init(&out, 1 << 20);
        made_write(&made, &out);
        if (step_of(out.data, out.len, line) != RESULT_STEP_COUNT)
            fail_msg("file %d: %s", i, line);
        (void)fwrite(out.data, 1, out.len, file);
        (void)fputc('\n', file);
        unresolved += made.result.unresolved > 0;
        for (uint32_t k = 0; k < made.field.inputs.post_count; k++)
            contested += made.result.posts[k].contested;
        buf_release(&out);
        made_release(&made);
    }
    assert_int_equal(fclose(file), 0);
    /* The fields are of use only if ties are frequent and of both kinds. */
    assert_in_range(contested, FILES / 4, FILES * 3);
    assert_in_range(unresolved, FILES / 20, FILES);
}

/* tests/unit/result_second.mjs ranks the same fields by the text of the rules, slowly, and compares. */
/* Persons whose points few share: only the total is in the file, nothing else follows from that, and the opening fits.
 */
static void small_groups_are_withheld(void **state) {
    (void)state;
    struct random_stream random;
    random_stream_init(&random, 23);
    int withheld = 0, drawn = 0;
    for (int round = 0; round < 1000; round++) {
        struct made made;
        made_init(&made, &random);
        const struct result_field *f = &made.field;
        uint32_t points[RANK_CLASSES_MAX] = {0}, small = 0, others = 0, left = 0;
        for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
            const struct rank_decision *d = &made.result.decisions[i];
            if (d->class_used != RANK_NONE)
                points[d->class_used]++;
        }
        for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
            const struct rank_decision *d = &made.result.decisions[i], *shown = &made.shown_result.decisions[i];
            bool rare = d->class_used != RANK_NONE && points[d->class_used] < RESULT_GROUP_MIN && !d->compared;
            bool hidden = made.shown.candidates[i].stated;
            assert_true(hidden == (made.openings[i] != NULL) && hidden == (made.shown.withheld[i] != NULL));
            assert_true(!rare || hidden);
            assert_true(!hidden || rare || (d->passed && d->priority == 0));
            small += rare;
            others += hidden && !rare;
            left += d->passed && d->priority == 0 && !hidden && !d->compared;
            assert_true(d->outcome == shown->outcome && d->reason == shown->reason && d->place == shown->place &&
                        d->agency == shown->agency && d->total == shown->total && d->key == shown->key);
            if (hidden) {
                uint8_t sha256[CRYPTO_SHA256_LEN];
                char hex[65];
                crypto_sha256(made.openings[i], strlen(made.openings[i]), sha256);
                text_hex(sha256, sizeof sha256, hex);
                assert_string_equal(hex, made.shown.withheld[i]);
                assert_non_null(strstr(made.openings[i], f->candidates[i].roll));
            }
        }
        assert_true(small > 0 || others == 0);
        assert_true(left == 0 || (others >= small && (small == 0 || small + others >= RESULT_GROUP_MIN)));
        withheld += small > 0;
        drawn += others > 0;
        made_release(&made);
    }
    assert_in_range(withheld, 100, 1000);
    assert_in_range(drawn, 100, 1000);
}

static void a_second_program_agrees(void **state) {
    (void)state;
    char *const argv[] = {"node", "tests/unit/result_second.mjs", LINES, NULL};
    pid_t child = 0;
    int status = 0;
    if (posix_spawnp(&child, "node", NULL, NULL, argv, environ) != 0)
        skip();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Fields that are not rich enough are not ranked: there are thousands of them. */
static bool may_be_rich(const struct made *made, uint32_t most) {
    bool one = false;
    for (uint32_t i = 0; i < made->field.inputs.seat_count; i++)
        one = one || made->field.seats[i].quota == 1;
    return one && made->field.inputs.candidate_count <= most && made->field.tie_count > 0;
}

static bool is_rich(const struct made *made) {
    const struct rank_result *result = &made->result;
    return result->outcomes[RANK_SELECTED] >= 4 && result->outcomes[RANK_NOT_SELECTED] >= 2 && result->outcomes[RANK_ABSENT] >= 1 && result->posts[0].contested;
}

/* A file with at least one contested place and somebody in every second state, of at most `most` candidates. `open`: with all results in it; who else is
 * withheld beside a small group is drawn anew each time, so that a forgery would fail now at this step, now at that. */
static void make_rich(struct made *made, uint32_t most, bool open, struct buf *out) {
    struct random_stream random;
    random_stream_init(&random, 11);
    for (bool found = false; !found;) {
        *made = (struct made){0};
        arena_init(&made->arena, 16 << 20);
        made_pack(made, &(struct made_row){"CC-2026", 6000, 4000});
        made_field(made, &random);
        if (may_be_rich(made, most)) {
            made_rank(made);
            found = is_rich(made);
        }
        if (!found)
            made_release(made);
    }
    if (open) {
        struct rank_misfit misfit;
        rank_result_release(&made->shown_result);
        made->shown = made->field;
        assert_int_equal(rank_run(&made->shown.inputs, &made->shown_result, &misfit), ERR_NONE);
    }
    buf_init(out, 1 << 20);
    made_write(made, out);
}

static void any_byte_that_is_flipped_is_noticed(void **state) {
    (void)state;
    struct made made;
    struct buf out;
    struct random_stream random;
    char line[300];
    int steps[RESULT_STEP_COUNT + 1] = {0};
    make_rich(&made, FEW, false, &out);
    random_stream_init(&random, 3);
    print_message("# %zu bytes\n", out.len);
    for (size_t i = 0; i < out.len; i++) {
        char kept = out.data[i];
        out.data[i] = (char)(kept ^ (1 << random_stream_below(&random, 8)));
        if (kept >= '0' && kept <= '9' && random_stream_below(&random, 2))
            out.data[i] = (char)('0' + (kept - '0' + 1) % 10); /* a digit for a digit */
        enum result_step step = step_of(out.data, out.len, line);
        steps[step]++;
        if (step == RESULT_STEP_COUNT)
            fail_msg("byte %zu, %c for %c, is not noticed", i, out.data[i], kept);
        out.data[i] = kept;
    }
    assert_true(steps[RESULT_STEP_FORM] > 0 && steps[RESULT_STEP_HASHES] > 0);
    for (size_t cut = 1; cut < 50; cut++)
        assert_int_equal(step_of(out.data, out.len - cut, line), RESULT_STEP_FORM);
    buf_release(&out);
    made_release(&made);
}

/* Forgeries that keep the form and the hashes: the later steps find them. */
static void forgeries(void **state) {
    (void)state;
    static const struct {
        const char *what, *find, *put; /* texts of equal length */
        enum result_step step;
    } rows[] = {
        {"a selected person is not", "\"outcome\":\"selected\",\"place\":1", "\"outcome\":\"selected\",\"place\":2",
         RESULT_STEP_DECISIONS},
        {"one seat more", "\"quota\":1", "\"quota\":2", RESULT_STEP_DECISIONS},
        {"a seat too many for any scale", "\"quota\":1", "\"quota\":x", RESULT_STEP_FORM},
        {"a gate is lowered", "\"value\":\"50.00\"", "\"value\":\"45.00\"", RESULT_STEP_DECISIONS},
        {"a gate that contradicts", "\"op\":\"ge\"", "\"op\":\"eq\"", RESULT_STEP_PACK},
        {"a key that the pack does not know", "\"manual\":{", "\"manuel\":{", RESULT_STEP_PACK},
        {"a candidate twice", "\"roll_number\":\"R002\"", "\"roll_number\":\"R001\"", RESULT_STEP_INPUTS},
        {"a wish for nowhere", "\"agencies\":[\"A", "\"agencies\":[\"B", RESULT_STEP_INPUTS},
        {"a count", "\"candidates\":", "\"candidatez\":", RESULT_STEP_COUNTS},
        {"one more selected", "\"selected\":", NULL, RESULT_STEP_COUNTS},
        {"another engine", "khoacu-rank/1", "khoacu-rank/2", RESULT_STEP_FORM},
        {"the cause", "Công bố", "Cộng bố", RESULT_STEP_COUNT}, /* a text is as its writer wants it */
    };
    struct made made;
    struct buf out;
    make_rich(&made, MADE_CANDIDATES, true, &out);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *forged = malloc(out.len + 1), line[300];
        memcpy(forged, out.data, out.len + 1);
        char *at = strstr(forged, rows[i].find);
        if (rows[i].step == RESULT_STEP_INPUTS) /* in the section, not in the decisions */
            at = strstr(strstr(forged, "\"inputs\":"), rows[i].find);
        if (strcmp(rows[i].what, "a gate is lowered") == 0 && !at)
            continue;
        ROW_TRUE(at != NULL, rows[i].what);
        if (rows[i].put)
            memcpy(at, rows[i].put, strlen(rows[i].put));
        else
            at[strlen(rows[i].find)] = (char)(at[strlen(rows[i].find)] == '9' ? '8' : at[strlen(rows[i].find)] + 1);
        rehash(forged);
        enum result_step step = step_of(forged, out.len, line);
        if (step != rows[i].step)
            fail_msg("%s: fails at %s, expected %s: %s", rows[i].what,
                     step == RESULT_STEP_COUNT ? "nothing" : result_step_key(step),
                     rows[i].step == RESULT_STEP_COUNT ? "nothing" : result_step_key(rows[i].step), line);
        free(forged);
    }
    buf_release(&out);
    made_release(&made);
}

/* A panel of five for whoever has a mark for the project: all give what counts in the end, but one more and one less. */
static void put_panel(struct made *m) {
    static const char *const TITLES[] = {"Viết đề án", "Bảo vệ"};
    static const int64_t MAXES[] = {6000, 4000};
    struct result_field *f = &m->shown;
    uint8_t project = rank_component_find(&f->rules, "D_PROJECT");
    f->panels = ARENA_NEW(&m->arena, struct result_panel);
    f->panel_count = 1;
    f->panels[0] = (struct result_panel){.code = "DA1", .kind = "project", .component = project, .criterion_count = 2, .titles = TITLES, .maxes = MAXES};
    for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
        size_t at = (size_t)i * f->rules.component_count + project;
        struct result_given *given = ARENA_NEW(&m->arena, struct result_given);
        if (f->statuses[at] != RANK_STATUS_VALUE)
            continue;
        *given = (struct result_given){.panel = f->panels, .way = "mean", .member_count = 5, .marks = ARENA_ARRAY(&m->arena, 10, int64_t)};
        for (size_t k = 0; k < 5; k++) {
            given->marks[2 * k] = f->values[at] * 6 / 10 + (k == 2) - (k == 4);
            given->marks[2 * k + 1] = f->values[at] - f->values[at] * 6 / 10;
        }
        result_given_sort(given);
        f->given[i] = given;
    }
}

static void a_panels_marks_make_the_mark(void **state) {
    (void)state;
    static const struct {
        const char *what, *find, *put, *line; /* texts of equal length */
    } rows[] = {
        {"nothing", "", "", ""},
        {"another way", "\"way\":\"mean\"", "\"way\":\"head\"", "is said to be by head, panel DA1's marks make it mean"},
        {"a criterion that is worth more", "\"max\":\"60.00\"", "\"max\":\"61.00\"", "do not add up to the scale of D_PROJECT"},
        {"a panel that is not told of", "\"panel\":{\"code\":\"DA1\"", "\"panel\":{\"code\":\"DA2\"", "panel DA2 is not told of"},
        {"a panel of another part", "\"component\":\"D_PROJECT\"", "\"component\":\"W_WRITTEN\"", "no panel marks the part W_WRITTEN"},
        {"a mark", "\"marks\":[[\"", NULL, "marks"}, /* its first digit */
    };
    struct random_stream random;
    struct made made;
    struct buf out;
    random_stream_init(&random, 29);
    for (made_init(&made, &random); strcmp(made.field.pack->id, "LEAD-2424") != 0 || made.result.order_count < 3; made_init(&made, &random))
        made_release(&made);
    put_panel(&made);
    buf_init(&out, 1 << 20);
    made_write(&made, &out);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *forged = malloc(out.len + 1), line[300];
        memcpy(forged, out.data, out.len + 1);
        char *at = strstr(strstr(forged, "\"inputs\":"), rows[i].find);
        ROW_TRUE(at != NULL, rows[i].what);
        if (rows[i].put)
            memcpy(at, rows[i].put, strlen(rows[i].put));
        else
            at[strlen(rows[i].find)] = (char)(at[strlen(rows[i].find)] == '1' ? '2' : '1');
        rehash(forged);
        enum result_step step = step_of(forged, out.len, line);
        if (step != (i ? RESULT_STEP_INPUTS : RESULT_STEP_COUNT) || !strstr(line, rows[i].line))
            fail_msg("%s: %s", rows[i].what, line);
        free(forged);
    }
    buf_release(&out);
    made_release(&made);
}

/* Two persons change places, and the forger makes every hash right. */
static void swapped_ranks_are_named(void **state) {
    (void)state;
    struct made made;
    struct buf out;
    char line[300];
    make_rich(&made, FEW, false, &out);
    char *first = strstr(out.data, "\"outcome\":\"selected\",\"place\":");
    assert_non_null(first);
    first += strlen("\"outcome\":\"selected\",\"place\":");
    char *second = first;
    while (second && (*second == *first || second == first)) {
        second = strstr(second + 1, "\"place\":");
        second = second ? second + strlen("\"place\":") : NULL;
    }
    assert_non_null(second);
    char kept = *first;
    *first = *second;
    *second = kept;
    rehash(out.data);
    enum result_step step = step_of(out.data, out.len, line);
    if (step != RESULT_STEP_DECISIONS)
        fail_msg("fails at step %d: %s", step, line);
    assert_non_null(strstr(line, "place is stated as"));
    buf_release(&out);
    made_release(&made);
}

/* The order in which candidates are given changes nobody's decision. */
static void the_order_of_candidates_does_not_matter(void **state) {
    (void)state;
    struct random_stream random;
    random_stream_init(&random, 5);
    for (int round = 0; round < 500; round++) {
        struct made made;
        made_init(&made, &random);
        struct rank_inputs inputs = made.field.inputs;
        uint32_t n = inputs.candidate_count, width = made.field.rules.component_count, at[MADE_CANDIDATES];
        struct rank_candidate *candidates = calloc(n + 1, sizeof *candidates);
        int64_t *values = calloc((size_t)(n + 1) * width, sizeof *values);
        uint8_t *statuses = calloc((size_t)(n + 1) * width, 1);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t k = (uint32_t)random_stream_below(&random, i + 1);
            at[i] = at[k];
            at[k] = i;
        }
        for (uint32_t i = 0; i < n; i++) {
            candidates[i] = inputs.candidates[at[i]];
            memcpy(values + (size_t)i * width, inputs.values + (size_t)at[i] * width, width * sizeof *values);
            memcpy(statuses + (size_t)i * width, inputs.statuses + (size_t)at[i] * width, width);
        }
        inputs.candidates = candidates;
        inputs.values = values;
        inputs.statuses = statuses;
        struct rank_result shuffled;
        struct rank_misfit misfit;
        assert_int_equal(rank_run(&inputs, &shuffled, &misfit), ERR_NONE);
        for (uint32_t i = 0; i < n; i++)
            assert_memory_equal(&shuffled.decisions[i], &made.result.decisions[at[i]], sizeof *shuffled.decisions);
        for (uint32_t i = 0; i < shuffled.order_count; i++)
            assert_int_equal(at[shuffled.order[i]], made.result.order[i]);
        rank_result_release(&shuffled);
        free(candidates);
        free(values);
        free(statuses);
        made_release(&made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_verifies),
                                       cmocka_unit_test(a_second_program_agrees),
                                       cmocka_unit_test(small_groups_are_withheld),
                                       cmocka_unit_test(any_byte_that_is_flipped_is_noticed),
                                       cmocka_unit_test(forgeries),
                                       cmocka_unit_test(a_panels_marks_make_the_mark),
                                       cmocka_unit_test(swapped_ranks_are_named),
                                       cmocka_unit_test(the_order_of_candidates_does_not_matter)};
    return cmocka_run_group_tests_name("result_bundle", tests, NULL, NULL);
}
