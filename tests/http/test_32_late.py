"""What came too late or by another way: late answers and their decision, emergency files, the sealed paper and its key."""

import base64
import hashlib
import json
import os
import subprocess
import tempfile
import time

from harness import Client, Server, eventually, finish, make_administrator, make_officers, step
from hall import Hall, canonical, expected_receipt, hex_id
from vault import seal, unseal

server = Server()
hall = Hall(server, candidates=12, items=6)
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [("gt1", "Giám Thị Một", "Sở", "invigilator"), ("gt2", "Giám Thị Hai", "Sở", "hr_officer")])
first, second = (Client(server).sign_in(name, passwords[name]) for name in ("gt1", "gt2"))
ZERO = "0" * 64


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def chain(events, start=1, prev=ZERO):
    """Events (position, seq, choice, flagged) as the candidate's machine chains them."""
    out = []
    for n, (position, seq, choice, flagged) in enumerate(events, start):
        event = {"n": n, "prev": prev, "position": position, "seq": seq, "choice": choice, "flagged": flagged,
                 "made_ms": int(time.time() * 1000)}
        text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        prev = hashlib.sha256(text.encode()).hexdigest()
        out.append({**event, "hash": prev})
    return out


def send(sitter, events):
    return sitter.post(f"{sitter.base}/late-responses", {"events": events})


def wait_for(condition):
    assert eventually(condition)


def late_rows(shift, number):
    return int(server.psql(f"SELECT count(*) FROM khoacu.late_response WHERE sitting_id = {shift.sittings[number][1]}")[0][0])


with step("before the opening and while it runs there are no late answers"):
    shift = hall.shift(candidates=[0, 1, 2, 3], grace_s=0)
    one = hall.client(0)
    assert send(one, chain([(1, 1, None, False)])).code == "not-open"
    one.open()
    assert send(one, chain([(1, 1, one.option(1), False)])).code == "open"
    assert late_rows(shift, 0) == 0

with step("after the end they are kept, once, and count nowhere"):
    assert one.save(1, 1, one.option(1)).status == 200
    other = hall.client(1).open()
    events = chain([(1, 1, one.option(1), False), (1, 2, one.option(1, 1), False), (2, 1, one.option(2, 2), True), (3, 1, None, False)])
    shift.end(0.2)
    wait_for(lambda: shift.state(0) == "closed" and shift.state(3) == "absent")
    before = one.read_own()["receipt"]
    reply = send(one, events)
    assert reply.status == 200 and (reply.json["outcome"], reply.json["kept"]) == ("waiting", 3), reply
    batch = reply.json["batch_id"]
    assert send(one, events).json["outcome"] == "repeated" and late_rows(shift, 0) == 3
    assert send(hall.client(3), chain([(1, 1, None, False)])).code == "not-open"
    assert len(shift.rows(0)) == 1 and one.read_own()["receipt"] == before

with step("a chain that is broken anywhere is refused whole"):
    def broken(**change):
        bad = [dict(event) for event in chain([(4, 1, one.option(4), False), (4, 2, one.option(4, 1), False), (5, 1, None, False)], 5, "1" * 64)]
        for path, value in change.items():
            index, member = path.split("_", 1)
            bad[int(index[1:])][member] = value
        return bad

    for events_, rule in ((broken(e1_choice=one.option(4, 2)), "hash"), (broken(e1_flagged=True), "hash"), (broken(e2_made_ms=5), "hash"),
                          (broken()[::2], "chain"), (broken()[::-1], "chain"), (broken(e0_n="1"), "form"), (broken(e0_hash="xx"), "form"),
                          (broken(e0_extra=1), "form"), (chain([(1, 1, None, False)], 1, "1" * 64), "chain"),
                          (chain([(7, 1, None, False)], 5, ZERO), "position"), (chain([(1, 3, "NICHTDA1", False)], 5, ZERO), "choice"),
                          (chain([(0, 1, None, False)], 5, ZERO), "form"), (["x"], "form")):
        reply = send(one, events_)
        assert reply.status == 422 and (reply.code, reply.json["rule"]) == ("chain", rule), (rule, reply)
    assert send(one, []).status == 400 and one.post(f"{one.base}/late-responses", {}).status == 400
    assert late_rows(shift, 0) == 3
    foreign = chain([(4, 1, other.option(4), False)])
    assert send(one, foreign).status == 422, "option names are one's own"

