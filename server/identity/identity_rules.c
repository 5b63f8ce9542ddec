#include "khoacu/identity/identity.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char *const ROLE_KEYS[IDENTITY_ROLE_COUNT] = {
#define X(name, key) key,
    IDENTITY_ROLE_TABLE(X)
#undef X
};

const char *identity_role_key(enum identity_role_number number) {
    return ROLE_KEYS[number];
}

static bool role_of(const char *key, size_t len, unsigned *roles) {
    while (len > 0 && key[0] == ' ')
        key++, len--;
    while (len > 0 && key[len - 1] == ' ')
        len--;
    if (len == 0)
        return true;
    for (int i = 0; i < IDENTITY_ROLE_COUNT; i++)
        if (strlen(ROLE_KEYS[i]) == len && strncmp(ROLE_KEYS[i], key, len) == 0) {
            *roles |= 1u << i;
            return true;
        }
    return false;
}

bool identity_roles_parse(const char *keys, unsigned *ret_roles) {
    unsigned roles = 0;
    for (const char *p = keys;; p++) {
        size_t len = strcspn(p, ";");
        if (!role_of(p, len, &roles))
            return false;
        p += len;
        if (*p == '\0')
            break;
    }
    *ret_roles = roles;
    return true;
}

struct ledger_actor identity_ledger_actor(const struct identity_actor *actor) {
    switch (actor->kind) {
    case IDENTITY_STAFF:
        return LEDGER_STAFF(actor->staff_id);
    case IDENTITY_CANDIDATE:
        return LEDGER_CANDIDATE(actor->candidate_id);
    case IDENTITY_NOBODY:
        break;
    }
    return LEDGER_SYSTEM;
}

