"""No key reaches a candidate or her server: every byte of whole sittings, and the rights of the database roles."""

import collections
import json
import subprocess

from harness import PGHOST, Server, finish, psql, step
from hall import Hall, canonical

SITTERS, ITEMS = 40, 10
server = Server(WORKER="off")
hall = Hall(server, candidates=2 * SITTERS, items=ITEMS)
shift = hall.shift()
key = hall.keys[shift.form_id]
sitters = []
for number in range(SITTERS):
    sitter = hall.client(number).open()
    sitter.read_own()
    for position in range(1, ITEMS + 1):
        assert sitter.save(position, 1, sitter.option(position, number % 4), flagged=position % 3 == 0).status == 200
    sitter.save(1, 1, sitter.option(1, (number + 1) % 4))
    sitter.save(1, 2, "ZZZZZZZZ")
    sitter.get(f"{sitter.base}/paper")
    sitter.responses()
    sitter.submit()
    sitter.submit()
    sitter.get(f"{sitter.base}/receipt")
    sitter.get(f"{sitter.base}/paper")
    sitter.get("/api/v1/sittings/own")
    sitters.append(sitter)
readers = [hall.client(number).open() for number in range(SITTERS, 2 * SITTERS)]  # who only look: with so many no question lacks a place by chance

with step("no reply of a whole sitting holds an id, code, hash or seed of the bank or the form"):
    forbidden = []
    for table, columns in (("item", ("item_id", "code")), ("form", ("form_id", "seed", "sha256")), ("form_position", ("item_id",)),
                           ("bank", ("bank_id", "code")), ("room", ("room_id",))):
        for column in columns:
            for (value,) in server.psql(f"SELECT DISTINCT {column} FROM khoacu.{table}"):
                forbidden.append(value.removeprefix("\\x"))
                if value.isdigit():
                    forbidden.append(f"{int(value):016x}")
    assert len(forbidden) > 40
    for sitter in sitters:
        for headers, body in sitter.seen:
            text = (repr(headers) + body.decode()).lower()
            found = [value for value in forbidden if value.lower() in text]
            assert not found, (found, text[:300])

with step("no reply has a member that speaks of keys, scores or canonical places"):
    def names(value):
        if isinstance(value, dict):
            for name, member in value.items():
                yield name
                yield from names(member)
        elif isinstance(value, list):
            for member in value:
                yield from names(member)

    found = set()
    for sitter in sitters:
        for _, body in sitter.seen:
            if body:
                found |= set(names(json.loads(body)))
    known = {"id", "state", "candidate", "roll_number", "full_name", "cycle", "cycle_code", "code", "title_vi", "title_en", "demonstration",
             "shift", "clock", "starts_at", "ends_at", "minutes", "grace_s", "room", "seat", "started_at", "closes_at", "held_at", "late_s", "emergency_key", "paper_key", "sections", "server_now",
             "item_count", "receipt", "answers_sha256", "answered", "issued_at", "sitting_id", "items", "stimuli", "parts", "first", "last", "kind", "position", "stem", "options",
             "text", "responses", "seq", "choice", "flagged", "outcome", "saved_at", "current", "type", "title", "status", "request_id",
             "errors", "path", "rule", "min", "max", "detail", "check_in", "evacuated", "aids", "calculator"}
    assert found <= known, found - known

with step("where the right option stands says nothing: every place is as likely, in every question"):
    places = collections.Counter()
    by_question = collections.defaultdict(collections.Counter)
    for sitter in sitters + readers:
        for item in sitter.paper["items"]:
            place, _ = canonical(item)
            at = next(i for i, option in enumerate(item["options"]) if canonical(item, option["id"])[1] == key[place])
            places[at] += 1
            by_question[place][at] += 1
    expected = 2 * SITTERS * ITEMS / 4
    chi = sum((places[i] - expected)**2 / expected for i in range(4))
    assert chi < 30, places  # three degrees of freedom: about one run in a million
    assert all(len(counter) == 4 for counter in by_question.values()), by_question

with step("option ids say nothing either: each is used once, and their order is not that of the form"):
    ids = [option["id"] for sitter in sitters for item in sitter.paper["items"] for option in item["options"]]
    assert len(set(ids)) == len(ids)
    sorted_right = collections.Counter()
    for sitter in sitters + readers:
        for item in sitter.paper["items"]:
            place, _ = canonical(item)
            ordered = sorted(option["id"] for option in item["options"])
            sorted_right[ordered.index(next(o["id"] for o in item["options"] if canonical(item, o["id"])[1] == key[place]))] += 1
    chi = sum((sorted_right[i] - expected)**2 / expected for i in range(4))
    assert chi < 30, sorted_right

with step("right and wrong answers are answered alike, to the byte but for times and names"):
    shapes = collections.Counter()
    for sitter in sitters:
        for _, body in sitter.seen:
            if b'"outcome":"recorded"' in body:
                shapes[len(body)] += 1
    assert len(shapes) <= 2, shapes  # one and two digits of the position

with step("the role of the server cannot read a key, nor become one that can"):
    for sql in ("SELECT sealed FROM khoacu.item_key LIMIT 1", "SELECT * FROM khoacu.item_key", "SELECT count(*) FROM khoacu.item_key",
                "COPY khoacu.item_key TO STDOUT", "UPDATE khoacu.item_key SET generation = 2", "DELETE FROM khoacu.item_key",
                "INSERT INTO khoacu.item_key VALUES (1, 1, 1, 'x')", "SET ROLE khoacu_bank", "SET ROLE khoacu_worker", "SET ROLE khoacu_owner",
                "CREATE FUNCTION khoacu.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TEMP VIEW v AS SELECT sealed FROM khoacu.item_key; TABLE v"):
        done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", PGHOST, "-U", "postgres", "-d", server.database, "-c",
                               f"SET SESSION AUTHORIZATION khoacu_server; {sql}"], capture_output=True, text=True, check=False)
        assert done.returncode != 0 and "permission denied" in done.stderr, (sql, done.stdout, done.stderr)
    assert psql("SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member "
                "WHERE u.rolname = 'khoacu_server'", server.database) == []

with step("no function that runs with its owner's rights comes near a key or an answer; two alone write to scores: that somebody is exempt, and is no longer"):
    near = server.psql("SELECT proname, prosrc ~ 'item_key|response' FROM pg_proc WHERE pronamespace = 'khoacu'::regnamespace AND prosecdef "
                       "AND prosrc ~ 'item_key|response|sitting_score'")
    assert sorted(near) == [["do_cycle_credential_decide", "f"], ["do_cycle_credentials_store", "f"]], near

with step("the audit trail holds no answer and no key"):
    for (payload,) in server.psql("SELECT payload FROM khoacu.audit_event WHERE act LIKE 'sitting.%'"):
        assert not any(word in payload for word in ("choice", "key", "position", "option")), payload

finish()
