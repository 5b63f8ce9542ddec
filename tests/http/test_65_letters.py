"""Letters to candidates: on paper for all and for one, her own by number and date, and by mail through a real mail server, once each;
and what comes back long after it was taken."""

import email.message
import json
import os
import re
import subprocess
import tempfile
import time

import smtp_server
from harness import Client, Server, eventually, finish, free_port, step
from result_cycle import CANDIDATES, CYCLE, People, birth_date, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

folder = tempfile.mkdtemp(prefix="khoacu-smtp-")
os.chmod(folder, 0o755)
port, box = free_port(), smtp_server.Box()
mail_server = smtp_server.MailServer(box, port, folder)
server = Server(SMTP_URL=f"smtp://127.0.0.1:{port}", SMTP_FROM="tuyendung@noivu.example", SMTP_RETURN="tra+*@noivu.example", SMTP_USER=smtp_server.USER,
                SMTP_PASSWORD=smtp_server.PASSWORD, SMTP_CA_FILE=os.path.join(folder, "smtp.pem"))
people = People(server)
hr, public = people.hr, Client(server)
make_cycle(server, hr)

ADDRESSES = {"A101": "an@thu.example", "A103": "binh@thu.example", "B102": "chi@thu.example", "B105": "hongthu@thu.example", "C101": "daythu@thu.example"}


def candidates_file(addresses):
    return "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences,email\n" + "".join(
        f"{roll},Thí sinh {roll},{birth_date(roll)},{post},{classes},{agencies},{addresses.get(roll, '')}\n" for roll, post, classes, agencies, _ in CANDIDATES)


with step("addresses come with an optional column of the candidates, each checked"):
    reply = hr.upload("candidates", candidates_file({**ADDRESSES, "A102": "hai địa chỉ@x"}), cycle=CYCLE)
    assert reply.status == 422 and not reply.json["applied"], reply
    assert "email" in reply.text and "syntax" in reply.text, reply
    reply = hr.upload("candidates", candidates_file(ADDRESSES), cycle=CYCLE)
    assert reply.json["applied"] and reply.json["changed"] == 5, reply
    assert hr.upload("candidates", candidates_file(ADDRESSES), cycle=CYCLE).json["unchanged"] == 16

count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])
freeze(server, hr)
assert hr.post(f"/api/v1/cycles/{CYCLE}/tie-decisions", {"order": ["C102", "C101"], "reason": "Theo quyết định số 12"}).json == {"number": 1}
assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/runs", {"cause": "Công bố lần đầu"})) == ("done", "")
RUN = "/api/v1/runs/" + hr.get(f"/api/v1/cycles/{CYCLE}/runs").json["items"][0]["id"]
MAIL = RUN + "/letters-mail"


def words_of(reply):
    assert reply.status == 200 and reply.bytes.startswith(b"%PDF-"), reply
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.bytes, capture_output=True, check=True).stdout.decode()
    return [re.sub(r"\s+", " ", page) for page in text.split("\f")[:-1]]


with step("nobody is written to before the list is published"):
    assert hr.get(RUN + "/letters.pdf").code == "not-published" == hr.post(MAIL, {}).code
    assert hr.get(RUN + "/letters/A101").code == "not-published" and public.post(f"/api/v1/releases/{CYCLE}/letter", {"roll_number": "A101", "birth_date": birth_date("A101")}).status == 404
people.freeze_and_sign(RUN.rsplit("/", 1)[1])
assert hr.post(RUN + "/release", {}).json == {"version": 1}

with step("one file has a letter for everybody, each beginning a page, and says what was decided, why, and what to do by when"):
    pages = words_of(hr.get(RUN + "/letters.pdf"))
    starts = [p for p in pages if "THÔNG BÁO KẾT QUẢ TUYỂN DỤNG" in p]
    assert len(starts) == 16 == len(pages), (len(starts), len(pages))
    of = {roll: next(p for p in starts if f"số báo danh {roll}" in p) for roll, *_ in CANDIDATES}
    assert "Kính gửi: Ông/Bà Thí sinh A101, số báo danh A101" in of["A101"] and "trúng tuyển vị trí Chuyên viên tổng hợp (CV-01), cơ quan nhận: Sở Nội vụ" in of["A101"]
    terms = server.psql(f"SELECT to_char(file_until, 'DD/MM/YYYY'), to_char(decision_until, 'DD/MM/YYYY'), to_char(report_until, 'DD/MM/YYYY'), to_char(appeal_until, 'DD/MM/YYYY') "
                        f"FROM khoacu.result_terms(x'{RUN.rsplit('/', 1)[1]}'::bigint, 0)")[0]
    assert all(f"chậm nhất ngày {date}" in of["A101"] for date in terms), (terms, of["A101"])
    assert "70,00 + 0,00 = 70,00" in of["A101"] and "phúc khảo" in of["A101"]
    assert "không trúng tuyển" in of["A103"] and "Không đạt ngưỡng của Bài viết: 29,50 (cần ≥ 30,00)" in of["A103"] and "hoàn thiện hồ sơ" not in of["A103"], of["A103"]
    assert "vì đã hết chỉ tiêu" in of["B102"] and "Đồng điểm ở chỉ tiêu cuối với B101, B104, kém về Điểm vòng 2" in of["B102"], of["B102"]
    assert "vắng mặt" in of["B105"] and "bị đình chỉ thi" in of["B107"] and "bị hủy" in of["C104"]
    english = words_of(hr.get(RUN + "/letters.pdf?lang=en"))
    assert any("You are selected for the post" in p for p in english) and hr.get(RUN + "/letters.pdf?part=2").status == 404