bool identity_login_name_valid(const char *login_name) {
    size_t len = strlen(login_name);
    if (len < 2 || len > 40 || login_name[0] < 'a' || login_name[0] > 'z')
        return false;
    return strspn(login_name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

int identity_brake_wait_s(int failures) {
    if (failures <= 3)
        return 0;
    return failures >= 9 ? 60 : 1 << (failures - 3);
}

/* ---- passwords ---- */

/* Whether the text is one piece said at least twice. */
static bool repeats(const char *text, size_t len) {
    for (size_t period = 1; period <= len / 2; period++) {
        size_t i = period;
        while (i < len && text[i] == text[i - period])
            i++;
        if (i == len)
            return true;
    }
    return false;
}

/* Whether more than half of the steps from character to character are 0, +1 or -1. */
static bool is_run(const char *text, size_t len) {
    size_t steps = 0;
    for (size_t i = 1; i < len; i++) {
        int step = text[i] - text[i - 1];
        steps += step >= -1 && step <= 1;
    }
    return steps * 2 > len;
}

static size_t distinct(const char *text, size_t len) {
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        count += !seen[c];
        seen[c] = true;
    }
    return count;
}

/* Takes every `word` out of `text`; returns the new length. */
static size_t take_out(char *text, size_t len, const char *word) {
    size_t word_len = strlen(word);
    for (char *found; word_len >= 3 && (found = strstr(text, word)) != NULL;) {
        memmove(found, found + word_len, (size_t)(text + len - found) - word_len + 1);
        len -= word_len;
    }
    return len;
}

/* Whether next to nothing is left without the words that everybody tries first. */
static bool is_common_words(const char *lower, size_t len, const char *login_name) {
    static const char *const WORDS[] = {"password",   "passw0rd",  "p@ssword",      "p@ssw0rd",
                                        "matkhau",    "khoacu",    "qwertyuiop",    "qwerty",
                                        "asdfghjkl",  "asdfgh",    "zxcvbnm",       "administrator",
                                        "admin",      "welcome",   "letmein",       "iloveyou",
                                        "anhyeuem",   "emyeuanh",  "yeuemnhieulam", "vietnam",
                                        "vietnamese", "hanoi",     "saigon",        "congchuc",
                                        "canbo",      "chinhphu",  "tuyendung",     "secret",
                                        "login",      "changeme",  "default",       "correcthorsebatterystaple",
                                        "1234567890", "123456789", "12345678",      "123456",
                                        "abc123",     "abcdef"};
    char left[IDENTITY_PASSWORD_MAX + 1];
    memcpy(left, lower, len + 1);
    len = take_out(left, len, login_name);
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        len = take_out(left, len, WORDS[i]);
    size_t letters = 0;
    for (size_t i = 0; i < len; i++)
        letters += !isdigit((unsigned char)left[i]) && !ispunct((unsigned char)left[i]) && left[i] != ' ';
    return len < 8 || (letters < 4 && len < 12);
}

enum identity_password_verdict identity_password_judge(const char *password, const char *login_name) {
    size_t len = strlen(password);
    if (len > IDENTITY_PASSWORD_MAX)
        return IDENTITY_PASSWORD_LONG;
    if (!text_is_utf8(password, len) || text_utf8_len(password) < IDENTITY_PASSWORD_MIN)
        return IDENTITY_PASSWORD_SHORT;
    char lower[IDENTITY_PASSWORD_MAX + 1];
    for (size_t i = 0; i <= len; i++)
        lower[i] = (char)(password[i] >= 'A' && password[i] <= 'Z' ? password[i] - 'A' + 'a' : password[i]);
    bool guessable = distinct(lower, len) < 6 || repeats(lower, len) || is_run(lower, len) ||
                     is_common_words(lower, len, login_name);
    crypto_wipe(lower, sizeof lower);
    return guessable ? IDENTITY_PASSWORD_GUESSABLE : IDENTITY_PASSWORD_FINE;
}

void identity_password_make(char out[IDENTITY_PASSWORD_MADE_SIZE]) {
    uint8_t bytes[13];
    char symbols[24];
    random_bytes(bytes, sizeof bytes);
    text_base32(bytes, sizeof bytes, symbols);
    (void)snprintf(out, IDENTITY_PASSWORD_MADE_SIZE, "%.4s-%.4s-%.4s-%.4s-%.4s", symbols, symbols + 4, symbols + 8,
                   symbols + 12, symbols + 16);
    crypto_wipe(bytes, sizeof bytes);
    crypto_wipe(symbols, sizeof symbols);
}

/* ---- tokens and access codes ---- */

bool identity_token_sha256(const char *token, uint8_t out[CRYPTO_SHA256_LEN]) {
    uint8_t bytes[IDENTITY_TOKEN_LEN];
    if (!token || !text_unbase64url(token, strlen(token), bytes, sizeof bytes))
        return false;
    crypto_sha256(bytes, sizeof bytes, out);
    crypto_wipe(bytes, sizeof bytes);
    return true;
}

bool identity_candidate_sha256(const char *token, const char *device, uint8_t out[CRYPTO_SHA256_LEN]) {
    uint8_t bytes[2 * IDENTITY_TOKEN_LEN];
    if (!token || !device || !text_unbase64url(token, strlen(token), bytes, IDENTITY_TOKEN_LEN) ||
        !text_unbase64url(device, strlen(device), bytes + IDENTITY_TOKEN_LEN, IDENTITY_TOKEN_LEN))
        return false;
    crypto_sha256(bytes, sizeof bytes, out);
    crypto_wipe(bytes, sizeof bytes);
    return true;
}

void identity_access_code_make(uint8_t ret_code[IDENTITY_ACCESS_CODE_LEN], char ret_text[IDENTITY_ACCESS_CODE_SIZE]) {
    char symbols[24];
    random_bytes(ret_code, IDENTITY_ACCESS_CODE_LEN);
    text_base32(ret_code, IDENTITY_ACCESS_CODE_LEN, symbols);
    (void)snprintf(ret_text, IDENTITY_ACCESS_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", symbols, symbols + 4, symbols + 8,
                   symbols + 12);
    crypto_wipe(symbols, sizeof symbols);
}

void identity_access_code_hmac(const struct identity_secret *secret, int64_t cycle_id, const char *roll_number,
                               const uint8_t code[IDENTITY_ACCESS_CODE_LEN], uint8_t out[CRYPTO_SHA256_LEN]) {
    char message[128];
    char cycle[TEXT_ID_LEN + 1];
    text_format_id(cycle_id, cycle);
    int len = snprintf(message, sizeof message - IDENTITY_ACCESS_CODE_LEN, "khoacu/access/v1\n%s\n%.40s\n", cycle,
                       roll_number);
    memcpy(message + len, code, IDENTITY_ACCESS_CODE_LEN);
    crypto_hmac_sha256(secret->key, sizeof secret->key, message, (size_t)len + IDENTITY_ACCESS_CODE_LEN, out);
    crypto_wipe(message, sizeof message);
}
