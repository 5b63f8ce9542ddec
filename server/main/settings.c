#include "settings.h"

#include "command.h"

#include "khoacu/base/log.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Half of the processors are PostgreSQL's: each loop keeps a connection of it busy, and loops that take its processor away
 * only make it commit smaller batches. More than four would divide the batches for nothing. */
static bool parse_loops(const char *text, int *ret_count) {
    if (!parse_count(text, 0, 16, ret_count))
        return false;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (*ret_count == 0)
        *ret_count = processors < 2 ? 1 : processors > 8 ? 4 : (int)processors / 2;
    return true;
}

/* Without the slash at its end; a QR code holds it whole. */
static bool parse_public_url(struct settings *s) {
    size_t len = strlen(s->public_url);
    bool given = len > 0;
    if (given && ((strncmp(s->public_url, "http://", 7) != 0 && strncmp(s->public_url, "https://", 8) != 0) || len >= 200 || strpbrk(s->public_url, " \"<>")))
        return false;
    (void)snprintf(s->public_base, sizeof s->public_base, "%s%s", given ? "" : *s->tls_cert ? "https://" : "http://", given ? s->public_url : s->listen);
    for (len = strlen(s->public_base); len > 0 && s->public_base[len - 1] == '/'; len--)
        s->public_base[len - 1] = '\0';
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

static bool is_mail_address(const char *text) {
    return strchr(text, '@') && !strpbrk(text, " \t\r\n<>,;\"") && strlen(text) <= 254;
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
    else if (!parse_public_url(&s))
        wrong = "KHOACU_PUBLIC_URL", want = "an address such as https://thi.example.vn";
    else if (*s.smtp_url && strncmp(s.smtp_url, "smtp://", 7) != 0 && strncmp(s.smtp_url, "smtps://", 8) != 0)
        wrong = "KHOACU_SMTP_URL", want = "an address such as smtp://mail.example.vn:587";
    else if (*s.smtp_url && !is_mail_address(s.smtp_from))
        wrong = "KHOACU_SMTP_FROM", want = "a mail address such as tuyendung@example.vn";
    else if (*s.smtp_return && (!is_mail_address(s.smtp_return) || strchr(strchr(s.smtp_return, '@'), '*')))
        wrong = "KHOACU_SMTP_RETURN", want = "a mail address, at most with a * before its @, such as tra+*@example.vn";
    else if (strcmp(s.smtp_tls, "on") != 0 && strcmp(s.smtp_tls, "off") != 0)
        wrong = "KHOACU_SMTP_TLS", want = "on or off";
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

enum err settings_read_database(struct settings *ret_settings, char *ret_sentence, size_t size) {
    static char private_cluster[PATH_MAX + 64]; /* as long as the settings, which live with the program */
    char folder[PATH_MAX], socket[2 * PATH_MAX], resolved[PATH_MAX];
    struct stat info;
    enum err err = settings_read(ret_settings, ret_sentence, size);
    if (err != ERR_NONE || *ret_settings->db)
        return err;
    snprintf(folder, sizeof folder, "%s/run", ret_settings->var);
    snprintf(socket, sizeof socket, "%s/.s.PGSQL.5432", folder);
    if (!realpath(folder, resolved) || stat(socket, &info) != 0) {
        snprintf(ret_sentence, size,
                 "There is no database: KHOACU_DB is empty, and no `khoacu serve` runs a private cluster under %s. Start it, name its folder "
                 "by KHOACU_VAR, or set KHOACU_DB.",
                 ret_settings->var);
        return ERR_CONFIG;
    }
    snprintf(private_cluster, sizeof private_cluster, "host=%s dbname=khoacu user=khoacu_admin", resolved);
    ret_settings->db = private_cluster;
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
