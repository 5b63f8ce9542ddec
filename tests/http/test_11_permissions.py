"""Who may what: the running server's verdicts against the golden table, and openapi.json against the route table.

`test_11_permissions.py --print` prints the table as the server has it.
"""

import os
import sys
import time

from contract import ROOT, operations
from harness import ROLES, Client, Server, finish, make_all_roles, plant_candidate, step
from routes import fill, routes, send

TABLE = list(routes())
KINDS = ["officers", "posts", "candidates", "credentials", "items", "calibrations"]
server = Server()
code = plant_candidate(server)
actors = {"anonymous": Client(server), "candidate": Client(server).sign_in_candidate("TS-0001", code)}
actors.update(make_all_roles(server))
COLUMNS = ["anonymous", "candidate"] + ROLES


def rows():
    """One row per route, one per kind where the handler asks for more."""
    for method, path, _, _, name, body in TABLE:
        for kind in KINDS if name == "import_post" else [None]:
            target = path.replace("{kind}", kind) if kind else path
            yield method, target, name, body


def verdict(client, method, path, name, body):
    # What ends the log-in is asked with a copy of it last, so that the others stay signed in.
    query = "?dry_run=true&cycle=KHONG-CO&bank=KHONG-CO" if name == "import_post" else ""
    for _ in range(20):
        reply = send(client, method, fill(path) + query, body)
        if reply.status != 429:
            break
        time.sleep(0.1)  # a fast machine asks more than one person may
    if reply.status == 401 and reply.code == "not-signed-in":
        return "401"
    if reply.status == 403 and reply.code == "not-permitted":
        return "403"
    assert reply.status < 500 and reply.code != "csrf", reply
    return "pass"


def matrix():
    found = {}
    ordered = sorted(rows(), key=lambda row: row[0] == "DELETE")
    for method, path, name, body in ordered:
        found[f"{method} {path}"] = [verdict(actors[column], method, path, name, body) for column in COLUMNS]
    return found


actual = matrix()
if "--print" in sys.argv:
    print("\t".join(["route"] + COLUMNS))
    for method, path, *_ in rows():
        print("\t".join([f"{method} {path}"] + actual[f"{method} {path}"]))
    finish()

golden = {}
with open(os.path.join(ROOT, "tests", "tables", "permissions.tsv"), encoding="utf-8") as table:
    header = table.readline().rstrip("\n").split("\t")
    for line in table:
        route, *verdicts = line.rstrip("\n").split("\t")
        golden[route] = verdicts

with step("the golden table has a column for nobody, the candidate and each role"):
    assert header == ["route"] + COLUMNS, header

with step("every route of the server stands in the golden table, and no other"):
    assert set(actual) == set(golden), sorted(set(actual) ^ set(golden))

for method, path, *_ in rows():
    route = f"{method} {path}"
    with step(f"{route} admits whom the table admits"):
        differing = [f"{c}: {a}, not {g}" for c, a, g in zip(COLUMNS, actual[route], golden[route]) if a != g]
        assert not differing, differing

described = {(method, path): operation for method, path, operation in operations()}

with step("openapi.json and the route table have the same operations"):
    table_rows = {(method, path) for method, path, *_ in TABLE}
    assert set(described) == table_rows, sorted(set(described) ^ table_rows)

with step("each operation has its name, permission and body as in the table"):
    for method, path, permission, _, name, body in TABLE:
        operation = described[(method, path)]
        assert operation["operationId"] == name, (method, path)
        assert operation["x-permission"] == permission, (method, path)
        media = next(iter(operation.get("requestBody", {}).get("content", {})), None)
        assert media == {"JSON": "application/json", "CSV": "text/csv", "ANY": "application/octet-stream"}.get(body.split("_")[0]), (method, path, media)
        parameters = [p.get("name") for p in operation.get("parameters", []) if p.get("in") == "path"]
        assert all("{" + p + "}" in path for p in parameters) and len(parameters) == path.count("{"), (method, path)
        needs_header = any(p.get("$ref", "").endswith("/Khoacu") for p in operation.get("parameters", []))
        assert needs_header == (method != "GET"), (method, path)
        security = operation["security"]
        assert security == ([] if permission == "public" else [{"candidate" if permission == "candidate" else "staff": []}]), (method, path)

finish()