with step("nobody decides alone, and nothing counts before two have"):
    path = f"/api/v1/late-answers/{batch}"
    assert first.post(f"{path}/confirmation", {"confirm": True}).code == "no-proposal"
    assert first.post(f"{path}/proposal", {"decision": "maybe", "reason": "x"}).status == 400
    assert first.post(f"{path}/proposal", {"decision": "leave", "reason": "quá muộn"}).status == 200
    reply = first.post(f"{path}/proposal", {"decision": "count", "reason": "mất mạng 14 phút"})
    assert reply.status == 200 and reply.json["state"] == "proposed", reply
    assert first.post(f"{path}/confirmation", {"confirm": True}).code == "same-person"
    assert first.post(f"{path}/confirmation", {"confirm": False}).status == 400
    assert len(shift.rows(0)) == 1 and one.read_own()["receipt"] == before
    row = first.get(f"/api/v1/shifts/{shift.hex()}/late-answers").json["items"][0]
    assert (row["state"], row["answers"], row["decision"], row["proposed_by"], row["source"]) == (
        "proposed", 3, "count", "Giám Thị Một", "client"), row

with step("what counts is scored as if it had been saved in time, with a new receipt beside the old"):
    wait_for(lambda: shift.scores().get(0))
    scored = shift.scores()[0]
    reply = second.post(f"{path}/confirmation", {"confirm": True})
    assert reply.status == 200 and (reply.json["state"], reply.json["counted"]) == ("counted", 3), reply
    assert second.post(f"{path}/confirmation", {"confirm": True}).code == "decided"
    assert first.post(f"{path}/proposal", {"decision": "leave", "reason": "x"}).code == "decided"
    after = one.read_own()["receipt"]
    wanted = expected_receipt(shift, 0)
    assert {name: after[name] for name in wanted} == wanted and after == reply.json["receipt"] and after != before
    assert server.psql(f"SELECT count(*) FROM khoacu.receipt WHERE sitting_id = {shift.sittings[0][1]}") == [["2"]]
    assert one.responses()[1] == (2, one.option(1, 1), False) and one.responses()[2] == (1, one.option(2, 2), True)
    wait_for(lambda: len(shift.scores()[0]) > len(scored))
    key = hall.keys[shift.form_id]
    newest = {position: choice for position, _, choice, _ in shift.rows(0)}
    right = sum(1 for position, choice in newest.items() if choice and key[position] == choice)
    assert shift.scores()[0][-1][1:] == ("counted", right, 2), (shift.scores()[0], right)
    found = server.psql(f"SELECT act, reason FROM khoacu.audit_event WHERE subject = 'sitting:{hex_id(shift.sittings[0][1])}' "
                        "AND act LIKE 'sitting.late%' ORDER BY event_id")
    assert sorted(row[0] for row in found) == ["sitting.late_count", "sitting.late_keep", "sitting.late_propose", "sitting.late_propose"], found
    assert ["sitting.late_count", "mất mạng 14 phút"] in found

with step("what is left stays where it is; before its decision an earlier answer rules"):
    reply = send(other, chain([(1, 1, other.option(1), False)]))
    path = f"/api/v1/late-answers/{reply.json['batch_id']}"
    assert second.post(f"{path}/proposal", {"decision": "leave", "reason": "làm sau giờ"}).status == 200
    assert first.post(f"{path}/confirmation", {"confirm": True}).json["state"] == "left"
    assert shift.rows(1) == [] and late_rows(shift, 1) == 1
    page = first.get(f"/api/v1/shifts/{shift.hex()}/late-answers?limit=1").json
    assert page["items"][0]["state"] == "left" and page["next"]
    page = first.get(f"/api/v1/shifts/{shift.hex()}/late-answers?after={page['next']}").json
    assert [row["state"] for row in page["items"]] == ["counted"] and page["next"] is None
    assert first.post("/api/v1/late-answers/00000000000000aa/confirmation", {"confirm": True}).status == 404
    assert first.post("/api/v1/late-answers/00000000000000aa/proposal", {"decision": "count", "reason": "x"}).status == 404

