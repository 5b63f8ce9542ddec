#include "settings.h"

#include "command.h"

#include "khoacu/base/log.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

extern char **environ;

struct setting_row {
    const char *name, *value, *meaning;
    bool secret;
};

static const struct setting_row rows[] = {
#define X(field, name_, value_, secret_, meaning_)                                                                     \
    {.name = "KHOACU_" name_, .value = (value_), .meaning = (meaning_), .secret = (secret_)},
    SETTINGS(X)
#undef X
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static const char *setting_value(const struct setting_row *row) {
    const char *value = getenv(row->name);
    return value ? value : row->value;
}

static bool known_variable(const char *entry) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        size_t len = strlen(rows[i].name);
        if (strncmp(entry, rows[i].name, len) == 0 && entry[len] == '=')
            return true;
    }
    return false;
}

static bool split_address(const char *address, char host[64], int *ret_port) {
    const char *colon = strrchr(address, ':');
    int64_t port;
    if (!colon || colon == address || (size_t)(colon - address) >= 64 || !text_parse_int(colon + 1, 1, 65535, &port))
        return false;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    *ret_port = (int)port;
    return true;
}

static bool parse_count(const char *text, int min, int max, int *ret_count) {
    int64_t number;
    if (!text_parse_int(text, min, max, &number))
        return false;
    *ret_count = (int)number;
    return true;
}

/* More than four loops would only divide the batches that share a commit. */
static bool parse_loops(const char *text, int *ret_count) {
    if (!parse_count(text, 0, 16, ret_count))
        return false;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (*ret_count == 0)
        *ret_count = processors < 1 ? 1 : processors > 4 ? 4 : (int)processors;
    return true;
}

static bool parse_level(const char *text) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            log_set_level((enum log_level)i);
            return true;
        }
    }
    return false;
}

enum err settings_read(struct settings *ret_settings, char *ret_sentence, size_t size) {
    struct settings s = {0};
    for (char **entry = environ; *entry; entry++) {
        if (strncmp(*entry, "KHOACU_", 7) == 0 && !known_variable(*entry)) {
            snprintf(ret_sentence, size, "%.*s is not a setting; `khoacu config` lists them.",
                     (int)strcspn(*entry, "="), *entry);
            return ERR_CONFIG;
        }
    }
    size_t i = 0;
#define X(field, name, value, secret, meaning) s.field = setting_value(&rows[i++]);
    SETTINGS(X)
#undef X
    const char *wrong = NULL, *want = NULL;
    if (!split_address(s.listen, s.listen_host, &s.listen_port))
        wrong = "KHOACU_LISTEN", want = "an address and a port such as 127.0.0.1:8080";
    else if (!split_address(s.admin_listen, s.admin_host, &s.admin_port))
        wrong = "KHOACU_ADMIN_LISTEN", want = "an address and a port such as 127.0.0.1:8081";
    else if (!parse_loops(s.loops, &s.loop_count))
        wrong = "KHOACU_LOOPS", want = "a number from 0 to 16";
    else if (!parse_count(s.workers, 1, 64, &s.worker_count))
        wrong = "KHOACU_WORKERS", want = "a number from 1 to 64";
    else if (!parse_count(s.saves_per_s, 0, 100000, &s.save_rate))
        wrong = "KHOACU_SAVES_PER_S", want = "a number from 0 to 100000";
    else if (!parse_count(s.per_address, 0, 1000000, &s.per_address_max))
        wrong = "KHOACU_CONNECTIONS_PER_ADDRESS", want = "a number from 0 to 1000000";
    else if (!parse_count(s.request_s, 2, 3600, &s.request_seconds))
        wrong = "KHOACU_REQUEST_S", want = "a number of seconds from 2 to 3600";
    else if (!*s.tls_cert != !*s.tls_key)
        wrong = *s.tls_cert ? "KHOACU_TLS_KEY" : "KHOACU_TLS_CERT", want = "set where the other of the two is";
    else if (!parse_count(s.drain_s, 0, 300, &s.drain_seconds))
        wrong = "KHOACU_DRAIN_S", want = "a number of seconds from 0 to 300";
    else if (strcmp(s.worker, "on") != 0 && strcmp(s.worker, "off") != 0)
        wrong = "KHOACU_WORKER", want = "on or off";
    else if (!parse_level(s.log_level))
        wrong = "KHOACU_LOG_LEVEL", want = "debug, info, warn or error";
    if (wrong) {
        snprintf(ret_sentence, size, "%s must be %s.", wrong, want);
        return ERR_CONFIG;
    }
    s.worker_inside = strcmp(s.worker, "on") == 0;
    *ret_settings = s;
    return ERR_NONE;
}

void settings_bank_key(const struct settings *settings, char *out, size_t size) {
    if (*settings->bank_key_file)
        (void)snprintf(out, size, "%s", settings->bank_key_file);
    else
        (void)snprintf(out, size, "%s/secret/bank.key", settings->var);
}

static void print_json(void) {
    struct buf out;
    buf_init(&out, 65536);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *value = setting_value(&rows[i]);
        json_open_object(&w);
        json_member_text(&w, "name", rows[i].name);
        json_member_text(&w, "value", rows[i].secret && *value ? "********" : value);
        json_member_text(&w, "default", rows[i].value);
        json_member_text(&w, "meaning", rows[i].meaning);
        json_close_object(&w);
    }
    json_close_array(&w);
    puts(out.data);
    buf_release(&out);
}

int command_config(int argc, char **argv) {
    static const char help[] = "Usage: khoacu config [--json]\n"
                               "Prints every setting (environment variables KHOACU_…) with its value; secrets are masked.\n"
                               "Exit status: 0 settings are good, 2 one is not.\n";
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(help);
        if (strcmp(argv[i], "--json") != 0)
            return command_misuse(help, argv[i]);
        json = true;
    }
    if (json) {
        print_json();
    } else {
        for (size_t i = 0; i < ROW_COUNT; i++) {
            const char *value = setting_value(&rows[i]);
            printf("%-22s %s\n%24s%s%s%s%s\n", rows[i].name, rows[i].secret && *value ? "********" : value, "",
                   rows[i].meaning, *rows[i].value ? " [" : "", rows[i].value, *rows[i].value ? "]" : "");
        }
    }
    struct settings settings;
    char sentence[256];
    if (settings_read(&settings, sentence, sizeof sentence) == ERR_NONE)
        return 0;
    fprintf(stderr, "khoacu: %s\n", sentence);
    return 2;
}
