/* Pure: configurations, their text and their keys. */
#include "khoacu/sitting/seb.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/box.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/gzip.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { KEYS_MAX = 1000 };

static void put_base64(const void *bytes, size_t len, struct buf *out) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *at = bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t bits = (uint32_t)at[i] << 16 | (left > 1 ? (uint32_t)at[i + 1] << 8 : 0) | (left > 2 ? at[i + 2] : 0u);
        buf_addc(out, letters[bits >> 18]);
        buf_addc(out, letters[bits >> 12 & 63]);
        buf_addc(out, left > 1 ? letters[bits >> 6 & 63] : '=');
        buf_addc(out, left > 2 ? letters[bits & 63] : '=');
    }
}

/* ---- the property list ---- */

static void put_escaped(const char *text, struct buf *out) {
    for (; *text; text++) {
        if (*text == '&')
            buf_adds(out, "&amp;");
        else if (*text == '<')
            buf_adds(out, "&lt;");
        else if (*text == '>')
            buf_adds(out, "&gt;");
        else
            buf_addc(out, *text);
    }
}

static void put_element(const char *name, const char *text, struct buf *out) {
    buf_addf(out, "<%s>", name);
    put_escaped(text, out);
    buf_addf(out, "</%s>", name);
}

/* Deep only as far as we ourselves nest. */
static void put_xml(const struct seb_value *value, struct buf *out) {
    switch (value->type) {
    case SEB_BOOL:
        buf_adds(out, value->number ? "<true/>" : "<false/>");
        return;
    case SEB_INT:
        buf_addf(out, "<integer>%lld</integer>", (long long)value->number);
        return;
    case SEB_TEXT:
        put_element("string", value->text, out);
        return;
    case SEB_DATE:
        put_element("date", value->text, out);
        return;
    case SEB_DATA:
        buf_adds(out, "<data>");
        put_base64(value->text, value->len, out);
        buf_adds(out, "</data>");
        return;
    case SEB_ARRAY:
    case SEB_DICT:
        break;
    }
    buf_adds(out, value->type == SEB_DICT ? "<dict>\n" : "<array>\n");
    for (size_t i = 0; i < value->count; i++) {
        if (value->type == SEB_DICT)
            put_element("key", value->values[i].key, out);
        put_xml(&value->values[i], out);
        buf_addc(out, '\n');
    }
    buf_adds(out, value->type == SEB_DICT ? "</dict>" : "</array>");
}

void seb_put_plist(const struct seb_value *dict, struct buf *out) {
    buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n");
    put_xml(dict, out);
    buf_adds(out, "\n</plist>\n");
}

/* ---- the text of the key ---- */

static int by_key(const void *a, const void *b) {
    const char *one = (*(const struct seb_value *const *)a)->key, *other = (*(const struct seb_value *const *)b)->key;
    int order = strcasecmp(one, other);
    return order != 0 ? order : strcmp(one, other);
}

static void put_quoted(const char *text, struct buf *out) {
    buf_addc(out, '"');
    buf_adds(out, text);
    buf_addc(out, '"');
}

static void put_text(const struct seb_value *value, struct buf *out);

static void put_sorted(const struct seb_value *dict, struct buf *out) {
    const struct seb_value **sorted = calloc(dict->count + 1, sizeof *sorted);
    bool first = true;
    if (!sorted || dict->count > KEYS_MAX) {
        out->failed = true;
        free(sorted);
        return;
    }
    for (size_t i = 0; i < dict->count; i++)
        sorted[i] = &dict->values[i];
    qsort(sorted, dict->count, sizeof *sorted, by_key);
    buf_addc(out, '{');
    for (size_t i = 0; i < dict->count; i++) {
        if (sorted[i]->type == SEB_DICT && sorted[i]->count == 0)
            continue;
        if (strcmp(sorted[i]->key, "originatorVersion") == 0)
            continue;
        if (!first)
            buf_addc(out, ',');
        first = false;
        put_quoted(sorted[i]->key, out);
        buf_addc(out, ':');
        put_text(sorted[i], out);
    }
    buf_addc(out, '}');
    free(sorted);
}

static void put_text(const struct seb_value *value, struct buf *out) {
    switch (value->type) {
    case SEB_BOOL:
        buf_adds(out, value->number ? "true" : "false");
        return;
    case SEB_INT:
        buf_addf(out, "%lld", (long long)value->number);
        return;
    case SEB_TEXT:
    case SEB_DATE:
        put_quoted(value->text, out);
        return;
    case SEB_DATA:
        buf_addc(out, '"');
        put_base64(value->text, value->len, out);
        buf_addc(out, '"');
        return;
    case SEB_DICT:
        put_sorted(value, out);
        return;
    case SEB_ARRAY:
        break;
    }
    buf_addc(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0)
            buf_addc(out, ',');
        put_text(&value->values[i], out);
    }
    buf_addc(out, ']');
}

void seb_put_canonical(const struct seb_value *dict, struct buf *out) {
    put_sorted(dict, out);
}

enum err seb_config_key(const struct seb_value *dict, char ret_key[SEB_KEY_SIZE]) {
    struct buf text CLEANUP(buf_release);
    uint8_t sha256[CRYPTO_SHA256_LEN];
    buf_init(&text, SEB_FILE_MAX);
    seb_put_canonical(dict, &text);
    if (text.failed)
        return ERR_LIMIT;
    crypto_sha256(text.data, text.len, sha256);
    text_hex(sha256, sizeof sha256, ret_key);
    return ERR_NONE;
}