with step("one letter alone for the officer, and her own for the candidate, without her name, by number and date"):
    assert words_of(hr.get(RUN + "/letters/B102"))[0] == of["B102"] and hr.get(RUN + "/letters/Z999").status == 404
    own = words_of(public.post(f"/api/v1/releases/{CYCLE}/letter", {"roll_number": "B102", "birth_date": birth_date("B102")}))
    assert len(own) == 1 and "Thí sinh có số báo danh B102" in own[0] and "Thí sinh B102," not in own[0]
    wrong = public.post(f"/api/v1/releases/{CYCLE}/letter", {"roll_number": "B102", "birth_date": "1990-01-01"})
    absent = public.post(f"/api/v1/releases/{CYCLE}/letter", {"roll_number": "Z999", "birth_date": "1990-01-01"})
    assert wrong.code == absent.code == "no-match" and len(wrong.bytes) == len(absent.bytes)
    assert public.post(f"/api/v1/releases/{CYCLE}/letter", {"roll_number": "B102", "birth_date": "nie"}).status == 400


def counts():
    return {k: v for k, v in hr.get(MAIL).json.items() if k in ("addresses", "mails", "waiting", "sent", "refused", "deferred", "unsure", "returned")}


with step("a mail server that cannot be reached fails the job and loses nothing"):
    assert counts() == {"addresses": 5, "mails": 0, "waiting": 0, "sent": 0, "refused": 0, "deferred": 0, "unsure": 0, "returned": 0}
    assert wait_for_job(server, hr.post(MAIL, {})) == ("failed", "smtp-unreachable")
    assert counts()["waiting"] == 5 and not box.mails

mail_server.start()
with step("the worker mails each candidate once, over TLS and signed in; what the server refuses or puts off stands with its answer"):
    assert wait_for_job(server, hr.post(MAIL, {})) == ("done", "")
    assert counts() == {"addresses": 5, "mails": 5, "waiting": 0, "sent": 3, "refused": 1, "deferred": 1, "unsure": 0, "returned": 0}, hr.get(MAIL).json
    assert sorted(address for address, _ in box.mails) == ["an@thu.example", "binh@thu.example", "chi@thu.example"] and all(box.tls)
    troubles = {t["roll_number"]: t for t in hr.get(MAIL).json["troubles"]}
    assert troubles["B105"]["state"] == "refused" and "550" in troubles["B105"]["answer"] and troubles["C101"]["state"] == "deferred" and "452" in troubles["C101"]["answer"]

with step("a mail has its text in both languages, exactly, and a subject that is her own"):
    mail = next(m for address, m in box.mails if address == "an@thu.example")
    body = mail.get_content()
    assert mail["Subject"] == "Kết quả tuyển dụng, số báo danh A101: Kỳ thi tuyển công chức thử" and "tuyendung@noivu.example" in mail["From"], mail["Subject"]
    assert "Kính gửi: Ông/Bà Thí sinh A101, số báo danh A101" in body and "You are selected for the post" in body and "Tổng điểm xếp thứ tự: 70,00 + 0,00 = 70,00" in body
    assert f"/verify/{public.get('/api/v1/releases/' + CYCLE).json['verify_code']}" in body and mail["Auto-Submitted"] == "auto-generated"
    assert not any("Thí sinh B102" in m.get_content() for address, m in box.mails if address != "chi@thu.example")

