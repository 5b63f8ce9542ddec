"""The way of a list to the public: freeze, two signatures with the password of the moment, a time that is kept once, or taken back."""

import csv
import datetime
import io
import json
import re
import subprocess
import time
import zipfile

from harness import Client, Server, eventually, finish, step
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

server = Server()
second_server = Server(database=server.database, key_file=server.key_file)  # its worker keeps the times too
people = People(server)
hr, hr2, public = people.hr, people.hr2, Client(server)
RUNS, LIST = f"/api/v1/cycles/{CYCLE}/runs", f"/api/v1/releases/{CYCLE}"
make_cycle(server, hr)
count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])
freeze(server, hr)
assert hr.post(f"/api/v1/cycles/{CYCLE}/tie-decisions", {"order": ["C102", "C101"], "reason": "Theo quyết định số 12"}).json == {"number": 1}


def run(cause):
    assert wait_for_job(server, hr.post(RUNS, {"cause": cause})) == ("done", "")
    return hr.get(RUNS).json["items"][0]["id"]


def later(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def events(act):
    return [e for e in people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"] == act]


first = run("Công bố lần đầu")
FIRST = f"/api/v1/runs/{first}"
with step("the freeze puts one list on the table, once, and says in whose words"):
    assert hr.post(FIRST + "/list-freeze", {"reason": ""}).json["errors"][0]["path"] == "reason"
    assert hr.post("/api/v1/runs/0000000000000001/list-freeze", {"reason": "x"}).status == 404
    assert hr.post(FIRST + "/list-freeze", {"reason": "không xem gì"}).code == "quality-missing"
    people.look(first)
    for _ in range(2):
        assert hr.post(FIRST + "/list-freeze", {"reason": "không có câu nào bất thường", "document_number": "15/DS-HĐTD"}).status == 204
    assert hr.get(FIRST).json["freeze"]["reason"] == "không có câu nào bất thường" and len(events("result.list_freeze")) == 1

with step("a signature without the password, or with another's, is none"):
    for password in ("sai mật khẩu rồi", people.passwords["hr.hai"]):
        reply = people.sign(first, "A", password=password)
        assert reply.status == 403 and reply.code == "wrong-password", reply
    assert hr.post(FIRST + "/signatures", {"place": "A", "verdict": "approved", "reason": "x"}).json["errors"][0]["path"] == "password"
    assert hr.get(FIRST).json["signature_a"] is None and len(events("identity.step_up")) == 0

with step("signatures stand under the hash of the file, with a step-up of their own that serves once"):
    assert people.sign(first, "A").status == 200 and people.sign(first, "B").status == 200
    rows = server.psql(f"""SELECT s.place, encode(s.bundle_sha256, 'hex'), u.act, u.subject_id = s.run_id, u.staff_id = s.signed_by,
        u.expires_at - u.made_at <= interval '2 minutes' FROM khoacu.result_signature s JOIN khoacu.step_up u USING (step_up_id) ORDER BY s.place""")
    sha256 = hr.get(FIRST).json["sha256"]
    assert rows == [["A", sha256, "result.sign", "t", "t", "t"], ["B", sha256, "result.sign", "t", "t", "t"]], rows
    assert [json.loads(e["payload"])["d"]["place"] for e in reversed(events("result.sign"))] == ["A", "B"]

with step("a time is set for what is signed, in the future, once; nothing is public before"):
    assert hr.post(FIRST + "/release", {"publish_at": "2020-01-01T00:00:00Z"}).json["errors"][0] == {"path": "publish_at", "rule": "past"}
    assert hr.post(FIRST + "/release", {"publish_at": "morgen um acht, bitte"}).json["errors"][0]["path"] == "publish_at"
    reply = hr.post(FIRST + "/release", {"publish_at": later(3600)})
    assert reply.status == 202 and reply.json["publish_at"], reply
    assert hr.post(FIRST + "/release", {"publish_at": later(7200)}).code == "time-set" == hr.post(FIRST + "/release", {}).code
    assert hr.get(FIRST).json["schedule"]["by"]["login_name"] == "hr.mot" and public.get(LIST).status == 404

with step("the time is taken back with a reason before it comes"):
    assert hr2.post(FIRST + "/release-withdrawal", {"reason": ""}).json["errors"][0]["path"] == "reason"
    assert hr2.post(FIRST + "/release-withdrawal", {"reason": "chờ ý kiến Chủ tịch"}).status == 204
    assert hr2.post(FIRST + "/release-withdrawal", {"reason": "lần nữa"}).code == "no-time"
    assert hr.get(FIRST).json["schedule"] is None and [e["reason"] for e in events("result.schedule_withdraw")] == ["chờ ý kiến Chủ tịch"]

with step("when the time comes it is published, once, though two servers watch the clock"):
    assert hr.post(FIRST + "/release", {"publish_at": later(3600)}).status == 202
    assert public.get(LIST).status == 404
    server.psql("SET session_replication_role = replica; UPDATE khoacu.release_schedule SET set_at = set_at - interval '1 h', publish_at = publish_at - interval '1 h'")
    eventually(lambda: public.get(LIST).status == 200)
    published = hr.get(FIRST).json
    assert published["release"]["version"] == 1 and published["release"]["published_at"] >= published["schedule"]["publish_at"]
    time.sleep(2)  # turns of both workers
    assert server.psql("SELECT count(*) FROM khoacu.release") == [["1"]] and len(events("result.publish")) == 1
    assert json.loads(events("result.publish")[0]["payload"])["d"]["scheduled"] is True and events("result.publish")[0]["actor_name"] == "hr.mot"
    assert hr.post(FIRST + "/release-withdrawal", {"reason": "quá muộn"}).code == "time-over"
    assert hr.get(f"/api/v1/cycles/{CYCLE}").json["state"] == "released"

def words_of(reply):
    assert reply.status == 200 and reply.headers["content-type"] == "application/pdf" and reply.bytes.startswith(b"%PDF-"), reply
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.bytes, capture_output=True, check=True).stdout.decode()


with step("the official document has the form of such documents, its texts exactly, and a QR code that leads to the check"):
    reply = public.get(LIST + "/list.pdf")
    text = words_of(reply)
    folded = re.sub(r"\s+", " ", text)
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN TỈNH", "HỘI ĐỒNG TUYỂN DỤNG", "Số: 15/DS-HĐTD", "DANH SÁCH KẾT QUẢ",
                  "Kỳ thi tuyển công chức thử", "Căn cứ Nghị định 300/2026/NĐ-CP;", "Vị trí CV-02: Chuyên viên pháp chế", "STT", "Chỉ tiêu: 2 (Sở Nội vụ: 2)",
                  "Cộng: 7 thí sinh, 4 người đạt, 2 người trúng tuyển trên 2 chỉ tiêu", "Tổng cộng: 16 thí sinh, 5 người trúng tuyển ở 3 vị trí.",
                  "NGƯỜI LẬP DANH SÁCH", "CHỦ TỊCH HỘI ĐỒNG TUYỂN DỤNG", "Theo quyết định số 12", "Trang 1/2", "Trang 2/2"):
        assert words in folded, (words, text)
    day = datetime.datetime.fromisoformat(published["release"]["published_at"].replace("Z", "+00:00")).astimezone(datetime.timezone(datetime.timedelta(hours=7)))
    assert f"……, ngày {day.day:02} tháng {day.month:02} năm {day.year}" in folded, (day, folded)
    code = public.get(LIST).json["verify_code"]
    assert f"http://127.0.0.1:{server.port}/verify/{code}" in re.sub(r"\s", "", text), text
    assert re.search(r"1\s+B103\s+71,50\s+1\s+Trúng tuyển\s+SNV", text) and re.search(r"2\s+B101\s+66,00\s+0,00\s+66,00\s+2\s+Trúng tuyển", text), text
    assert not any(name in text for name in ("Thí sinh A101", "Cán bộ Một", "DỰ THẢO")) and "minh họa" in folded
    assert reply.headers["content-disposition"] == f'attachment; filename="{CYCLE}-v1.pdf"' and public.get(LIST + "/list.pdf?version=1").bytes == reply.bytes
    assert public.get(LIST + "/list.pdf?version=9").status == 404
    assert server.psql("SELECT kind, sha256 = sha256(bytes) FROM khoacu.release_document") == [["pdf", "t"]]

