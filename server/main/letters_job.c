#include "letters_job.h"

#include "settings.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/result/letter.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

#define MESSAGE_MAX ((size_t)4 << 20)
#define LETTER_ARENA_MAX ((size_t)64 << 20)
enum { ANSWER_MAX = 400, STEP = 10, LINE_MAX_QP = 72, WORD_MAX = 60 };

struct mailer {
    CURL *curl;
    const struct settings *settings;
    const struct result_release *release;
    struct buf message;
    size_t sent; /* bytes of the message that curl has */
    char answer[ANSWER_MAX], error[CURL_ERROR_SIZE];
};

/* ---- the message ---- */

/* Quoted-printable (RFC 2045): letters as they are, the rest as =XX, soft breaks. */
static void put_body(struct buf *out, const char *text) {
    size_t column = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool plain = (*at >= 33 && *at <= 126 && *at != '=') || (*at == ' ' && at[1] != '\n' && at[1] != '\0');
        if (*at == '\n') {
            buf_adds(out, "\r\n");
            column = 0;
            continue;
        }
        if (column > LINE_MAX_QP) {
            buf_adds(out, "=\r\n");
            column = 0;
        }
        if (plain && !(column == 0 && *at == '.'))
            buf_addc(out, (char)*at);
        else
            buf_addf(out, "=%02X", *at);
        column += plain ? 1 : 3;
    }
}

/* Encoded words (RFC 2047), each of whole characters. */
static void put_words(struct buf *out, const char *text) {
    size_t length = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool first = (*at & 0xC0) != 0x80;
        if (length == 0 || (first && length > WORD_MAX)) {
            buf_adds(out, length ? "?=\r\n =?UTF-8?Q?" : "=?UTF-8?Q?");
            length = 1;
        }
        buf_addf(out, "=%02X", *at);
        length += 3;
    }
    buf_adds(out, "?=");
}

static const char *domain_of(const char *address) {
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "localhost";
}

