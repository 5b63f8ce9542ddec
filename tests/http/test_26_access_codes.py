"""Access codes: shown once, stored as keyed hashes, replaced one by one or all; a new one ends what the old one opened."""

import csv
import io

from cycle_data import make_ready
from harness import Client, Server, finish, make_all_roles, secret, step

server = Server()
clients = make_all_roles(server)
officer = clients["hr_officer"]
make_ready(clients, people=5)


def issue(scope, **more):
    return officer.post("/api/v1/cycles/KT-2026/access-codes", {"scope": scope, **more})


def codes(reply):
    """{roll number: code} of the file."""
    assert reply.status == 200 and reply.headers["content-type"] == "text/csv; charset=utf-8", reply
    assert reply.headers["content-disposition"] == 'attachment; filename="KT-2026-access-codes.csv"', reply.headers
    assert reply.bytes.startswith(b"\xef\xbb\xbfroll_number,full_name,access_code\r\n"), reply.bytes[:60]
    return {row["roll_number"]: secret(row["access_code"], f"the code of {row['roll_number']}")
            for row in csv.DictReader(io.StringIO(reply.bytes.decode("utf-8-sig")))}


def opens(roll, code):
    return Client(server).post("/api/v1/candidate-logins", {"cycle": "KT-2026", "roll_number": roll, "access_code": code}).status


with step("everybody gets a code of 80 bits"):
    first = codes(issue("missing"))
    assert sorted(first) == [f"TS-{n:05}" for n in range(1, 6)] and len(set(first.values())) == 5, first.keys()
    assert all(len(c) == 19 and set(c) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-") for c in first.values())

with step("each opens its own candidate's door and no other"):
    assert opens("TS-00001", first["TS-00001"]) == 200 and opens("TS-00002", first["TS-00001"]) == 401
    assert opens("TS-00003", first["TS-00003"].lower().replace("-", " ")) == 200

with step("the database has only keyed hashes"):
    dump = server.psql("SELECT access_code_hmac FROM khoacu.candidate")
    assert all(len(row[0]) == 2 + 64 for row in dump)

with step("whoever has a code keeps it when the missing ones are issued"):
    assert codes(issue("missing")) == {}
    assert opens("TS-00002", first["TS-00002"]) == 200

with step("a lost code is replaced alone: the old one opens nothing, and who had come in by it is out"):
    holder = Client(server).sign_in_candidate("TS-00004", first["TS-00004"], cycle="KT-2026")
    neighbour = Client(server).sign_in_candidate("TS-00005", first["TS-00005"], cycle="KT-2026")
    second = codes(issue("listed", roll_numbers=["TS-00004"]))
    assert list(second) == ["TS-00004"] and second["TS-00004"] != first["TS-00004"]
    assert opens("TS-00004", first["TS-00004"]) == 401 and opens("TS-00004", second["TS-00004"]) == 200
    assert holder.delete("/api/v1/candidate-logins/current").status == 401
    assert neighbour.delete("/api/v1/candidate-logins/current").status == 204

with step("a list must be a list of candidates, each once"):
    def wrong(reply):
        assert reply.status == 400 and reply.code == "invalid", reply
        return {(e["path"], e["rule"]) for e in reply.json["errors"]}
    assert wrong(issue("listed", roll_numbers=["TS-00001", "TS-99999"])) == {("roll_numbers", "unknown-value")}
    assert opens("TS-00001", first["TS-00001"]) == 200, "nothing was changed"
    assert wrong(issue("listed", roll_numbers=["TS-00001", "TS-00001"])) == {("roll_numbers", "form")}
    assert wrong(issue("listed", roll_numbers=[1])) == {("roll_numbers", "form")}
    assert wrong(issue("listed", roll_numbers=[])) == {("roll_numbers", "count")}
    assert wrong(issue("listed")) == {("roll_numbers", "required")}
    assert wrong(issue("all", roll_numbers=["TS-00001"])) == {("roll_numbers", "unknown")}
    assert wrong(issue("some")) == {("scope", "form")} and wrong(officer.post("/api/v1/cycles/KT-2026/access-codes", {})) == {("scope", "required")}

with step("new codes for all end every log-in and cut every sitting's saves off"):
    server.psql("""SET search_path = khoacu;
        INSERT INTO shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes)
        SELECT 5, f.cycle_id, 'CA-1', f.form_id, 'personal', now() - interval '1 hour', now() + interval '1 hour', 60 FROM form f;
        INSERT INTO room VALUES (6, 5, 'P01');
        INSERT INTO sitting (room_id, sitting_id, shift_id, candidate_id, seat) SELECT 6, candidate_id, 5, candidate_id, row_number() OVER () FROM candidate;""")
    inside = Client(server).sign_in_candidate("TS-00001", first["TS-00001"], cycle="KT-2026")
    assert inside.get("/api/v1/sittings/own").status == 200
    generation = lambda: dict(server.psql("SELECT c.roll_number, t.access_generation FROM khoacu.sitting t JOIN khoacu.candidate c USING (candidate_id)"))  # noqa: E731
    before = generation()
    third = codes(issue("all"))
    assert len(third) == 5 and not set(third.values()) & (set(first.values()) | set(second.values()))
    assert inside.get("/api/v1/sittings/own").status == 401
    assert int(generation()["TS-00001"]) == int(before["TS-00001"]) + 1, "who was signed in"
    assert all(opens(roll, code) == 200 for roll, code in third.items()) and opens("TS-00002", first["TS-00002"]) == 401

with step("the list of candidates says who has a code, and never which"):
    reply = officer.get("/api/v1/cycles/KT-2026/candidates")
    assert all(c["has_code"] for c in reply.json["items"]) and not [c for c in third.values() if c in reply.text]

with step("nobody but HR officers issues codes, and only of a cycle that exists"):
    for role in ("administrator", "item_officer", "examiner", "invigilator", "inspector"):
        assert clients[role].post("/api/v1/cycles/KT-2026/access-codes", {"scope": "all"}).status == 403, role
    assert officer.post("/api/v1/cycles/KHONG-CO/access-codes", {"scope": "all"}).status == 404

with step("the audit trail counts codes and shows none"):
    payloads = [p for (p,) in server.psql("SELECT payload FROM khoacu.audit_event WHERE act = 'cycle.codes_issue' ORDER BY occurred_at")]
    assert [p.split('"codes":')[1][:1] for p in payloads] == ["5", "0", "1", "5"], payloads

finish()
