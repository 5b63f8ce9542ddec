"""Sections of a form, from the list that an assembly gives to the candidate's paper: titles travel, orders stay within, times fit."""

import csv
import datetime
import io
import re
import subprocess
import time

from cycle_data import TOPICS, make_ready, seal_form
from harness import Client, Server, finish, make_all_roles, secret, step

server = Server()
clients = make_all_roles(server)
first, officer = clients["item_officer"], clients["hr_officer"]
make_ready(clients, people=4)
ids = [row[0] for row in server.psql("SELECT to_hex(item_id) FROM khoacu.item ORDER BY code LIMIT 60")]
ids = [i.rjust(16, "0") for i in ids]
SECTIONS = [{"code": "A", "title_vi": "Phần I. Hệ thống chính trị", "title_en": "Part I. The political system", "items": 20},
            {"code": "B", "title_vi": "Phần II. Quản lý nhà nước", "title_en": "", "items": 39},
            {"code": "C", "title_vi": "Phần III. Một câu", "title_en": "Part III. One item", "items": 1}]


def draft(code, **more):
    return first.post("/api/v1/cycles/KT-2026/forms", {"code": code, "bank": "NH-1", "items": [{"id": i} for i in ids], **more})


def wrong(reply):
    assert reply.status == 400 and reply.code == "invalid", reply
    return {(e["path"], e["rule"]) for e in reply.json["errors"]}


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def words(form, lang, what="booklet"):
    reply = first.get(f"/api/v1/forms/{form}/{what}.pdf?lang={lang}")
    assert reply.status == 200, reply
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.bytes, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", text)


with step("bad sections are refused at their places, and a draw by topics has none"):
    assert wrong(draft("DE-X", sections=[])) == {("sections", "count")}
    assert wrong(draft("DE-X", sections=SECTIONS[:2])) == {("sections", "total")}
    assert wrong(draft("DE-X", sections=[SECTIONS[0], {**SECTIONS[1], "code": "A"}, SECTIONS[2]])) == {("sections[1].code", "unique")}
    assert wrong(draft("DE-X", sections=[{**SECTIONS[0], "title_vi": "", "items": 201}])) == {("sections[0].title_vi", "length"), ("sections[0].items", "range")}
    reply = first.post("/api/v1/cycles/KT-2026/forms", {"code": "DE-X", "bank": "NH-1", "sections": SECTIONS,
                                                        "topics": [{"topic": topic, "count": 30} for topic in TOPICS]})
    assert wrong(reply) == {("sections", "unknown")}

with step("sections are part of what is sealed: without them, or with another title, the hash is another"):
    form = draft("DE-P", sections=SECTIONS).json
    plain, other = draft("DE-Q").json, draft("DE-R", sections=[{**SECTIONS[0], "title_vi": "Phần một"}, *SECTIONS[1:]]).json
    assert len({form["sha256"], plain["sha256"], other["sha256"]}) == 3
    assert first.get(f"/api/v1/forms/{form['id']}").json["sections"] == SECTIONS
    assert first.get(f"/api/v1/forms/{plain['id']}").json["sections"] == []

with step("a new version has the sections that come with it; the old one keeps its own"):
    change = {"base_version": 1, "items": [{"id": i} for i in ids[1:]], "reason": "Bớt câu đầu"}
    path = f"/api/v1/forms/{other['id']}/versions"
    assert wrong(first.post(path, {**change, "sections": SECTIONS})) == {("sections", "total")}
    assert first.post(path, {**change, "sections": [{**SECTIONS[0], "items": 19}, *SECTIONS[1:]]}).status == 201
    now, old = [first.get(f"/api/v1/forms/{other['id']}?version={v}").json for v in (2, 1)]
    assert now["sections"][0]["items"] == 19 and old["sections"][0]["title_vi"] == "Phần một" and old["sections"][0]["items"] == 20

with step("the booklet has each title above its items, in the language that there is"):
    vi, en = words(form["id"], "vi"), words(form["id"], "en")
    places = [vi.index(text) for text in ("Phần I. Hệ thống chính trị (từ câu 1 đến câu 20)", "Câu 20", "Phần II. Quản lý nhà nước (từ câu 21 đến câu 59)",
                                          "Phần III. Một câu (câu 60)")]
    assert places == sorted(places), places
    assert "Part I. The political system (questions 1 to 20)" in en and "Phần II. Quản lý nhà nước (questions 21 to 59)" in en
    assert "Phần" not in words(plain["id"], "vi")

with step("a shift that divides the time divides it where sections end"):
    seal_form(clients, form["id"])
    known = {f["code"]: f["sections"] for f in officer.get("/api/v1/cycles/KT-2026").json["progress"]["forms"]}
    assert known["DE-P"] == SECTIONS and known["DE-01"] == [], known
    shift = {"code": "CA-1", "form_id": form["id"], "clock": "common", "starts_at": at(3), "ends_at": at(3660), "minutes": 60, "room_size": 50}
    parts = lambda *lengths: [{"first": 1 + sum(lengths[:i]), "last": sum(lengths[:i + 1]), "minutes": 10} for i in range(len(lengths))]  # noqa: E731
    assert wrong(officer.post("/api/v1/cycles/KT-2026/shifts", {**shift, "sections": parts(30, 30)})) == {("sections", "cross")}
    reply = officer.post("/api/v1/cycles/KT-2026/shifts", {**shift, "starts_at": at(3), "sections": parts(20, 40)})
    begins = time.time() + 3
    assert reply.status == 201 and reply.json["sittings"] == 4, reply

with step("a candidate's paper names its parts, and every order keeps to them"):
    reply = officer.post("/api/v1/cycles/KT-2026/access-codes", {"scope": "all"})
    lines, orders = list(csv.DictReader(io.StringIO(reply.bytes.decode("utf-8-sig")))), set()
    stems = {f"Câu hỏi số {n} về Hiến pháp?": n for n in range(1, 121)}
    time.sleep(max(0.0, begins - time.time()))
    for line in lines:
        sitter = Client(server)
        sitter.sign_in_candidate(line["roll_number"], secret(line["access_code"], f"the code of {line['roll_number']}"), cycle="KT-2026")
        reply = sitter.post(f"/api/v1/sittings/{sitter.get('/api/v1/sittings/own').json['id']}/start", {})
        assert reply.status == 200, reply
        paper = reply.json
        assert paper["parts"] == [{"title": "Phần I. Hệ thống chính trị", "title_en": "Part I. The political system", "first": 1, "last": 20},
                                  {"title": "Phần II. Quản lý nhà nước", "first": 21, "last": 59},
                                  {"title": "Phần III. Một câu", "title_en": "Part III. One item", "first": 60, "last": 60}], paper["parts"]
        order = [stems[item["stem"]] for item in paper["items"]]
        assert sorted(order[:20]) == list(range(1, 21)) and sorted(order[20:59]) == list(range(21, 60)) and order[59] == 60, order
        orders.add(tuple(order))
    assert len(orders) == 4

finish()
