#include "qti.h"

#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { MANIFEST_ARENA = 512 << 20 };
enum { SEEN = 1, NAMED };
static const char MANIFEST[] = "imsmanifest.xml";

struct package {
    struct exchange_reading *reading;
    struct qti_files files;
    const char *path; /* of the archive or folder */
    struct arena tree; /* of the manifest */
    const struct xml_node *manifest;
    const char *file; /* name of the manifest */
    unsigned char *seen; /* by entry: SEEN, or NAMED by a resource that is no item, or neither */
    size_t done, total;
};

/* ---- refusals ---- */

static enum err refuse_zip(struct exchange_reading *reading, enum zipfile_reason reason, const char *place) {
    static const char *const WORDS[ZIPFILE_REASON_COUNT][3] = {
        [ZIPFILE_NONE] = {"zip-broken", "Không mở được gói zip.", "The zip archive cannot be opened."},
        [ZIPFILE_BROKEN] = {"zip-broken", "Gói zip bị hỏng hoặc bị cắt ngắn.", "The zip archive is broken or cut off."},
        [ZIPFILE_ENCRYPTED] = {"zip-encrypted", "Gói zip có mật khẩu nên không đọc được.", "The zip archive is encrypted."},
        [ZIPFILE_METHOD] = {"zip-method", "Gói zip được nén theo cách không hỗ trợ.", "The zip archive is packed in a way that is not read."},
        [ZIPFILE_NAME] = {"zip-name", "Gói zip có tên tệp trỏ ra ngoài hoặc không hợp lệ.", "The zip archive has a file name that leads elsewhere or is not valid."},
        [ZIPFILE_STRAY] = {"zip-stray", "Tệp không chỉ là một gói zip: có phần thừa ở đầu, ở cuối hoặc trước mục lục của gói. Hãy giải nén rồi nén lại, và kiểm tra nguồn của tệp.", "The file is not just a zip archive: something stands before it, behind it or before its list of files. Unpack it, zip it again, and ask where it came from."},
        [ZIPFILE_TWICE] = {"zip-twice", "Gói zip có hai tệp trùng tên.", "The zip archive has two files of the same name."},
        [ZIPFILE_LINK] = {"zip-link", "Gói zip có liên kết hoặc tệp đặc biệt.", "The zip archive has a link or a special file."},
        [ZIPFILE_LIMIT] = {"zip-limit", "Gói zip quá lớn, quá nhiều tệp hoặc nén quá mức.", "The zip archive is too large, has too many files or is packed too densely."},
    };
    return exchange_refuse_file(reading, WORDS[reason][0], WORDS[reason][1], WORDS[reason][2], place);
}

static enum err refuse_file(struct package *package, const char *name, const char *code, const char *vi, const char *en) {
    return exchange_refuse(package->reading, name, code, vi, en, "");
}

/* ---- the manifest ---- */

static bool base_is(const char *name, const char *wanted) {
    const char *slash = strrchr(name, '/');
    return strcmp(slash ? slash + 1 : name, wanted) == 0;
}

/* The one that stands highest. */
static bool find_manifest(const struct package *package, size_t *ret_index) {
    size_t best = (size_t)-1;
    for (size_t i = 0; i < qti_files_count(&package->files); i++) {
        size_t len = strlen(qti_files_name(&package->files, i));
        if (len < best && base_is(qti_files_name(&package->files, i), MANIFEST)) {
            best = len;
            *ret_index = i;
        }
    }
    return best != (size_t)-1;
}

/* False: it cannot be read, and *ret_err is what saying so gave. */
static bool read_manifest(struct package *package, size_t index, enum err *ret_err) {
    struct xml_node *root = NULL;
    enum zipfile_reason reason;
    char *bytes = NULL;
    size_t len = 0;
    const char *name = qti_files_name(&package->files, index);
    enum err err = qti_files_read(&package->files, &package->tree, name, &bytes, &len, &reason);
    if (err == ERR_SYNTAX || err == ERR_LIMIT) {
        *ret_err = refuse_zip(package->reading, reason, name);
        return false;
    }
    if (err == ERR_NONE)
        err = xml_read(&package->tree, bytes, len, &root, NULL);
    if (err == ERR_NONE && !xml_is(root, "manifest"))
        err = ERR_SYNTAX;
    if (err != ERR_NONE) {
        bool full = err == ERR_LIMIT || package->tree.failed;
        *ret_err = err == ERR_MEMORY && !full ? ERR_MEMORY
                   : full ? exchange_refuse_file(package->reading, "manifest-limit", "Tệp imsmanifest.xml quá lớn.", "imsmanifest.xml is too large.", name)
                          : exchange_refuse_file(package->reading, "manifest-broken", "Tệp imsmanifest.xml bị lỗi.", "imsmanifest.xml cannot be read.", name);
        return false;
    }
    package->manifest = root;
    package->seen[index] = SEEN;
    package->file = name;
    return true;
}

