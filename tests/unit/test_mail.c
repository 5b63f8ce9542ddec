#include "unit.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/doc/mail.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

#define SEEDS "tests/fuzz/seeds/mail/"

struct box {
    struct arena arena;
    char bytes[65536];
    size_t len, at;
    enum mail_reading reading;
    struct mail_report report;
};

static struct box *open_box(const char *name) {
    struct box *box = calloc(1, sizeof *box);
    char path[200];
    (void)snprintf(path, sizeof path, SEEDS "%s", name);
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    assert_true(box && file);
    box->len = fread(box->bytes, 1, sizeof box->bytes, file);
    arena_init(&box->arena, 1 << 22);
    return box;
}

static bool next(struct box *box) {
    struct mail_slice mail;
    if (!mail_next(box->bytes, box->len, &box->at, &mail))
        return false;
    assert_int_equal(mail_report_read(&box->arena, mail, &box->reading, &box->report), ERR_NONE);
    return true;
}

static void close_box(struct box *box) {
    assert_false(next(box));
    arena_release(&box->arena);
    free(box);
}

static void must_be(const struct box *box, enum mail_action action, const char *address, const char *status, const char *diagnostic) {
    assert_int_equal(box->reading, MAIL_REPORT);
    assert_int_equal(box->report.recipient_count, 1);
    const struct mail_recipient *one = &box->report.recipients[0];
    assert_int_equal(one->action, action);
    assert_string_equal(one->address, address);
    assert_string_equal(one->status, status);
    assert_string_equal(one->diagnostic, diagnostic);
}

static void postfix(void **state) {
    (void)state;
    struct box *box = open_box("postfix.eml");
    assert_true(next(box));
    must_be(box, MAIL_FAILED, "hong.thu@thu.example", "5.1.1",
            "550 5.1.1 <hong.thu@thu.example>: Recipient address rejected: User unknown in virtual mailbox table");
    assert_string_equal(box->report.message_id, "<20261130011502.4F1A2C0042@mail.tuyen.example>");
    assert_string_equal(box->report.about, "<00c0ffee00c0ffee@tuyen.example>");
    assert_int_equal(box->report.to_count, 3);
    assert_string_equal(box->report.to[0], "tra+00c0ffee00c0ffee.1@tuyen.example");
    close_box(box);
}

/* Wrapped by a gateway, lines ended as on the wire, the status in base64, fields in any case; what stands in the letter itself is not
 * taken for the status. */
static void wrapped(void **state) {
    (void)state;
    struct box *box = open_box("wrapped.eml");
    assert_true(next(box));
    must_be(box, MAIL_FAILED, "day.thu@thu.example", "5.2.2", "552 5.2.2 Hộp thư đã đầy");
    assert_string_equal(box->report.about, "<00C0FFEE00C0FFEE@tuyen.example>");
    close_box(box);
}

static void mailbox(void **state) {
    (void)state;
    struct box *box = open_box("box.mbox");
    assert_true(next(box));
    assert_int_equal(box->reading, MAIL_REPORT);
    assert_true(next(box));
    assert_int_equal(box->reading, MAIL_NO_REPORT); /* an absence note, whatever its words */
    assert_true(next(box));
    must_be(box, MAIL_DELAYED, "chi@thu.example", "4.4.1", "");
    assert_null(box->report.about);
    close_box(box);
}

#define HEAD "Subject: x\nContent-Type: multipart/report; boundary=b\n\n"
#define STATUS "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"

