/* demo_leadership.h: a small cycle for three leadership titles: two are contested, one has a single candidate and does not
 * start. Written part, project before a panel of five, ranking, publication; the first ballot lies prepared.
 *
 * Used by: demo.c only.
 */
#ifndef KHOACU_MAIN_DEMO_LEADERSHIP_H
#define KHOACU_MAIN_DEMO_LEADERSHIP_H

#include "demo_acts.h"

/* False after demo_fail. Requires: officers are imported. */
bool demo_play_leadership(struct demo *demo);

#endif