with step("asked again, nobody gets a second mail; what was put off is tried again, what was refused only when asked"):
    box.defer = ""
    assert wait_for_job(server, hr.post(MAIL, {})) == ("done", "")
    assert counts()["sent"] == 4 and counts()["refused"] == 1 and len(box.mails) == 4
    box.refuse = ""
    assert wait_for_job(server, hr.post(MAIL, {"again": True})) == ("done", "")
    assert counts() == {"addresses": 5, "mails": 5, "waiting": 0, "sent": 5, "refused": 0, "deferred": 0, "unsure": 0, "returned": 0}
    assert len(box.mails) == 5 == len({m["Message-ID"] for _, m in box.mails})
    assert wait_for_job(server, hr.post(MAIL, {"again": True})) == ("done", "") and len(box.mails) == 5
    reply = server.psql("UPDATE khoacu.letter_mail SET state = 'waiting' WHERE state = 'refused'")
    assert reply == []

def report(to, address, action="failed", status="5.1.1", about=None, number=[0]):
    """A report of delivery as RFC 3464 has it."""
    number[0] += 1
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "MAILER-DAEMON@noivu.example", to, f"<bao-{number[0]}@noivu.example>"
    mail.set_content("The letter could not be delivered.")
    mail.make_mixed()
    mail.replace_header("Content-Type", 'multipart/report; report-type=delivery-status; boundary="==bien=="')
    parts = [("message/delivery-status", f"Reporting-MTA: dns; noivu.example\n\nFinal-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
              f"Diagnostic-Code: smtp; 550 {status} Hộp thư không có\n")] + ([("text/rfc822-headers", f"Message-ID: {about}\n")] if about else [])
    text = mail.as_string().split("\n\n", 1)[0] + "\n\n" + "".join(f"--==bien==\nContent-Type: {kind}\n\n{body}\n" for kind, body in parts) + "--==bien==--\n"
    return text.encode()


def bounces(*paths):
    done = server.command("letters", "bounces", "--as", "hr.mot", "--json", *paths)
    return done[0], [json.loads(line) for line in done[1].splitlines()], done[2]


REPORTS = os.path.join(folder, "Maildir")
for name in ("new", "cur", "tmp"):
    os.makedirs(os.path.join(REPORTS, name))


def drop(name, content):
    path = os.path.join(REPORTS, "new", name)
    with open(path, "wb") as out:
        out.write(content)
    return path


with step("each letter has a return address of its own, which tells the attempt"):
    returns = {address: sender for sender, address in box.senders}
    rows = server.psql("SELECT address, lpad(to_hex(mail_id), 16, '0'), attempts FROM khoacu.letter_mail")
    assert returns == {address: f"tra+{letter}.{attempts}@noivu.example" for address, letter, attempts in rows}, (returns, rows)
    assert {int(attempts) for address, _, attempts in rows if address.startswith(("hongthu", "daythu"))} <= {2, 3}

ABSENT = b"From: an@thu.example\nTo: " + returns["an@thu.example"].encode() + b"\nAuto-Submitted: auto-replied\nSubject: away\n\nAction: failed\n"
with step("a letter that comes back after it was taken is returned, by the address or by its Message-ID; an absence note is not, and says so"):
    first = drop("1", report(returns["an@thu.example"], "an@thu.example"))
    drop("2", ABSENT)
    drop("3", report("tuyendung@noivu.example", "chi@thu.example", about=next(m for a, m in box.mails if a == "chi@thu.example")["Message-ID"]))
    drop("4", report(returns["binh@thu.example"], "binh@thu.example", action="delayed", status="4.4.1"))
    drop("5", report("tra+0123456789abcdef.1@noivu.example", "ai@thu.example"))
    status, lines, _ = bounces(REPORTS)
    assert status == 1 and [(line["outcome"], line["why"], line["roll_number"]) for line in lines] == [
        ("returned", "", "A101"), ("unreadable", "no-report", ""), ("returned", "", "B102"), ("noted", "", "A103"), ("unknown", "", "")], lines
    assert lines[0]["status"] == "5.1.1" and lines[0]["diagnostic"] == "550 5.1.1 Hộp thư không có" and lines[0]["version"] == 1 and lines[0]["cycle"] == CYCLE
    assert counts() == {"addresses": 5, "mails": 5, "waiting": 0, "sent": 3, "refused": 0, "deferred": 0, "unsure": 0, "returned": 2}
    troubles = {t["roll_number"]: t for t in hr.get(MAIL).json["troubles"]}
    assert troubles["A101"]["state"] == "returned" and troubles["A101"]["answer"] == "5.1.1 550 5.1.1 Hộp thư không có", troubles