static bool is_item(const struct xml_node *resource) {
    const char *type = xml_attr(resource, "type");
    return type && (strstr(type, "imsqti_item") || strstr(type, "imsqti_apipitem") || strstr(type, "imsqti_xmlv1"));
}

static bool find_href(struct package *package, const char *href, size_t *ret_index) {
    struct arena *arena = package->reading->arena;
    for (int way = 0; way < QTI_WAYS; way++) {
        const char *name = qti_candidate(arena, package->file, href, way);
        if (name && qti_files_find(&package->files, name, ret_index))
            return true;
    }
    return false;
}

/* What we wrote beside an item. */
static const char *own_of(struct package *package, const struct xml_node *resource) {
    const struct xml_node *metadata = xml_child(resource, "metadata");
    for (const struct xml_node *node = metadata; (node = xml_walk(metadata, node));)
        if (strcmp(node->ns, QTI_OWN_NS) == 0 && xml_is(node, "item"))
            return xml_text(&package->tree, node);
    return NULL;
}

/* As reports name it: behind the archive, of which there may be several. */
static const char *path_of(struct package *package, const char *name) {
    const char *path = package->files.zip ? arena_printf(&package->tree, "%s/%s", package->path, name) : name;
    return path ? path : name;
}

/* ---- items ---- */

static enum err read_entry(struct package *package, size_t index, const char *own) {
    struct exchange_reading *reading = package->reading;
    struct qti_source source = {.reading = reading, .files = &package->files, .entry = true, .file = qti_files_name(&package->files, index)};
    enum zipfile_reason reason;
    char *bytes = NULL;
    size_t len = 0;
    package->seen[index] = SEEN;
    reading->path = path_of(package, qti_files_path(&package->files, index));
    enum err err = qti_files_read(&package->files, reading->arena, source.file, &bytes, &len, &reason);
    if (err == ERR_SYNTAX || err == ERR_LIMIT)
        err = refuse_file(package, source.file, "zip-broken", "Tệp trong gói zip bị hỏng hoặc quá lớn.", "The file in the zip archive is broken or too large.");
    else if (err == ERR_NONE)
        err = qti_read_item(&source, bytes, len, own);
    reading->path = package->path;
    if (err == ERR_NONE && !exchange_progress(reading, ++package->done, package->total))
        err = ERR_STATE;
    return err;
}

static enum err read_resource(struct package *package, const struct xml_node *resource) {
    const char *href = xml_attr(resource, "href"), *name = xml_attr(resource, "identifier");
    size_t index = 0;
    if (!href)
        href = xml_attr(xml_child(resource, "file"), "href");
    if (find_href(package, href, &index)) {
        arena_reset(package->reading->arena);
        return package->seen[index] == SEEN ? ERR_NONE : read_entry(package, index, own_of(package, resource));
    }
    if (href)
        package->reading->path = path_of(package, href);
    enum err err = refuse_file(package, name ? name : href, "qti-missing", "Câu hỏi có trong danh mục của gói nhưng không có tệp.",
                               "The item is listed in the package, but its file is not there.");
    package->reading->path = package->path;
    return err;
}

/* What stands in an archive and is of another format than QTI: in a folder it is read, in an archive it is told. */
static bool is_foreign(struct package *package, const char *file, const char *root) {
    static const char *const SUFFIXES[] = {".gift", ".aiken", ".csv", ".tsv", ".xlsx", ".zip"};
    const char *suffix = strrchr(file, '.');
    enum exchange_format format;
    enum zipfile_reason reason;
    char *bytes = NULL;
    size_t len = 0;
    if (!package->files.zip)
        return false;
    if (suffix && strcasecmp(suffix, ".txt") == 0)
        return qti_files_read(&package->files, package->reading->arena, file, &bytes, &len, &reason) == ERR_NONE &&
               exchange_detect(file, bytes, len, &format);
    for (size_t i = 0; suffix && i < sizeof SUFFIXES / sizeof *SUFFIXES; i++)
        if (strcasecmp(suffix, SUFFIXES[i]) == 0)
            return true;
    return root && strcmp(root, "quiz") == 0;
}

