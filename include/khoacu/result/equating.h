/* equating.h: the table by which shifts are made comparable, as a document of its own: hashed, signed by two persons, named by
 * the run.
 *
 * Where a pack says "table": "signed" of an equipercentile statistic, the table is not found from the field of the run but given:
 * it was made of a linking study or of the whole field before anybody knew a name, and two persons have signed it. The document
 * holds what it was made of, so that each of its values is computed again by whoever reads it:
 *
 *   {base, component, max, places, shifts [{counts [of the scores 0 … max], shift, values ["52.3000000" …]}]}
 *
 * base: the shift whose scale it is; component: the statistic of the pack; values: what each score counts as. The file, which is
 * canonical JSON, is {document, format: "khoacu-equating/1", signatures [{by, public_key, signature}]}: Ed25519 over the canonical
 * text of the document, public keys as PEM, signatures in hexadecimal. A result file holds it whole beside its SHA-256
 * (inputs.equatings), and is refused with fewer than two signatures or two of one key. Whether a signature is that of its key
 * equating_signed in server/main says, which has the cryptography; the browser checks all but that.
 *
 * Used by: result (bundle), main (rank, verify, equate). Uses: base, json, crypto, rank, cycle (pack). Threads: any.
 */
#ifndef KHOACU_RESULT_EQUATING_H
#define KHOACU_RESULT_EQUATING_H

#include "khoacu/result/bundle.h"

#define RESULT_EQUATING_FORMAT "khoacu-equating/1"
#define RESULT_EQUATINGS_MAX 4
#define RESULT_SHIFTS_MAX 1000
#define RESULT_EQUATING_SCORES_MAX 2000
#define RESULT_SIGNATURES_MAX 8

struct result_signature {
    const char *by, *public_key; /* name; PEM */
    uint8_t bytes[64];
};
struct result_equating {
    uint8_t component;
    const char *text; /* of the document, canonical: what is signed */
    size_t text_len;
    char sha256[65];
    struct result_signature signatures[RESULT_SIGNATURES_MAX];
    size_t signature_count;
};

/* How often each score was reached in a shift. */
struct result_shift {
    uint32_t shift;
    int64_t *counts; /* of the scores 0 … max */
};
/* The file without signatures, of the counts of all shifts (rising, `base` of the component among them). ERR_RANGE with *ret_line in
 * English: the component is none that takes a table, or a shift has nobody. */
enum err result_equating_make(struct arena *arena, const struct rank_pack *rules, uint8_t component, const struct result_shift *shifts,
                              size_t count, struct buf *out, const char **ret_line) MUST_CHECK;
/* Reads a file, or one of a result file, computes its values again, and adds its table to the field. `least`: signatures that must be
 * there, of as many keys. ERR_RANGE with *ret_line in English, ERR_MEMORY. Requires: field->rules is bound. */
enum err result_equating_read(struct arena *arena, const struct json *file, size_t least, struct result_field *field,
                              const char **ret_line) MUST_CHECK;
/* Adds a signature to a file that was read. */
enum err result_equating_sign(const struct json *file, const struct result_signature *signature, struct buf *out) MUST_CHECK;
/* All tables of a field as the member inputs.equatings. */
void result_equatings_write(struct json_writer *writer, const struct result_field *field);
enum err result_equatings_read(struct arena *arena, const struct json *list, struct result_field *field, const char **ret_line) MUST_CHECK;

#endif
