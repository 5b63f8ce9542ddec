"""Handing in: one receipt that anybody can recompute, given again as often as it is asked for."""

import random
import re
import threading

from harness import Client, Server, finish, step
from hall import Hall, at_once, expected_receipt, hex_id

server = Server(WORKER="off")
second = Server(database=server.database, key_file=server.key_file, WORKER="off")
hall = Hall(server, candidates=12, items=8)
shift = hall.shift(grace_s=60)
sitter = hall.client(0).open()


def tab(who, at):
    browser = Client(at)
    browser.cookies = dict(who.cookies)
    return browser


with step("without the word of confirmation nothing is handed in"):
    for body in ({}, {"confirm": False}, {"confirm": "true"}, {"confirm": None}, {"confirm": True, "answers": []}, []):
        reply = sitter.post(f"{sitter.base}/submit", body)
        assert reply.status == 400 and reply.code == "invalid", (body, reply)
    assert shift.state(0) == "open"

with step("the receipt is the hash of what counts: the highest numbers, without what was cleared"):
    for position, seq, choice, flagged in ((1, 1, 0, False), (1, 2, 3, True), (2, 1, 1, False), (2, 2, None, False), (5, 4, 2, False),
                                           (5, 3, 1, False), (8, 1, None, True)):
        reply = sitter.save(position, seq, None if choice is None else sitter.option(position, choice), flagged)
        assert reply.status == 200, reply
    reply = sitter.submit()
    assert reply.status == 200, reply
    receipt = reply.json["receipt"]
    expected = expected_receipt(shift, 0)
    assert {k: receipt[k] for k in expected} == expected and expected["answered"] == 2, (receipt, expected)

with step("it is the same in every place and at every time"):
    assert sitter.submit().json["receipt"] == receipt
    assert tab(sitter, second).post(f"{sitter.base}/submit", {"confirm": True}).json["receipt"] == receipt
    assert sitter.get(f"{sitter.base}/receipt").json == receipt
    assert tab(sitter, second).get(f"{sitter.base}/receipt").json == receipt
    assert sitter.read_own()["receipt"] == receipt and sitter.own["state"] == "submitted"
    again = hall.client(0, server=second)
    assert again.read_own()["receipt"] == receipt
    stored = server.psql("SELECT encode(answers_sha256, 'hex'), code, answered FROM khoacu.receipt "
                         f"WHERE sitting_id = {shift.sittings[0][1]}")
    assert stored == [[receipt["answers_sha256"], receipt["code"], "2"]], stored

with step("the audit trail has the hand-in once, with the receipt's hash, and no answer"):
    events = server.psql(f"SELECT actor, payload FROM khoacu.audit_event WHERE act = 'sitting.submit' AND subject = 'sitting:{sitter.own['id']}'")
    assert len(events) == 1 and events[0][0] == f"candidate:{hex_id(hall.candidates[0]['id'])}", events
    assert receipt["answers_sha256"] in events[0][1] and "choice" not in events[0][1], events

with step("the paper is closed afterwards, and what was answered can still be read"):
    sitter = again
    for reply in (sitter.get(f"{sitter.base}/paper"), sitter.start()):
        assert reply.status == 409 and reply.code == "ended", reply
    reply = sitter.get(f"{sitter.base}/responses")
    assert reply.status == 200 and reply.json["state"] == "submitted" and len(reply.json["responses"]) == 4, reply

with step("an empty paper has a receipt too"):
    empty = hall.client(1).open()
    receipt = empty.submit().json["receipt"]
    expected = expected_receipt(shift, 1)
    assert {k: receipt[k] for k in expected} == expected and receipt["answered"] == 0
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", receipt["code"])

with step("twenty tabs on two servers that hand in at once get one receipt"):
    crowd = hall.client(2).open()
    assert crowd.save(1, 1, crowd.option(1)).status == 200
    tabs = [tab(crowd, (server, second)[i % 2]) for i in range(20)]
    replies = at_once(*[lambda t=t: t.post(f"{crowd.base}/submit", {"confirm": True}) for t in tabs])
    assert {reply.status for reply in replies} == {200}, replies
    assert len({reply.bytes for reply in replies}) == 1, replies
    assert server.psql(f"SELECT count(*) FROM khoacu.audit_event WHERE act = 'sitting.submit' AND subject = 'sitting:{crowd.own['id']}'") == [["1"]]

with step("what was acknowledged while somebody handed in is in the receipt, and what was not is not stored"):
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    for number in range(3, 9):
        busy = hall.client(number).open()
        acknowledged, refused, stop = [], [], threading.Event()

        def save_on(position, at, busy=busy, acknowledged=acknowledged, refused=refused, stop=stop):
            browser = tab(busy, at)
            for seq in range(1, 200):
                choice = busy.option(position, seq % 4)
                reply = browser.put(f"{busy.base}/responses/{position}", {"seq": seq, "choice": choice})
                if reply.status == 429:
                    continue
                if reply.status != 200:
                    refused.append((position, seq, reply.code))
                    return
                acknowledged.append((position, seq, choice))

        threads = [threading.Thread(target=save_on, args=(position, (server, second)[position % 2])) for position in range(1, 6)]
        for thread in threads:
            thread.start()
        stop.wait(draw.random() * 0.3 + 0.05)
        reply = tab(busy, draw.choice((server, second))).post(f"{busy.base}/submit", {"confirm": True})
        for thread in threads:
            thread.join()
        assert reply.status == 200, (seed, reply)
        assert {code for _, _, code in refused} <= {"ended"} and len(shift.rows(number)) == len(acknowledged), (seed, refused[:3])
        last = {}
        for position, seq, choice in sorted(acknowledged, key=lambda save: save[1]):
            last[position] = (seq, choice, False)
        assert busy.responses() == last, seed
        expected = expected_receipt(shift, number)
        assert {k: reply.json["receipt"][k] for k in expected} == expected, (seed, number)

with step("the time rules here too: in the grace it is taken, after it not"):
    late = hall.client(9).open()
    shift.move_deadline(9, -1)
    assert late.submit().status == 200
    too_late = hall.client(10).open()
    assert too_late.save(1, 1, too_late.option(1)).status == 200
    shift.move_deadline(10, -61)
    reply = too_late.submit()
    assert reply.status == 409 and reply.code == "ended", reply
    assert shift.state(10) == "open" and too_late.get(f"{too_late.base}/receipt").status == 404

finish()