/* One that no resource of items names. */
static enum err read_unlisted(struct package *package, size_t index) {
    struct exchange_reading *reading = package->reading;
    const char *file = qti_files_name(&package->files, index), *name = NULL, *ns = NULL, *suffix = strrchr(file, '.');
    bool xml = suffix && strcasecmp(suffix, ".xml") == 0, named = package->seen[index] == NAMED;
    char *bytes = NULL;
    size_t len = 0;
    enum zipfile_reason reason;
    if (strstr(file, "__MACOSX/")) /* what macOS puts beside every file */
        return ERR_NONE;
    bool readable = xml && qti_files_read(&package->files, reading->arena, file, &bytes, &len, &reason) == ERR_NONE &&
                    xml_peek(reading->arena, bytes, len, &name, &ns);
    bool item = readable && (strcmp(name, "assessmentItem") == 0 || strcmp(name, "qti-assessment-item") == 0 || strcmp(name, "questestinterop") == 0 ||
                             strcmp(name, "qti-assessment-stimulus") == 0);
    bool foreign = !named && is_foreign(package, file, readable ? name : NULL);
    arena_reset(reading->arena);
    /* What is no XML that can be read may have been an item: it is read to be refused with its reason. */
    if (item || (xml && !readable && !named))
        return read_entry(package, index, NULL);
    if (!foreign)
        return ERR_NONE;
    reading->path = path_of(package, qti_files_path(&package->files, index));
    enum err err = exchange_refuse_file(reading, "qti-foreign", "Tệp trong gói không phải QTI nên không được đọc; hãy nhập riêng tệp này.",
                                        "The file in the package is no QTI and was not read; import it by itself.", "");
    reading->path = package->path;
    return err;
}

static enum err read_rest(struct package *package) {
    enum err err = ERR_NONE;
    for (size_t i = 0; i < qti_files_count(&package->files) && err == ERR_NONE; i++)
        if (package->seen[i] != SEEN)
            err = read_unlisted(package, i);
    return err;
}

static void note_named(struct package *package, const struct xml_node *resource) {
    size_t index = 0;
    if (find_href(package, xml_attr(resource, "href"), &index) && package->seen[index] != SEEN)
        package->seen[index] = NAMED;
    for (const struct xml_node *file = xml_child(resource, "file"); file; file = xml_next(file, "file"))
        if (find_href(package, xml_attr(file, "href"), &index) && package->seen[index] != SEEN)
            package->seen[index] = NAMED;
    arena_reset(package->reading->arena);
}

static enum err read_all(struct package *package) {
    const struct xml_node *resources = xml_child(package->manifest, "resources");
    enum err err = ERR_NONE;
    for (const struct xml_node *node = xml_child(resources, "resource"); node; node = xml_next(node, "resource"))
        package->total += is_item(node);
    for (const struct xml_node *node = xml_child(resources, "resource"); node && err == ERR_NONE; node = xml_next(node, "resource"))
        if (is_item(node))
            err = read_resource(package, node);
        else
            note_named(package, node);
    if (err == ERR_NONE)
        err = read_rest(package);
    if (err == ERR_NONE && !package->reading->found && !package->reading->refused)
        err = exchange_refuse_file(package->reading, "file-empty", "Không tìm thấy câu hỏi nào trong gói.", "No item stands in the package.", "");
    return err;
}

static enum err read_package(struct package *package) {
    size_t index = 0;
    enum err err = ERR_NONE;
    arena_init(&package->tree, MANIFEST_ARENA);
    package->seen = calloc(qti_files_count(&package->files) + 1, sizeof *package->seen);
    if (!package->seen)
        err = ERR_MEMORY;
    else if (!find_manifest(package, &index) || read_manifest(package, index, &err))
        err = read_all(package);
    free(package->seen);
    arena_release(&package->tree);
    return err;
}

enum err qti_read_package(struct exchange_reading *reading, const char *bytes, size_t len) {
    struct package package = {.reading = reading, .path = reading->path, .file = ""};
    enum zipfile_reason reason;
    enum err err = zipfile_open(bytes, len, &package.files.zip, &reason);
    if (err == ERR_SYNTAX || err == ERR_LIMIT)
        return refuse_zip(reading, reason, "");
    if (err != ERR_NONE)
        return err;
    err = read_package(&package);
    zipfile_free(package.files.zip);
    return err;
}

enum err qti_read_folder(struct exchange_reading *reading, const char *path) {
    struct package package = {.reading = reading, .path = path, .file = ""};
    enum err err = qti_files_open(path, true, &package.files);
    if (err == ERR_NONE)
        err = read_package(&package);
    else if (err == ERR_LIMIT)
        err = exchange_refuse_file(reading, "too-many-files", "Thư mục của gói có hơn 20.000 tệp.", "The folder of the package has more than 20,000 files.", "");
    qti_files_close(&package.files);
    return err;
}
