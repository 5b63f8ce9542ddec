"""Items come in and go out: by screen and by command, each with its line, on trial and in earnest, repeatable, with nothing left behind."""

import glob
import io
import json
import os
import tempfile
import time
import zipfile

from harness import Client, Server, allowed, finish, make_administrator, make_officers, step

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
NAMES = ("chu.nh", "soan", "phan.bien")
passwords = make_officers(server, administrator, [(n, "Ông " + n, "Sở Nội vụ", "item_officer") for n in NAMES])
owner, author, reviewer = [Client(server).sign_in(n, passwords[n]) for n in NAMES]
assert owner.post("/api/v1/banks", {"code": "NH-1", "name": "Ngân hàng thử"}).status == 201
assert owner.put("/api/v1/banks/NH-1/members", {"members": [{"login_name": "chu.nh", "rights": ["owner", "author"]},
                                                            {"login_name": "soan", "rights": ["author"]},
                                                            {"login_name": "phan.bien", "rights": ["reviewer"]}]}).status < 300
folder = tempfile.mkdtemp(prefix="khoacu-exchange-")

GIFT = """// đề thi
$CATEGORY: luat/hanh-chinh

::Câu 1:: Thủ đô của nước ta? {=Hà Nội ~Huế ~Đà Nẵng}

::Câu 2:: Hai cộng hai? {#4}

::Câu 3:: Nước ta có sáu mươi ba tỉnh.{F}

::Câu 4:: Thiếu đáp án {~Một ~Hai}
"""
AIKEN = "Số nào chẵn?\nA. Một\nB. Hai\nANSWER: B\n\nHỏng\nA. Một\nANSWER: C\n"


def bring(client, data, **query):
    text = "&".join(f"{k}={v}" for k, v in {"bank": "NH-1", **query}.items())
    return client.post(f"/api/v1/bank-imports?{text}", data=data.encode() if isinstance(data, str) else data, content_type="application/octet-stream")


def counts(reply):
    assert reply.status == 200, reply
    found = reply.json["counts"]
    lines = reply.json["lines"]
    assert len(lines) == found["found"] == found["imported"] + found["changed"] + found["refused"], reply
    for outcome in ("imported", "changed", "refused"):
        assert sum(line["outcome"] == outcome for line in lines) == found[outcome], reply
    for line in lines:
        told = line["code"] is not None
        assert told == (line["outcome"] != "imported") and (not told or (line["message_vi"] and line["message_en"])), line
    return found


def total(client=owner, bank="NH-1"):
    return client.get(f"/api/v1/items?bank={bank}").json["total"]


