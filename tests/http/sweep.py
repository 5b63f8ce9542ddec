"""Everything that anybody is sent, and all that a role of the database may read: what must not be known yet is looked for in it."""

import io
import itertools
import re
import subprocess
import time
import zipfile

from routes import fill, routes

_NAME = re.compile(r"\{(\w+)\}")
_TIME = r"\d\d:\d\d:\d\d\.\d+" # a moment whose seconds look like a mark tells nothing of it


def _words(reply):
    """What a person or a program reads in a reply: the text of a PDF, all parts of a workbook or archive."""
    kind = reply.headers.get("content-type", "")
    if kind == "application/pdf":
        return subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.bytes, capture_output=True, check=False).stdout.decode()
    if reply.bytes[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(reply.bytes)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return reply.bytes.decode("utf-8", "replace")


def _paths(ids):
    for method, path, *_ in routes():
        names = [name for name in _NAME.findall(path) if name in ids]
        for values in itertools.product(*[ids[name] for name in names]) if method == "GET" else ():
            filled = path
            for name, value in zip(names, values):
                filled = filled.replace("{" + name + "}", value)
            yield fill(filled)


def sent(clients, ids, secrets):
    """(whose, path, secret) for each secret in the reply to a GET of the interface under these ids ({"id": [...], ...}), and how
    many replies had a body at all."""
    found, read = [], 0
    for whose, client in clients.items():
        for path in _paths(ids):
            while (reply := client.get(path)).status == 429:  # a fast machine asks more than one person may
                time.sleep(0.1)
            read += reply.status == 200
            words = re.sub(_TIME, "", _words(reply)) if reply.status == 200 else ""
            found += [(whose, path, secret) for secret in secrets if secret in words]
    return found, read


def readable(server, role, secrets):
    """table.column for each column that this role may read and that has one of the secrets."""
    columns = server.psql(f"""SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
          AND has_schema_privilege('{role}', c.relnamespace, 'USAGE') AND has_column_privilege('{role}', c.oid, a.attnum, 'SELECT') ORDER BY 1, 2""")
    assert len(columns) > 100, columns
    like = " OR ".join(f"strpos(regexp_replace({{0}}::text, '{_TIME}', '', 'g'), '{secret}') > 0" for secret in secrets)
    query = " UNION ALL ".join(f"""SELECT '{table}.{column}' WHERE EXISTS (SELECT 1 FROM khoacu."{table}" WHERE {like.format(f'"{column}"')})""" for table, column in columns)
    return [name for name, in server.psql(f"SET ROLE {role}; {query}")]
