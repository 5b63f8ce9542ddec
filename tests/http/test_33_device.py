"""Two machines of one candidate: the first says why it stands still, the invigilator decides, and no answer goes astray."""

from harness import Client, Server, finish, make_administrator, make_officers, step
from hall import Hall, hex_id

server = Server(WORKER="off")
second_server = Server(database=server.database, key_file=server.key_file, WORKER="off")
hall = Hall(server, candidates=6, items=4)
shift = hall.shift(candidates=[0, 1, 2, 3, 4])
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [("gt1", "Giám Thị Một", "Sở", "invigilator")])
invigilator = Client(server).sign_in("gt1", passwords["gt1"])


def decide(number, keep, reason="đổi máy"):
    return invigilator.post(f"/api/v1/sittings/{hex_id(shift.sittings[number][1])}/device-decision", {"keep": keep, "reason": reason})


def listed():
    return invigilator.get(f"/api/v1/shifts/{shift.hex()}/devices").json["items"]


def events(number, act):
    return len(server.psql(f"SELECT 1 FROM khoacu.audit_event WHERE act = '{act}' AND subject = 'sitting:{hex_id(shift.sittings[number][1])}'"))


def again(sitter, number):
    """Signs in once more on the same machine."""
    candidate = hall.candidates[number]
    return sitter.sign_in_candidate(candidate["roll"], candidate["code"], cycle=hall.cycle_code)


with step("a machine is known again; signing in twice there, or elsewhere before the opening, is nothing to decide"):
    one = hall.client(0)
    device = one.cookies["__Host-khoacu-device"]
    again(one, 0)
    assert one.cookies["__Host-khoacu-device"] == device
    one = hall.client(0).open()
    again(one, 0)
    assert listed() == [] and events(0, "sitting.second_device") == 0
    assert decide(0, "new").code == "nothing"

with step("another machine while the paper is open: the first is frozen and told so, the invigilator sees it"):
    assert one.save(1, 1, one.option(1)).status == 200
    two = hall.client(0)
    for reply in (one.save(1, 2, one.option(1, 1)), one.get("/api/v1/sittings/own"), one.save(1, 2, None), one.submit()):
        assert reply.status == 401 and reply.code == "not-signed-in" and reply.json["reason"] == "other-device", reply
    two.open()
    assert two.responses()[1][0] == 1 and two.save(2, 1, two.option(2)).status == 200
    assert events(0, "sitting.second_device") == 1
    row = listed()[0]
    assert row["sitting_id"] == hex_id(shift.sittings[0][1]) and row["keep"] is None and row["roll_number"] == hall.candidates[0]["roll"], row

with step("the frozen machine cannot take the sitting back by itself, on either server; the log-in alone is no use on another machine"):
    candidate = hall.candidates[0]
    for where in (one, type(one)(second_server, hall)):
        where.cookies["__Host-khoacu-device"] = one.cookies["__Host-khoacu-device"]
        reply = where.post("/api/v1/candidate-logins", {"roll_number": candidate["roll"], "access_code": candidate["code"], "cycle": hall.cycle_code})
        assert reply.status == 409 and reply.code == "device-frozen", reply
    reply = one.post("/api/v1/candidate-logins", {"roll_number": candidate["roll"], "access_code": "0000-0000-0000-0000", "cycle": hall.cycle_code})
    assert reply.status == 401 and reply.code == "wrong-code", "who does not know the code is told nothing"
    assert two.read_own()["state"] == "open" and two.save(2, 2, two.option(2, 1)).status == 200, "the newer one works on"
    assert one.get("/api/v1/sittings/own").json["decided"] is False
    thief = type(one)(server, hall)
    for device in (None, "A" * 43, one.cookies["__Host-khoacu-device"]):
        thief.cookies = {"__Host-khoacu-sitting": two.cookies["__Host-khoacu-sitting"], **({"__Host-khoacu-device": device} if device else {})}
        for reply in (thief.get("/api/v1/sittings/own"), thief.get(f"{two.base}/paper"), thief.put(f"{two.base}/responses/1", {"seq": 9, "choice": None})):
            assert reply.status == 401 and "reason" not in reply.json, reply