with step("beyond the window they are refused"):
    server.psql(f"UPDATE khoacu.shift SET late_s = 0 WHERE shift_id = {shift.id}")
    assert send(other, chain([(2, 1, None, False)])).code == "too-late"

# ---- emergency files ----

LOCK = """const [pub, key] = process.argv.slice(1).map(t => Buffer.from(t, 'base64url'));
crypto.webcrypto.subtle.importKey('spki', pub, {name: 'RSA-OAEP', hash: 'SHA-256'}, false, ['encrypt'])
  .then(k => crypto.webcrypto.subtle.encrypt({name: 'RSA-OAEP'}, k, key)).then(c => console.log(Buffer.from(c).toString('base64url')));"""


def emergency(sitter, events, public=None, sitting=None, inside=None):
    """A file as the candidate's browser makes it, by the same WebCrypto."""
    own, key = sitter.read_own(), os.urandom(32)
    sitting = sitting or own["id"]
    locked = subprocess.run(["node", "-e", LOCK, public or own["emergency_key"], b64(key)], capture_output=True, text=True, check=True).stdout.strip()
    text = json.dumps({"sitting": inside or sitting, "events": events}, ensure_ascii=False).encode()
    return {"v": 1, "sitting": sitting, "key": locked, "sealed": b64(seal(key, b"khoacu/emergency/v1|" + sitting.encode(), text))}


def bring(shift, file, who=first):
    data = file if isinstance(file, bytes) else json.dumps(file).encode()
    return who.request("POST", f"/api/v1/shifts/{shift.hex()}/emergency-files", data=data, content_type="application/octet-stream")


with step("each shift has one key, whoever asks first, and its private half is not in the database in the open"):
    second_shift = hall.shift(code="S2", candidates=[4, 5, 6], grace_s=0)
    two, three = hall.client(4).open(), hall.client(5).open()
    keys = {sitter.read_own()["emergency_key"] for sitter in (two, three, hall.client(6))}
    assert len(keys) == 1 and keys != {one.read_own()["emergency_key"]}
    sealed = server.psql(f"SELECT encode(sealed, 'hex') FROM khoacu.emergency_key WHERE shift_id = {second_shift.id}")[0][0]
    assert "06092a864886f70d010101" not in sealed  # rsaEncryption, in every PKCS #8 key

with step("a file is opened, and only what the server had not had waits; brought again it changes nothing"):
    assert two.save(1, 1, two.option(1)).status == 200
    events = chain([(1, 1, two.option(1), False), (1, 2, two.option(1, 1), False), (2, 1, two.option(2), False)])
    file = emergency(two, events)
    reply = bring(second_shift, file)
    assert reply.status == 200 and (reply.json["outcome"], reply.json["events"], reply.json["new"]) == ("waiting", 3, 2), reply
    path = f"/api/v1/late-answers/{reply.json['batch_id']}"
    assert bring(second_shift, file).json["outcome"] == "repeated" and late_rows(second_shift, 4) == 2
    assert first.post(f"{path}/proposal", {"decision": "count", "reason": "máy hỏng"}).status == 200
    assert second.post(f"{path}/confirmation", {"confirm": True}).code == "wrong-state", "she is still working"
    assert two.submit().status == 200
    assert second.post(f"{path}/confirmation", {"confirm": True}).json["counted"] == 2
    assert two.responses()[1] == (2, two.option(1, 1), False)

