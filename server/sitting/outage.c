#include "khoacu/sitting/outage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

#define BOOT_SIZE 64

/* Which start of which machine: its monotonic clock counts since then, also while it sleeps. "-": the system does not tell. */
static void read_boot(char out[BOOT_SIZE]) {
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file || !fgets(out, BOOT_SIZE, file))
        (void)snprintf(out, BOOT_SIZE, "-");
    out[strcspn(out, "\n")] = '\0';
    if (file)
        (void)fclose(file);
}

static int64_t boot_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum err outage_beat(struct db *db, struct arena *arena, struct outage_watch *watch, struct outage_found *ret_found) {
    const struct db_row *row = NULL;
    char boot[BOOT_SIZE];
    read_boot(boot);
    int64_t now_ms = boot_ms();
    enum err err = db_one(db, arena, DB_OUTAGE_BEAT,
                          DB_PARAMS(P_TEXT(boot), P_INT(now_ms), watch->left_ms ? P_INT(now_ms - watch->left_ms) : P_NULL), &row);
    if (err != ERR_NONE)
        return err;
    watch->left_ms = now_ms;
    *ret_found = (struct outage_found){.away_s = db_int(row, 0), .sittings = db_int(row, 1)};
    return ERR_NONE;
}
