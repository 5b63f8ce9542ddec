"""The hall: its console and live events, checking in against photo and document, incidents, an evacuation, signs of life."""

import http.client
import io
import json
import threading
import time
import zipfile

from hall import Hall, hex_id
from harness import Client, Server, allowed, eventually, finish, make_administrator, make_officers, secret, step
from jpeg import exif, jpeg

server = Server(WORKER="off")
hall = Hall(server, candidates=8, items=4, room_size=5)
shift = hall.shift(candidates=range(8))
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [(name, f"Người {name}", "Sở", role) for name, role in (
    ("gt1", "invigilator"), ("gt2", "invigilator"), ("ngoai", "invigilator"), ("hr1", "hr_officer"), ("hr2", "hr_officer;invigilator"))])
one, two, outsider, hr, both = (Client(server).sign_in(name, passwords[name]) for name in ("gt1", "gt2", "ngoai", "hr1", "hr2"))
room = f"/api/v1/shifts/{shift.hex()}/rooms/P1"
files = f"/api/v1/cycles/{hall.cycle_code}/identity-files"


def sitting(number):
    return hex_id(shift.sittings[number][1])


def seats(client=None):
    reply = (client or one).get(room)
    assert reply.status == 200, reply
    return {seat["seat"]: seat for seat in reply.json["seats"]}


def check_in(number, who=None, **body):
    return (who or one).post(f"/api/v1/sittings/{sitting(number)}/check-in", {"verdict": "present", "photo": "alike", **body})


def events(act):
    return [(row[0], row[1]) for row in server.psql(f"SELECT subject, coalesce(reason, '') FROM khoacu.audit_event WHERE act = '{act}' ORDER BY occurred_at")]


def adjust(who=None, **body):
    return (who or one).post(f"/api/v1/shifts/{shift.hex()}/adjustments", {"reason": "báo cháy", **body})


with step("HR assigns invigilators; nobody assigns herself, and only invigilators are"):
    for name in ("gt1", "gt2"):
        assert hr.put(f"{room}/staff", {"login_name": name, "assigned": True}).status == 204
    assert hr.put(f"{room}/staff", {"login_name": "gt1", "assigned": True}).status == 204, "the same twice"
    assert hr.put(f"{room}/staff", {"login_name": "hr1", "assigned": True}).status == 400
    assert both.put(f"{room}/staff", {"login_name": "hr2", "assigned": True}).code == "same-person"
    assert one.put(f"{room}/staff", {"login_name": "gt2", "assigned": False}).code == "not-permitted"
    assert hr.put(f"/api/v1/shifts/{shift.hex()}/rooms/P9/staff", {"login_name": "gt1", "assigned": True}).status == 404
    reply = one.get(room)
    assert [s["login_name"] for s in reply.json["staff"]] == ["gt1", "gt2"] and reply.json["yours"] and reply.json["item_count"] == 4, reply
    assert not outsider.get(room).json["yours"]
    assert len(events("hall.assign")) == 2

with step("the console shows the seats of its hall alone, with nothing known of anybody yet"):
    found = seats()
    assert list(found) == [1, 2, 3, 4, 5] and found[1]["roll_number"] == hall.candidates[0]["roll"]
    assert {(s["state"], s["connection"], s["check_in"], s["photo"]) for s in found.values()} == {("assigned", "none", None, False)}

