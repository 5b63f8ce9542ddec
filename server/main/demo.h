/* demo.h: the demonstration: one whole cycle, brought in and played through the product's own ways.
 *
 * Officers, items, posts and candidates come through the import; 500 simulated candidates sit round 1
 * over HTTP; examiners enter the marks of round 2; one officer ranks, another approves, the list is
 * published. A second, small cycle stays open so that whoever tries the product can sit, mark, rank
 * and publish. Nothing is written to tables; passwords and access codes are made afresh and
 * kept in VAR/demo/logins.txt.
 *
 * Used by: main only.
 */
#ifndef KHOACU_MAIN_DEMO_H
#define KHOACU_MAIN_DEMO_H

#include "state.h"

/* Whether the demonstration stands complete in this state folder. */
bool demo_is_loaded(const struct state *state);
/* Whether a load into this state folder began and did not come to its end: all that its cluster holds is a part of the
 * demonstration, which nobody has the passwords of. */
bool demo_was_broken_off(const struct state *state);
/* Loads it into the server at `base`, where `administrator` may sign in with `password`; tells each
 * step on standard output. On failure a sentence names the step. */
enum err demo_load(const struct state *state, const char *base, const char *administrator, const char *password,
                   char *ret_sentence, size_t size) MUST_CHECK;
/* Prints addresses and logins. */
void demo_print_logins(const struct state *state, const char *base);

#endif
