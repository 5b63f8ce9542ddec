"""The clock of sittings: extra time, compensation, pauses, two persons, saves around the deadline, clocks of clients."""

import math
import threading
import time
from datetime import datetime, timezone

from harness import Client, Server, eventually, finish, make_administrator, make_officers, step
from hall import Hall, hex_id

server = Server()
second_server = Server(database=server.database, key_file=server.key_file, WORKER="off")
hall = Hall(server, candidates=21, items=4, room_size=3)
shift = hall.shift(code="S1", starts=-60, ends=3600, minutes=60, candidates=[0, 1, 2, 3, 4, 5])
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [("gt1", "Giám Thị Một", "Sở", "invigilator"), ("gt2", "Giám Thị Hai", "Sở", "invigilator")])
first, second = (Client(server).sign_in(name, passwords[name]) for name in ("gt1", "gt2"))


def at(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp()


def adjust(of, kind, scope="shift", who=first, minutes=None, reason="mất điện", **target):
    body = {"scope": scope, "kind": kind, "reason": reason, **target}
    if minutes is not None:
        body["minutes"] = minutes
    return who.post(f"/api/v1/shifts/{of.hex()}/adjustments", body)


class Stopwatch:
    """How long a pause must have been and can have been, as seen from here: between its two replies, and between its two requests."""

    def pause(self, *args, **kw):
        self.asked = time.time()
        reply = adjust(*args, **kw)
        self.paused = time.time()
        return reply

    def resume(self, *args, **kw):
        self.least = time.time() - self.paused
        reply = adjust(*args, **kw)
        self.most = time.time() - self.asked
        return reply

    def fits(self, seconds):
        """A pause gives whole seconds, never less than it lasted."""
        return self.least - 0.05 <= seconds <= math.ceil(self.most + 0.05)


def start_now(of, seconds=0):
    """As if the shift began so many seconds from now."""
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.shift SET starts_at = now() + {seconds} * interval '1 s' WHERE shift_id = {of.id}")
    for room_id in of.room_ids:
        server.psql(f"SELECT pg_notify('khoacu_time', '{hex_id(room_id)}')")


def closes(sitter):
    return at(sitter.read_own()["closes_at"])


def events(act, of):
    return server.psql(f"SELECT reason, actor FROM khoacu.audit_event WHERE act = '{act}' AND subject = 'shift:{of.hex()}' ORDER BY event_id")


sitters = [hall.client(number) for number in range(6)]
for one in sitters[:5]:
    one.open()

with step("extra time of one sitting moves her deadline and nobody else's"):
    before = [closes(one) for one in sitters[:3]]
    reply = adjust(shift, "extra_time", "sitting", minutes=10, roll_number=hall.candidates[0]["roll"], reason="đến muộn vì bão")
    assert reply.status == 201 and (reply.json["state"], reply.json["sittings"]) == ("applied", 1), reply
    assert [round(closes(one) - b, 3) for one, b in zip(sitters, before)] == [600, 0, 0]
    assert events("sitting.adjust", shift)[-1][0] == "đến muộn vì bão"
    reply = adjust(shift, "extra_time", "sitting", minutes=1, sitting_id=hex_id(shift.sittings[1][1]))
    assert reply.status == 201 and round(closes(sitters[1]) - before[1], 3) == 60, reply

with step("compensation of a room moves its deadlines; who has not opened yet has it when she does"):
    before = [closes(one) for one in sitters[:5]]
    reply = adjust(shift, "compensation", "room", minutes=5, room="P2")
    assert reply.status == 201 and reply.json["sittings"] == 3, reply
    assert [round(closes(one) - b, 3) for one, b in zip(sitters, before)] == [0, 0, 0, 300, 300]
    sitters[5].open()
    assert round(closes(sitters[5]) - closes(sitters[4]), 3) == 0

with step("the whole shift at once"):
    before = [closes(one) for one in sitters]
    assert adjust(shift, "compensation", minutes=2).json["sittings"] == 6
    assert {round(closes(one) - b, 3) for one, b in zip(sitters, before)} == {120}

with step("what cannot be is refused"):
    for body, code in (({"kind": "extra_time"}, 400), ({"kind": "pause", "minutes": 5}, 400), ({"kind": "shorter", "minutes": 5}, 400),
                       ({"kind": "extra_time", "minutes": 0}, 400), ({"kind": "extra_time", "minutes": -5}, 400),
                       ({"kind": "extra_time", "minutes": 241}, 400), ({"kind": "pause", "scope": "room"}, 400),
                       ({"kind": "pause", "scope": "room", "room": "P9"}, 400), ({"kind": "pause", "scope": "sitting"}, 400),
                       ({"kind": "pause", "scope": "sitting", "roll_number": "KHONG"}, 400), ({"kind": "resume"}, 409)):
        reply = first.post(f"/api/v1/shifts/{shift.hex()}/adjustments", {"scope": "shift", "reason": "x", **body})
        assert reply.status == code, (body, reply)
    assert first.post("/api/v1/shifts/00000000000000aa/adjustments", {"scope": "shift", "kind": "pause", "reason": "x"}).status == 404
    other = hall.shift(code="S9", candidates=[15])
    reply = adjust(shift, "pause", "sitting", sitting_id=hex_id(other.sittings[15][1]))
    assert reply.status == 400, reply

with step("the answer to the next save has the deadline that holds now, on every server, without being asked"):
    one = sitters[2]
    assert one.save(3, 1, one.option(3)).json["closes_at"] == one.read_own()["closes_at"]
    beside = type(one)(second_server, hall)
    beside.cookies.update(one.cookies)
    beside.open()
    assert beside.save(4, 1, beside.option(4)).json["closes_at"] == one.read_own()["closes_at"]
    seqs = iter(range(2, 1000))
    for _ in range(3):
        before = at(one.save(3, next(seqs), None).json["closes_at"])
        assert adjust(shift, "compensation", "room", minutes=1, room="P1").status == 201
        for who in (one, beside):
            assert eventually(lambda who=who: round(at(who.save(3, next(seqs), None).json["closes_at"]) - before, 3) == 60)

with step("a pause stops the clock: nothing is saved, shown or handed in, and nothing is lost by it"):
    one = sitters[0]
    assert one.save(1, 1, one.option(1)).status == 200
    before, watch = closes(one), Stopwatch()
    assert watch.pause(shift, "pause", "room", room="P1", reason="báo cháy").json["sittings"] == 3
    assert one.read_own()["held_at"] is not None and closes(one) == before
    for reply in (one.save(1, 2, one.option(1, 1)), one.submit(), one.get(f"{one.base}/paper")):
        assert reply.status == 409 and reply.code == "held", reply
    assert sitters[3].save(1, 1, sitters[3].option(1)).status == 200, "the other room works on"
    assert adjust(shift, "pause", "room", room="P1").status == 409, "it is paused already"
    time.sleep(1.2)
    assert watch.resume(shift, "resume", "room", room="P1").json["sittings"] == 3
    own = one.read_own()
    assert own["held_at"] is None and watch.fits(closes(one) - before), (closes(one) - before, watch.least, watch.most)
    assert one.save(1, 2, one.option(1, 1)).status == 200 and one.get(f"{one.base}/paper").status == 200
    assert one.responses()[1][0] == 2

with step("pauses of sitting, room and shift are told apart"):
    roll = hall.candidates[1]["roll"]
    one = sitters[1]
    before, watch = closes(one), Stopwatch()
    assert watch.pause(shift, "pause", "sitting", roll_number=roll).json["sittings"] == 1
    assert adjust(shift, "pause").json["sittings"] == 6
    assert adjust(shift, "resume").json["sittings"] == 6
    assert one.save(1, 1, None).code == "held" and sitters[2].save(1, 1, None).status == 200
    assert adjust(shift, "resume", "room", room="P1").status == 409, "the room was not paused"
    assert watch.resume(shift, "resume", "sitting", roll_number=roll).status == 201
    assert one.save(1, 1, None).status == 200 and watch.fits(closes(one) - before), (closes(one) - before, watch.least, watch.most)

with step("a second person where the shift wants one: never the same, never twice; pauses act at once"):
    strict = hall.shift(code="S2", candidates=[6, 7])
    server.psql(f"UPDATE khoacu.shift SET two_persons = true WHERE shift_id = {strict.id}")
    one = hall.client(6).open()
    before = closes(one)
    made = adjust(strict, "extra_time", minutes=15)
    assert made.status == 201 and (made.json["state"], made.json["sittings"]) == ("waiting", 0) and closes(one) == before, made
    path = f"/api/v1/adjustments/{made.json['id']}/approve"
    reply = first.post(path, {"approve": True})
    assert reply.status == 409 and reply.code == "same-person" and closes(one) == before, reply
    reply = second.post(path, {"approve": True, "reason": "đúng"})
    assert reply.status == 200 and (reply.json["state"], reply.json["sittings"]) == ("applied", 2), reply
    assert round(closes(one) - before, 3) == 900
    assert second.post(path, {"approve": True}).code == "decided" and round(closes(one) - before, 3) == 900
    refused = adjust(strict, "extra_time", minutes=15).json["id"]
    assert second.post(f"/api/v1/adjustments/{refused}/approve", {"approve": False, "reason": "không"}).json["state"] == "refused"
    assert second.post(f"/api/v1/adjustments/{refused}/approve", {"approve": True}).code == "decided"
    assert adjust(strict, "pause").json["state"] == "applied" and adjust(strict, "resume").json["state"] == "applied"
    assert second.post("/api/v1/adjustments/00000000000000aa/approve", {"approve": True}).status == 404
    assert [row[0] for row in events("sitting.adjust_approve", strict)] == ["đúng"]
    assert [row[0] for row in events("sitting.adjust_refuse", strict)] == ["không"]

with step("the list says what was asked, by whom, and what came of it"):
    page = first.get(f"/api/v1/shifts/{strict.hex()}/adjustments?limit=3").json
    assert [row["kind"] for row in page["items"]] == ["resume", "pause", "extra_time"] and page["next"], page
    rest = first.get(f"/api/v1/shifts/{strict.hex()}/adjustments?after={page['next']}").json
    assert rest["next"] is None and len(rest["items"]) == 1, rest
    row = rest["items"][0]
    assert (row["state"], row["requested_by"], row["decided_by"], row["sittings"], row["seconds"]) == (
        "applied", "Giám Thị Một", "Giám Thị Hai", 2, 900), row

with step("saves at T−1 s, T and in the grace are kept; when that has passed they are not"):
    edge = hall.shift(code="S3", grace_s=60, candidates=[8])
    one = hall.client(8).open()
    for seq, left in enumerate((1, 0, -20), 1):
        edge.move_deadline(8, left)
        assert one.save(1, seq, one.option(1)).status == 200, left
    edge.move_deadline(8, -59)
    time.sleep(1.2)
    assert one.save(1, 4, one.option(1)).code == "ended" and [row[1] for row in edge.rows(8)] == [1, 2, 3]

with step("extra time reaches who is in her last seconds; the server closes her only after it"):
    late = hall.shift(code="S4", grace_s=1, candidates=[9, 10])
    one, other = hall.client(9).open(), hall.client(10).open()
    late.end(10)
    assert adjust(late, "extra_time", "sitting", minutes=10, roll_number=hall.candidates[9]["roll"]).status == 201
    assert eventually(lambda: late.state(10) == "closed") and late.state(9) == "open"
    assert one.save(1, 1, one.option(1)).status == 200 and other.save(1, 1, None).code == "ended"
    assert server.psql(f"SELECT state FROM khoacu.shift WHERE shift_id = {late.id}") == [["scheduled"]], "it waits for her"
    assert one.submit().status == 200
    assert eventually(lambda: server.psql(f"SELECT state FROM khoacu.shift WHERE shift_id = {late.id}") == [["closed"]])
    assert adjust(late, "extra_time", minutes=1).code == "wrong-state"

with step("who is held is not closed by the clock; an invigilator's closing ends her with a receipt"):
    held = hall.shift(code="S5", grace_s=0, candidates=[11])
    one = hall.client(11).open()
    assert one.save(1, 1, one.option(1)).status == 200
    assert adjust(held, "pause").status == 201
    held.end()
    time.sleep(3)  # turns of the worker
    assert held.state(11) == "open"
    assert first.post(f"/api/v1/shifts/{held.hex()}/close", {"reason": "sơ tán"}).status == 202
    assert eventually(lambda: held.state(11) == "closed") and one.read_own()["receipt"]["answered"] == 1

with step("a pause over the scheduled start moves a common clock by what lies behind the start alone"):
    wait = hall.shift(code="S6", starts=600, ends=3600, minutes=30, candidates=[12])
    one, watch = hall.client(12), Stopwatch()
    assert adjust(wait, "pause").status == 201
    watch.asked = time.time()
    start_now(wait)
    watch.paused = time.time()
    assert one.start().code == "held"
    assert watch.resume(wait, "resume").status == 201
    one.open()
    own = one.read_own()
    late_by = closes(one) - at(own["shift"]["starts_at"]) - 1800
    assert watch.fits(late_by), (late_by, watch.least, watch.most)

with step("a personal clock gives its minutes, not more, after a pause before the opening"):
    personal = hall.shift(code="S7", clock="personal", starts=-10, ends=1800, minutes=10, candidates=[13])
    assert adjust(personal, "pause").status == 201
    time.sleep(1.2)
    assert adjust(personal, "resume").status == 201
    one = hall.client(13).open()
    own = one.read_own()
    assert round(closes(one) - at(own["started_at"]), 3) == 600, own

with step("a client's clock wrong by hours changes nothing"):
    one = sitters[4]
    deadline = one.read_own()["closes_at"]
    for when in ("Tue, 01 Jan 2019 00:00:00 GMT", "Fri, 01 Jan 2038 00:00:00 GMT"):
        asked = time.time()
        reply = one.save(2, 1 if "2019" in when else 2, one.option(2), headers={"Date": when})
        assert reply.status == 200, reply
        assert asked - 5 < at(reply.json["saved_at"]) < time.time() + 5 and one.read_own()["closes_at"] == deadline
    assert one.put(f"{one.base}/responses/2", {"seq": 3, "choice": None, "flagged": False, "made_ms": 0}).status == 400

with step("many adjustments at once, while others save: every second arrives, every answer is there"):
    crowd = hall.shift(code="S8", candidates=[14])
    one = hall.client(14).open()
    before = closes(one)
    replies, clients = [], [Client(server) for _ in range(4)]
    for client in clients:
        client.cookies.update(first.cookies)
    threads = [threading.Thread(target=lambda c=c: replies.extend(adjust(crowd, "extra_time", who=c, minutes=1) for _ in range(5)))
               for c in clients]
    for thread in threads:
        thread.start()
    saved = [one.save(1 + n % 4, 1 + n // 4, None).status for n in range(40)]
    for thread in threads:
        thread.join()
    assert {r.status for r in replies} == {201} and set(saved) == {200}, (replies, saved)
    assert round(closes(one) - before, 3) == 20 * 60 and len(crowd.rows(14)) == 40

with step("sections: each position in its own time, with the grace, moved by pauses and what is given"):
    parts = hall.shift(code="S10", starts=-60, ends=3600, minutes=30, grace_s=0, candidates=[16, 17])
    server.psql(f"UPDATE khoacu.shift SET sections = '[{{\"first\":1,\"last\":2,\"minutes\":2}},{{\"first\":3,\"last\":4,\"minutes\":5}}]' "
                f"WHERE shift_id = {parts.id}")
    one = hall.client(16).open()
    start = at(one.own["shift"]["starts_at"])
    assert [(s["first"], s["last"], round(at(s["opens_at"]) - start), round(at(s["closes_at"]) - start)) for s in one.paper["sections"]] == [
        (1, 2, 0, 120), (3, 4, 120, 420)], one.paper["sections"]
    assert one.read_own()["sections"] == one.paper["sections"]
    assert one.save(2, 1, one.option(2)).status == 200 and one.save(3, 1, one.option(3)).code == "section-closed"
    assert adjust(parts, "compensation", "sitting", minutes=1, roll_number=hall.candidates[16]["roll"]).status == 201
    assert [round(at(s["closes_at"]) - start) for s in one.read_own()["sections"]] == [180, 480]
    start_now(parts, -240)
    start = at(one.read_own()["shift"]["starts_at"])
    seqs, watch = iter(range(2, 1000)), Stopwatch()
    assert eventually(lambda: one.save(2, next(seqs), None).code == "section-closed") and one.save(3, 1, one.option(3)).status == 200
    assert watch.pause(parts, "pause").status == 201
    time.sleep(1.1)
    assert watch.resume(parts, "resume").status == 201
    moved = [at(s["closes_at"]) - start for s in one.read_own()["sections"]]
    assert round(moved[0]) == 120 and watch.fits(moved[1] - 480), (moved, watch.least, watch.most)  # the first was over when the time was given

with step("each position with seconds of its own, on a personal clock, counted from one's own start"):
    quick = hall.shift(code="S11", clock="personal", starts=-60, ends=3600, minutes=30, grace_s=0, candidates=[18])
    server.psql(f"UPDATE khoacu.shift SET item_seconds = 60 WHERE shift_id = {quick.id}")
    one = hall.client(18)
    assert one.read_own()["sections"][0] == {"first": 1, "last": 1, "opens_at": None, "closes_at": None}
    assert one.save(1, 1, None).code == "not-open"
    one.open()
    started = at(one.read_own()["started_at"])
    assert [(s["first"], round(at(s["opens_at"]) - started, 3)) for s in one.own["sections"]] == [(1, 0), (2, 60), (3, 120), (4, 180)]
    assert one.save(1, 1, one.option(1)).status == 200 and one.save(2, 1, one.option(2)).code == "section-closed"
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.sitting SET started_at = started_at - interval '61 s' WHERE shift_id = {quick.id}")
    server.psql(f"SELECT pg_notify('khoacu_time', '{hex_id(quick.room_ids[0])}')")
    assert eventually(lambda: one.save(2, 1, one.option(2)).status == 200) and one.save(1, 2, None).code == "section-closed"

with step("more time by the candidate's record is there from the opening, and lengthens her sections in proportion"):
    extra = hall.shift(code="S12", starts=-60, ends=1740, minutes=30, candidates=[19, 20])
    server.psql(f"UPDATE khoacu.shift SET item_seconds = 60 WHERE shift_id = {extra.id}; SET session_replication_role = replica; "
                f"UPDATE khoacu.sitting SET accommodation_s = 900 WHERE sitting_id = {extra.sittings[19][1]}")
    one, other = hall.client(19).open(), hall.client(20).open()
    assert round(closes(one) - closes(other), 3) == 900 and closes(one) > at(one.own["shift"]["ends_at"])
    assert [round(at(s["closes_at"]) - at(s["opens_at"])) for s in one.own["sections"]] == [90] * 4

finish()