with step("the new one is kept"):
    assert decide(0, "other").status == 400
    reply = decide(0, "new", "máy cũ hỏng")
    assert reply.status == 200 and reply.json["keep"] == "new", reply
    assert decide(0, "first").code == "decided"
    assert two.save(2, 3, None).status == 200 and one.save(1, 2, None).status == 401
    assert one.get("/api/v1/sittings/own").json["decided"] is True
    row = listed()[0]
    assert (row["keep"], row["reason"], row["decided_by"]) == ("new", "máy cũ hỏng", "Giám Thị Một"), row

with step("given back: the first works on with its own log-in, on both servers, and the other is cut off"):
    one = hall.client(1).open()
    own = one.cookies["__Host-khoacu-sitting"]
    beside = type(one)(second_server, hall)
    beside.cookies.update(one.cookies)
    beside.open()
    assert beside.save(3, 1, beside.option(3)).status == 200, "the other server knows her now"
    two = hall.client(1).open()
    assert two.save(1, 1, two.option(1)).status == 200
    assert one.save(1, 2, None).status == 401
    assert decide(1, "first", "máy lạ").json["keep"] == "first"
    reply = two.save(1, 2, None)
    assert reply.status == 401 and reply.json["reason"] == "other-device", reply
    assert two.get("/api/v1/sittings/own").json["reason"] == "other-device"
    assert one.cookies["__Host-khoacu-sitting"] == own and one.read_own()["state"] == "open"
    assert one.save(1, 2, one.option(1)).status == 200 and one.responses()[1][0] == 2
    assert beside.read_own()["state"] == "open" and beside.save(3, 2, None).status == 200
    assert decide(1, "new").code == "decided" and events(1, "sitting.device_give_back") == 1
    assert {row["keep"] for row in listed()} == {"new", "first"}

with step("the stranger comes once more: it is to be decided once more"):
    again(two, 1)
    assert one.save(1, 3, None).json["reason"] == "other-device"
    assert listed()[0]["keep"] is None and len(listed()) == 2
    assert decide(1, "first").status == 200
    assert one.read_own()["state"] == "open" and one.save(1, 3, None).status == 200

with step("three machines: both that had the sitting wait; back to the one before the last"):
    machines = [hall.client(2).open() for _ in range(3)]
    for machine in machines[:2]:
        reply = machine.post("/api/v1/candidate-logins", {"roll_number": hall.candidates[2]["roll"], "access_code": hall.candidates[2]["code"]})
        assert reply.code == "device-frozen", reply
    again(machines[2], 2)
    assert decide(2, "first").status == 200
    assert [m.get("/api/v1/sittings/own").status for m in machines] == [401, 200, 401]

with step("a log-in that is over is not given back, and an ended sitting has nothing to decide"):
    one = hall.client(3).open()
    two = hall.client(3)
    server.psql(f"UPDATE khoacu.login SET expires_at = now() - interval '1 min' WHERE ended_at IS NOT NULL AND candidate_id = {hall.candidates[3]['id']}")
    reply = decide(3, "first")
    assert reply.code == "expired" and two.read_own()["state"] == "open", reply
    assert two.submit().status == 200
    assert decide(3, "new").code == "wrong-state"
    assert invigilator.post("/api/v1/sittings/00000000000000aa/device-decision", {"keep": "new", "reason": "x"}).status == 404

with step("who signs out, or never was, is told nothing of devices"):
    one = hall.client(4).open()
    copy = type(one)(server, hall)
    copy.cookies.update(one.cookies)
    assert one.delete("/api/v1/candidate-logins/current").status == 204
    for cookies in (copy.cookies, {"__Host-khoacu-sitting": "A" * 43}):
        copy.cookies = dict(cookies)
        reply = copy.get("/api/v1/sittings/own")
        assert reply.status == 401 and "reason" not in reply.json, reply

finish()
