"""A candidate comes to her sitting: waiting, opening the paper once, finding it again; on one server and on two."""

from harness import Client, Server, finish, step
from hall import Hall, at_once, canonical, hex_id, option_text, stem_text

server = Server(WORKER="off")
second = Server(database=server.database, key_file=server.key_file, WORKER="off")
hall = Hall(server, candidates=12, items=7, room_size=5)
shift = hall.shift(code="S1", starts=3600, ends=7200, minutes=60, grace_s=60, candidates=[0, 1, 2, 3, 4, 5])
personal = hall.shift(code="S2", clock="personal", starts=-60, ends=1800, minutes=20, candidates=[6, 7])


def begin_now(of=shift):
    server.psql(f"UPDATE khoacu.shift SET starts_at = clock_timestamp() - interval '1 s', ends_at = clock_timestamp() + interval '3599 s' "
                f"WHERE shift_id = {of.id}")


sitter = hall.client(0)

with step("the candidate sees her seat, her shift and no deadline before the start"):
    own = sitter.read_own()
    assert own["id"] == hex_id(shift.sittings[0][1]) and own["state"] == "assigned", own
    assert own["candidate"] == {"roll_number": "H000000", "full_name": "Thí sinh 0"}, own
    assert own["cycle"] == {"code": "HALL-2026", "title_vi": "Kỳ thi", "title_en": "Examination", "demonstration": False}, own
    assert (own["shift"]["code"], own["shift"]["clock"], own["shift"]["minutes"], own["shift"]["grace_s"]) == ("S1", "common", 60, 60), own
    assert (own["room"], own["seat"], own["item_count"]) == ("P1", 1, 7), own
    assert own["started_at"] is None and own["closes_at"] is None and own["receipt"] is None, own
    assert own["aids"] == {"calculator": False}, own
    server.psql(f"UPDATE khoacu.shift SET calculator = true WHERE shift_id = {shift.id}")
    assert sitter.read_own()["aids"] == {"calculator": True}
    assert hall.client(5).read_own()["room"] == "P2"

with step("nobody opens a paper before the shift begins, and is told when that is"):
    reply = sitter.start()
    assert reply.status == 409 and reply.code == "too-early" and reply.json["starts_at"] == own["shift"]["starts_at"], reply
    assert reply.json["server_now"] < reply.json["starts_at"], reply
    assert shift.state(0) == "assigned"

with step("before it is opened there is no paper, no save, no submit and no receipt; the empty list of answers is there"):
    reply = sitter.get(f"{sitter.base}/paper")
    assert reply.status == 409 and reply.code == "not-open", reply
    reply = sitter.save(1, 1, None)
    assert reply.status == 409 and reply.code == "not-open", reply
    reply = sitter.submit()
    assert reply.status == 409 and reply.code == "not-open", reply
    assert sitter.get(f"{sitter.base}/receipt").status == 404
    reply = sitter.get(f"{sitter.base}/responses")
    assert reply.status == 200 and reply.json["responses"] == [] and reply.json["state"] == "assigned" and reply.json["closes_at"] is None
    assert shift.rows(0) == []

begin_now()

with step("from its first moment the paper opens, whole, with the common deadline"):
    sitter.open()
    paper = sitter.paper
    assert paper["sitting_id"] == own["id"] and paper["responses"] == [], paper
    assert [item["position"] for item in paper["items"]] == list(range(1, 8))
    assert sorted(canonical(item)[0] for item in paper["items"]) == list(range(1, 8))
    for item in paper["items"]:
        place, _ = canonical(item)
        assert item["stem"] == stem_text(place, "F-S1")
        assert sorted(o["text"] for o in item["options"]) == [option_text(place, o, "F-S1") for o in range(1, 5)]
        assert len({o["id"] for o in item["options"]}) == 4
    own = sitter.read_own()
    assert own["state"] == "open" and own["closes_at"] == paper["closes_at"] and own["started_at"] is not None, own
    assert own["closes_at"] == own["shift"]["ends_at"], own

with step("a second start, a reload and another server give the same paper and the same deadline"):
    again = sitter.start()
    reloaded = sitter.get(f"{sitter.base}/paper")
    elsewhere = Client(second)
    elsewhere.cookies = dict(sitter.cookies)
    replies = [again, reloaded, elsewhere.get(f"{sitter.base}/paper"), elsewhere.post(f"{sitter.base}/start"),
               elsewhere.post(f"{sitter.base}/start", {})]
    for reply in replies:
        assert reply.status == 200, reply
        assert {k: v for k, v in reply.json.items() if k != "server_now"} == {k: v for k, v in paper.items() if k != "server_now"}, reply

with step("a start with a body that says something is refused"):
    reply = sitter.post(f"{sitter.base}/start", {"closes_at": "2099-01-01T00:00:00.000Z"})
    assert reply.status == 400 and reply.json["errors"][0] == {"path": "closes_at", "rule": "unknown"}, reply

with step("every candidate has an order of her own, and option ids that are used nowhere else"):
    neighbours = [sitter] + [hall.client(n).open() for n in (1, 2, 3)]
    orders = [tuple(canonical(item)[0] for item in n.paper["items"]) for n in neighbours]
    assert len(set(orders)) == len(orders), orders
    ids = [option["id"] for n in neighbours for item in n.paper["items"] for option in item["options"]]
    assert len(set(ids)) == len(ids)

