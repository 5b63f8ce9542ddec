"""Small files and shortcuts for scenarios about cycles: posts, candidates, items."""

import csv
import io

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
    return reply.json["id"]
