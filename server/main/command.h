/* command.h: what all subcommands of the one binary share.
 *
 * Exit status of every command: 0 done, 1 a check did not hold or the work failed, 2 wrong use or
 * input. Every command answers --help.
 *
 * Used by: main only.
 */
#ifndef KHOACU_MAIN_COMMAND_H
#define KHOACU_MAIN_COMMAND_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_MISUSE = 2 };

bool command_wants_help(const char *argument);
/* Prints a text on standard output; returns EXIT_DONE. */
int command_print(const char *text);
/* Names the argument that is not understood, prints the help on standard error; returns EXIT_MISUSE. */
int command_misuse(const char *help, const char *argument);
/* Says what a call lacks or what does not go together, prints the help on standard error; returns EXIT_MISUSE. */
int command_lacks(const char *help, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints "khoacu: SENTENCE" on standard error; returns `status`. */
int command_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether somebody has asked the program to end. SIGINT and SIGTERM are blocked and wait to be taken; work that takes long looks
 * now and then and stops where it can be begun again. */
bool command_ending(void);

/* Whether the database has any account of staff. */
enum err staff_exist(const char *conninfo, bool *ret_exist, char *ret_sentence, size_t size) MUST_CHECK;
/* Makes the first account, an administrator, with a database connection of the server's role. */
enum err staff_create_first(const char *conninfo, const char *login_name, const char *password, char *ret_sentence, size_t size) MUST_CHECK;

int command_serve(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_config(int argc, char **argv);
int command_worker(int argc, char **argv);
int command_import(int argc, char **argv);
int command_bank(int argc, char **argv);
int command_scripts(int argc, char **argv);
int command_letters(int argc, char **argv);
int command_staff(int argc, char **argv);
int command_assemble(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_draw(int argc, char **argv);
int command_publish(int argc, char **argv);
int command_serve_static(int argc, char **argv);
int command_pack(int argc, char **argv);
int command_equate(int argc, char **argv);
int command_rank(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_watch(int argc, char **argv);

#endif