with step("photos come as a zip of roll numbers: what cannot be taken is named, what a camera writes beside is taken out"):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as z:
        z.writestr("anh/H000000.jpg", jpeg(extras=exif(), tail=b"<script>"))
        z.writestr("anh/H000001.JPG", jpeg(shade=9))
        z.writestr("anh/KHONG.jpg", jpeg())
        z.writestr("anh/H000002.jpg", b"GIF89a......")
        z.writestr("anh/H000003.jpg", jpeg(width=5000, height=5000))
        z.writestr("anh/H000004.jpg", jpeg()[:-40])
        z.writestr("anh/H000005.jpg", jpeg(width=20, height=20))
        z.writestr("so.csv", "số báo danh,số giấy tờ\nH000000,001099000001\nH000001,C1234567\nH000002,12\nKHONG,001099000009\n")
    reply = hr.post(files, data=archive.getvalue(), content_type="application/octet-stream")
    assert reply.status == 200, reply
    lines = {line["name"].split("/")[-1]: (line["outcome"], line["reason"]) for line in reply.json["lines"]}
    assert lines == {"H000000.jpg": ("stored", None), "H000001.JPG": ("stored", None), "KHONG.jpg": ("refused", "unknown-roll"),
                     "H000002.jpg": ("refused", "not-jpeg"), "H000003.jpg": ("refused", "too-large"), "H000004.jpg": ("refused", "broken"),
                     "H000005.jpg": ("refused", "too-small"), "so.csv:2": ("stored", None), "so.csv:3": ("stored", None),
                     "so.csv:4": ("refused", "number"), "so.csv:5": ("refused", "unknown-roll")}, lines
    assert reply.json["stored"] == 4 and reply.json["refused"] == 7
    again = hr.post(files, data=archive.getvalue(), content_type="application/octet-stream")
    assert again.json["stored"] == 0 and again.json["unchanged"] == 4 and len(events("hall.identity_files")) == 1
    assert hr.post(f"{files}?roll_number=H000002", data=jpeg(shade=3), content_type="application/octet-stream").json["stored"] == 1
    assert hr.post(files, data=b"PK\x03\x04 no archive", content_type="application/octet-stream").code == "not-a-file"

with step("a photo is shown to those of the hall and to HR, and to nobody else; the number of a document stands nowhere"):
    reply = one.get(f"/api/v1/sittings/{sitting(0)}/photo")
    assert reply.status == 200 and reply.headers["content-type"] == "image/jpeg" and reply.bytes == jpeg(), "the picture alone"
    assert hr.get(f"/api/v1/sittings/{sitting(0)}/photo").status == 200
    assert outsider.get(f"/api/v1/sittings/{sitting(0)}/photo").code == "not-your-hall"
    assert one.get(f"/api/v1/sittings/{sitting(5)}/photo").code == "not-your-hall", "of the other hall"
    assert one.get(f"/api/v1/sittings/{sitting(3)}/photo").status == 404
    assert hall.client(0).get(f"/api/v1/sittings/{sitting(0)}/photo").status == 401
    secret("001099000001", "the number of an identity document")
    assert server.psql("SELECT count(*) FROM khoacu.candidate_document WHERE encode(hmac, 'escape') LIKE '%099000001%'") == [["0"]]

with step("where the shift asks for it, the database opens no paper before the check-in"):
    server.psql(f"UPDATE khoacu.shift SET check_in = true WHERE shift_id = {shift.id}")
    first = hall.client(0)
    reply = first.start()
    assert reply.status == 409 and reply.code == "not-checked-in", reply
    assert first.read_own()["check_in"] is True
    try:
        server.psql(f"UPDATE khoacu.sitting SET state = 'open', started_at = now(), closes_at = now() WHERE sitting_id = {shift.sittings[0][1]}")
        raise AssertionError("opened past the check-in")
    except RuntimeError as refused:
        assert "before she is checked in" in str(refused)

with step("a number that matches and a photo that is alike: present, and the paper opens"):
    reply = check_in(0, document_number="001 099 000 001")
    assert reply.status == 201 and reply.json == {"verdict": "present", "document": "match", "photo": "alike"}, reply
    assert first.start().status == 200 and seats()[1]["check_in"] == "present"
    assert events("hall.check_in") == [(f"sitting:{sitting(0)}", "")]

with step("whatever is not plain wants a reason, and says what was found"):
    reply = check_in(1, document_number="C7654321")
    assert reply.code == "reason-wanted" and reply.json["document"] == "mismatch", reply
    assert check_in(1).json["document"] == "not_shown" and check_in(1, document_number="C1234567", photo="unlike").json["photo"] == "unlike"
    assert check_in(3).json["document"] == "no_record"
    assert check_in(1, document_number="!!").status == 400
    reply = check_in(1, document_number="C7654321", verdict="refused", reason="giấy tờ của người khác")
    assert reply.status == 201 and reply.json["verdict"] == "refused"
    second = hall.client(1)
    assert second.start().code == "not-checked-in", "who is refused does not open"
    assert check_in(1, document_number="C1234567").status == 201 and second.start().status == 200, "the last word counts"
    assert check_in(1, verdict="refused", reason="x").code == "wrong-state", "an open paper is held, not refused"
    assert events("hall.turn_away") == [(f"sitting:{sitting(1)}", "giấy tờ của người khác")]