def put(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    return path


with step("a trial says what would become of each item and stores nothing"):
    before = total()
    found = counts(bring(author, GIFT, format="gift", dry_run="true"))
    assert found["found"] == 4 and found["refused"] >= 1 and not found["applied"], found
    assert total() == before

with step("one refusal keeps all out, or the good ones come in, as chosen"):
    found = counts(bring(author, GIFT, format="gift"))
    assert not found["applied"] and total() == 0, found
    found = counts(bring(author, GIFT, format="gift", mode="valid"))
    good = found["imported"] + found["changed"]
    assert found["applied"] and good == total() > 0, found

with step("the same source again changes nothing; a change makes a new version"):
    found = counts(bring(author, GIFT, format="gift", mode="valid"))
    assert found["same"] == good and found["renewed"] == 0 and total() == good, found

with step("a format is recognised, a topic is given to items that name none, an unknown one is refused with its place"):
    found = counts(bring(author, AIKEN, name="de.txt", topic="luat/chung", mode="valid"))
    assert found["found"] == 2 and found["refused"] == 1, found
    reply = bring(author, AIKEN, name="de.txt", dry_run="true")
    bad = next(line for line in reply.json["lines"] if line["outcome"] == "refused")
    assert bad["place"].startswith("line ") and bad["path"] == "de.txt", bad
    reply = bring(author, b"\x00\x01\x02nothing", name="x.bin")
    assert counts(reply)["refused"] == 1 and reply.json["lines"][0]["code"], reply
    reply = bring(author, "int f(int a) { return a; }\n\nint g(int b) { return b; }\n", name="a.c", mode="valid")
    assert counts(reply)["refused"] == 1 and reply.json["lines"][0]["code"] == "format-unknown", reply
    for query, path in (({"format": "pdf"}, "format"), ({"mode": "some"}, "mode"), ({"topic": "Not A Topic"}, "topic"), ({"mapping": "[1]"}, "mapping")):
        reply = bring(author, AIKEN, **{k: v.replace(" ", "%20") for k, v in query.items()})
        assert reply.status == 400 and path in {e["path"] for e in reply.json["errors"]}, reply

with step("only authors bring items in, only owners take them out; others do not see the bank"):
    assert bring(reviewer, AIKEN).status == 403
    assert administrator.get("/api/v1/banks/NH-1/export?format=gift").status == 403
    assert author.get("/api/v1/banks/NH-1/export?format=gift").status == 403
    assert bring(author, AIKEN, bank="NH-X").status == 404
    assert owner.get("/api/v1/banks/NH-X/export?format=gift").status == 404
    assert owner.get("/api/v1/banks/NH-1/export?format=aiken").status == 400

with step("a table's columns are shown with what they are taken for, and can be given another meaning"):
    template = author.get("/api/v1/bank-import-template?format=csv&lang=en")
    assert template.status == 200 and template.bytes.startswith(b"\xef\xbb\xbf"), template
    table = "ma,cau hoi,A,B,dap an,xyz\r\nT-1,Một hay hai?,Một,Hai,B,1\r\n"
    reply = author.post("/api/v1/bank-import-columns?format=csv", data=table.encode(), content_type="application/octet-stream")
    assert reply.status == 200 and [c["heading"] for c in reply.json["columns"]] == ["ma", "cau hoi", "a", "b", "dap an", "xyz"] and reply.json["rows"] == 1, reply
    mapping = json.dumps({"ma": "code", "cau hoi": "stem", "a": "option_a", "b": "option_b", "dap an": "key", "xyz": ""})
    from urllib.parse import quote
    found = counts(bring(author, table, format="csv", mapping=quote(mapping)))
    assert found["found"] == 1 and found["applied"], found
    assert "T-1" in [i["code"] for i in owner.get("/api/v1/items?bank=NH-1&q=T-1").json["items"]]

with step("what is taken out comes in again without a difference, in every format that is written"):
    stored = {i["code"]: i["id"] for i in owner.get("/api/v1/items?bank=NH-1&limit=200").json["items"]}
    for number, form in enumerate(("qti21", "qti30", "gift", "csv", "xlsx")):
        reply = owner.get(f"/api/v1/banks/NH-1/export?format={form}")
        assert reply.status == 200 and "attachment" in reply.headers["content-disposition"], (form, reply)
        assert owner.post("/api/v1/banks", {"code": f"LAI-{number}", "name": "Đọc lại"}).status == 201
        found = counts(bring(owner, reply.bytes, bank=f"LAI-{number}", format=form))
        assert found["applied"] and found["found"] == found["imported"] == len(stored), (form, found)
        again = {i["code"]: i["id"] for i in owner.get(f"/api/v1/items?bank=LAI-{number}&limit=200").json["items"]}
        assert set(again) == set(stored), (form, again)
        for code, item in stored.items():
            one, two = owner.get(f"/api/v1/items/{item}").json, owner.get(f"/api/v1/items/{again[code]}").json
            for part in ("content", "key", "meta"):
                assert one[part] == two[part], (form, code, part, one[part], two[part])
    assert "export" in {row["purpose"] for row in owner.get(f"/api/v1/items/{item}/access").json["items"]}

with step("the command walks folders, reports each item on a line, and its lines add up"):
    put("bo/a.gift", GIFT)
    put("bo/con/b.txt", AIKEN)
    put("bo/con/anh.png", b"\x89PNG")
    put("bo/con/hinh.eps", "%!PS-Adobe-3.0\n/bd { bind def } def\n\n/l { lineto } bd\n")
    report = os.path.join(folder, "report.jsonl")
    status, out, err = server.command("bank", "import", "--bank", "LENH-1", "--dry-run", "--report", report, os.path.join(folder, "bo"))
    assert status == 1 and "dry run" in out, (status, out, err)
    lines = [json.loads(line) for line in open(report, encoding="utf-8")]
    assert len(lines) == 6 and {"path", "item", "outcome", "code", "message_vi", "place"} <= set(lines[0]), lines
    status, out, err = server.command("bank", "import", "--bank", "LENH-1", "--valid-only", "--json", "--report", report, os.path.join(folder, "bo"))
    said = json.loads(out)
    assert status == 1 and said["applied"] and said["found"] == 6 and said["imported"] + said["changed"] + said["refused"] == 6, (status, out, err)
    status, out, err = server.command("bank", "import", "--bank", "LENH-1", "--valid-only", "--json", os.path.join(folder, "bo"))
    again = json.loads(out)
    assert again["same"] == said["imported"] + said["changed"] and again["renewed"] == 0, (again, said)
    target = os.path.join(folder, "ra.xlsx")
    status, out, err = server.command("bank", "export", "--bank", "LENH-1", "--format", "xlsx", "--out", target)
    assert status == 0 and os.stat(target).st_mode & 0o777 == 0o600, (status, out, err)
    status, out, err = server.command("bank", "import", "--bank", "LENH-2", "--json", target)
    assert status == 0 and json.loads(out)["imported"] == said["imported"] + said["changed"], (status, out, err)

with step("a picture that a table or GIFT names comes along from another bank of the person's; one that nobody has is told"):
    png = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8cf500f0003860180"
                        "5a347d6b0000000049454e44ae426082")
    sha = owner.put("/api/v1/media?bank=NH-1", data=png, content_type="image/png").json["sha256"]
    assert owner.post("/api/v1/banks", {"code": "HINH", "name": "Có hình"}).status == 201
    table = "code,stem,option_a,option_b,key\r\nH-1,<p>Xem <img src='media:{0}' alt='hình'/></p>,Một,Hai,A\r\n"
    found = counts(bring(owner, table.format(sha), bank="HINH", format="csv"))
    assert (found["imported"], found["changed"]) == (1, 0), found
    assert server.psql("SELECT 1 FROM khoacu.bank_media m JOIN khoacu.bank b USING (bank_id) WHERE b.code = 'HINH'") == [["1"]]
    reply = bring(owner, table.format("0" * 64).replace("H-1", "H-2"), bank="HINH", format="csv")
    assert counts(reply)["changed"] == 1 and reply.json["lines"][0]["code"] == "media-absent", reply
    assert reply.json["lines"][0]["place"] == "media:" + "0" * 64, reply

