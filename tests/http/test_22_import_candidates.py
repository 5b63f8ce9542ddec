"""Candidates come in by CSV: who they are, what they applied for, what may be corrected when; 10 MB at once."""

import os
import time

from cycle_data import CANDIDATES, POSTS, applied, cycle, faults, rows
from harness import Server, allowed, finish, make_all_roles, step

server = Server()
clients = make_all_roles(server)
officer = clients["hr_officer"]
cycle(officer)
HEADER = "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n"


def upload(text, **query):
    return officer.upload("candidates", text, **{"cycle": "KT-2026", **query})


def candidates():
    return {c["roll_number"]: c for c in officer.pages("/api/v1/cycles/KT-2026/candidates")}


with step("without posts nobody can apply"):
    assert {code for _, column, code in faults(upload(CANDIDATES)) if column == "post_code"} == {"unknown"}
applied(officer.upload("posts", POSTS, cycle="KT-2026"), imported=3)

with step("a dry run says what would happen"):
    reply = upload(CANDIDATES, dry_run=True)
    assert reply.status == 200 and reply.json["imported"] == 4 and not reply.json["applied"] and candidates() == {}, reply

with step("candidates come in with date, classes in the pack's order and preferences in their own"):
    applied(upload(CANDIDATES), rows=4, imported=4)
    found = candidates()
    assert found["TS-002"]["birth_date"] == "2000-02-28" and found["TS-001"]["agencies"] == ["STC", "SNV"], found
    assert found["TS-003"]["priority_classes"] == ["P2", "P3"] and found["TS-003"]["agencies"] == ["STP"], found["TS-003"]

with step("the same file again changes nothing, nor does the same in other words"):
    applied(upload(CANDIDATES), unchanged=4, imported=0, changed=0)
    text = ("\ufeffSỐ BÁO DANH;Họ tên;Ngày sinh;Mã vị trí;Đối tượng ưu tiên;Nguyện vọng\r\n"
            "TS-001; Nguyễn Thị Ánh ;28/02/1999;CV-01;P2;\"STC; SNV\"\r\nTS-003;Lê Văn Ước;31/12/2001;CV-02;\"P2;P3\";STP\r\n")
    applied(upload(text), unchanged=2)

with step("corrections are counted as changed"):
    applied(upload(CANDIDATES.replace("Đức Bình", "Đức Bính").replace("TS-004,Đặng Hồng Yến,1998-07-05,CV-02,,STP", "TS-004,Đặng Hồng Yến,1998-07-05,CV-01,P1,SNV")),
            changed=2, unchanged=2)
    assert candidates()["TS-004"]["post_code"] == "CV-01" and candidates()["TS-004"]["agencies"] == ["SNV"]

with step("every fault is named by line, column and value"):
    bad = HEADER + "".join(row + "\n" for row in (
        "ts-1,A,2000-01-01,CV-02,,",               # 2: small letters
        "TS-11,,2000-01-01,CV-02,,",               # 3: no name
        "TS-12,A,2001-02-29,CV-02,,",              # 4: no such day
        "TS-13,A,01/13/2000,CV-02,,",              # 5: no such month
        "TS-14,A,2026-10-01,CV-02,,",              # 6: born on the day of the notice
        "TS-15,A,2000-01-01,CV-99,,",              # 7: no such post
        "TS-16,A,2000-01-01,CV-02,P9;P1,",         # 8: no such class
        "TS-17,A,2000-01-01,CV-02,P1;P1,",         # 9: a class twice
        "TS-18,A,2000-01-01,CV-02,,SNV",           # 10: an agency that does not have the post
        "TS-19,A,2000-01-01,CV-01,,",              # 11: a joint post without preference
        "TS-20,A,2000-01-01,CV-01,,SNV;SNV",       # 12: a preference twice
        "TS-21,A,2000-01-01,CV-02,,",
        "TS-21,B,2000-01-01,CV-02,,",              # 14: the number twice
        "TS-22," + "a" * 121 + ",2000-01-01,CV-02,,",  # 15
        "TS-23,A,1899-12-31,CV-02,,",              # 16
        "TS-24,A,2000-01-01,CV-02,,,x"))           # 17
    reply = upload(bad)
    assert reply.status == 422 and not reply.json["applied"], reply
    assert faults(reply) == {(2, "roll_number", "syntax"), (3, "full_name", "required"), (4, "birth_date", "date"), (5, "birth_date", "date"),
                             (6, "birth_date", "date"), (7, "post_code", "unknown"), (8, "priority_classes", "unknown"), (9, "priority_classes", "duplicate"),
                             (10, "agency_preferences", "unknown"), (11, "agency_preferences", "required"), (12, "agency_preferences", "duplicate"),
                             (14, "roll_number", "duplicate"), (15, "full_name", "length"), (16, "birth_date", "date"), (17, "", "extra-cells")}, sorted(faults(reply))
    values = {e["line"]: e["value"] for e in reply.json["errors"]}
    assert values[8] == "P9" and values[7] == "CV-99" and values[10] == "SNV" and values[4] == "2001-02-29", values
    assert reply.json["refused"] == 15 and len(candidates()) == 4

with step("a name of ten megabytes is refused by its line and not repeated, and nothing is stored"):
    reply = upload(HEADER + "TS-31,A,2000-01-01,CV-02,,\nTS-32," + "n" * 10_000_000 + ",2000-01-01,CV-02,,\n")
    assert reply.status == 422 and not reply.json["applied"] and len(reply.bytes) < 2000, (reply.status, len(reply.bytes))
    assert faults(reply) & {(3, "full_name", "length"), (3, "full_name", "limit"), (0, "", "limit"), (3, "", "limit")} and len(candidates()) == 4, faults(reply)

