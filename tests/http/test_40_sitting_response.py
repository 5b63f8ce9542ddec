"""Answers: every way of saving them, in and out of order, right and forged, in time and late."""

import random

from harness import Client, Server, finish, step
from hall import Hall, at_once, canonical, hex_id

server = Server(WORKER="off")
second = Server(database=server.database, key_file=server.key_file, WORKER="off")
hall = Hall(server, candidates=10, items=6)
shift = hall.shift(candidates=[0, 1, 2, 3, 4, 5, 6, 7], grace_s=60)
other_shift = hall.shift(code="S2", candidates=[8])
sitter = hall.client(0).open()


def place_of(who, shown, choice):
    """(canonical position, canonical option) of what a candidate chose."""
    return canonical(who.item(shown), choice)


with step("a saved answer is in the table, in canonical places, and in the list"):
    choice = sitter.option(3, 2)
    reply = sitter.save(3, 1, choice)
    assert reply.status == 200 and (reply.json["outcome"], reply.json["position"], reply.json["seq"]) == ("recorded", 3, 1), reply
    position, option = place_of(sitter, 3, choice)
    assert shift.rows(0) == [(position, 1, option, False)], shift.rows(0)
    assert sitter.responses() == {3: (1, choice, False)}

with step("sent again it is answered as the first time and is there once"):
    for _ in range(3):
        reply = sitter.save(3, 1, choice)
        assert reply.status == 200 and reply.json["outcome"] == "repeated", reply
    assert len(shift.rows(0)) == 1

with step("the same number with another answer is refused and shows what is there"):
    reply = sitter.save(3, 1, sitter.option(3, 0))
    assert reply.status == 409 and reply.code == "stale", reply
    assert reply.json["current"] == {"seq": 1, "choice": choice, "flagged": False}, reply
    reply = sitter.save(3, 1, choice, flagged=True)
    assert reply.status == 409 and reply.code == "stale", reply
    assert len(shift.rows(0)) == 1

with step("a higher number replaces, a lower one that comes late is kept and does not"):
    newer = sitter.option(3, 1)
    assert sitter.save(3, 5, newer).status == 200
    reply = sitter.save(3, 3, sitter.option(3, 0))
    assert reply.status == 200 and reply.json["outcome"] in ("recorded", "superseded"), reply
    assert sitter.responses()[3] == (5, newer, False)
    assert [row[1] for row in shift.rows(0)] == [1, 3, 5]

with step("an answer can be cleared and a question flagged, with and without an answer"):
    assert sitter.save(3, 6, None).status == 200
    assert sitter.responses()[3] == (6, None, False)
    assert sitter.save(3, 7, None, flagged=True).status == 200
    assert sitter.save(4, 1, None, flagged=True).status == 200
    assert sitter.responses() == {3: (7, None, True), 4: (1, None, True)}
    assert sitter.save(4, 2, sitter.option(4), flagged=True).status == 200
    reply = sitter.put(f"{sitter.base}/responses/4", {"seq": 3, "choice": sitter.option(4)})
    assert reply.status == 200 and sitter.responses()[4] == (3, sitter.option(4), False), reply

with step("a reload shows what was saved, on the other server too, in the candidate's own places"):
    elsewhere = Client(second)
    elsewhere.cookies = dict(sitter.cookies)
    for reply in (sitter.get(f"{sitter.base}/paper"), elsewhere.get(f"{sitter.base}/paper")):
        found = {r["position"]: (r["seq"], r["choice"], r["flagged"]) for r in reply.json["responses"]}
        assert found == sitter.responses(), reply

with step("options that are not of this question are refused and leave nothing"):
    before = shift.rows(0)
    neighbour = hall.client(1).open()
    stranger = hall.client(8).open()
    forged = [sitter.option(2), neighbour.option(1), stranger.option(1), "ZZZZZZZZ", "00000000", "1", "0", "A", "zzzzzzzz",
              sitter.option(1) + "0", sitter.option(1)[:7], "'; --", "Câu", "\u0000"]
    for name in forged:
        reply = sitter.save(1, 1, name)
        assert reply.status == 400 and reply.code in ("invalid", "malformed-json"), (name, reply)
    assert shift.rows(0) == before