with step("two items of one name in two files are two items, and are known again"):
    put("ten/LICENSE.txt", "Giấy phép \"")
    put("ten/a.gift", "// [id:TRUNG]\n::Một:: Câu của tệp a {=a ~b}\n")
    put("ten/b.gift", "// [id:TRUNG]\n::Một:: Câu của tệp b {=c ~d}\n")
    for expected in (2, 0):
        status, out, err = server.command("bank", "import", "--bank", "LENH-3", "--json", os.path.join(folder, "ten"))
        said = json.loads(out)
        assert status == 0 and said["found"] == 2 and said["imported"] == 2 and said["same"] == 2 - expected and said["renewed"] == 0, (said, err)
    assert total(Client(server).sign_in("chu.nh", passwords["chu.nh"]), "LENH-3") == 2
    three = put("ba.gift", "".join(f"::Câu hỏi:: Số {n} là số nào? {{=a ~b}}\n\n" for n in (1, 2, 3, 2)))
    for expected in (3, 0):
        status, out, err = server.command("bank", "import", "--bank", "LENH-4", "--json", three)
        said = json.loads(out)
        assert status == 0 and (said["found"], said["refused"], said["repeated"], said["same"]) == (4, 0, 1, 3 - expected), (said, err)

with step("an item that a source has twice word for word is kept once and told so; one of the same code that differs is refused, with the line of the first"):
    head = "code,stem,option_a,option_b,key\r\n"
    row = "LAP-{0},Câu lặp {1}?,Một,Hai,A\r\n"
    assert owner.post("/api/v1/banks", {"code": "LAP", "name": "Câu lặp"}).status == 201
    for data, form in ((head + row.format(1, 1) + row.format(2, 2) + row.format(1, 1), "csv"), ("Ba? {=a ~b}\n\nBốn? {=c ~d}\n\nBa? {=a ~b}\n", "gift")):
        before = total(owner, "LAP")
        trial = counts(bring(owner, data, bank="LAP", format=form, dry_run="true"))
        reply = bring(owner, data, bank="LAP", format=form)
        found, last = counts(reply), reply.json["lines"][2]
        assert {**trial, "applied": True} == found and (found["found"], found["refused"], found["repeated"], found["same"]) == (3, 0, 1, 0), (trial, found)
        assert (last["outcome"], last["code"], last["stored"]) == ("changed", "repeated", "repeated") and "dòng 1 " in last["message_vi"] and "line 1 " in last["message_en"], last
        assert total(owner, "LAP") == before + 2, form
        again = counts(bring(owner, data, bank="LAP", format=form))
        assert (again["applied"], again["same"], again["repeated"], again["renewed"]) == (True, 2, 1, 0) and total(owner, "LAP") == before + 2, again
    reply = bring(owner, head + row.format(3, 3) + row.format(4, 4) + row.format(3, "ba"), bank="LAP", format="csv")
    assert not counts(reply)["applied"] and (reply.json["lines"][2]["code"], reply.json["lines"][2]["stored"]) == ("twice", "twice"), reply
    assert "dòng 1 " in reply.json["lines"][2]["message_vi"], reply
    status, out, err = server.command("bank", "import", "--bank", "LAP", "--json", put("lap.gift", "Năm? {=a ~b}\n\nNăm? {=a ~b}\n"))
    assert status == 0 and json.loads(out)["repeated"] == 1 and json.loads(out)["applied"], (status, out, err)
    assert server.psql("SELECT max(version) FROM khoacu.item i JOIN khoacu.bank b USING (bank_id) WHERE b.code = 'LAP'") == [["1"]]