void seb_request_hash(const char *url, const char *key, char ret_hash[SEB_KEY_SIZE]) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    struct crypto_sha256 *hash = crypto_sha256_new();
    crypto_sha256_add(hash, url, strcspn(url, "#"));
    crypto_sha256_add(hash, key, strlen(key));
    crypto_sha256_finish(hash, sha256);
    text_hex(sha256, sizeof sha256, ret_hash);
}

/* ---- of a shift ---- */

static const char *const MODES[] = {[SEB_OFF] = "off", [SEB_FLAG] = "flag", [SEB_REFUSE] = "refuse"};
static const char *const PROFILES[] = {[SEB_STANDARD] = "standard", [SEB_SCREEN_READER] = "screen_reader"};

static bool find_word(const char *const *words, int count, const char *word, int *ret_at) {
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_at = i;
            return true;
        }
    }
    return false;
}

const char *seb_mode_key(enum seb_mode mode) {
    return MODES[mode];
}

bool seb_mode_parse(const char *key, enum seb_mode *ret_mode) {
    int at = 0;
    bool found = find_word(MODES, 3, key, &at);
    *ret_mode = (enum seb_mode)at;
    return found;
}

bool seb_profile_parse(const char *key, enum seb_profile *ret_profile) {
    int at = 0;
    bool found = find_word(PROFILES, SEB_PROFILE_COUNT, key, &at);
    *ret_profile = (enum seb_profile)at;
    return found;
}

#define BOOLEAN(name, truth) {.key = (name), .type = SEB_BOOL, .number = (truth)}
#define NUMBER(name, value) {.key = (name), .type = SEB_INT, .number = (value)}
#define WORDS(name, value) {.key = (name), .type = SEB_TEXT, .text = (value)}

/* The browser may go to our own origin alone. */
static const struct seb_value *filter(struct arena *arena, const char *origin) {
    const char *host = strstr(origin, "://");
    const struct seb_value parts[] = {BOOLEAN("active", true), BOOLEAN("regex", false), NUMBER("action", 1),
                                      WORDS("expression", arena_printf(arena, "%s/*", host ? host + 3 : origin))};
    struct seb_value *rule = ARENA_NEW(arena, struct seb_value), *kept = ARENA_ARRAY(arena, sizeof parts / sizeof parts[0], struct seb_value);
    if (!rule || !kept || !parts[3].text)
        return NULL;
    memcpy(kept, parts, sizeof parts);
    *rule = (struct seb_value){.type = SEB_DICT, .values = kept, .count = sizeof parts / sizeof parts[0]};
    return rule;
}

const struct seb_value *seb_config(struct arena *arena, const struct seb_shift *shift, const char *origin, enum seb_profile profile) {
    bool reader = profile == SEB_SCREEN_READER;
    const struct seb_value *rule = filter(arena, origin);
    const char *salt = arena_printf(arena, "%s/%s", shift->cycle_code, shift->shift_code); /* another shift has another key */
    const struct seb_value parts[] = {
        WORDS("originatorVersion", "Khoacu"), NUMBER("sebConfigPurpose", 0),
        WORDS("startURL", arena_printf(arena, "%s/thi/", origin)), BOOLEAN("sendBrowserExamKey", true),
        {.key = "examKeySalt", .type = SEB_DATA, .text = salt, .len = salt ? strlen(salt) : 0}, BOOLEAN("examSessionClearCookiesOnStart", true), BOOLEAN("examSessionClearCookiesOnEnd", true),
        BOOLEAN("allowQuit", true), BOOLEAN("allowPreferencesWindow", false), BOOLEAN("browserWindowAllowReload", true),
        BOOLEAN("showTaskBar", true), BOOLEAN("showReloadButton", true), BOOLEAN("showTime", true), BOOLEAN("showInputLanguage", true),
        BOOLEAN("allowSpellCheck", false), BOOLEAN("allowSwitchToApplications", false), BOOLEAN("allowScreenSharing", false),
        BOOLEAN("allowVirtualMachine", false), BOOLEAN("enablePrintScreen", false), BOOLEAN("allowDownUploads", true),
        BOOLEAN("createNewDesktop", !reader), BOOLEAN("killExplorerShell", reader), NUMBER("newBrowserWindowByLinkPolicy", 0),
        BOOLEAN("URLFilterEnable", true), {.key = "URLFilterRules", .type = SEB_ARRAY, .values = rule, .count = 1},
        WORDS("hashedQuitPassword", shift->quit_sha256)};
    size_t count = sizeof parts / sizeof parts[0] - (shift->quit_sha256 ? 0 : 1);
    struct seb_value *dict = ARENA_NEW(arena, struct seb_value), *kept = ARENA_ARRAY(arena, count, struct seb_value);
    if (!dict || !kept || !rule || !salt || !parts[2].text)
        return NULL;
    memcpy(kept, parts, count * sizeof parts[0]);
    *dict = (struct seb_value){.type = SEB_DICT, .values = kept, .count = count};
    return dict;
}

enum err seb_file(const struct seb_value *dict, const char *password, struct buf *out) {
    struct buf plist CLEANUP(buf_release), packed CLEANUP(buf_release), boxed CLEANUP(buf_release);
    buf_init(&plist, SEB_FILE_MAX);
    buf_init(&packed, SEB_FILE_MAX);
    buf_init(&boxed, SEB_FILE_MAX);
    seb_put_plist(dict, &plist);
    if (plist.failed)
        return ERR_LIMIT;
    if (!password) {
        buf_add(out, plist.data, plist.len);
        return out->failed ? ERR_LIMIT : ERR_NONE;
    }
    enum err err = gzip_write(plist.data, plist.len, &packed);
    buf_adds(&boxed, "pswd");
    if (err == ERR_NONE)
        err = crypto_box(password, packed.data, packed.len, NULL, &boxed);
    return err == ERR_NONE ? gzip_write(boxed.data, boxed.len, out) : err;
}