with step("the workbook has every row with the words of the screen, its marks and ranks as numbers, and nothing as a formula"):
    reply = public.get(LIST + "/list.xlsx")
    assert reply.status == 200 and reply.headers["content-disposition"] == f'attachment; filename="{CYCLE}-v1.xlsx"', reply
    book = zipfile.ZipFile(io.BytesIO(reply.bytes))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 17 and "<f>" not in sheet and sheet.count("<v>") + sheet.count("<is>") >= 16 * 7 and sheet.count('t="inlineStr"') + sheet.count('t="s"') >= 16 * 5
    words = sheet + (book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else "")
    assert "B103" in words and "Trúng tuyển" in words and "selected<" not in words and "within_quota" not in words
    rows = list(csv.DictReader(io.StringIO(public.get(LIST + "/list.csv").text.lstrip("\ufeff"))))
    totals = [re.search(rf'<c r="G{row}"(?: s="\d+")?><v>([^<]*)</v>', sheet) for row in range(2, 18)]
    assert [float(cell[1]) for cell in totals if cell] == [float(row["Tổng điểm (total)"]) for row in rows if row["Tổng điểm (total)"]] and any(totals), (totals, rows)
    assert public.get(LIST + "/list.xlsx").bytes == reply.bytes

with step("a list that B refuses leaves the table, even unsigned, and the next one can be put there"):
    bad, good = run("Sửa lần một"), run("Sửa lần hai")
    people.look(bad)
    assert hr.post(f"/api/v1/runs/{bad}/list-freeze", {"reason": "đã xem"}).status == 204
    assert hr.post(f"/api/v1/runs/{good}/list-freeze", {"reason": "đã xem"}).code == "other-frozen"
    assert people.sign(bad, "B", who="hr.mot", verdict="refused").code == "same-officer"
    assert people.sign(bad, "B", verdict="refused", reason="sai tên vị trí").status == 200
    assert people.sign(bad, "A").code == "already-decided"
    people.freeze_and_sign(good)
    text = words_of(hr.get(f"/api/v1/runs/{good}/list.pdf"))
    assert "DỰ THẢO" in text and "Phiên bản 2, thay phiên bản 1 vì: Sửa lần hai" in re.sub(r"\s+", " ", text), text
    assert hr.post(f"/api/v1/runs/{good}/release", {}).json == {"version": 2}
    assert "DRAFT" not in words_of(hr.get(f"/api/v1/runs/{good}/list.pdf?lang=en")) and hr.get(f"/api/v1/runs/{good}/list.pdf?lang=fr").status == 400

with step("who guesses passwords at a signature is braked as at the door"):
    another = run("Sửa lần ba")
    people.look(another)
    assert hr.post(f"/api/v1/runs/{another}/list-freeze", {"reason": "đã xem"}).status == 204
    replies = [people.sign(another, "A", password=f"đoán mò số {n}") for n in range(6)]
    assert {r.status for r in replies} == {403, 429}, [r.status for r in replies]

finish()
