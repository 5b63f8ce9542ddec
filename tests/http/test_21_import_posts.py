"""Posts with quotas come in by CSV: dry run, faults by line and column, again without change, locked once the cycle has begun."""

from cycle_data import CANDIDATES, POSTS, applied, cycle, faults
from harness import Server, finish, make_all_roles, step

server = Server()
clients = make_all_roles(server)
officer = clients["hr_officer"]
cycle(officer)
HEADER = "post_code,post_title,agency_code,agency_name,quota\n"


def upload(text, **query):
    return officer.upload("posts", text, **{"cycle": "KT-2026", **query})


def posts():
    return {p["code"]: p for p in officer.get("/api/v1/cycles/KT-2026").json["progress"]["posts"]}


with step("the template is a file that can be imported"):
    template = officer.get("/api/v1/imports/posts/template.csv")
    assert template.status == 200 and template.bytes.startswith(b"\xef\xbb\xbfpost_code,post_title,"), template
    reply = upload(template.bytes, dry_run=True)
    assert reply.status == 200 and reply.json["imported"] == 1 and reply.json["faults"] == 0, reply

with step("a dry run changes nothing"):
    reply = upload(POSTS, dry_run=True)
    assert reply.status == 200 and reply.json["imported"] == 3 and not reply.json["applied"] and posts() == {}, reply

with step("a post that stands in two rows is recruited for two agencies"):
    applied(upload(POSTS), rows=3, imported=3, changed=0, unchanged=0, refused=0)
    assert posts()["CV-01"]["quota"] == 3 and len(posts()["CV-01"]["agencies"]) == 2

with step("the same file again changes nothing"):
    applied(upload(POSTS), imported=0, changed=0, unchanged=3)

with step("Windows' own file, with BOM, semicolons, CRLF and Vietnamese headers, is the same file"):
    text = "\ufeffMã vị trí;Vị trí việc làm;Mã cơ quan;Tên cơ quan;Chỉ tiêu\r\n" + "\r\n".join(
        line.replace(",", ";") for line in POSTS.splitlines()[1:]) + "\r\n"
    applied(upload(text), unchanged=3, imported=0)

with step("tabs, quoted cells, blank lines and letters in two pieces make no difference either"):
    text = HEADER.replace(",", "\t") + "\n\n".join("\t".join(f'"{cell}"' for cell in line.split(",")) for line in POSTS.splitlines()[1:])
    text = text.replace("ổng hợp", "o\u0302\u0309ng hợp")
    applied(upload(text), unchanged=3, imported=0)

with step("a changed quota, title or name counts as changed"):
    applied(upload(POSTS.replace("Sở Tài chính,1", "Sở Tài chính,4")), changed=1, unchanged=2)
    applied(upload(POSTS.replace("tổng hợp", "tổng hợp hành chính").replace("Sở Tài chính,1", "Sở Tài chính,4")), changed=2, unchanged=1)
    assert posts()["CV-01"]["quota"] == 6 and posts()["CV-01"]["title"] == "Chuyên viên tổng hợp hành chính"
    applied(upload(HEADER + "CV-03,Chuyên viên thống kê,SNV,Sở Nội vụ tỉnh,1\n"), imported=1)
    assert posts()["CV-01"]["agencies"][0]["name"] == "Sở Nội vụ tỉnh", "the agency has one name"
    applied(upload(POSTS), changed=2, unchanged=1)

