/* unit.h: what every unit test includes. A test is a binary of its own, linked with all of Khoacu but main. */
#ifndef KHOACU_TESTS_UNIT_H
#define KHOACU_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
/* Fails with the row of the table that does not hold. */
#define ROW_TRUE(condition, row)                                                                   \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("row %s: %s", (row), #condition);                                             \
    } while (0)

#endif