with step("a row with several faults is refused once, with all of them"):
    reply = upload(HEADER + "ts,,x,CV-99,P9,\n")
    assert reply.json["refused"] == 1 and reply.json["faults"] == 5, reply

with step("what a spreadsheet would run stays the text that it is, and goes out guarded"):
    applied(upload(HEADER + 'TS-030,"=HYPERLINK(""http://x"")",2000-01-01,CV-02,,\nTS-031,@SUM(A1),2000-01-01,CV-02,,\n'), imported=2)
    assert candidates()["TS-030"]["full_name"] == '=HYPERLINK("http://x")'
    codes = officer.post("/api/v1/cycles/KT-2026/access-codes", {"scope": "missing"}).text
    assert "'=HYPERLINK" in codes and "'@SUM(A1)" in codes and "\n=" not in codes and ",=" not in codes and ',"=' not in codes

with step("only columns of the template are taken, but preferences and classes may be left out"):
    applied(upload("roll_number,full_name,birth_date,post_code\nTS-040,Một,2000-01-01,CV-02\n"), imported=1)
    reply = upload("roll_number,full_name,birth_date,post_code,mark\nTS-041,Một,2000-01-01,CV-02,100\n")
    assert faults(reply) == {(1, "mark", "unknown-column")} and reply.json["refused"] == 1, reply

with step("after the beginning a name may be corrected, and nothing that decides"):
    server.psql("UPDATE khoacu.cycle SET state = 'round1'")
    applied(upload(HEADER + "TS-001,Nguyễn Thị Ánh Hồng,1999-03-01,CV-01,P2,STC;SNV\n"), changed=1)
    for row in ("TS-001,Nguyễn Thị Ánh Hồng,1999-03-01,CV-01,P1,STC;SNV", "TS-001,Nguyễn Thị Ánh Hồng,1999-03-01,CV-01,P2,SNV;STC",
                "TS-001,Nguyễn Thị Ánh Hồng,1999-03-01,CV-02,P2,", "TS-099,Mới,2000-01-01,CV-02,,"):
        reply = upload(HEADER + row + "\n")
        assert reply.status == 422 and faults(reply) == {(2, "", "locked")}, (row, reply)

with step("after the list was computed nothing may be changed, and the same file is still the same"):
    server.psql("UPDATE khoacu.cycle SET state = 'ranking'")
    assert faults(upload(HEADER + "TS-001,Nguyễn Thị Ánh,1999-03-01,CV-01,P2,STC;SNV\n")) == {(2, "", "locked")}
    applied(upload(HEADER + "TS-001,Nguyễn Thị Ánh Hồng,1999-03-01,CV-01,P2,STC;SNV\n"), unchanged=1)

with step("others than HR officers may not import candidates"):
    for role in ("administrator", "item_officer", "examiner", "invigilator", "inspector"):
        assert clients[role].upload("candidates", CANDIDATES, cycle="KT-2026").status == 403, role

with step("the command does the same, for who may"):
    cycle(officer, code="LENH")
    path = os.path.join(server.folder, "posts.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(POSTS)
    status, out, err = server.command("import", "posts", path, "--cycle", "LENH", "--as", "hr.officer")
    assert status == 0 and "3 imported" in out, (status, out, err)
    status, out, err = server.command("import", "posts", path, "--cycle", "LENH", "--as", "inspector")
    assert status == 2, (status, out, err)
    status, out, err = server.command("import", "posts", path, "--cycle", "LENH-2", "--as", "hr.officer")
    assert status == 1 and "cycle" in out, (status, out, err)

with step("a file of ten megabytes goes in at once, and again without change"):
    cycle(officer, code="LON")
    applied(officer.upload("posts", POSTS, cycle="LON"), imported=3)
    names = ["roll_number", "full_name", "birth_date", "post_code"]
    big = rows(names, [[f"L-{n:06}", f"Nguyễn Thị Số {n} " + "Ánh " * 20, "2000-01-01", "CV-02"] for n in range(80000)])
    assert len(big.encode()) > 10_000_000, len(big.encode())
    began = time.monotonic()
    applied(officer.upload("candidates", big, cycle="LON"), imported=80000)
    first = time.monotonic() - began
    began = time.monotonic()
    applied(officer.upload("candidates", big, cycle="LON"), unchanged=80000)
    print(f"# 80,000 candidates: {first:.1f} s new, {time.monotonic() - began:.1f} s unchanged", flush=True)
    assert first < allowed(20), first

with step("more than 100,000 candidates in a cycle are refused with the reason"):
    more = rows(names, [[f"M-{n:06}", "A", "2000-01-01", "CV-02"] for n in range(20001)])
    reply = officer.upload("candidates", more, cycle="LON")
    assert reply.status == 422 and faults(reply) == {(0, "", "limit")}, reply

with step("eighty thousand candidates are still searched, counted and paged while one waits"):
    began = time.monotonic()
    reply = officer.get("/api/v1/cycles/LON/candidates?q=so+79999")
    assert reply.json["total"] == 1, reply
    search = time.monotonic() - began
    began = time.monotonic()
    progress = officer.get("/api/v1/cycles/LON").json["progress"]
    assert progress["candidates"] == 80000
    print(f"# search {search * 1000:.0f} ms, page of the cycle {(time.monotonic() - began) * 1000:.0f} ms", flush=True)
    assert search < allowed(15), search

finish()