with step("a file that was changed, is another's or of another shift opens nothing"):
    good = emergency(three, chain([(1, 1, three.option(1), False)]))
    flipped = bytearray(unb64(good["sealed"]))
    flipped[20] ^= 1
    for bad, code in (({**good, "sealed": b64(bytes(flipped))}, "does-not-open"), ({**good, "sitting": hex_id(second_shift.sittings[4][1])}, "does-not-open"),
                      ({**good, "key": good["key"][:-4] + "AAAA"}, "does-not-open"), ({**good, "sitting": hex_id(shift.sittings[0][1])}, "other-shift"),
                      ({**good, "v": 2}, "not-a-file"), (b"x", "not-a-file"), (b"{}", "not-a-file"), ({**good, "more": 1}, "not-a-file"),
                      (emergency(three, chain([(1, 1, None, False)]), public=one.read_own()["emergency_key"]), "does-not-open"),
                      (emergency(three, chain([(1, 1, None, False)]), inside=hex_id(second_shift.sittings[4][1])), "not-a-file"),
                      (emergency(three, chain([(1, 1, None, False)], 1, "1" * 64)), "chain")):
        reply = bring(second_shift, bad)
        assert reply.status == 422 and reply.code == code, (code, reply)
    assert late_rows(second_shift, 5) == 0
    waiting = hall.client(6)
    assert bring(second_shift, emergency(waiting, chain([(1, 1, None, False)]))).code == "not-open"
    assert bring(second_shift, good).json["new"] == 1

# ---- the sealed paper ----

with step("the sealed paper is there from an hour before the start; its key comes with the start and opens the same paper"):
    third = hall.shift(code="S3", starts=3700, ends=9000, minutes=60, candidates=[7, 8])
    four, five = hall.client(7), hall.client(8)
    reply = four.get(f"{four.base}/sealed-paper")
    assert reply.status == 409 and reply.code == "too-early" and reply.json["opens_at"], reply
    server.psql(f"UPDATE khoacu.shift SET starts_at = clock_timestamp() + interval '30 min' WHERE shift_id = {third.id}")
    sealed = four.get(f"{four.base}/sealed-paper").json["sealed"]
    assert four.read_own()["paper_key"] is None and four.start().code == "too-early"
    assert "Câu".encode() not in unb64(sealed)
    server.psql(f"UPDATE khoacu.shift SET starts_at = clock_timestamp() - interval '1 s' WHERE shift_id = {third.id}")
    assert four.read_own()["paper_key"] is None
    started = four.start().json
    key = unb64(started["paper_key"])
    assert four.read_own()["paper_key"] == started["paper_key"] and len(key) == 32
    words = b"khoacu/paper/v1|" + started["sitting_id"].encode()
    opened = json.loads(unseal(key, words, unb64(sealed)))
    assert opened["items"] == started["items"] and set(opened) == {"items", "stimuli", "parts"}
    again = four.get(f"{four.base}/sealed-paper").json["sealed"]
    assert json.loads(unseal(key, words, unb64(again))) == opened

with step("one candidate's key opens nobody else's paper, and none is given while the clock stands or after the end"):
    theirs = five.get(f"{five.base}/sealed-paper").json["sealed"]
    words = b"khoacu/paper/v1|" + five.own["id"].encode()
    try:
        unseal(key, words, unb64(theirs))
        opened = True
    except AssertionError:
        opened = False
    assert not opened
    assert four.get(f"{five.base}/sealed-paper").status == 404
    assert first.post(f"/api/v1/shifts/{third.hex()}/adjustments", {"scope": "shift", "kind": "pause", "reason": "x"}).status == 201
    assert four.read_own()["paper_key"] is None
    assert first.post(f"/api/v1/shifts/{third.hex()}/adjustments", {"scope": "shift", "kind": "resume", "reason": "x"}).status == 201
    assert four.submit().status == 200
    assert four.read_own()["paper_key"] is None and four.get(f"{four.base}/sealed-paper").code == "ended"

finish()