static void readings(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        enum mail_reading reading;
        enum mail_action action; /* of a report */
    } rows[] = {
        {"nothing", "\n\n", MAIL_NO_MAIL, 0},
        {"a picture", "\x89PNG\r\n\x1a\n", MAIL_NO_MAIL, 0},
        {"plain words", "no colon here\n", MAIL_NO_MAIL, 0},
        {"a mail", "Subject: x\n\nhello\n", MAIL_NO_REPORT, 0},
        {"a status outside a report", "Content-Type: message/delivery-status\n\nx: y\n\nFinal-Recipient: a@b\nAction: failed\n", MAIL_NO_REPORT, 0},
        {"a report without parts", HEAD, MAIL_NO_STATUS, 0},
        {"a report without boundary", "Content-Type: multipart/report\n\n" STATUS, MAIL_NO_STATUS, 0},
        {"a receipt of reading", HEAD "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: a@b\n--b--\n", MAIL_NO_STATUS, 0},
        {"nobody", HEAD STATUS "Action: failed\nStatus: 5.1.1\n--b--\n", MAIL_NO_RECIPIENT, 0},
        {"an empty recipient", HEAD STATUS "Final-Recipient: rfc822;\nAction: failed\n--b--\n", MAIL_NO_RECIPIENT, 0},
        {"an unknown action", HEAD STATUS "Final-Recipient: rfc822; a@b\nAction: eaten\nStatus: 5.1.1\n--b--\n", MAIL_NO_RECIPIENT, 0},
        {"neither action nor status", HEAD STATUS "Final-Recipient: rfc822; a@b\n--b--\n", MAIL_NO_RECIPIENT, 0},
        {"an action", HEAD STATUS "Final-Recipient: rfc822; a@b\nAction: delivered\n--b--\n", MAIL_REPORT, MAIL_DELIVERED},
        {"by the class of the status", HEAD STATUS "Final-Recipient: rfc822; a@b\nStatus: 5.7.1\n--b--\n", MAIL_REPORT, MAIL_FAILED},
        {"without a type of address", HEAD STATUS "Final-Recipient: <a@b>\nStatus: 4.0.0\n--b--\n", MAIL_REPORT, MAIL_DELAYED},
        {"cut off", HEAD STATUS "Final-Recipient: rfc822; a@b\nAction: failed", MAIL_REPORT, MAIL_FAILED},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena CLEANUP(arena_release);
        struct mail_report report;
        enum mail_reading reading = MAIL_READING_COUNT;
        arena_init(&arena, 1 << 20);
        assert_int_equal(mail_report_read(&arena, (struct mail_slice){rows[i].text, strlen(rows[i].text)}, &reading, &report), ERR_NONE);
        ROW_TRUE(reading == rows[i].reading, rows[i].name);
        ROW_TRUE(reading != MAIL_REPORT || (report.recipients[0].action == rows[i].action && strcmp(report.recipients[0].address, "a@b") == 0), rows[i].name);
    }
}

/* Deep or endless nesting ends the reading and says so. */
static void limits(void **state) {
    (void)state;
    struct arena arena CLEANUP(arena_release);
    struct buf deep CLEANUP(buf_release), wide CLEANUP(buf_release);
    struct mail_report report;
    enum mail_reading reading = MAIL_READING_COUNT;
    arena_init(&arena, 1 << 22);
    buf_init(&deep, 1 << 20);
    buf_init(&wide, 1 << 20);
    for (int i = 0; i <= MAIL_DEPTH_MAX + 1; i++)
        buf_addf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    buf_adds(&wide, HEAD);
    for (int i = 0; i <= MAIL_PARTS_MAX; i++)
        buf_adds(&wide, "--b\nContent-Type: text/plain\n\nx\n");
    assert_int_equal(mail_report_read(&arena, (struct mail_slice){deep.data, deep.len}, &reading, &report), ERR_NONE);
    assert_int_equal(reading, MAIL_TOO_MUCH);
    assert_int_equal(mail_report_read(&arena, (struct mail_slice){wide.data, wide.len}, &reading, &report), ERR_NONE);
    assert_int_equal(reading, MAIL_TOO_MUCH);
    buf_reset(&wide);
    buf_adds(&wide, HEAD STATUS);
    for (int i = 0; i <= MAIL_RECIPIENTS_MAX; i++)
        buf_adds(&wide, "Final-Recipient: rfc822; a@b\nAction: failed\n\n");
    assert_int_equal(mail_report_read(&arena, (struct mail_slice){wide.data, wide.len}, &reading, &report), ERR_NONE);
    assert_int_equal(reading, MAIL_TOO_MUCH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postfix), cmocka_unit_test(wrapped), cmocka_unit_test(mailbox), cmocka_unit_test(readings), cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
