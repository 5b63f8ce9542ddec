/* zip_name.h: which names the entries of an archive may have. Used by: zip.c, zip_write.c. */
#ifndef KHOACU_DOC_ZIP_NAME_H
#define KHOACU_DOC_ZIP_NAME_H

#include <stdbool.h>

bool zipfile_good_name(const char *name);

#endif
