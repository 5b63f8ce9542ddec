#include "qti.h"

#include <ctype.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* "max-choices" -> "maxChoices". */
static const char *camel(struct arena *arena, const char *name) {
    char *out = arena_strdup(arena, name), *to = out;
    for (const char *at = name; out && *at; at++) {
        if (*at == '-' && islower((unsigned char)at[1]))
            *to++ = (char)toupper((unsigned char)*++at);
        else
            *to++ = *at;
    }
    if (out)
        *to = '\0';
    return out;
}

static bool normalise_one(struct arena *arena, struct xml_node *node) {
    if (strncmp(node->name, "qti-", 4) != 0)
        return true;
    node->name = camel(arena, node->name + 4);
    for (struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        if (attr->ns[0] || strncmp(attr->name, "data-", 5) == 0 || strncmp(attr->name, "aria-", 5) == 0)
            continue;
        attr->name = camel(arena, attr->name);
        if (!attr->name)
            return false;
    }
    return node->name != NULL;
}

bool qti_normalise(struct arena *arena, struct xml_node *root) {
    bool good = normalise_one(arena, root);
    for (struct xml_node *node = root; good && (node = xml_walk(root, node));)
        good = normalise_one(arena, node);
    return good;
}

void qti_put_kebab(struct buf *out, const char *name) {
    for (; *name; name++) {
        if (isupper((unsigned char)*name))
            buf_addc(out, '-');
        buf_addc(out, (char)tolower((unsigned char)*name));
    }
}
