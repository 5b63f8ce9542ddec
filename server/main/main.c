#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"serve", "run the web server, with a private PostgreSQL unless KHOACU_DB names one", command_serve},
    {"worker", "close sittings, score and rank in a process of its own", command_worker},
    {"migrate", "bring the database of KHOACU_DB to this version's schema", command_migrate},
    {"import", "read officers, posts, candidates or items from a CSV file", command_import},
    {"bank", "give the item banks new keys while servers run", command_bank},
    {"assemble", "choose items for parallel forms by a blueprint", command_assemble},
    {"staff", "make staff accounts and reset their passwords", command_staff},
    {"rank", "rank a field of candidates by a rule pack without any database", command_rank},
    {"verify", "recompute a published result file without any database", command_verify},
    {"publish", "write the published lists as a signed folder of static files", command_publish},
    {"serve-static", "serve such a folder from memory, apart from everything else", command_serve_static},
    {"config", "print the settings, secrets masked", command_config},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

bool command_wants_help(const char *argument) {
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

int command_print(const char *text) {
    (void)fputs(text, stdout);
    return EXIT_DONE;
}

int command_misuse(const char *help, const char *argument) {
    fprintf(stderr, "khoacu: %s is not understood here.\n%s", argument, help);
    return EXIT_MISUSE;
}

int command_fail(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fputs("khoacu: ", stderr);
    vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return status;
}

static void print_usage(FILE *out) {
    fprintf(out, "Usage: khoacu COMMAND [OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\n`khoacu COMMAND --help` says more. Exit status: 0 done, 1 a check did not hold, 2 wrong use or input.\n");
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_MISUSE;
    }
    if (command_wants_help(argv[1]) || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "khoacu: there is no command %s.\n", argv[1]);
    print_usage(stderr);
    return EXIT_MISUSE;
}
