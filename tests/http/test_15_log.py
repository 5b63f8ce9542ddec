"""The public log: what anybody may fetch, checks alone, and keeps against whoever would change the trail afterwards."""

import os
import random

from harness import Client, Server, eventually, finish, import_officers, make_administrator, step
from tlog import breaches, fetch, opens, read, roots, signed

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = import_officers(administrator, [(f"nguoi.{c}", "Người", "", "inspector") for c in "ab"])
inspector = Client(server).sign_in("nguoi.a", passwords["nguoi.a"])
anybody = Client(server)
notes = []


def checkpoint():
    reply = anybody.get("/api/v1/log/checkpoint")
    if reply.status == 200 and reply.text not in notes:
        notes.append(reply.text)
    return reply.text if reply.status == 200 else None


def trail():
    return inspector.pages("/api/v1/audit-events?limit=200")


def covered():
    return all(event["log_index"] is not None and event["log_index"] < read(checkpoint())[1] for event in trail()) if checkpoint() else False


with step("some seconds after an act its event is in the log, under a signed checkpoint that anybody can fetch"):
    eventually(covered)
    pem = anybody.get("/api/v1/signing-key").bytes
    origin, size = read(notes[-1])[:2]
    assert origin.startswith("khoacu/") and signed(notes[-1], pem) and size == len(trail())
    other = Server()
    assert not signed(notes[-1], Client(other).get("/api/v1/signing-key").bytes), "another key is another key"
    other.stop()

with step("the entries give the root of the checkpoint; each event opens its own entry, and no other one"):
    entries = fetch(anybody)
    assert breaches(notes, entries, pem) == [] and len(entries) == size
    assert entries[2:5] == anybody.get("/api/v1/log/entries?from=2&limit=3").json["commitments"]
    events = trail()
    assert sorted(event["log_index"] for event in events) == list(range(size))
    for event in events:
        assert opens(entries[event["log_index"]], event["log_salt"], event["sha256"])
    assert not opens(entries[0], events[0]["log_salt"], events[0]["sha256"]) or events[0]["log_index"] == 0
    for query, path in (("from=-1", "from"), ("from=x", "from"), ("limit=0", "limit"), ("limit=1001", "limit")):
        reply = anybody.get("/api/v1/log/entries?" + query)
        assert reply.status == 400 and reply.json["errors"][0]["path"] == path, reply
    assert anybody.get("/api/v1/log/entries?from=1000000").json["commitments"] == []

with step("nothing of an event but its commitment is public"):
    text = "".join(notes) + "".join(entries)
    for event in events:
        assert event["sha256"] not in text and event["log_salt"] not in text and event["id"] not in text

with step("the log grows, and every checkpoint that was seen is of the one list"):
    for turn in range(3):
        before = len(notes)
        assert Client(server).post("/api/v1/logins", {"login_name": "quantri", "password": f"sai {turn}"}).status == 401
        eventually(lambda: checkpoint() and len(notes) > before)
    eventually(covered)
    entries = fetch(anybody)
    assert breaches(notes, entries, pem) == [], breaches(notes, entries, pem)
    assert len({read(note)[1] for note in notes}) >= 3, [read(note)[1] for note in notes]

with step("who checks finds what was changed, put elsewhere, left out or shown to somebody else"):
    draw = random.Random(4)
    at, place = draw.randrange(len(entries) - 1), draw.randrange(64)
    digit = "0123456789abcdef"[(int(entries[at][place], 16) + 1) % 16]
    for bad in (entries[:at] + [entries[at][:place] + digit + entries[at][place + 1:]] + entries[at + 1:], entries[:at] + [entries[at + 1], entries[at]] + entries[at + 2:],
                entries[:at] + entries[at + 1:], entries[:-1]):
        assert breaches(notes, bad, pem) != [], at
    size, root = read(notes[-1])[1:3]
    forged = notes[-1].replace(f"\n{size}\n", f"\n{size + 1}\n")
    assert any("not signed" in breach for breach in breaches([*notes, forged], entries, pem))
    assert roots(entries, {size})[size] == root

with step("no role of the program writes the log, and its functions write nothing else"):
    for role in ("khoacu_server", "khoacu_worker", "khoacu_auditor"):
        for statement in ("INSERT INTO khoacu.log_leaf VALUES (1000000, 1, sha256(''), sha256(''))", "UPDATE khoacu.log_leaf SET leaf_index = leaf_index + 1000", "DELETE FROM khoacu.log_leaf",
                          "UPDATE khoacu.log_head SET size = 0", "INSERT INTO khoacu.log_checkpoint (size, root, note) VALUES (1000000, sha256(''), 'x')", "DELETE FROM khoacu.log_checkpoint"):
            assert "permission denied" in server.psql_fails(f"SET ROLE {role}; {statement}"), (role, statement)
    forked = "SET ROLE khoacu_server; SELECT khoacu.do_ledger_checkpoint_put((SELECT size FROM khoacu.log_head), sha256('x'), 'x')"
    assert server.psql(forked) == [["forked"]]

with step("a database that has lost what was shown gets no checkpoint: the signer remembers, and says so"):
    eventually(covered)
    server.psql("DELETE FROM khoacu.log_checkpoint WHERE size = (SELECT max(size) FROM khoacu.log_checkpoint); "
                "DELETE FROM khoacu.log_leaf WHERE leaf_index >= (SELECT max(size) FROM khoacu.log_checkpoint)")
    # the head as it was at the checkpoint that is left
    left = [read(note)[1] for note in notes][-2]
    frontier, entries = [], entries[:left]
    at = 0
    for bit in reversed(range(left.bit_length())):
        if left >> bit & 1:
            frontier.append(roots(entries[at:at + (1 << bit)], {1 << bit})[1 << bit].hex())
            at += 1 << bit
    server.psql(f"UPDATE khoacu.log_head SET size = {left}, frontier = ARRAY[{','.join(chr(39) + chr(92) + 'x' + node + chr(39) for node in frontier)}]::bytea[]")
    assert server.psql("SELECT khoacu.ledger_log_root(frontier) = (SELECT root FROM khoacu.log_checkpoint ORDER BY size DESC LIMIT 1) FROM khoacu.log_head") == [["t"]]
    assert Client(server).post("/api/v1/logins", {"login_name": "quantri", "password": "sai nữa"}).status == 401
    eventually(lambda: "log.refused" in server.log())
    assert read(checkpoint())[1] == left, "no new checkpoint"
    assert os.path.exists(os.path.join(server.folder, "var", "secret", "log.signed"))

finish()
