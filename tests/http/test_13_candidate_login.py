"""Candidates sign in with roll number and access code; one log-in at a time."""

import json

from harness import Client, Server, finish, plant_candidate, step

server = Server()
second = Server(database=server.database, key_file=server.key_file)
code = plant_candidate(server)
neighbour_code = plant_candidate(server, roll_number="TS-0002")


def attempt(client, roll_number, access_code, **more):
    return client.post("/api/v1/candidate-logins", {"roll_number": roll_number, "access_code": access_code, **more})


def waits():
    """Seconds of the waits that failures brought about, in order."""
    return [json.loads(payload)["d"]["wait_s"] for (payload,) in server.psql("SELECT payload FROM khoacu.audit_event WHERE act = 'identity.login_refuse' ORDER BY occurred_at")]


def current(client):
    return client.delete("/api/v1/candidate-logins/current").status


with step("roll number and access code open the candidate's log-in, with or without the cycle"):
    for more in ({}, {"cycle": "THU-2026"}, {"cycle": " thu-2026"}):
        client = Client(server)
        reply = attempt(client, "TS-0001", code, **more)
        assert reply.status == 200, reply
        assert reply.json["candidate"] == {"roll_number": "TS-0001", "full_name": "Trần Thị Thử", "cycle_code": "THU-2026"}, reply
        assert reply.json["sitting_id"] is None
        assert sorted(client.cookies) == ["__Host-khoacu-device", "__Host-khoacu-sitting"]

with step("small letters, blanks, missing dashes and letters that look like digits are forgiven"):
    for roll_number, access_code in (("ts-0001", code.lower()), (" TS-0001 ", code.replace("-", " ")),
                                     ("TS-0001", code.replace("-", "").replace("0", "O").replace("1", "l"))):
        assert attempt(Client(server), roll_number, access_code).status == 200

with step("the code is bound to its roll number: a neighbour's opens nothing"):
    reply = attempt(Client(server), "TS-0001", neighbour_code)
    assert reply.status == 401 and reply.code == "wrong-code", reply

with step("a wrong code, an unknown number, an unknown cycle and no code at all get the same answer"):
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    replies = [attempt(Client(server), "TS-0001", wrong), attempt(Client(server), "TS-9999", code),
               attempt(Client(server), "TS-0001", code, cycle="KHAC-2026"), attempt(Client(server), "TS-0001", "x"),
               attempt(Client(server), "' OR 1=1", code), attempt(Client(server), "TS-0001", code + "0")]
    shapes = {json.dumps({k: v for k, v in reply.json.items() if k != "request_id"}) for reply in replies}
    assert len(shapes) == 1 and replies[0].status == 401 and replies[0].code == "wrong-code", replies

with step("a candidate for whom no code was issued cannot sign in, not even with an empty one"):
    server.psql("UPDATE khoacu.candidate SET access_code_hmac = NULL WHERE roll_number = 'TS-0002'")
    assert attempt(Client(server), "TS-0002", neighbour_code).status == 401
    assert attempt(Client(server), "TS-0002", "0000-0000-0000-0000").status == 401

with step("after failures wrong codes have to wait, but strangers cannot shut the owner of the right code out"):
    server.psql("DELETE FROM khoacu.login_brake")
    before = len(waits())
    statuses = [attempt(Client(server), "TS-0001", wrong).status for _ in range(4)]
    assert statuses == [401] * 4 and waits()[before:] == [0, 0, 0, 2], (statuses, waits()[before:])
    server.psql("UPDATE khoacu.login_brake SET blocked_until = blocked_until + interval '5 min'")  # however long the requests of this scenario take
    assert [attempt(Client(server), "TS-0001", wrong).status for _ in range(2)] == [429, 429]
    assert attempt(Client(server), "TS-0001", code).status == 200
    assert attempt(Client(server), "TS-0001", wrong).status == 401

with step("a new log-in ends the one before, also on another server"):
    first, last = Client(server), Client(second)
    assert attempt(first, "TS-0001", code).status == 200
    held = dict(first.cookies)
    assert attempt(last, "TS-0001", code).status == 200
    assert current(first) == 401
    assert server.psql("SELECT count(*) FROM khoacu.login WHERE candidate_id IS NOT NULL AND ended_at IS NULL") == [["1"]]
    first.cookies = held
    assert current(last) == 204
    assert current(last) == 401

with step("the log-in of a candidate opens nothing of the staff's, and the other way round"):
    client = Client(server).sign_in_candidate("TS-0001", code)
    client.cookies["__Host-khoacu"] = client.cookies["__Host-khoacu-sitting"]
    assert client.get("/api/v1/logins/current").status == 401

with step("a log-in without a shift ends after a day"):
    left = server.psql("SELECT extract(epoch FROM expires_at - created_at) FROM khoacu.login ORDER BY created_at DESC LIMIT 1")
    assert float(left[0][0]) == 24 * 3600, left

with step("with a shift it lasts until six hours after it, and a second log-in raises the sitting's generation"):
    server.psql("""
        SET search_path = khoacu;
        SET session_replication_role = replica;
        INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_at, sealed_by)
            VALUES (5, 4660, 'F', 1, sha256('s'), 1, sha256('f'), 8, now(), now(), 9);
        SET session_replication_role = origin;
        INSERT INTO shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes)
            VALUES (6, 4660, 'S', 5, 'common', now() + interval '1 day', now() + interval '25 hours', 60);
        INSERT INTO room (room_id, shift_id, code) VALUES (61, 6, 'R');
        INSERT INTO sitting (room_id, sitting_id, shift_id, candidate_id, seat)
            SELECT 61, 62, 6, candidate_id, 1 FROM candidate WHERE roll_number = 'TS-0001';""")
    reply = attempt(Client(server), "TS-0001", code)
    assert reply.json["sitting_id"] == "000000000000003e", reply
    left = server.psql("SELECT extract(epoch FROM expires_at - created_at)::int FROM khoacu.login ORDER BY created_at DESC LIMIT 1")
    assert abs(int(left[0][0]) - 31 * 3600) < 60, left
    before = int(server.psql("SELECT access_generation FROM khoacu.sitting WHERE sitting_id = 62")[0][0])
    assert attempt(Client(server), "TS-0001", code).status == 200
    assert int(server.psql("SELECT access_generation FROM khoacu.sitting WHERE sitting_id = 62")[0][0]) == before + 1

with step("every sign-in and sign-out is in the audit trail, without code or number"):
    rows = server.psql("SELECT act, payload FROM khoacu.audit_event WHERE subject LIKE 'candidate%'")
    assert {act for act, _ in rows} >= {"identity.login_make", "identity.login_end", "identity.login_refuse"}, rows
    assert not [p for _, p in rows if "TS-0001" in p or code in p]

with step("signing in at the same moment from five machines leaves exactly one log-in alive"):
    import threading
    threads = [threading.Thread(target=lambda s=s: attempt(Client(s), "TS-0001", code)) for s in (server, second, server, second, server)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.psql("SELECT count(*) FROM khoacu.login WHERE candidate_id IS NOT NULL AND ended_at IS NULL") == [["1"]]

with step("one address may be a whole hall: hundreds sign in from it without a limit"):
    for _ in range(400):
        assert attempt(Client(server), "TS-0001", code).status == 200

finish()
