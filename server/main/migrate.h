/* migrate.h: brings a database to the schema that this program was built for.
 *
 * The texts are inside the binary: sql/migrations in order, each in a transaction that registers it
 * with its SHA-256; then all of sql/functions, which may be run again. A migration whose text differs from what was applied, or a database with
 * migrations that this program does not know, is refused with a sentence.
 *
 * Used by: main only.
 */
#ifndef KHOACU_MAIN_MIGRATE_H
#define KHOACU_MAIN_MIGRATE_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Applies what is missing, telling each step on standard output unless `quiet`. `conninfo` must be
 * able to act as khoacu_owner. */
enum err migrate_apply(const char *conninfo, bool quiet, char *ret_sentence, size_t size) MUST_CHECK;
/* Only checks, with any role's connection: ERR_CONFIG with a sentence when serve must not start. */
enum err migrate_check(const char *conninfo, char *ret_sentence, size_t size) MUST_CHECK;

#endif