with step("the same report again changes nothing, whichever way it comes in; the command names wrong use"):
    assert bounces(first)[:2] == (0, [dict(lines[0], outcome="repeated", file=first)])
    with open(first, "rb") as file:
        reply = hr.post("/api/v1/letter-reports", data=b"From MAILER-DAEMON Mon Nov 30 08:15:02 2026\n" + file.read() + b"\nFrom x Mon Nov 30 08:16:00 2026\n" + ABSENT,
                        content_type="application/octet-stream")
    assert reply.status == 200 and reply.json["mails"] == 2 and reply.json["repeated"] == 1 and reply.json["unreadable"] == 1, reply
    assert [i["outcome"] for i in reply.json["items"]] == ["repeated", "unreadable"] and reply.json["items"][1]["mail"] == 2
    assert hr.post("/api/v1/letter-reports", data=b"\x89PNG", content_type="application/octet-stream").json["items"][0]["why"] == "no-mail"
    assert hr.post("/api/v1/letter-reports", content_type="application/octet-stream").code == "empty-file"
    assert people.inspector.post("/api/v1/letter-reports", data=b"x", content_type="application/octet-stream").status == 403
    assert server.command("letters", "bounces", first)[0] == 2 and server.command("letters", "bounces", "--as", "hr.mot", folder + "/none")[0] == 2
    assert "no HR officer" in server.command("letters", "bounces", "--as", "cham.mot", first)[2]

with step("whom no mail has reached gets paper: one file with the letters of those alone"):
    assert hr.get(MAIL).json["unreached"] == 16 - 3
    pages = words_of(hr.get(RUN + "/letters.pdf?unreached=1"))
    named = {roll for roll, *_ in CANDIDATES for p in pages if f"số báo danh {roll}" in p}
    assert len(pages) == 13 and {"A101", "B102"} <= named and not named & {"A103", "B105", "C101"}, named

with step("what came back goes out again when an officer says so, to the address that is known now; a late report about the first attempt is no second return"):
    assert wait_for_job(server, hr.post(MAIL, {})) == ("done", "") and counts()["returned"] == 2 and len(box.mails) == 5
    assert hr.upload("candidates", candidates_file({**ADDRESSES, "A101": "an.moi@thu.example"}), cycle=CYCLE).json["changed"] == 1
    assert wait_for_job(server, hr.post(MAIL, {"again": True})) == ("done", "")
    assert counts()["sent"] == 5 and counts()["returned"] == 0 and [a for a, _ in box.mails[5:]].count("an.moi@thu.example") == 1 and len(box.mails) == 7
    status, lines, _ = bounces(drop("6", report(returns["an@thu.example"], "an@thu.example", status="5.4.7")))
    assert status == 0 and lines[0]["outcome"] == "older" and counts()["sent"] == 5, lines
    refusal = server.psql_fails("UPDATE khoacu.letter_mail SET state = 'returned' WHERE state = 'sent'")
    assert "by a report about it" in refusal, refusal
    without = "\n".join(",".join(line.split(",")[:-1]) for line in candidates_file(ADDRESSES).splitlines()) + "\n"
    assert hr.upload("candidates", without, cycle=CYCLE).json["unchanged"] == 16, "a file without the column leaves addresses as they are"
    assert hr.upload("candidates", candidates_file(ADDRESSES).replace("Thí sinh C104", "Thí sinh khác"), cycle=CYCLE).json["errors"][0]["code"] == "locked"
    assert hr.upload("candidates", candidates_file(ADDRESSES), cycle=CYCLE).json["changed"] == 1

with step("a worker that dies in the middle leaves no mail sent twice: what was under way is unsure until an officer says so"):
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/runs", {"cause": "Sửa để gửi lại thư"})) == ("done", "")
    second = hr.get(f"/api/v1/cycles/{CYCLE}/runs").json["items"][0]["id"]
    people.freeze_and_sign(second)
    assert hr.post(f"/api/v1/runs/{second}/release", {}).json == {"version": 2}
    MAIL, box.hold, before = f"/api/v1/runs/{second}/letters-mail", 20, len(box.mails)
    asked = hr.post(MAIL, {})
    eventually(lambda: len(box.tries) >= 8 or counts()["waiting"] != 5)
    time.sleep(0.3)
    server.kill()
    box.hold = 0
    server.start()
    assert wait_for_job(server, asked) == ("done", "")
    after = counts()
    assert after["unsure"] == 1 and after["sent"] == 4, after
    addresses = [address for address, _ in box.mails[before:]]
    assert len(addresses) == len(set(addresses)) >= 4, addresses

with step("requests and outcomes stand in the audit trail"):
    acts = [e["act"] for e in people.inspector.pages("/api/v1/audit-events?limit=200")]
    assert acts.count("result.mail_request") >= 6 and acts.count("result.mail") >= 5
    assert acts.count("result.mail_report") == 4
    assert people.inspector.post(MAIL, {}).status == 403 and people.inspector.get(MAIL).status == 200

mail_server.stop()
finish()