with step("a body that is not an answer is refused and leaves nothing"):
    path = f"{sitter.base}/responses/1"
    for body in ({}, {"seq": 1, "choice": 1}, {"seq": "1", "choice": None}, {"seq": 0, "choice": None}, {"seq": -1, "choice": None},
                 {"seq": 1000001, "choice": None}, {"seq": 1.5, "choice": None}, {"seq": 1, "choice": None, "flagged": "yes"},
                 {"seq": 1, "choice": None, "position": 2}, {"seq": 1, "choice": None, "received_at": "2020-01-01T00:00:00Z"}, [], None,
                 {"seq": 2**63, "choice": None}, {"choice": None}, {"seq": 1, "choice": {"id": "x"}}):
        reply = sitter.put(path, body) if body is not None else sitter.put(path, data="null", content_type="application/json")
        assert reply.status == 400, (body, reply)
    for data in ("", "{", '{"seq":1,"seq":2,"choice":null}', '{"seq":1,"choice":null} x', "\xff", "[" * 2000):
        reply = sitter.put(path, data=data.encode("latin-1"), content_type="application/json")
        assert reply.status in (400, 413), (data[:20], reply)
    reply = sitter.put(path, data='{"seq":1,"choice":null}', content_type="text/plain")
    assert reply.status == 415, reply
    reply = sitter.put(path, {"seq": 1, "choice": "x" * 2000})
    assert reply.status in (400, 413), reply
    assert shift.rows(0) == before

with step("positions that the paper does not have are not found"):
    for position in ("0", "7", "200", "201", "-1", "1.0", "x", "01", "99999999999999999999"):
        reply = sitter.put(f"{sitter.base}/responses/{position}", {"seq": 1, "choice": None})
        assert reply.status == 404, (position, reply)
    assert shift.rows(0) == before

with step("fifty copies at once are one answer; of fifty different ones with one number one is recorded"):
    many = hall.client(2).open()
    browsers = []
    for i in range(50):
        browser = Client(server if i % 2 else second)
        browser.cookies = dict(many.cookies)
        browsers.append(browser)
    body = {"seq": 1, "choice": many.option(1)}
    replies = at_once(*[lambda b=b: b.put(f"{many.base}/responses/1", body) for b in browsers])
    outcomes = [reply.json.get("outcome") for reply in replies]
    assert {reply.status for reply in replies} == {200} and outcomes.count("recorded") == 1, outcomes
    bodies = [{"seq": 2, "choice": many.option(1, i % 4), "flagged": i % 8 > 3} for i in range(50)]
    replies = at_once(*[lambda b=b, body=body: b.put(f"{many.base}/responses/1", body) for b, body in zip(browsers, bodies)])
    outcomes = [reply.json.get("outcome") for reply in replies]
    assert outcomes.count("recorded") == 1 and {reply.status for reply in replies} <= {200, 409}, outcomes
    winner = bodies[outcomes.index("recorded")]
    assert many.responses()[1] == (2, winner["choice"], winner["flagged"])
    for reply, sent in zip(replies, bodies):
        assert (reply.status == 200) == (sent == winner), (reply, sent)
    assert len(shift.rows(2)) == 2