with step("wrong use is told"):
    for arguments in (("import",), ("import", "--bank", "NH-1"), ("import", "--bank", "NH-1", "--format", "pdf", "x"), ("export", "--bank", "NH-1"),
                      ("import", "--bank", "nh 1", "x"), ("import", "--bank", "NH-1", "--topic", "A B", "x"),
                      ("export", "--bank", "NH-1", "--format", "aiken", "--out", "x")):
        assert server.command("bank", *arguments)[0] == 2, arguments
    assert server.command("bank", "import", "--help")[0] == 0
    assert server.command("bank", "import", "--bank", "NH-1", "--as", "khong.co", put("x.gift", GIFT))[0] == 2
    assert server.command("bank", "import", "--bank", "NH-1", "--as", "phan.bien", put("x.gift", GIFT))[0] == 2
    status, out, err = server.command("bank", "import", "--bank", "NH-1", os.path.join(folder, "khong-co"))
    assert status == 1, (status, out, err)

with step("an empty file of any format is one refusal, and keeps nothing else out"):
    for form in ("qti21", "qti30", "gift", "aiken", "moodle", "csv", "xlsx"):
        for data in (b"", b"\xef\xbb\xbf"):
            found = counts(bring(author, data, format=form))
            assert found["found"] == found["refused"] == 1, (form, found)

with step("hostile files are refused and leave nothing behind"):
    before = total()
    for name, data in (("bom.xlsx", b"PK\x03\x04" + b"\x00" * 100), ("x.xml", '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>'),
                       ("y.gift", "{" * 100000), ("z.txt", b"\xff\xfe" + b"\x00\xd8" * 50)):
        found = counts(bring(author, data, name=name, mode="valid"))
        assert found["imported"] == 0, (name, found)
    assert total() == before and not glob.glob("/tmp/khoacu-export-*")

ITEM = ('<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{0}" title="{0}" adaptive="false" timeDependent="false">'
        '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>A</value></correctResponse>'
        '</responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><itemBody><choiceInteraction '
        'responseIdentifier="RESPONSE" shuffle="false" maxChoices="1"><prompt>{1}</prompt><simpleChoice identifier="A">Một</simpleChoice>'
        '<simpleChoice identifier="B">Hai</simpleChoice></choiceInteraction></itemBody><responseProcessing '
        'template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/></assessmentItem>')


