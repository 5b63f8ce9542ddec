"""Small files and shortcuts for scenarios about cycles: posts, candidates, items."""

import csv
import io

from harness import Client, make_officers
from vault import make_live

CYCLE = {
    "code": "KT-2026", "title_vi": "Kỳ thi thử", "title_en": "A trial", "authority_vi": "Sở Nội vụ", "authority_en": "Home affairs",
    "notice": "Thông báo\ntuyển dụng", "notice_on": "2026-10-01", "pack_id": "CC-2026", "written_max": "60.00", "interview_max": "40.00",
}
POSTS = """post_code,post_title,agency_code,agency_name,quota
CV-01,Chuyên viên tổng hợp,SNV,Sở Nội vụ,2
CV-01,Chuyên viên tổng hợp,STC,Sở Tài chính,1
CV-02,Chuyên viên pháp chế,STP,Sở Tư pháp,2
"""
CANDIDATES = """roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences
TS-001,Nguyễn Thị Ánh,1999-02-28,CV-01,P2,STC;SNV
TS-002,Trần Đức Bình,28/02/2000,CV-01,,SNV
TS-003,Lê Văn Ước,2001-12-31,CV-02,P3;P2,
TS-004,Đặng Hồng Yến,1998-07-05,CV-02,,STP
"""
TOPICS = ["he-thong-chinh-tri", "quan-ly-nha-nuoc"]


def cycle(client, **changes):
    reply = client.post("/api/v1/cycles", {**CYCLE, **changes})
    assert reply.status == 201, reply
    return reply.json["id"]


def rows(columns, values):
    """A CSV of texts, quoted where needed."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(values)
    return out.getvalue()


def items(count, first=1, topics=TOPICS, **changes):
    """Items by topic in turn; the key of item n is A, B, C, D in turn."""
    names = ["code", "topic", "level", "stem", "option_a", "option_b", "option_c", "option_d", "key", "source"]
    base = lambda n: {"code": f"C-{n:04}", "topic": topics[n % len(topics)], "level": 1 + n % 4, "stem": f"Câu hỏi số {n} về Hiến pháp?",
                      "option_a": f"Phương án một {n}", "option_b": f"Phương án hai {n}", "option_c": f"Phương án ba {n}",
                      "option_d": f"Phương án bốn {n}", "key": "ABCD"[n % 4], "source": f"Điều {n}"}
    names += [name for name in changes if name not in names]
    return rows(names, [[{**base(n), **changes}[name] for name in names] for n in range(first, first + count)])


def applied(reply, **counts):
    """The import went in, with these counts."""
    assert reply.status == 200 and reply.json["applied"], reply
    found = {name: reply.json[name] for name in counts}
    assert found == counts, found
    assert reply.json["rows"] == sum(reply.json[n] for n in ("imported", "changed", "unchanged", "refused")), reply
    return reply.json


def faults(reply):
    """{(line, column, code)} of a report."""
    return {(e["line"], e["column"], e["code"]) for e in reply.json["errors"]}


def second_item_officer(clients, bank="NH-1", rights=6):
    """Another item officer, a reviewer and assembler of the bank."""
    server = clients["administrator"].server
    if "second" not in clients:
        passwords = make_officers(server, clients["administrator"], [("item.second", "Người thứ hai", "Sở Nội vụ", "item_officer")])
        clients["second"] = Client(server).sign_in("item.second", passwords["item.second"])
    server.psql(f"INSERT INTO khoacu.bank_member (bank_id, staff_id, topic, rights) SELECT b.bank_id, s.staff_id, '', {rights} "
                f"FROM khoacu.bank b, khoacu.staff s WHERE b.code = '{bank}' AND s.login_name = 'item.second' ON CONFLICT DO NOTHING")
    return clients["second"]


def seal_form(clients, form_id, bank="NH-1"):
    """Reviews and seals the newest version: the second officer accepts, the first seals first, the second second."""
    first, second = clients["item_officer"], second_item_officer(clients, bank)
    form = first.get(f"/api/v1/forms/{form_id}").json
    seen = {"version": form["version"], "sha256": form["sha256"]}
    reply = second.post(f"/api/v1/forms/{form_id}/reviews", {"version": form["version"], "verdict": "accept"})
    assert reply.status == 201, reply
    for number, officer in ((1, first), (2, second)):
        reply = officer.post(f"/api/v1/forms/{form_id}/seal", seen)
        assert reply.status == 200 and reply.json["seal"] == number, reply
    return form


def make_ready(clients, people=4, **changes):
    """A cycle with posts, candidates, a bank of 120 items and a sealed form of 60; gives the form's id."""
    code = changes.get("code", CYCLE["code"])
    officer, item_officer = clients["hr_officer"], clients["item_officer"]
    cycle(officer, **changes)
    applied(officer.upload("posts", POSTS, cycle=code), imported=3)
    names = ["roll_number", "full_name", "birth_date", "post_code"]
    csv_text = rows(names, [[f"TS-{n:05}", f"Thí sinh số {n}", "2000-01-01", "CV-02"] for n in range(1, people + 1)])
    applied(officer.upload("candidates", csv_text, cycle=code), imported=people)
    applied(item_officer.upload("items", items(120), bank="NH-1"))
    make_live(item_officer.server, "NH-1")
    reply = item_officer.post(f"/api/v1/cycles/{code}/forms", {"code": "DE-01", "bank": "NH-1", "topics": [
        {"topic": topic, "count": 30} for topic in TOPICS]})
    assert reply.status == 201, reply
    seal_form(clients, reply.json["id"])
    return reply.json["id"]
