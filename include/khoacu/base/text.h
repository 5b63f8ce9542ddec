/* text.h: strict reading of small texts: numbers, ids, dates, encodings.
 *
 * Every parser takes the whole text or refuses it; none skips blanks, none accepts a sign or a
 * leading zero that the format does not have.
 *
 * Used by: every module. Uses: libc.
 */
#ifndef KHOACU_BASE_TEXT_H
#define KHOACU_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether `len` bytes are valid UTF-8 without NUL, surrogates or overlong forms (RFC 3629). */
bool text_is_utf8(const char *text, size_t len);
/* Number of code points in valid UTF-8. */
size_t text_utf8_len(const char *text);
/* Decimal integer within [min, max], '-' in front of negative ones; false leaves *ret untouched. */
bool text_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value);
/* A decimal with at most two places, '.' or ',' as its point, as hundredths: "57,5" -> 5750.
 * Refuses signs, exponents, blanks, NaN and more than 9 digits before the point. */
bool text_parse_hundredths(const char *text, int64_t *ret_value);
/* "57.50" for 5750; `out` holds at least 24 bytes. */
void text_format_hundredths(int64_t value, char *out);
/* Ids are positive 63-bit numbers, written as 16 lower-case hexadecimal digits in URLs and JSON. */
#define TEXT_ID_LEN 16
bool text_parse_id(const char *text, int64_t *ret_id);
void text_format_id(int64_t id, char out[TEXT_ID_LEN + 1]);
/* Lower-case hexadecimal; `out` holds 2 * len + 1 bytes. */
void text_hex(const uint8_t *bytes, size_t len, char *out);
/* Exactly `len` bytes from lower-case hexadecimal, or false. */
bool text_unhex(const char *text, uint8_t *out, size_t len);
/* Crockford base32 without check digit, upper case; `out` holds (len * 8 + 4) / 5 + 1 bytes. */
void text_base32(const uint8_t *bytes, size_t len, char *out);
/* Reads it back, forgiving lower case, blanks, '-', O for 0 and I or L for 1. Exactly `len` (up to 64) bytes or false,
 * so that no two spellings of other symbols mean the same bytes. */
bool text_unbase32(const char *text, uint8_t *out, size_t len);
/* URL-safe base64 without padding; `out` holds (len * 4 + 2) / 3 + 1 bytes. */
void text_base64url(const uint8_t *bytes, size_t len, char *out);
/* Exactly `len` (up to 256) bytes or false. */
bool text_unbase64url(const char *text, size_t text_len, uint8_t *out, size_t len);
/* A real calendar date "2001-02-28" or "28/02/2001" (1900..2100), normalised to "2001-02-28" in `out[11]`. */
bool text_parse_date(const char *text, char out[11]);
/* Microseconds since 1970 from RFC 3339 ("2026-11-23T07:00:00Z", offset required, no leap second), and
 * back with milliseconds, rounded down, and Z. */
bool text_parse_time(const char *text, int64_t *ret_us);
void text_format_time(int64_t us, char out[25]);
/* Trims ASCII blanks and U+00A0 at both ends in place; returns the new start. */
char *text_trim(char *text);
/* Byte comparison whose time depends on `len` alone. */
bool text_same_secret(const void *a, const void *b, size_t len);

#endif