static void compose(struct mailer *m, const struct result_mail *mail, const char *subject, const char *text) {
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char id[TEXT_ID_LEN + 1];
    time_t now = (time_t)(clock_now_us() / 1000000);
    struct tm t = {0};
    (void)gmtime_r(&now, &t);
    text_format_id(mail->mail_id, id);
    buf_reset(&m->message);
    buf_addf(&m->message, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\nFrom: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s@%s>\r\nSubject: ", DAYS[t.tm_wday % 7],
             t.tm_mday, MONTHS[t.tm_mon % 12], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec, m->settings->smtp_from, mail->address, id,
             domain_of(m->settings->smtp_from));
    put_words(&m->message, subject);
    buf_adds(&m->message, "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    put_body(&m->message, text);
    buf_adds(&m->message, "\r\n");
}

/* ---- sending ---- */

static size_t give(char *out, size_t size, size_t count, void *ctx) {
    struct mailer *m = ctx;
    size_t left = m->message.len - m->sent, part = left < size * count ? left : size * count;
    memcpy(out, m->message.data + m->sent, part);
    m->sent += part;
    return part;
}

/* The last line in which the server objected, or agreed when it never did. */
static size_t hear(char *bytes, size_t size, size_t count, void *ctx) {
    struct mailer *m = ctx;
    size_t len = size * count, kept = len < sizeof m->answer - 1 ? len : sizeof m->answer - 1;
    bool objects = len > 0 && (bytes[0] == '4' || bytes[0] == '5');
    if (!objects && (m->answer[0] == '4' || m->answer[0] == '5'))
        return len;
    while (kept > 0 && (bytes[kept - 1] == '\r' || bytes[kept - 1] == '\n'))
        kept--;
    memcpy(m->answer, bytes, kept);
    m->answer[kept] = '\0';
    return len;
}

static bool open_mailer(struct mailer *m) {
    const struct settings *s = m->settings;
    m->curl = curl_easy_init();
    if (!m->curl)
        return false;
    curl_easy_setopt(m->curl, CURLOPT_URL, s->smtp_url);
    curl_easy_setopt(m->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(m->curl, CURLOPT_USE_SSL, (long)(strcmp(s->smtp_tls, "off") == 0 ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (*s->smtp_ca)
        curl_easy_setopt(m->curl, CURLOPT_CAINFO, s->smtp_ca);
    if (*s->smtp_user) {
        curl_easy_setopt(m->curl, CURLOPT_USERNAME, s->smtp_user);
        curl_easy_setopt(m->curl, CURLOPT_PASSWORD, s->smtp_password);
    }
    curl_easy_setopt(m->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(m->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(m->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(m->curl, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(m->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(m->curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(m->curl, CURLOPT_READDATA, m);
    curl_easy_setopt(m->curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(m->curl, CURLOPT_HEADERDATA, m);
    curl_easy_setopt(m->curl, CURLOPT_ERRORBUFFER, m->error);
    return true;
}

/* The state of the mail; *ret_stop says why nothing more can be sent, or is "". */
static const char *outcome_of(struct mailer *m, CURLcode code, const char **ret_stop) {
    long reply = 0;
    (void)curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_OK)
        return "sent";
    if (!m->answer[0] || code == CURLE_USE_SSL_FAILED)
        (void)snprintf(m->answer, sizeof m->answer, "%s", m->error[0] ? m->error : curl_easy_strerror(code));
    switch (code) {
    case CURLE_LOGIN_DENIED:
        *ret_stop = "smtp-login";
        return "waiting";
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_WEIRD_SERVER_REPLY:
        *ret_stop = "smtp-unreachable";
        return "waiting";
    default: /* the answer to this mail, or none at all */
        return reply >= 500 ? "refused" : reply >= 400 ? "deferred" : m->sent == 0 ? "deferred" : "unsure";
    }
}

/* Where the mail comes back to, which tells by itself which letter and which attempt it was. */
static void put_return_address(const struct settings *settings, const struct result_mail *mail, char *out, size_t size) {
    const char *address = *settings->smtp_return ? settings->smtp_return : settings->smtp_from, *star = strchr(address, '*');
    char id[TEXT_ID_LEN + 1];
    text_format_id(mail->mail_id, id);
    if (star)
        (void)snprintf(out, size, "<%.*s%s.%lld%.254s>", (int)(star - address), address, id, (long long)mail->attempt, star + 1);
    else
        (void)snprintf(out, size, "<%.254s>", address);
}

static enum err send_one(struct mailer *m, const struct result_mail *mail, const char **ret_state, const char **ret_stop) {
    char from[330], to[300];
    put_return_address(m->settings, mail, from, sizeof from);
    (void)snprintf(to, sizeof to, "<%s>", mail->address);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    if (!recipients || m->message.failed) {
        curl_slist_free_all(recipients);
        return ERR_MEMORY;
    }
    m->sent = 0;
    m->answer[0] = m->error[0] = '\0';
    curl_easy_setopt(m->curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, recipients);
    *ret_state = outcome_of(m, curl_easy_perform(m->curl), ret_stop);
    curl_slist_free_all(recipients);
    return ERR_NONE;
}

/* ---- the job ---- */

static enum err write_letter(struct db *db, struct arena *arena, struct mailer *m, const struct result_mail *mail) {
    struct result_letters letters;
    struct result_terms terms;
    const char *subject = NULL, *text = NULL;
    enum err err = result_letters_read(db, arena, m->release->run_id, &(struct result_letter_filter){.candidate_id = mail->candidate_id, .limit = 1}, &letters);
    if (err == ERR_NONE)
        err = letters.count == 1 ? result_terms_read(db, arena, m->release->run_id, mail->candidate_id, &terms) : ERR_STATE;
    if (err != ERR_NONE)
        return err;
    err = result_letter_mail(arena,
                             &(struct result_letters_paper){.release = m->release, .terms = &terms, .letters = letters.letters, .count = 1,
                                                            .public_url = m->settings->public_base},
                             letters.letters, &subject, &text);
    if (err == ERR_NONE)
        compose(m, mail, subject, text);
    return err;
}

static enum err mail_next(struct db *db, struct mailer *m, bool *ret_more, const char **ret_stop) {
    struct arena arena CLEANUP(arena_release);
    struct result_mail mail;
    const char *state = "waiting";
    arena_init(&arena, LETTER_ARENA_MAX);
    enum err err = result_mail_take(db, &arena, m->release->run_id, clock_now_us(), &mail);
    *ret_more = err == ERR_NONE && mail.candidate_id != 0;
    if (!*ret_more)
        return err;
    err = write_letter(db, &arena, m, &mail);
    if (err == ERR_NONE)
        err = send_one(m, &mail, &state, ret_stop);
    enum err noted = result_mail_done(db, m->release->run_id, mail.candidate_id, state, m->answer, clock_now_us());
    return err == ERR_NONE ? noted : err;
}

static enum err mail_all(struct db *db, struct mailer *m, struct score_progress *progress, const struct result_mail_counts *counts, const char **ret_stop) {
    bool more = true;
    int32_t done = (int32_t)(counts->mails - counts->waiting), total = (int32_t)counts->mails;
    enum err err = score_progress_set(progress, done, total);
    while (err == ERR_NONE && more && !**ret_stop) {
        if (progress->stopping && atomic_load(progress->stopping))
            return ERR_OVERLOAD;
        err = mail_next(db, m, &more, ret_stop);
        if (err == ERR_NONE && more && !**ret_stop && (++done % STEP == 0 || done == total))
            err = score_progress_set(progress, done < total ? done : total, total);
    }
    return err;
}

enum err letters_job(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress, const char **ret_message) {
    struct settings settings;
    struct result_release release;
    struct result_mail_counts counts = {0};
    struct mailer m = {.settings = &settings, .release = &release};
    char sentence[400];
    bool found = false;
    const char *stop = "";
    if (settings_read(&settings, sentence, sizeof sentence) || !*settings.smtp_url) {
        *ret_message = "smtp-not-set";
        return ERR_NONE;
    }
    enum err err = result_run_release(db, arena, job->subject_id, &found, &release);
    if (err == ERR_NONE && (!found || !release.published_us))
        err = ERR_STATE;
    if (err == ERR_NONE)
        err = result_mails_begin(db, arena, job->subject_id, clock_now_us(), &counts);
    if (err != ERR_NONE)
        return err;
    buf_init(&m.message, MESSAGE_MAX);
    err = open_mailer(&m) ? mail_all(db, &m, progress, &counts, &stop) : ERR_MEMORY;
    curl_easy_cleanup(m.curl);
    buf_release(&m.message);
    if (err == ERR_NONE)
        err = result_mails_end(db, arena, job->subject_id, job->requested_by, clock_now_us());
    if (err == ERR_NONE)
        *ret_message = stop;
    return err;
}
