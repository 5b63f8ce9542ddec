/* result_private.h: what the files of this module share about the field and its texts. */
#ifndef KHOACU_SERVER_RESULT_RESULT_PRIVATE_H
#define KHOACU_SERVER_RESULT_RESULT_PRIVATE_H

#include "khoacu/result/bundle.h"

/* The value of a quantity as text: "41", "57.50", "90.1224411". */
#define RESULT_VALUE_SIZE 32
void result_format_value(const struct rank_pack *rules, uint8_t quantity, int64_t value, char out[RESULT_VALUE_SIZE]);
/* Writes it: a number for counts, else the text. */
void result_put_value(struct json_writer *writer, const struct rank_pack *rules, uint8_t quantity, int64_t value);
/* Writes a fact of a tie key: of MANUAL and EXEMPT a number, null where the candidate has no value. */
void result_put_key_value(struct json_writer *writer, const struct rank_pack *rules, uint8_t key, int64_t value);
/* "manual", "exempt:CODE" or the code of the quantity; `out` holds RANK_CODE_SIZE + 8 bytes. */
void result_key_code(const struct rank_pack *rules, uint8_t key, char out[RANK_CODE_SIZE + 8]);
/* The sections and the counts in canonical form. */
void result_inputs_write(struct json_writer *writer, const struct result_field *field,
                         const struct rank_result *result);
void result_counts_write(struct json_writer *writer, const struct result_field *field,
                         const struct rank_result *result);
/* What came of each group's own seats (result_reservation), as a list. */
void result_reservations_write(struct json_writer *writer, const struct result_field *field, const struct rank_result *result);
/* The results of one candidate, by component. */
void result_results_write(struct json_writer *writer, const struct result_field *field, uint32_t candidate);
/* The panels of a field, and what was given one candidate. */
void result_panels_write(struct json_writer *writer, const struct result_field *field);
void result_given_write(struct json_writer *writer, const struct result_given *given);
/* [{max, mean, title}] of the criteria; NULL: no memory. */
const char *result_parts_text(struct arena *arena, const struct result_given *given);
/* Puts the rows in the order in which they stand in the file. */
void result_given_sort(struct result_given *given);
/* Reads them; `list` and `one` may be NULL: there are none. ERR_RANGE with *ret_line, ERR_MEMORY. */
enum err result_panels_read(struct arena *arena, const struct json *list, struct result_field *field, const char **ret_line) MUST_CHECK;
enum err result_given_read(struct arena *arena, const struct json *one, struct result_field *field, uint32_t candidate,
                           const char **ret_line) MUST_CHECK;
/* Whether the mark of a candidate's component follows from what the members gave, as far as the scheme of the pack says so. */
enum err result_given_check(struct arena *arena, const struct result_field *field, uint32_t candidate, const char **ret_line) MUST_CHECK;
/* Whether an object has exactly the members of a list ended by NULL; those that begin with '?' may be missing. */
bool result_members_are(const struct json *object, const char *const *names);
/* A mark as the file writes it: "57.50". */
bool result_marks_of(const char *text, int64_t *ret_value);
/* No agency takes more than its places, and no place stays empty while somebody who passed, and may have it, has none.
 * A winner whose list was exhausted holds a place of the post without an agency. ERR_RANGE with *ret_line, ERR_MEMORY. */
enum err result_check_quotas(struct arena *arena, const struct result_field *field, const struct rank_result *result,
                             const char **ret_line) MUST_CHECK;
/* The steps of a decision (result.h), without the priority class. */
void result_derivation_write(struct json_writer *writer, const struct result_field *field,
                             const struct rank_result *result, uint32_t candidate);
/* What a job leaves where it cannot be done: "KEY", or "KEY: PATH: REASON" for the screens to explain. NULL: no memory. */
const char *result_job_message(struct arena *arena, const char *key, const char *detail);
/* A candidate's place in a recorded order. */
struct result_recorded {
    const char *roll, *reason;
    int64_t decision, place;
    size_t row; /* of the table */
};
/* The orders as decisions of the field, applied to its candidates. *ret_twice: a place that two have, and nothing was done.
 * Sorts `rows`. */
enum err result_recorded_orders(struct arena *arena, struct result_field *field, struct result_recorded *rows, size_t count,
                                const struct result_recorded **ret_twice) MUST_CHECK;
/* Index of a code in an array of texts sorted by byte order, or UINT32_MAX. */
uint32_t result_code_find(const char *const *codes, uint32_t count, const char *code);
/* Index of a roll number among candidates sorted by it, or UINT32_MAX. */
uint32_t result_roll_find(const struct rank_candidate *candidates, uint32_t count, const char *roll);

#endif
