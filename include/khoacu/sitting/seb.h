/* seb.h: Safe Exam Browser: the configuration of a shift as .seb, its Config Key, and what each request must bring.
 *
 * The Config Key is SHA-256 over the configuration as text: keys of every dictionary sorted without regard to case, no blanks,
 * nothing escaped, `originatorVersion` and empty dictionaries left out, data as Base64, dates as ISO 8601. With each request
 * the browser sends, in X-SafeExamBrowser-ConfigKeyHash, SHA-256 of the absolute address without fragment and the key in
 * hexadecimal; in X-SafeExamBrowser-RequestHash the same with its own Browser Exam Key. Where a system's web view sends no
 * headers, the page asks the browser and brings the hash of its own address (X-Khoacu-Seb-Page, X-Khoacu-Seb-Browser).
 * The address is built from the configured public origin, never from what the request says of it.
 *
 * A key is one sign among others: programs that feign it exist. It is compared in constant time, shown to invigilators beside
 * what was expected, and no evidence by itself.
 *
 * A shift has two configurations: `standard`, and `screen_reader`, in which Windows keeps its desktop, without which screen
 * readers stay silent. Either is accepted.
 *
 * Used by: api, main. Uses: ledger, crypto, doc (gzip), db, base. Threads: a watch may be asked by any, and is renewed by one;
 * all else that of the struct db, or pure.
 */
#ifndef KHOACU_SITTING_SEB_H
#define KHOACU_SITTING_SEB_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/sitting/presence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEB_KEY_SIZE 65 /* hexadecimal with NUL */
#define SEB_BROWSER_KEYS_MAX 20
#define SEB_PASSWORD_MAX 100
#define SEB_FILE_MAX ((size_t)1 << 20)

/* ---- a configuration ---- */

enum seb_type { SEB_BOOL, SEB_INT, SEB_TEXT, SEB_DATA, SEB_DATE, SEB_ARRAY, SEB_DICT };
struct seb_value {
    const char *key; /* NULL in an array */
    enum seb_type type;
    int64_t number;   /* of BOOL and INT */
    const char *text; /* of TEXT, DATE (ISO 8601); bytes of DATA. Texts hold neither '"' nor '\' */
    size_t len;       /* of DATA */
    const struct seb_value *values; /* of ARRAY and DICT */
    size_t count;
};
/* The configuration as a property list, XML. */
void seb_put_plist(const struct seb_value *dict, struct buf *out);
/* As the text that the Config Key is made of. */
void seb_put_canonical(const struct seb_value *dict, struct buf *out);
/* ERR_LIMIT: more than a thousand keys in one dictionary. */
enum err seb_config_key(const struct seb_value *dict, char ret_key[SEB_KEY_SIZE]) MUST_CHECK;
/* SHA-256 of the address and a key, hexadecimal. */
void seb_request_hash(const char *url, const char *key, char ret_hash[SEB_KEY_SIZE]);

/* ---- of a shift ---- */

enum seb_mode { SEB_OFF, SEB_FLAG, SEB_REFUSE };
const char *seb_mode_key(enum seb_mode mode);
bool seb_mode_parse(const char *key, enum seb_mode *ret_mode);
enum seb_profile { SEB_STANDARD, SEB_SCREEN_READER, SEB_PROFILE_COUNT };
bool seb_profile_parse(const char *key, enum seb_profile *ret_profile);

struct seb_shift {
    const char *shift_code, *cycle_code;
    const char *quit_sha256; /* NULL: no password ends the browser */
    const char *const *browser_keys;
    size_t browser_key_count;
    enum seb_mode mode;
    const char *set_by; /* NULL: never set */
    int64_t set_us;
};
/* ERR_DB_NO_ROW: no such shift. */
enum err seb_read(struct db *db, struct arena *arena, int64_t shift_id, struct seb_shift *ret_shift) MUST_CHECK;
/* The configuration in the arena. NULL: no memory. Pure. */
const struct seb_value *seb_config(struct arena *arena, const struct seb_shift *shift, const char *origin, enum seb_profile profile);
/* As a file: the plist as it is, or with a password: "pswd", the plist compressed and under the password (box.h), compressed. */
enum err seb_file(const struct seb_value *dict, const char *password, struct buf *out) MUST_CHECK;

enum seb_set_verdict { SEB_SET_DONE, SEB_SET_UNKNOWN, SEB_SET_NOT_YOURS };
struct seb_setting {
    int64_t shift_id, staff_id, now_us;
    enum seb_mode mode;
    bool keep_quit;            /* the password that ends the browser stays as it was */
    const char *quit_password; /* NULL: none */
    const char *const *browser_keys;
    size_t browser_key_count;
};
/* Side effects: event hall.browser_set. */
enum err seb_set(struct db *db, struct arena *arena, const struct seb_setting *setting, enum seb_set_verdict *ret_verdict) MUST_CHECK;

/* ---- the watch: which halls ask for it, in memory ---- */

struct seb_watch;
enum err seb_watch_new(const char *origin, struct seb_watch **ret_watch) MUST_CHECK;
void seb_watch_free(struct seb_watch *watch); /* accepts NULL */
/* Reads which halls ask for it; every two seconds, by one thread. */
enum err seb_watch_renew(struct seb_watch *watch, struct db *db) MUST_CHECK;
/* Whether any hall asks for it: one load of memory. */
bool seb_watch_any(const struct seb_watch *watch);
struct seb_heard {
    const char *path;                   /* of the request */
    const char *config, *browser;       /* headers of the browser, or NULL */
    const char *page_config, *page_browser; /* what the page brought */
};
struct seb_judged {
    enum seb_mode mode; /* of the hall */
    enum presence_seb seb;
    char expected[SEB_KEY_SIZE], received[SEB_KEY_SIZE]; /* where it does not match; received "" when missing */
};
void seb_watch_judge(struct seb_watch *watch, int64_t room_id, const struct seb_heard *heard, struct seb_judged *ret_judged);

#endif
