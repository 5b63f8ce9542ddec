/* banned.h: calls that this code base does not make; using one stops the compiler.
 *
 * Included last by every source file (the lint checks it). Each has a bounded or thread-safe
 * sister: snprintf, arena_strdup, text_parse_int, gmtime_r, random_bytes.
 *
 * Used by: every source file. Threads: any.
 */
#ifndef KHOACU_BASE_BANNED_H
#define KHOACU_BASE_BANNED_H

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#undef gets
#undef atoi
#undef atol
#undef atof
#undef rand
#undef srand
#undef localtime
#undef gmtime
#undef asctime
#undef ctime
#undef system
#undef popen
#pragma GCC poison strcpy strcat strncpy strncat strtok sprintf vsprintf gets atoi atol atof rand srand localtime gmtime asctime ctime system popen

#endif