with step("a thousand saves in any order from two servers leave the highest number of each question"):
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    busy = hall.client(3).open()
    changes = [(position, seq, draw.choice([None] + [busy.option(position, i) for i in range(4)]), draw.random() < 0.2)
               for position in range(1, 7) for seq in range(1, 31)]
    draw.shuffle(changes)
    pairs = [changes[i::4] for i in range(4)]

    def send(part, at):
        browser = Client(at)
        browser.cookies = dict(busy.cookies)
        for position, seq, choice, flagged in part:
            for _ in range(draw.choice((1, 1, 2))):
                reply = browser.put(f"{busy.base}/responses/{position}", {"seq": seq, "choice": choice, "flagged": flagged})
                while reply.status == 429:
                    reply = browser.put(f"{busy.base}/responses/{position}", {"seq": seq, "choice": choice, "flagged": flagged})
                assert reply.status == 200, reply

    at_once(*[lambda part=part, i=i: send(part, (server, second)[i % 2]) for i, part in enumerate(pairs)])
    last = {position: (seq, choice, flagged) for position, seq, choice, flagged in sorted(changes, key=lambda change: change[1])}
    assert busy.responses() == last, f"seed {seed}"
    assert len(shift.rows(3)) == len(changes), f"seed {seed}"

with step("after submitting nothing more is taken, but what was saved is still said to be"):
    done = hall.client(4).open()
    assert done.save(1, 1, done.option(1)).status == 200
    assert done.submit().status == 200
    reply = done.save(1, 2, done.option(1, 1))
    assert reply.status == 409 and reply.code == "ended", reply
    reply = done.save(1, 1, done.option(1))
    assert reply.status == 200 and reply.json["outcome"] == "repeated", reply
    assert len(shift.rows(4)) == 1

with step("in the grace a save is taken, after it not"):
    late = hall.client(5).open()
    shift.move_deadline(5, -1)
    reply = late.save(1, 1, late.option(1))
    assert reply.status == 200, reply
    shift.move_deadline(5, -61)
    reply = late.save(1, 2, late.option(1))
    assert reply.status == 409 and reply.code == "ended", reply
    assert len(shift.rows(5)) == 1

with step("a sitting that the worker has closed takes nothing"):
    closed = hall.client(6).open()
    closed.read_own()
    shift.move_deadline(6, -10)
    server.psql(f"UPDATE khoacu.sitting SET state = 'closed', ended_at = now() WHERE sitting_id = {shift.sittings[6][1]}")
    reply = closed.save(1, 1, None)
    assert reply.status == 409 and reply.code == "ended", reply
    assert shift.rows(6) == []

with step("a clock that the client sends changes nothing: the server's own receipt of the request counts"):
    honest = hall.client(7).open()
    shift.move_deadline(7, -3600)
    reply = honest.save(1, 1, None, headers={"Date": "Mon, 01 Jan 2024 00:00:00 GMT", "X-Client-Time": "2024-01-01T00:00:00Z"})
    assert reply.status == 409 and reply.code == "ended", reply

with step("a room that asks too much is told to wait, all its candidates are; another room and another server's room are not"):
    limited = Server(database=server.database, key_file=server.key_file, WORKER="off", SAVES_PER_S=1)
    crowd, neighbour = [hall.client(n, limited) for n in range(5)], hall.client(8, limited)
    answers = []

    def ask(who):
        """Within what one candidate may, until her room may no more."""
        for _ in range(199):
            answers.append(who.get("/api/v1/sittings/own"))
            if answers[-1].status == 429:
                return

    at_once(*[lambda c=c: ask(c) for c in crowd])
    refused = [a for a in answers if a.status == 429]
    assert refused and {a.status for a in answers} == {200, 429} and all(1 <= int(a.headers["retry-after"]) <= 60 for a in refused), refused[:1]
    assert len(answers) - len(refused) >= 395, "the burst of the room is hers"
    for _ in range(20):
        assert neighbour.get("/api/v1/sittings/own").status == 200

with step("nothing but what was sent is stored"):
    stored = server.psql(f"SELECT count(*) FROM khoacu.response r WHERE NOT EXISTS (SELECT 1 FROM khoacu.sitting s JOIN khoacu.shift h "
                         f"USING (shift_id) WHERE s.sitting_id = r.sitting_id AND s.room_id = r.room_id AND h.cycle_id = {hall.cycle_id})")
    assert stored == [["0"]], stored
    assert other_shift.rows(8) == []

finish()