with step("two tabs and two servers at once open one sitting once, with one deadline"):
    for of, numbers in ((shift, [4, 5]), (personal, [6])):
        for number in numbers:
            here = hall.client(number)
            here.read_own()
            tabs = []
            for at in (server, second, server, second, server, second):
                tab = Client(at)
                tab.cookies = dict(here.cookies)
                tabs.append(tab)
            replies = at_once(*[lambda tab=tab: tab.post(f"{here.base}/start", {}) for tab in tabs])
            assert {reply.status for reply in replies} == {200}, replies
            assert len({reply.json["closes_at"] for reply in replies}) == 1, replies
            events = server.psql(f"SELECT count(*) FROM khoacu.audit_event WHERE act = 'sitting.start' AND "
                                 f"subject = 'sitting:{hex_id(of.sittings[number][1])}'")
            assert events == [["1"]], events

with step("a personal clock runs from one's own start and not beyond the window"):
    late = hall.client(7)
    server.psql(f"UPDATE khoacu.shift SET ends_at = clock_timestamp() + interval '600 s' WHERE shift_id = {personal.id}")
    late.open()
    own = late.read_own()
    assert own["closes_at"] == own["shift"]["ends_at"] and own["shift"]["clock"] == "personal", own
    early = server.psql(f"SELECT closes_at - started_at FROM khoacu.sitting WHERE sitting_id = {personal.sittings[6][1]}")
    assert early == [["00:20:00"]], early

with step("another candidate's sitting is as if it were not there"):
    other = hex_id(shift.sittings[1][1])
    for method, path, body in (("POST", "start", {}), ("GET", "paper", None), ("GET", "responses", None), ("GET", "receipt", None),
                               ("PUT", "responses/1", {"seq": 1, "choice": None}), ("POST", "submit", {"confirm": True})):
        reply = sitter.request(method, f"/api/v1/sittings/{other}/{path}", body=body)
        assert reply.status == 404 and reply.code == "not-found", reply
    assert shift.state(1) == "open" and shift.rows(1) == []

with step("an id that is none is not found, and a candidate without a seat has no sitting"):
    for name in ("0", "00000000000000", "zzzzzzzzzzzzzzzz", "000000000000000001", "0000000000000000"):
        assert sitter.get(f"/api/v1/sittings/{name}/paper").status == 404
    seatless = hall.client(11)
    assert seatless.get("/api/v1/sittings/own").status == 404
    assert seatless.get(f"/api/v1/sittings/{other}/paper").status == 404

with step("no log-in, a forged one and one that has expired open nothing"):
    stranger = Client(server)
    stranger.cookies["__Host-khoacu-device"] = sitter.cookies["__Host-khoacu-device"]
    for cookie in (None, "A" * 43, "", "%00", "A" * 43 + "=", "x" * 200):
        if cookie is not None:
            stranger.cookies["__Host-khoacu-sitting"] = cookie
        for method, path, body in (("GET", "paper", None), ("POST", "start", {}), ("PUT", "responses/1", {"seq": 1, "choice": None})):
            reply = stranger.request(method, f"{sitter.base}/{path}", body=body)
            assert reply.status in (401, 400, 431) and reply.code != "csrf", reply
    expired = hall.client(3)
    expired.read_own()
    server.psql("UPDATE khoacu.login SET expires_at = clock_timestamp() - interval '1 s' WHERE candidate_id = "
                f"{hall.candidates[3]['id']} AND ended_at IS NULL")
    assert expired.get(f"{expired.base}/paper").status == 401
    fresh_server = Client(second)
    fresh_server.cookies = dict(expired.cookies)
    reply = fresh_server.put(f"{expired.base}/responses/1", {"seq": 1, "choice": None})
    assert reply.status == 401, reply

with step("a log-in that a newer one has replaced neither reads nor saves, on either server, and the newer one goes on"):
    old = hall.client(2).open()
    new = hall.client(2, server=second)
    new.read_own()
    assert old.get(f"{old.base}/paper").status == 401
    for at in (server, second):
        borrowed = Client(at)
        borrowed.cookies = dict(old.cookies)
        reply = borrowed.put(f"{old.base}/responses/1", {"seq": 1, "choice": None})
        assert reply.status == 401, reply
    assert shift.rows(2) == []
    new.open()
    assert new.save(1, 1, new.option(1)).status == 200
    assert len(shift.rows(2)) == 1

with step("staff have no way into a sitting, and a forged request none at all"):
    reply = Client(server).get(f"{sitter.base}/paper")
    assert reply.status == 401, reply
    for headers in ({"X-Khoacu": None}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = sitter.post(f"{sitter.base}/start", {}, headers=headers)
        assert reply.status == 403 and reply.code == "csrf", reply

with step("once its time is over a paper is not opened, not even in the grace, and an open one is not given again after it"):
    server.psql(f"UPDATE khoacu.shift SET starts_at = clock_timestamp() - interval '3601 s', ends_at = clock_timestamp() - interval '1 s' "
                f"WHERE shift_id = {shift.id}")
    hall_room = server.psql(f"SELECT count(*) FROM khoacu.sitting WHERE shift_id = {shift.id} AND state = 'assigned'")
    assert hall_room == [["0"]]
    shift.move_deadline(0, -1)
    assert sitter.get(f"{sitter.base}/paper").status == 200
    assert sitter.start().status == 200
    shift.move_deadline(0, -61)
    for reply in (sitter.get(f"{sitter.base}/paper"), sitter.start(), sitter.submit()):
        assert reply.status == 409 and reply.code == "ended", reply
    over = hall.shift(code="S3", starts=-3601, ends=-1, minutes=60, candidates=[9])
    latecomer = hall.client(9)
    reply = latecomer.start()
    assert reply.status == 409 and reply.code == "ended" and over.state(9) == "assigned", reply

with step("a shift that was closed opens no paper"):
    closed = hall.shift(code="S4", candidates=[10])
    server.psql(f"UPDATE khoacu.shift SET state = 'closed' WHERE shift_id = {closed.id}")
    reply = hall.client(10).start()
    assert reply.status == 409 and reply.code == "ended" and closed.state(10) == "assigned", reply

finish()
