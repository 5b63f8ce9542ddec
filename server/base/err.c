#include "khoacu/base/err.h"

#include <assert.h>

#include "khoacu/base/banned.h"

static const struct {
    int status;
    const char *key;
} rows[ERR_COUNT] = {
#define X(name, status, key) [ERR_##name] = {status, key},
    ERR_TABLE(X)
#undef X
};

int err_status(enum err err) {
    assert((unsigned)err < ERR_COUNT);
    return rows[err].status;
}

const char *err_key(enum err err) {
    assert((unsigned)err < ERR_COUNT);
    return rows[err].key;
}
