/* Any bytes as a mailbox: mails that lie in it one behind the other, texts that a page may show, no more than the limits. */
#include "khoacu/base/text.h"
#include "khoacu/doc/mail.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

static void must_be_plain(const char *text) {
    must(text && strlen(text) <= MAIL_TEXT_MAX && text_is_utf8(text, strlen(text)));
    for (; *text; text++)
        must((unsigned char)*text >= 32 && *text != 127);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *bytes = (const char *)data;
    struct mail_slice mail;
    size_t at = 0, before = 0;
    while (mail_next(bytes, size, &at, &mail)) {
        must(at > before && at <= size && mail.start >= bytes + before && mail.start + mail.len <= bytes + at);
        before = at;
        struct arena arena;
        struct mail_report report;
        enum mail_reading reading = MAIL_READING_COUNT;
        arena_init(&arena, 1 << 24);
        must(mail_report_read(&arena, mail, &reading, &report) == ERR_NONE && reading < MAIL_READING_COUNT);
        must(report.recipient_count <= MAIL_RECIPIENTS_MAX && report.to_count <= MAIL_TO_MAX);
        must(reading != MAIL_REPORT || report.recipient_count > 0);
        for (size_t i = 0; i < report.recipient_count; i++) {
            must(*report.recipients[i].address && report.recipients[i].action < MAIL_ACTION_COUNT);
            must_be_plain(report.recipients[i].address);
            must_be_plain(report.recipients[i].status);
            must_be_plain(report.recipients[i].diagnostic);
        }
        for (size_t i = 0; i < report.to_count; i++)
            must_be_plain(report.to[i]);
        arena_release(&arena);
    }
    must(at == size || size == 0);
    return 0;
}
