#include "khoacu/sitting/sitting.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SECOND_US 1000000LL
#define RECEIPT_TEXT_MAX ((size_t)SITTING_POSITIONS_MAX * 132000) /* an answer has at most 131,072 bytes */
#define CODE_BYTES 8 /* 64 bits, of which twelve symbols show 60 */

static const char *const STATE_KEYS[SITTING_STATE_COUNT] = {
#define X(name, key) key,
    SITTING_STATE_TABLE(X)
#undef X
};

const char *sitting_state_key(enum sitting_state state) {
    return STATE_KEYS[state];
}

bool sitting_state_parse(const char *key, enum sitting_state *ret_state) {
    for (int i = 0; i < SITTING_STATE_COUNT; i++) {
        if (strcmp(key, STATE_KEYS[i]) == 0) {
            *ret_state = (enum sitting_state)i;
            return true;
        }
    }
    return false;
}

bool sitting_state_may(enum sitting_state from, enum sitting_state to) {
    static const bool MAY[SITTING_STATE_COUNT][SITTING_STATE_COUNT] = {
        [SITTING_ASSIGNED] = {[SITTING_OPEN] = true, [SITTING_ABSENT] = true},
        [SITTING_OPEN] = {[SITTING_SUBMITTED] = true, [SITTING_CLOSED] = true},
    };
    return MAY[from][to];
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t sitting_deadline_us(const struct sitting_times *times, int64_t now_us) {
    int64_t held_us = times->held_s * SECOND_US;
    int64_t from_us = times->clock == SITTING_CLOCK_COMMON ? times->starts_us + held_us : now_us;
    return least(from_us + times->minutes * 60 * SECOND_US, times->ends_us + held_us) +
           (times->accommodation_s + times->extra_s) * SECOND_US;
}

int64_t sitting_last_us(const struct sitting_times *times, int64_t closes_us) {
    return closes_us + times->grace_s * SECOND_US;
}

int64_t sitting_over_us(const struct sitting_times *times) {
    return times->clock == SITTING_CLOCK_COMMON ? sitting_deadline_us(times, 0) : times->ends_us + times->held_s * SECOND_US;
}

enum sitting_time_verdict sitting_time_judge(const struct sitting_times *times, bool shift_closed,
                                             enum sitting_state state, int64_t closes_us, int64_t now_us) {
    switch (state) {
    case SITTING_ASSIGNED:
        if (shift_closed)
            return SITTING_TIME_ENDED;
        if (times->held_us != 0)
            return SITTING_TIME_HELD;
        if (now_us >= sitting_over_us(times))
            return SITTING_TIME_ENDED;
        return now_us < times->starts_us ? SITTING_TIME_EARLY : SITTING_TIME_START;
    case SITTING_OPEN:
        if (times->held_us != 0)
            return SITTING_TIME_HELD;
        return now_us <= sitting_last_us(times, closes_us) ? SITTING_TIME_WORKING : SITTING_TIME_ENDED;
    case SITTING_SUBMITTED:
    case SITTING_CLOSED:
    case SITTING_ABSENT:
    case SITTING_STATE_COUNT:
        break;
    }
    return SITTING_TIME_ENDED;
}

/* "XXXX-XXXX-XXXX" from the first 60 bits. */
static void format_code(const uint8_t sha256[CRYPTO_SHA256_LEN], char out[SITTING_RECEIPT_CODE_SIZE]) {
    char symbols[(CODE_BYTES * 8 + 4) / 5 + 1];
    text_base32(sha256, CODE_BYTES, symbols);
    (void)snprintf(out, SITTING_RECEIPT_CODE_SIZE, "%.4s-%.4s-%.4s", symbols, symbols + 4, symbols + 8);
}

enum err sitting_receipt_make(const uint8_t form_sha256[CRYPTO_SHA256_LEN], int64_t sitting_id,
                              const struct sitting_answers *answers, int64_t issued_us,
                              struct sitting_receipt *ret_receipt) {
    char form[2 * CRYPTO_SHA256_LEN + 1], sitting[TEXT_ID_LEN + 1];
    struct buf text CLEANUP(buf_release);
    struct sitting_receipt receipt = {.issued_us = issued_us};
    buf_init(&text, RECEIPT_TEXT_MAX);
    text_hex(form_sha256, CRYPTO_SHA256_LEN, form);
    text_format_id(sitting_id, sitting);
    buf_adds(&text, "{\"answers\":[");
    for (int position = 1; position <= SITTING_POSITIONS_MAX; position++) {
        if (answers->choices[position] == 0 && !answers->answers[position])
            continue;
        buf_addf(&text, "%s[%d,", receipt.answered ? "," : "", position);
        if (answers->answers[position])
            buf_adds(&text, answers->answers[position]);
        else
            buf_addf(&text, "%d", answers->choices[position]);
        buf_addc(&text, ']');
        receipt.answered++;
    }
    buf_addf(&text, "],\"form\":\"%s\",\"sitting\":\"%s\"}", form, sitting);
    if (text.failed)
        return ERR_MEMORY;
    crypto_sha256(text.data, text.len, receipt.answers_sha256);
    format_code(receipt.answers_sha256, receipt.code);
    *ret_receipt = receipt;
    return ERR_NONE;
}
