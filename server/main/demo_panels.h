/* demo_panels.h: a panel of the demonstration: made, drawn, two candidates heard and marked, the others waiting for whoever
 * tries it.
 *
 * Used by: demo.c only.
 */
#ifndef KHOACU_MAIN_DEMO_PANELS_H
#define KHOACU_MAIN_DEMO_PANELS_H

#include "demo_acts.h"

/* Requires: round 2 of the cycle is open. False after demo_fail. */
bool demo_play_panel(struct demo *demo, const char *cycle_code);

#endif