with step("every fault is named by line and column, and nothing of the file is stored"):
    bad = HEADER + "".join(row + "\n" for row in (
        "cv-09,A,SNV,Sở Nội vụ,1",        # 2: small letters
        "CV-09,,SNV,Sở Nội vụ,1",         # 3: no title
        "CV-10,A,SNV,Sở Nội vụ,một",      # 4: no number
        "CV-11,A,SNV,Sở Nội vụ,-1",       # 5: negative
        "CV-12,A,SNV,Sở Nội vụ,10001",    # 6: too many
        "CV-13,A,SNV,Sở Nội vụ,1.5",      # 7: no whole number
        "CV-14,A,SNV,Sở Nội vụ,1",
        "CV-14,B,STC,Sở Tài chính,1",     # 9: another title
        "CV-15,A,SNV,Sở Nội vụ,1",
        "CV-15,A,SNV,Sở Nội vụ,2",        # 11: the same agency twice
        "CV-16,A,STP,Sở Khác,1",
        "CV-17,A,STP,Sở Tư pháp,1",       # 13: another name of the agency
        "CV-18," + "x" * 301 + ",SNV,Sở Nội vụ,1",  # 14
        'CV-19,"hai\ndòng",SNV,Sở Nội vụ,1',        # 15, 16: a line break
        "CV-20,A,SNV,Sở Nội vụ,1,2",      # 17: a cell too many
        "CV-21-IS-TOO-LONG-FOR-US,A,SNV,Sở Nội vụ,1"))  # 18
    reply = upload(bad)
    assert reply.status == 422 and not reply.json["applied"], reply
    assert faults(reply) == {(2, "post_code", "syntax"), (3, "post_title", "required"), (4, "quota", "number"), (5, "quota", "number"),
                             (6, "quota", "number"), (7, "quota", "number"), (9, "post_title", "conflict"), (11, "agency_code", "duplicate"),
                             (13, "agency_name", "conflict"), (14, "post_title", "length"), (15, "post_title", "syntax"),
                             (17, "", "extra-cells"), (18, "post_code", "syntax")}, sorted(faults(reply))
    assert reply.json["refused"] == 13 and reply.json["rows"] == 16 and set(posts()) == {"CV-01", "CV-02", "CV-03"}
    assert all(e["hint_vi"] and e["hint_en"] for e in reply.json["errors"])

with step("more agencies than a post may have are refused"):
    text = HEADER + "".join(f"CV-30,A,CQ-{n:02},Cơ quan {n},1\n" for n in range(21))
    assert faults(upload(text, dry_run=True)) == {(22, "agency_code", "limit")}
    text = HEADER + "".join(f"CV-01,Chuyên viên tổng hợp,CQ-{n:02},Cơ quan {n},1\n" for n in range(18))
    applied(upload(text), imported=18)
    assert faults(upload(HEADER + "CV-01,Chuyên viên tổng hợp,CQ-99,Cơ quan 99,1\n")) == {(2, "agency_code", "limit")}

with step("an unknown cycle is a fault of the whole file, none at all a fault of the request"):
    for code in ("KHONG-CO", "không có", "'"):
        reply = upload(POSTS, cycle=code)
        assert reply.status == 422 and faults(reply) == {(0, "cycle", "unknown")} and reply.json["errors"][0]["value"] == code, reply
    assert officer.upload("posts", POSTS).status == 400

with step("others than HR officers may not import posts"):
    for role in ("administrator", "item_officer", "examiner", "invigilator", "inspector"):
        assert clients[role].upload("posts", POSTS, cycle="KT-2026").status == 403, role

with step("once the examination has begun, posts are locked, and a file that changes nothing is none the worse"):
    server.psql("UPDATE khoacu.cycle SET state = 'round1'")
    applied(upload(POSTS), unchanged=3)
    reply = upload(POSTS.replace("Sở Tư pháp,2", "Sở Tư pháp,5") + "CV-40,Mới,SNV,Sở Nội vụ,1\n")
    assert reply.status == 422 and faults(reply) == {(4, "", "locked"), (5, "", "locked")}, reply
    assert [e["value"] for e in reply.json["errors"]] == ["CV-02", "CV-40"] and posts()["CV-02"]["quota"] == 2

with step("two officers who import at once do not get in each other's way"):
    import threading
    from harness import Client
    server.psql("UPDATE khoacu.cycle SET state = 'preparing'")
    other = Client(server)
    other.cookies = dict(officer.cookies)
    replies = []
    text = HEADER + "".join(f"CV-5{n},Vị trí {n},SNV,Sở Nội vụ,1\n" for n in range(10))
    threads = [threading.Thread(target=lambda c=c: replies.append(c.upload("posts", text, cycle="KT-2026"))) for c in (officer, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.json["imported"] for r in replies) == [0, 10] and sorted(r.json["unchanged"] for r in replies) == [0, 10], replies

with step("the audit trail has the hash of each file that went in"):
    import hashlib
    payloads = [p for (p,) in server.psql("SELECT payload FROM khoacu.audit_event WHERE act = 'cycle.posts_import'")]
    assert sum(hashlib.sha256(POSTS.encode()).hexdigest() in payload for payload in payloads) == 4, payloads
    assert not [p for p in payloads if hashlib.sha256(bad.encode()).hexdigest() in p]

finish()
