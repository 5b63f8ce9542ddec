#include <stdio.h>

#include "khoacu/base/banned.h"

int main(void) {
    fputs("usage: khoacu COMMAND [ARGUMENT…]\n", stderr);
    return 2;
}
