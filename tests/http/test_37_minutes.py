"""Minutes of a hall: frozen when drawn up, confirmed by two persons, printed, signed; checked by the documented command alone."""

import hashlib
import os
import subprocess
import tempfile

from hall import Hall, hex_id
from harness import Client, Server, finish, make_administrator, make_officers, step

server = Server(WORKER="off", PUBLIC_URL="https://thi.example.gov.vn")
hall = Hall(server, candidates=70, items=4)
shift = hall.shift(candidates=range(70))
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [(name, full, "Sở", role) for name, full, role in (
    ("gt1", "Đỗ Giám Thị Một", "invigilator"), ("gt2", "Huỳnh Giám Thị Hai", "invigilator"), ("ngoai", "Người Ngoài", "invigilator"), ("hr1", "Nhân Sự", "hr_officer"))])
one, two, outsider, hr = (Client(server).sign_in(name, passwords[name]) for name in ("gt1", "gt2", "ngoai", "hr1"))
room = f"/api/v1/shifts/{shift.hex()}/rooms/P1"
for name in ("gt1", "gt2"):
    assert hr.put(f"{room}/staff", {"login_name": name, "assigned": True}).status == 204


def draw(kind, lang="vi", who=None):
    reply = (who or one).post(f"{room}/minutes", {"kind": kind, "lang": lang})
    assert reply.status == 201, reply
    return reply.json["id"]


def text(minutes_id):
    reply = one.get(f"/api/v1/minutes/{minutes_id}/document.pdf")
    assert reply.status == 200 and reply.bytes.startswith(b"%PDF-"), reply
    words = subprocess.run(["pdftotext", "-", "-"], input=reply.bytes, capture_output=True, check=True).stdout.decode()
    return reply.bytes, " ".join(words.split())


def confirm(minutes_id, who):
    return who.post(f"/api/v1/minutes/{minutes_id}/confirmation", {"confirm": True})


first = hall.client(0).open()
assert first.save(1, 1, first.option(1)).status == 200
assert one.post(f"/api/v1/sittings/{hex_id(shift.sittings[1][1])}/check-in", {"verdict": "refused", "photo": "not_seen", "reason": "không có giấy tờ"}).status == 201
assert one.post(f"{room}/incidents", {"category": "power", "minutes": 6, "words": "Mất điện toàn phòng <lúc 8:40> & khởi động lại"}).status == 201
seat = one.post(f"{room}/incidents", {"category": "illness", "minutes": 2, "words": "sai", "sitting_id": hex_id(shift.sittings[0][1])}).json["id"]
assert one.post(f"{room}/incidents", {"category": "illness", "minutes": 9, "words": "Thí sinh bị ngất", "sitting_id": hex_id(shift.sittings[0][1]), "corrects": seat}).status == 201
assert one.post(f"/api/v1/shifts/{shift.hex()}/adjustments", {"scope": "room", "room": "P1", "kind": "compensation", "minutes": 6, "reason": "bù mất điện"}).status == 201

with step("the attendance list has every seat, its total and places for signatures; unconfirmed it is a draft on every page"):
    attendance = draw("attendance")
    _, words = text(attendance)
    for part in ("DANH SÁCH THÍ SINH DỰ THI", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "H000069", "Thí sinh 69", "không được vào", "Ký tên", "Giám thị thứ hai", "bản nháp",
                 "Tổng số: 70 thí sinh; có mặt 1; vắng mặt hoặc không được vào 69.", "Chưa xác nhận trên hệ thống", "https://thi.example.gov.vn/verify/"):
        assert part in words, (part, words[:900])
    entry = one.get(f"{room}/minutes").json["items"][0]
    assert entry["id"] == attendance and entry["kind"] == "attendance" and entry["sha256"] is None and entry["code"] in words
    pages = words.count("Trang 1/")
    assert pages == 1 and "Trang 2/" in words, "page numbers"

