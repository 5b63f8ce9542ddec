/* exchange_command.h: the subcommands of `khoacu bank` that bring items in and out. Used by: bank_command.c. */
#ifndef KHOACU_MAIN_EXCHANGE_COMMAND_H
#define KHOACU_MAIN_EXCHANGE_COMMAND_H

int exchange_command_import(int argc, char **argv);
int exchange_command_export(int argc, char **argv);

#endif
