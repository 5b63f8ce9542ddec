#include "command.h"

#include <signal.h>
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
    {"scripts", "take scans of paper scripts into a bag", command_scripts},
    {"letters", "take what mail servers report about letters to candidates", command_letters},
    {"bank", "take items in and out of a bank, and give the banks new keys", command_bank},
    {"assemble", "choose items for parallel forms by a blueprint", command_assemble},
    {"staff", "make, list, disable staff accounts and set their passwords again", command_staff},
    {"pack", "bring a rule pack of one's own into the database, list them, show one", command_pack},
    {"equate", "make, sign and check the table by which shifts become comparable", command_equate},
    {"rank", "rank a field of candidates by a rule pack without any database", command_rank},
    {"compare", "say who moved between two result files, and by which rule", command_compare},
    {"replay", "compute every stored list again and compare", command_replay},
    {"verify", "recompute a published result file without any database", command_verify},
    {"watch", "keep a copy of a public log of acts, and compare it with what others keep", command_watch},
    {"draw", "draw the markers of a cycle again from the file of the draw", command_draw},
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

int command_lacks(const char *help, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fputs("khoacu: ", stderr);
    vfprintf(stderr, format, args);
    fprintf(stderr, ".\n%s", help);
    va_end(args);
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

bool command_ending(void) {
    sigset_t waiting;
    return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1);
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