with step("what is drawn up is frozen: what happens later stands in the next one"):
    incidents = draw("incidents")
    assert one.post(f"{room}/incidents", {"category": "other", "minutes": 0, "words": "Về sau"}).status == 201
    _, words = text(incidents)
    for part in ("BIÊN BẢN COI THI", "Mất điện toàn phòng <lúc 8:40> & khởi", "Thí sinh bị ngất", "1 / H000000", "bù giờ", "bù mất điện", "cả phòng", "điện"):
        assert part in words, (part, words[:900])
    assert "Về sau" not in words and " sai " not in words, "what was corrected is left out"
    assert "Về sau" in text(draw("incidents"))[1]
    assert "MINUTES OF THE HALL" in text(draw("incidents", "en"))[1]
    assert one.post(f"{room}/minutes", {"kind": "diary"}).status == 400 and one.post(f"{room}/minutes", {"kind": "incidents", "lang": "fr"}).status == 400

with step("two persons of the hall confirm, never one twice; nothing is signed before"):
    assert one.get(f"/api/v1/minutes/{incidents}/document.sig").code == "not-signed"
    assert confirm(incidents, outsider).code == "not-your-hall" and outsider.get(f"/api/v1/minutes/{incidents}/document.pdf").code == "not-your-hall"
    assert outsider.get(f"{room}/minutes").code == "not-your-hall" and outsider.post(f"{room}/minutes", {"kind": "incidents"}).code == "not-your-hall"
    assert confirm(incidents, one).json == {"signed": False}
    assert confirm(incidents, one).code == "same-person"
    assert "bản nháp" in text(incidents)[1] and one.get(f"/api/v1/minutes/{incidents}/document.sig").code == "not-signed"
    assert confirm(incidents, two).json == {"signed": True}
    assert confirm(incidents, hr).code == "decided" and confirm("00000000000000aa", one).status == 404

with step("the final document names both, is no draft, and does not change"):
    pdf, words = text(incidents)
    for part in ("Xác nhận trên hệ thống: Đỗ Giám Thị Một", "Xác nhận trên hệ thống: Huỳnh Giám Thị Hai"):
        assert part in words, words[-900:]
    assert "bản nháp" not in words and text(incidents)[0] == pdf
    entry = next(e for e in one.get(f"{room}/minutes").json["items"] if e["id"] == incidents)
    assert (entry["first_by"], entry["second_by"]) == ("Đỗ Giám Thị Một", "Huỳnh Giám Thị Hai") and entry["sha256"] == hashlib.sha256(pdf).hexdigest()

with step("the signature is checked by the documented command, and one changed byte is found"):
    folder = tempfile.mkdtemp()
    parts = {"X.pdf": pdf, "X.sig": one.get(f"/api/v1/minutes/{incidents}/document.sig").bytes, "signing-key.pem": Client(server).get("/api/v1/signing-key").bytes}
    for name, content in parts.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "signing-key.pem", "-sigfile", "X.sig", "-in", "X.pdf"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    with open(os.path.join(folder, "X.pdf"), "r+b") as file:
        file.seek(len(pdf) // 2)
        file.write(bytes([pdf[len(pdf) // 2] ^ 1]))
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode != 0

with step("the code leads anybody to what the document is, without a name in it; a later signed one replaces it"):
    reply = Client(server).get(f"/api/v1/verifications/{entry['code'].lower()}")
    assert reply.status == 200 and reply.json["document"] == "incidents" and reply.json["state"] == "valid" and reply.json["sha256"] == entry["sha256"], reply
    assert reply.json["room"] == "P1" and "Giám Thị" not in reply.text
    later = draw("incidents")
    assert Client(server).get(f"/api/v1/verifications/{one.get(f'{room}/minutes').json['items'][0]['code']}").status == 404, "unsigned it is nothing"
    assert confirm(later, two).status == 200 and confirm(later, one).json["signed"]
    assert Client(server).get(f"/api/v1/verifications/{entry['code']}").json["state"] == "replaced"

with step("every step left its event, and the key is the owner's alone"):
    count = lambda act: len(server.psql(f"SELECT 1 FROM khoacu.audit_event WHERE act = '{act}'"))
    assert count("hall.minutes") == 5 and count("hall.minutes_confirm") == 4
    key = os.path.join(server.folder, "var", "secret", "sign.key")
    assert os.stat(os.path.realpath(key)).st_mode & 0o077 == 0

finish()
