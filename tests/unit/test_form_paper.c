/* A paper from the cache: every text in its place, and how long it takes. */
#include "bank_field.h"
#include "unit.h"

#include "khoacu/base/arena.h"
#include "khoacu/db/db.h"
#include "khoacu/form/paper.h"

#include <stdlib.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum { FORM = 7100000, ITEMS = 60, PAPERS = 2000 };

static struct db *connect_as(enum db_role role) {
    const char *conninfo = getenv("KHOACU_TEST_CONNINFO");
    struct db *db = NULL;
    char why[300] = "";
    if (!conninfo)
        skip();
    if (db_open(conninfo, role, &db, why, sizeof why) != ERR_NONE)
        fail_msg("%s", why);
    return db;
}

static void make_form(struct db *owner, struct db *bank, struct bank_vault *vault) {
    static const char sql[] =
        "INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (7100000, 'paper', 'Paper', "
        "'$scrypt$x');"
        "INSERT INTO rule_pack (pack_id, version, body, sha256) VALUES ('PAPER', 1, '{}', sha256('{}'));"
        "INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id,"
        " pack_version, written_max, interview_max, created_by)"
        " VALUES (7100000, 'PAPER', 't', 't', 'a', 'a', 'n', '2026-01-01', 'PAPER', 1, 60, 40, 7100000);"
        "INSERT INTO bank (bank_id, code, name) VALUES (7100000, 'PAPER', 'Bank');";
    if (db_script(owner, sql) != ERR_NONE)
        fail_msg("%s", db_last_error(owner));
    bank_field_keys(vault, bank, FORM);
    for (int n = 1; n <= ITEMS; n++) {
        char stem[64];
        snprintf(stem, sizeof stem, "Câu %d: \\\"h&#x1ecf;i\\\"<br/>\\\\ về <b>gì</b>?", n);
        bank_field_item(vault, owner, bank, FORM, FORM + n, FORM, stem, 1);
    }
    bank_field_form(owner, FORM, ITEMS);
}

static void check_item(const struct form_order *order, const struct json *item, int shown) {
    int64_t position;
    char want[64];
    int canonical = form_order_canonical(order, shown);
    assert_true(json_int(json_get(item, "position"), &position));
    assert_int_equal(position, shown);
    snprintf(want, sizeof want, "Câu %d: \"hỏi\"\n\\ về gì?", canonical);
    assert_memory_equal(json_text(json_get(item, "stem")), want, strlen(want));
    const struct json *options = json_get(item, "options");
    assert_int_equal(json_count(options), 4);
    for (int place = 1; place <= 4; place++) {
        const struct json *option = json_at(options, (size_t)place - 1);
        int choice = form_order_mark_at(order, shown, place);
        snprintf(want, sizeof want, "Câu %d: \"hỏi\"\n\\ về gì? %c", canonical, 'a' + choice - 1);
        assert_string_equal(json_text(json_get(option, "text")), want);
        assert_int_equal(form_order_mark(order, shown, json_text(json_get(option, "id"))), choice);
    }
}

/* Of this thread: what others do on the machine does not count. */
static int64_t worked_us(void) {
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void papers(void **state) {
    (void)state;
    struct db *owner = connect_as(DB_ROLE_OWNER), *server = connect_as(DB_ROLE_SERVER), *bank = connect_as(DB_ROLE_BANK);
    struct bank_vault *vault = bank_field_vault();
    struct form_cache *cache = NULL;
    const struct form_paper *paper = NULL, *again = NULL;
    make_form(owner, bank, vault);
    assert_int_equal(form_cache_new(vault, &cache), ERR_NONE);
    assert_int_equal(form_cache_get(cache, server, FORM + 1, &paper), ERR_DB_NO_ROW);
    assert_int_equal(form_cache_get(cache, server, FORM, &paper), ERR_NONE);
    assert_int_equal(form_cache_get(cache, server, FORM, &again), ERR_NONE);
    assert_ptr_equal(paper, again);
    assert_int_equal(form_paper_count(paper), ITEMS);

    struct buf out;
    struct json_writer writer;
    buf_init(&out, 1 << 20);
    int64_t spent_us = 0;
    for (int64_t sitting = 1; sitting <= PAPERS; sitting++) {
        struct form_order *order = NULL;
        assert_int_equal(form_paper_order(paper, sitting, &order), ERR_NONE);
        buf_reset(&out);
        json_writer_init(&writer, &out);
        int64_t began_us = worked_us();
        json_open_object(&writer);
        form_paper_put(paper, order, &writer);
        json_close_object(&writer);
        spent_us += worked_us() - began_us;
        if (sitting <= 3) {
            struct arena arena;
            const struct json *items = NULL;
            arena_init(&arena, 8 << 20);
            assert_int_equal(json_read(&arena, out.data, out.len, &items, NULL), ERR_NONE);
            assert_int_equal(json_count(json_get(items, "stimuli")), 0);
            items = json_get(items, "items");
            assert_int_equal(json_count(items), ITEMS);
            for (int shown = 1; shown <= ITEMS; shown++)
                check_item(order, json_at(items, (size_t)shown - 1), shown);
            arena_release(&arena);
        }
        free(order);
    }
    print_message("# a paper of 60 items: %lld us of processor\n", (long long)(spent_us / PAPERS));
    assert_true(spent_us / PAPERS < 1000);
    buf_release(&out);
    form_cache_free(cache);
    form_cache_free(NULL);
    db_close(server);
    db_close(bank);
    db_close(owner);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(papers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
