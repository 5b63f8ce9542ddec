/* words.h: the texts of printed documents and letters, from the catalogues that the screens have too.
 *
 * Used by: this module. Uses: base (embed), json. Threads: any; a catalogue does not change.
 */
#ifndef KHOACU_SERVER_RESULT_WORDS_H
#define KHOACU_SERVER_RESULT_WORDS_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/json/json.h"

struct result_words {
    struct arena *arena;
    const struct json *shared, *print;
    bool english;
};
/* `lang`: "vi" or "en". Everything that the calls below give lives in `arena`. */
enum err result_words_load(struct arena *arena, const char *lang, struct result_words *ret_words) MUST_CHECK;
/* The text of a key, or the key itself. */
const char *result_word(const struct result_words *words, const char *key);
/* The text of prefix and name together, or the name itself: result_word_of(w, "outcome.", "selected"). */
const char *result_word_of(const struct result_words *words, const char *prefix, const char *name);
/* The text with {name} replaced by the value; an unknown one stays. Ends with {NULL}. */
struct result_blank {
    const char *name, *value;
};
const char *result_fill(const struct result_words *words, const char *key, const struct result_blank *blanks);
#define RESULT_FILL(words, key, ...) result_fill(words, key, (const struct result_blank[]){__VA_ARGS__, {NULL, NULL}})
/* Of a moment by the Vietnamese clock (UTC+7): {day} {month} {year}. */
const char *result_date(const struct result_words *words, int64_t us);
/* A mark as the language writes it. */
const char *result_mark(const struct result_words *words, int64_t hundredths);

/* The sentence of a step of a derivation (result.h) and its figure ("" where it has none), as the screens show them. */
void result_step_words(const struct result_words *words, const struct json *step, const char **ret_line, const char **ret_figure);

#endif
