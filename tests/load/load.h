/* load.h: the machine on which all simulated candidates sit: a log-in is good on its machine alone.
 *
 * Used by: fill, load, day.
 */
#ifndef KHOACU_TESTS_LOAD_H
#define KHOACU_TESTS_LOAD_H

#define LOAD_DEVICE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define LOAD_COOKIE "Cookie: __Host-khoacu-device=" LOAD_DEVICE

#endif
