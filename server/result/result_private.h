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
/* The results of one candidate, by component. */
void result_results_write(struct json_writer *writer, const struct result_field *field, uint32_t candidate);
/* No agency takes more than its places, and no place stays empty while somebody who passed, and may have it, has none.
 * A winner whose list was exhausted holds a place of the post without an agency. ERR_RANGE with *ret_line, ERR_MEMORY. */
enum err result_check_quotas(struct arena *arena, const struct result_field *field, const struct rank_result *result,
                             const char **ret_line) MUST_CHECK;
/* The steps of a decision (result.h), without the priority class. */
void result_derivation_write(struct json_writer *writer, const struct result_field *field,
                             const struct rank_result *result, uint32_t candidate);
/* Index of a code in an array of texts sorted by byte order, or UINT32_MAX. */
uint32_t result_code_find(const char *const *codes, uint32_t count, const char *code);
/* Index of a roll number among candidates sorted by it, or UINT32_MAX. */
uint32_t result_roll_find(const struct rank_candidate *candidates, uint32_t count, const char *roll);

#endif
