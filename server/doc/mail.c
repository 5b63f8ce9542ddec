#include "mail_private.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const ACTIONS[] = {MAIL_ACTION_TABLE(X)};
static const char *const READINGS[] = {MAIL_READING_TABLE(X)};
#undef X

const char *mail_action_key(enum mail_action action) {
    return ACTIONS[action];
}

const char *mail_reading_key(enum mail_reading reading) {
    return READINGS[reading];
}

/* ---- the report ---- */

struct reading {
    struct arena *arena;
    struct mail_report *report;
    struct mail_slice status, about; /* parts as they lie; start NULL: not found yet */
    const char *status_coding;
    size_t parts;
    bool report_seen, too_much;
};

/* The first report of a mail counts: parts of others are not looked into. */
static void take_part(struct reading *r, struct mail_slice headers, struct mail_slice body, const char *type) {
    if (strcasecmp(type, "message/delivery-status") == 0 || strcasecmp(type, "message/global-delivery-status") == 0) {
        if (r->status.start)
            return;
        r->status = body;
        r->status_coding = mail_field(r->arena, headers, "Content-Transfer-Encoding");
    } else if (!r->about.start && (strcasecmp(type, "message/rfc822") == 0 || strcasecmp(type, "text/rfc822-headers") == 0 ||
                                   strcasecmp(type, "message/global") == 0 || strcasecmp(type, "message/global-headers") == 0)) {
        r->about = body;
    }
}

static void walk(struct reading *r, struct mail_slice entity, bool in_report, int depth) {
    struct mail_slice headers, body, part;
    char type[MAIL_TYPE_SIZE], boundary[MAIL_BOUNDARY_SIZE];
    size_t at = 0;
    if (++r->parts > MAIL_PARTS_MAX || depth > MAIL_DEPTH_MAX) {
        r->too_much = true;
        return;
    }
    mail_split(entity, &headers, &body);
    mail_type(r->arena, headers, type, boundary);
    if (strncasecmp(type, "multipart/", 10) != 0) {
        if (in_report)
            take_part(r, headers, body, type);
        return;
    }
    bool report = strcasecmp(type, "multipart/report") == 0;
    if (report && r->report_seen)
        return;
    r->report_seen = r->report_seen || report;
    while (!r->too_much && *boundary && mail_part(body, boundary, &at, &part))
        walk(r, part, report || in_report, depth + 1);
}

/* ---- what became of the mail ---- */

/* "rfc822; anna@example.vn": what stands behind the type, without pointed brackets. */
static const char *behind_type(struct arena *arena, const char *value) {
    const char *semicolon = value ? strchr(value, ';') : NULL;
    const char *start = semicolon ? semicolon + 1 : value;
    if (!start)
        return "";
    start += strspn(start, " <");
    char *text = arena_strdup(arena, start);
    size_t len = text ? strlen(text) : 0;
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '>'))
        text[--len] = '\0';
    return text ? text : "";
}

/* "5.1.1 (bad mailbox)" as "5.1.1"; "" where it is none. */
static const char *status_of(struct arena *arena, const char *value) {
    size_t len = value ? strspn(value, "0123456789.") : 0;
    if (len < 5 || len > 11 || !strchr("245", value[0]) || value[1] != '.' || !strchr(value + 2, '.') || value[len - 1] == '.')
        return "";
    const char *text = arena_strndup(arena, value, len);
    return text ? text : "";
}

/* By the field, or by the class of the status where a server leaves the field out. */
static bool action_of(const char *value, const char *status, enum mail_action *ret_action) {
    for (int i = 0; value && i < MAIL_ACTION_COUNT; i++)
        if (strncasecmp(value, ACTIONS[i], strlen(ACTIONS[i])) == 0) {
            *ret_action = (enum mail_action)i;
            return true;
        }
    *ret_action = *status == '5' ? MAIL_FAILED : *status == '4' ? MAIL_DELAYED : MAIL_DELIVERED;
    return !value && *status;
}

/* One group of fields; true: it was about a recipient and could be used. */
static bool take_recipient(struct reading *r, struct mail_slice group) {
    struct mail_report *report = r->report;
    const char *final = mail_field(r->arena, group, "Final-Recipient"), *original = mail_field(r->arena, group, "Original-Recipient");
    if (!final && !original)
        return false;
    struct mail_recipient one = {.address = behind_type(r->arena, original ? original : final),
                                 .status = status_of(r->arena, mail_field(r->arena, group, "Status")),
                                 .diagnostic = behind_type(r->arena, mail_field(r->arena, group, "Diagnostic-Code"))};
    if (!*one.address || !action_of(mail_field(r->arena, group, "Action"), one.status, &one.action))
        return false;
    if (report->recipient_count == MAIL_RECIPIENTS_MAX) {
        r->too_much = true;
        return false;
    }
    report->recipients[report->recipient_count++] = one;
    return true;
}

static void take_status(struct reading *r) {
    struct mail_slice text = mail_decode(r->arena, r->status, r->status_coding), group, rest;
    for (bool more = text.len > 0; more && !r->too_much; text = rest) {
        mail_split(text, &group, &rest);
        if (group.len > 0)
            (void)take_recipient(r, group);
        more = rest.len > 0;
    }
}

/* Where the report was sent, by every header that tells. */
static void take_addresses(struct reading *r, struct mail_slice headers) {
    static const char *const NAMES[] = {"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t at = 0;
        for (const char *value; r->report->to_count < MAIL_TO_MAX && (value = mail_field_next(r->arena, headers, NAMES[i], &at));)
            r->report->to[r->report->to_count++] = value;
    }
}

enum err mail_report_read(struct arena *arena, struct mail_slice mail, enum mail_reading *ret_reading, struct mail_report *ret_report) {
    struct reading r = {.arena = arena, .report = ret_report};
    struct mail_slice headers, body;
    *ret_report = (struct mail_report){0};
    mail_split(mail, &headers, &body);
    if (!mail_has_fields(headers)) {
        *ret_reading = MAIL_NO_MAIL;
        return ERR_NONE;
    }
    walk(&r, mail, false, 0);
    if (r.status.start)
        take_status(&r);
    if (r.about.start) {
        struct mail_slice about, rest;
        mail_split(r.about, &about, &rest);
        ret_report->about = mail_field(arena, about, "Message-ID");
    }
    ret_report->message_id = mail_field(arena, headers, "Message-ID");
    take_addresses(&r, headers);
    *ret_reading = r.too_much                         ? MAIL_TOO_MUCH
                   : !r.report_seen                   ? MAIL_NO_REPORT
                   : !r.status.start                  ? MAIL_NO_STATUS
                   : ret_report->recipient_count == 0 ? MAIL_NO_RECIPIENT
                                                      : MAIL_REPORT;
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}