with step("who brought in the photo or the number checks nobody in by it; who is not of the hall checks nobody in"):
    assert hr.post(f"/api/v1/sittings/{sitting(2)}/check-in", {"verdict": "present", "photo": "alike", "reason": "x"}).code == "same-person"
    assert check_in(3, who=outsider, reason="x").code == "not-your-hall"
    assert check_in(3, who=both, reason="chưa có ảnh").status == 201, "HR who brought in nothing may"
    assert one.post("/api/v1/sittings/00000000000000aa/check-in", {"verdict": "present", "photo": "alike"}).status == 404


class Listener(threading.Thread):
    """Reads the events of the hall as they come."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.events, self.beats, self.over = [], 0, False
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self.connection.request("GET", f"{room}/events", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())})
        self.reply = self.connection.getresponse()
        self.start()

    def run(self):
        name = None
        try:
            while line := self.reply.readline().decode():
                if line.startswith("event: "):
                    name = line[7:].strip()
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line[6:])))
        except (OSError, ValueError, AttributeError):
            pass
        self.over = True

    def wait(self, what):
        assert eventually(lambda: any(what(name, data) for name, data in list(self.events))), self.events[-2:]


with step("the hall is live: all seats at once, then those that change, for many listeners by one reading"):
    listeners = [Listener(one) for _ in range(30)]
    assert all(l.reply.status == 200 and l.reply.headers["content-type"] == "text/event-stream" for l in listeners)
    for listener in listeners:
        listener.wait(lambda name, data: name == "all" and len(data["seats"]) == 5)
    first.paper = first.get(f"{first.base}/paper").json
    assert first.save(3, 1, first.option(3)).status == 200
    for listener in listeners:
        listener.wait(lambda name, data: name == "some" and [s["answered"] for s in data["seats"] if s["seat"] == 1] == [1])
    assert not any(s["seat"] == 5 for name, data in listeners[0].events if name == "some" for s in data["seats"]), "what is the same is not sent"

with step("thirty listeners hold up nobody, and one that leaves is forgotten"):
    began = time.monotonic()
    for _ in range(20):
        assert Client(server).get("/api/v1/clock").status == 200
    assert time.monotonic() - began < allowed(2)
    for listener in listeners[1:]:
        listener.connection.sock and listener.connection.sock.close()
    assert Client(server).get(f"{room}/events").status == 401 and hall.client(2).get(f"{room}/events").status == 401

with step("a machine that gives signs is online at its place in the paper; one that is silent is offline since then"):
    reply = first.put(f"{first.base}/presence", {"position": 3})
    assert reply.status == 200 and reply.json["held"] is False and reply.json["again_s"] == 3, reply
    assert first.put(f"{first.base}/presence", {"position": 201}).status == 400
    assert second.put(f"/api/v1/sittings/{sitting(0)}/presence", {"position": 1}).status == 404
    listeners[0].wait(lambda name, data: any(s["seat"] == 1 and s["position"] == 3 and s["connection"] == "online" for s in data["seats"]))
    server.psql(f"UPDATE khoacu.sitting_presence SET seen_at = now() - interval '2 min'; SET session_replication_role = replica; "
                f"UPDATE khoacu.response SET received_at = now() - interval '90 s' WHERE sitting_id = {shift.sittings[0][1]}")
    listeners[0].wait(lambda name, data: any(s["seat"] == 1 and s["connection"] == "offline" and s["seen_at"] for s in data["seats"]))

def clock(want):
    """What her machine is told; another loop of the server may hear of it a moment later."""
    def told():
        told.answer = first.put(f"{first.base}/presence", {"position": 3}).json
        return (told.answer["held"], told.answer["evacuated"]) == want
    eventually(told)
    return told.answer


with step("an evacuation stops every clock of the hall at once; screens are told to cover the paper, saves are refused"):
    closes = seats()[1]["closes_at"]
    reply = adjust(scope="room", room="P1", kind="pause", evacuation=True)
    assert reply.status == 201 and reply.json["sittings"] == 5, reply
    assert adjust(scope="sitting", sitting_id=sitting(0), kind="pause", evacuation=True).status == 400
    assert adjust(scope="room", room="P1", kind="resume", evacuation=True).status == 400
    answer = clock((True, True))
    assert answer["held"] and answer["evacuated"], answer
    assert first.save(1, 1, first.option(1)).code == "held" and first.read_own()["evacuated"]
    assert all(s["evacuated"] and s["held_at"] for s in seats().values())
    assert one.get(f"/api/v1/shifts/{shift.hex()}/adjustments").json["items"][0]["cause"] == "evacuation"
    assert hall.client(5).read_own()["evacuated"] is False, "the other hall goes on"

with step("resuming gives the time back, and the paper is shown again"):
    time.sleep(1.2)
    assert adjust(scope="room", room="P1", kind="resume").status == 201
    answer = clock((False, False))
    assert not answer["held"] and not answer["evacuated"] and answer["closes_at"] > closes, (answer, closes)
    assert first.save(1, 1, first.option(1)).status == 200 and seats()[1]["extra_s"] == 0

with step("incidents have a category, minutes and words; a later one stands in the place of an earlier"):
    adjustment = adjust(scope="room", room="P1", kind="compensation", minutes=7).json["id"]
    body = {"category": "evacuation", "minutes": 7, "words": "Báo cháy giả ở tầng 2", "adjustment_id": adjustment}
    whole = one.post(f"{room}/incidents", body).json["id"]
    seat = two.post(f"{room}/incidents", {"category": "machine", "minutes": 3, "words": "Bàn phím hỏng", "sitting_id": sitting(0)}).json["id"]
    better = one.post(f"{room}/incidents", {"category": "machine", "minutes": 4, "words": "Bàn phím hỏng, đã thay", "sitting_id": sitting(0), "corrects": seat})
    assert better.status == 201, better
    assert one.post(f"{room}/incidents", {**body, "adjustment_id": "0" * 15 + "1"}).status == 400
    assert one.post(f"{room}/incidents", {"category": "machine", "minutes": 1, "words": "x", "corrects": seat}).code == "decided"
    assert one.post(f"{room}/incidents", {"category": "machine", "minutes": 1, "words": "x", "corrects": "0" * 15 + "1"}).status == 400
    assert one.post(f"{room}/incidents", {"category": "machine", "minutes": 1, "words": "x", "sitting_id": sitting(5)}).status == 400
    assert one.post(f"{room}/incidents", {"category": "fire", "minutes": 1, "words": "x"}).status == 400
    assert outsider.post(f"{room}/incidents", body).code == "not-your-hall" and outsider.get(f"{room}/incidents").code == "not-your-hall"
    items = one.get(f"{room}/incidents").json["items"]
    assert [(i["minutes"], i["corrected"], i["seat"]) for i in items] == [(4, False, 1), (3, True, 1), (7, False, 0)], items
    assert seats()[1]["incidents"] == 1 and len(events("hall.incident")) == 2 and len(events("hall.incident_correct")) == 1
    assert items[2]["id"] == whole and items[2]["adjustment_id"] == adjustment

with step("a second machine is a seat's problem until it is decided"):
    third = hall.client(3)
    assert third.start().status == 200
    hall.client(3)
    assert seats()[4]["second_machine"] is True
    assert one.post(f"/api/v1/sittings/{sitting(3)}/device-decision", {"keep": "new", "reason": "máy cũ hỏng"}).status == 200
    assert seats()[4]["second_machine"] is False

with step("a closed shift and an ended sitting let nobody in"):
    assert first.submit().status == 200
    assert check_in(0, document_number="001099000001").code == "ended"

with step("the server ends with its listeners: each is told, none is waited for"):
    began = time.monotonic()
    assert server.stop() == 0
    took = time.monotonic() - began
    assert took < allowed(8) and eventually(lambda: listeners[0].over), took

finish()