def package(*entries, items=("mot",)):
    """A package with good items and what else is given: (name or ZipInfo, content)."""
    out = io.BytesIO()
    resources = "".join(f'<resource identifier="R-{n}" type="imsqti_item_xmlv2p1" href="{n}.xml"><file href="{n}.xml"/></resource>' for n in items)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("imsmanifest.xml", f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M"><organizations/><resources>{resources}</resources></manifest>')
        for n in items:
            pack.writestr(n + ".xml", ITEM.format(n, "Câu nào đúng trong gói " + n + "?"))
        for name, content in entries:
            pack.writestr(name, content)
    return out.getvalue()


with step("packages come in; those that lead elsewhere, burst or lie are refused in time and leave nothing behind"):
    found = counts(bring(author, package(items=("mot", "hai")), name="goi.zip"))
    assert found["applied"] and found["found"] == 2 and found["refused"] == 0, found
    before = total()
    link = zipfile.ZipInfo("lien-ket.xml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    hostile = {"slip": package(("../../../tmp/khoacu-slip.xml", ITEM.format("x", "x"))), "root": package(("/tmp/khoacu-slip.xml", "x")),
               "link": package((link, "/etc/passwd")), "bomb": package(("bom.xml", b" " * (300 << 20)), items=("ba",)),
               "cut": package()[:-40], "tail": package()[30:], "behind": package() + b"%PDF-1.7 and all of it", "before": b"GIF89a" + package()}
    for name, data in hostile.items():
        began = time.monotonic()
        found = counts(bring(author, data, name=name + ".zip"))
        assert found["refused"] > 0 and not found["applied"], (name, found)
        assert name != "behind" or bring(author, data, name=name + ".zip").json["lines"][0]["code"] == "zip-stray", name
        took = time.monotonic() - began
        assert took < allowed(10), (name, took)
    workbook = owner.get("/api/v1/banks/NH-1/export?format=xlsx").bytes
    reply = bring(author, workbook + b"<script>", name="lai.xlsx")
    assert counts(reply)["refused"] == 1 and reply.json["lines"][0]["code"] == "xlsx-stray", reply
    assert counts(bring(author, workbook, name="lai.xlsx"))["refused"] == 0
    assert total() == before and not os.path.exists("/tmp/khoacu-slip.xml")
    assert not glob.glob("/tmp/khoacu-export-*") and not glob.glob("/tmp/libzip*")

PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8cf500f0003860180"
                        "5a347d6b0000000049454e44ae426082")


with step("what stands in a package has its line though no manifest names it: broken items, hostile ones, other formats"):
    entity = '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ITEM.format("thuc-the", "&x;")
    mixed = package(("la/ngoai.XML", ITEM.format("ngoai", "Câu không có trong danh mục?")), ("la/thuc-the.xml", entity), ("la/hong.xml", "<assessmentItem"),
                    ("la/cau.gift", "Một? {=a ~b}"), ("la/trong.zip", package()), ("la/moodle.xml", "<quiz/>"), ("la/mo-ta.xml", "<lom/>"), ("la/hinh.png", b"x"),
                    ("readme.txt", "x"), ("__MACOSX/mot.xml", b"\0"))
    reply = bring(author, mixed, name="lan.zip", mode="valid")
    found = counts(reply)
    told = sorted((line["path"].rsplit("/", 1)[-1], line["outcome"], line["code"]) for line in reply.json["lines"])
    assert told == [("cau.gift", "refused", "qti-foreign"), ("hong.xml", "refused", "xml-broken"), ("moodle.xml", "refused", "qti-foreign"),
                    ("mot.xml", "imported", None), ("ngoai.XML", "imported", None), ("thuc-the.xml", "refused", "xml-doctype"),
                    ("trong.zip", "refused", "qti-foreign")], told

with step("a text of items in a package is told too, and a line names the package that it is from"):
    reply = bring(author, package(("de.txt", AIKEN), ("ghi-chu.txt", "Gói do Sở Nội vụ soạn.\n"), items=("goi-txt",)), name="txt.zip", mode="valid")
    counts(reply)
    assert [(line["path"], line["code"]) for line in reply.json["lines"]] == [("txt.zip/goi-txt.xml", None), ("txt.zip/de.txt", "qti-foreign")], reply

with step("papers of a collection give no line; a file of items is read though it is named like one"):
    for name, text in (("LICENSE", "A. Một\nB. Hai\nANSWER: A\n"), ("LICENSE-MIT", "Ai cũng được dùng.\n"), ("Notice period.gift", "Báo trước mấy ngày? {#30}\n")):
        put("giay/" + name, text)
    status, out, err = server.command("bank", "import", "--bank", "GIAY", "--json", os.path.join(folder, "giay"))
    assert status == 0 and json.loads(out)["found"] == json.loads(out)["imported"] == 1, (status, out, err)

with step("a tag of a hundred thousand attributes, or of names, keeps nobody waiting"):
    many = " ".join(f'a{n}="{n}"' for n in range(100000))
    spaces = " ".join(f'xmlns:a{n}="{n}"' for n in range(50000))
    began = time.monotonic()
    for name, data, code in (("x.xml", f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" {many}/>', "xml-limit"),
                             ("y.xml", f'<quiz {spaces}/>', None),
                             ("z.gift", f"::z:: [html]<p {many[:190000]}>hai</p> {{=a ~b}}", "item-invalid")):
        reply = bring(author, data, name=name)
        assert counts(reply)["refused"] == 1 and code in (None, reply.json["lines"][0]["code"]), (name, reply)
    took = time.monotonic() - began
    assert took < allowed(10), took


def by_command(bank, *paths):
    report = os.path.join(folder, "dong.jsonl")
    status, out, err = server.command("bank", "import", "--bank", bank, "--json", "--report", report, *paths)
    with open(report, encoding="utf-8") as file:
        return status, json.loads(out), [json.loads(line) for line in file], err


with step("a package that was unpacked is the package: nothing of its items is lost, and nothing else in it is a fault"):
    target = os.path.join(folder, "goi.zip")
    assert server.command("bank", "export", "--bank", "NH-1", "--format", "qti21", "--out", target)[0] == 0
    with zipfile.ZipFile(target) as pack:
        pack.extractall(os.path.join(folder, "roi"))
    put("roi/ghi-chu/them.gift", "::Thêm:: Câu đứng cạnh gói {=a ~b}\n")
    there = by_command("GOI-1", target)
    unpacked = by_command("GOI-2", os.path.join(folder, "roi"))
    assert there[0] == unpacked[0] == 0 and unpacked[1]["imported"] == unpacked[1]["found"] == there[1]["imported"] + 1, (there[1], unpacked[1:])
    say = "SELECT i.code, i.kind, i.topic, i.level, encode(i.external, 'hex') IS NULL FROM khoacu.item i JOIN khoacu.bank b USING (bank_id) WHERE b.code = '{}' ORDER BY 1"
    one, two = server.psql(say.format("GOI-1")), server.psql(say.format("GOI-2"))
    assert one and [row for row in two if row in one] == one and len(two) == len(one) + 1, (one, two)
    assert by_command("GOI-2", os.path.join(folder, "roi"))[1]["same"] == unpacked[1]["found"]

with step("a picture beside an item comes along; no name and no link leads out of the folder"):
    shows = lambda name, source: put(f"hinh/{name}.xml", ITEM.format(name, f'Xem <img src="{source}" alt="hình của {name}"/>'))
    put("hinh/anh/một hình.png", PICTURE)
    put("ngoai.png", PICTURE)
    os.symlink(os.path.join(folder, "ngoai.png"), put("hinh/anh/x", "") + ".png")
    os.symlink(folder, os.path.join(folder, "hinh", "thu-muc"))
    shows("trong", "anh/m%E1%BB%99t%20h%C3%ACnh.png")
    for name, source in (("tren", "../ngoai.png"), ("an", "anh/%2e%2e/%2e%2e/ngoai.png"), ("goc", os.path.join(folder, "ngoai.png")),
                         ("lien", "anh/x.png"), ("qua", "thu-muc/ngoai.png")):
        shows(name, source)
    status, out, err = server.command("bank", "import", "--bank", "HINH-2", "--valid-only", "--json", "--report", target + ".jsonl", os.path.join(folder, "hinh"))
    with open(target + ".jsonl", encoding="utf-8") as file:
        told = {line["item"]: (line["outcome"], line["code"]) for line in map(json.loads, file) if line["item"]}
    assert told == {"trong": ("imported", None), **{name: ("changed", "media-missing") for name in ("tren", "an", "goc", "lien", "qua")}}, (told, err)
    assert server.psql("SELECT count(*) FROM khoacu.bank_media m JOIN khoacu.bank b USING (bank_id) WHERE b.code = 'HINH-2'") == [["1"]]

finish()
