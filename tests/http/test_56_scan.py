"""Written parts on paper: sheets with codes, the sealed register of counterfoils, scans by bag, and the pages before the marker."""

import io
import os
import re
import struct
import subprocess
import tempfile
import zipfile
import zlib

from harness import Client, Server, finish, make_officers, step
from result_cycle import CYCLE, PASSED, People, count_round1, draw, make_cycle, roll_of, wait_for_job

server = Server()
people = People(server)
password = make_officers(server, people.administrator, [("thu.ky", "Thư ký làm phách", "", "script_officer")])["thu.ky"]
officer = Client(server).sign_in("thu.ky", password)
make_cycle(server, people.hr)
count_round1(server)
BAGS = f"/api/v1/cycles/{CYCLE}/scan-bags"


def png(width, height, rgb):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + rgb[3 * width * y:3 * width * (y + 1)] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"tEXt", b"Author\0canary")
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def pixels(data, *options):
    out = subprocess.run(["pdftoppm", *options, "-"], input=data, capture_output=True, check=True).stdout
    width, height = map(int, re.match(rb"P6\s(\d+) (\d+)\s255\s", out).groups())
    return width, height, bytearray(out[-3 * width * height:])


def page(pdf, number, ink):
    """One sheet as a scanner gives it at 110 dots, with a bar of blue ink as long as `ink` says."""
    width, height, rgb = pixels(pdf, "-r", "110", "-f", str(number), "-l", str(number))
    for y in range(height * 6 // 10, height * 6 // 10 + 20):
        rgb[3 * (width * y + 100):3 * (width * y + 100 + ink)] = b"\x10\x20\xc0" * ink
    return width, height, rgb


def turned(picture):
    width, height, rgb = picture
    return width, height, bytes(b for i in range(width * height - 1, -1, -1) for b in rgb[3 * i:3 * i + 3])


def quarter(picture):
    """A quarter clockwise."""
    width, height, rgb = picture
    return height, width, b"".join(bytes(rgb[3 * (width * y + x):3 * (width * y + x) + 3]) for x in range(width) for y in range(height - 1, -1, -1))


def blue(jpeg):
    """How long the bar of ink is, and whether it is in the left half, in a picture that was kept."""
    height, width = next(struct.unpack(">HH", jpeg[i + 5:i + 9]) for i in range(len(jpeg)) if jpeg[i] == 0xFF and jpeg[i + 1] in (0xC0, 0xC2))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 5 0 R/Resources<</XObject<</I 4 0 R>>>>>>" % (width, height),
               b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>stream\n%s\nendstream" % (width, height, len(jpeg), jpeg)]
    draw_it = b"%d 0 0 %d 0 0 cm /I Do" % (width, height)
    objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(draw_it), draw_it))
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets) + b"trailer<</Size 6/Root 1 0 R>>startxref\n%d\n%%%%EOF" % table
    wide, tall, rgb = pixels(out, "-r", "72")
    best = max(([x for x in range(wide) if rgb[3 * (wide * y + x)] < 90 and rgb[3 * (wide * y + x) + 2] > 150] for y in range(0, tall, 3)), key=len)
    return len(best) * 110 / 150, best[0] < wide / 4


def send(bag, data, name="scan.png"):
    reply = officer.post(f"/api/v1/scan-bags/{bag}/files?name={name}", data=data, content_type="application/octet-stream")
    assert reply.status == 200, reply
    return reply.json


def counts(bag):
    state = officer.get(f"/api/v1/scan-bags/{bag}").json
    return tuple(state[key] for key in ("issued", "registered", "scanned", "unscanned", "unregistered", "aside"))


with step("a bag of sheets is made once, by a script officer alone, and its code is a plain one"):
    made = officer.post(BAGS, {"code": "TUI-01", "sheets": 8})
    assert made.status == 201, made
    bag = made.json["bag_id"]
    assert officer.post(BAGS, {"code": "TUI-01", "sheets": 8}).code == "scan-taken"
    assert officer.post(BAGS, {"code": "túi 1", "sheets": 8}).status == 400
    assert officer.post(BAGS, {"code": "TUI-02", "sheets": 201}).status == 400
    assert people.hr.post(BAGS, {"code": "TUI-02", "sheets": 2}).status == 403
    assert officer.post("/api/v1/cycles/KHONG-CO/scan-bags", {"code": "TUI-01", "sheets": 8}).status == 404
    guessed = f"{int(bag, 16) ^ 1:016x}"
    for path in (f"/api/v1/scan-bags/{guessed}", f"/api/v1/scan-bags/{guessed}/sheets.pdf", f"/api/v1/scan-asides/{guessed}/picture"):
        assert officer.get(path).status == 404 and people.hr.get(path).status == 403, path

with step("the sheets are printed one a page, each code twice on its own page, and no roll number"):
    pdf = officer.get(f"/api/v1/scan-bags/{bag}/sheets.pdf").bytes
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split("\f")[:-1]
    found = [re.findall(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b", sheet) for sheet in text]
    assert len(text) == 8 and all(len(codes) == 2 and codes[0] == codes[1] for codes in found), found
    codes = [pair[0] for pair in found]
    assert len(set(codes)) == 8 and "xé theo đường này" in text[0] and "tờ 3/8" in text[2], text[2]

rolls = PASSED[:4]
with step("the register takes all lines or none, and names the line that is wrong"):
    path = f"/api/v1/scan-bags/{bag}/registrations"
    wrong = officer.post(path, {"lines": f"{rolls[0]} {codes[0]}\nKHONG-CO {codes[1]}\n{rolls[1]} 0000-0001\nnonsense\n"})
    assert [(line["line"], line["outcome"]) for line in wrong.json["lines"]] == [(1, "kept"), (2, "no_candidate"), (3, "no_sheet"), (4, "form")], wrong
    assert wrong.json["kept"] == 0 and counts(bag) == (8, 0, 0, 0, 0, 0)
    right = officer.post(path, {"lines": f"{rolls[0]} {codes[0]}\n\n{rolls[1].lower()}\t{codes[1].lower().replace('-', '')}\n{rolls[0]} {codes[2]}\n{rolls[2]}; {codes[3]}\n"})
    assert right.json["kept"] == 4, right
    assert counts(bag) == (8, 4, 0, 4, 0, 0)

with step("who asks again about a sheet learns that it is registered, not whose it is; a correction takes a reason"):
    same, other = (officer.post(path, {"lines": f"{roll} {codes[3]}"}) for roll in (rolls[2], rolls[3]))
    assert same.json == other.json and same.json["lines"][0]["outcome"] == "registered"
    corrected = officer.post(path, {"lines": f"{rolls[3]} {codes[3]}", "reason": "Gõ nhầm số báo danh ở dòng 4"})
    assert corrected.json == {"kept": 1, "lines": [{"line": 1, "outcome": "corrected"}]}, corrected

with step("no role of the database reads the register or the pages, or writes them beside the functions"):
    for role in ("server", "worker", "auditor", "bank"):
        for sql in ("SELECT candidate_id FROM khoacu.scan_register", "SELECT bytes FROM khoacu.scan_page",
                    "INSERT INTO khoacu.scan_register SELECT r.* FROM khoacu.scan_register r", "DELETE FROM khoacu.scan_page",
                    "UPDATE khoacu.scan_sheet SET number = 1"):
            assert "permission denied" in server.psql_fails(f"SET ROLE khoacu_{role}; {sql}"), (role, sql)
    for sql in (f"SELECT khoacu.do_scan_pages_write(1)", "SELECT khoacu.scan_missing(1)"):
        assert "permission denied" in server.psql_fails(f"SET ROLE khoacu_server; {sql}")
    events = server.psql("SELECT payload FROM khoacu.audit_event WHERE act LIKE 'scan.%'")
    assert events and not [event for event in events for roll in rolls if roll in event[0]]

first = png(*page(pdf, 1, 400))
with step("a page is known by its code, also upside down and on its side"):
    assert send(bag, first) == {"files": 1, "known": 0, "pages": 1, "kept": 1, "aside": 0, "refused": 0, "refusals": []}
    upside = png(*turned(page(pdf, 2, 300)))
    side = png(*quarter(page(pdf, 3, 200)))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/upside.png", upside)
        archive.writestr("a/side.png", side)
    assert send(bag, packed.getvalue(), "tui.zip")["kept"] == 2
    assert counts(bag) == (8, 4, 3, 1, 0, 0)

with step("what is kept of a page is upright, has the ink, and no code is found on it any more"):
    kept = {}
    for number, ink in ((0, 400), (1, 300), (2, 200)):
        symbols = codes[number].replace("-", "")
        value = 0
        for symbol in symbols:
            value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(symbol)
        row = server.psql(f"SELECT encode(bytes, 'hex'), width, height FROM khoacu.scan_page WHERE sheet_id = {value}")[0]
        jpeg, width, height = bytes.fromhex(row[0]), int(row[1]), int(row[2])
        kept[number] = jpeg
        assert b"canary" not in jpeg and jpeg[:2] == b"\xff\xd8" and 0.9 < height / width < 1.1, (width, height)
        long, left = blue(jpeg)
        scale = 1.0 if width < 1100 else 1240 / 910
        assert left and 0.9 * ink < long * 150 / 110 / scale < 1.1 * ink, (ink, long, width)
        again = send(bag, jpeg, "again.jpg")
        assert again["aside"] == 1 and again["kept"] == 0, again
    asides = officer.get(f"/api/v1/scan-bags/{bag}").json["asides"]
    assert len(asides) == 3 and {a["why"] for a in asides} == {"no_code"}
    for aside in asides:
        assert officer.post(f"/api/v1/scan-asides/{aside['aside_id']}/decision", {"sheet": "", "reason": "Ảnh thử, không phải bài làm"}).status == 204

with step("the same files again change nothing; another picture of a sheet, and one of no sheet of the bag, wait for a person"):
    before = counts(bag)
    assert send(bag, first)["known"] == 1 and send(bag, packed.getvalue())["known"] == 2 and counts(bag) == before
    assert send(bag, png(*page(pdf, 1, 90)))["aside"] == 1
    second = officer.post(BAGS, {"code": "TUI-02", "sheets": 1}).json["bag_id"]
    strange = officer.get(f"/api/v1/scan-bags/{second}/sheets.pdf").bytes
    assert send(bag, strange, "strange.pdf")["aside"] == 1
    assert {a["why"] for a in officer.get(f"/api/v1/scan-bags/{bag}").json["asides"]} == {"twice", "foreign"}
    for aside in officer.get(f"/api/v1/scan-bags/{bag}").json["asides"]:
        taken = officer.post(f"/api/v1/scan-asides/{aside['aside_id']}/decision", {"sheet": codes[0], "reason": "Đã xem ảnh, là tờ đầu"})
        assert taken.code == "scan-taken", taken
        assert officer.post(f"/api/v1/scan-asides/{aside['aside_id']}/decision", {"sheet": "", "reason": "Trùng, hoặc của túi khác"}).status == 204

with step("a broken picture, one that is too large and a file of another kind are refused by name, and nothing is kept of them"):
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    huge += struct.pack(">I", zlib.crc32(huge[12:])) + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    for data, name in ((first[:3000], "hong.png"), (huge, "lon.png"), (b"PK\3\4 no zip", "x.zip"), (b"hello", "x.txt")):
        answer = send(bag, data, name)
        assert answer["refusals"] == [{"name": name, "outcome": "broken"}] and answer["pages"] == 0, (name, answer)
    assert counts(bag) == before

with step("scripts do not open while a registered sheet has no page"):
    refused = wait_for_job(server, people.hr.post(f"/api/v1/cycles/{CYCLE}/round2", {"examiners": ["cham.mot", "cham.hai"]}))
    assert refused == ("failed", "scans-incomplete"), refused
    assert officer.get(f"/api/v1/scan-bags/{bag}").json["odd"] == [{"sheet": codes[3], "missing": "page"}]

with step("a page whose code was torn is given its sheet by whoever looks at it, turned and cut as she says"):
    width, height, rgb = page(pdf, 4, 150)
    below = rgb[3 * width * (height * 31 // 100):]
    torn = turned((width, len(below) // (3 * width), below))
    assert send(bag, png(*torn), "rach.png")["aside"] == 1
    aside = officer.get(f"/api/v1/scan-bags/{bag}").json["asides"][0]["aside_id"]
    picture = officer.get(f"/api/v1/scan-asides/{aside}/picture")
    assert picture.status == 200 and picture.bytes[:2] == b"\xff\xd8"
    decide = lambda **body: officer.post(f"/api/v1/scan-asides/{aside}/decision", {"reason": "Nét chữ và cuống phách khớp", **body})  # noqa: E731
    assert decide(sheet="0000-0001").code == "scan-no-sheet" and decide(sheet="?").status == 400
    assert decide(sheet=codes[3], turns=2, cut=300).status == 204
    assert decide(sheet=codes[3]).code in ("decided", "scan-taken")
    assert counts(bag) == (8, 4, 4, 0, 0, 0)

with step("the command brings in a folder of scans as the screen does"):
    assert officer.post(path, {"lines": f"{rolls[2]} {codes[4]}"}).json["kept"] == 1
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "p5.png"), "wb") as file:
            file.write(png(*page(pdf, 5, 250)))
        run = lambda *more: server.command("scripts", "import", "--cycle", CYCLE, "--bag", "TUI-01", *more)  # noqa: E731
        assert run("--as", "cham.mot", folder)[0] == 2
        done, again = run("--as", "thu.ky", folder), run("--as", "thu.ky", folder)
        assert done[0] == again[0] == 0 and "1 kept" in done[1] and "1 known" in again[1], (done, again)
        assert run("--as", "thu.ky", os.path.join(folder, "khong-co"))[0] == 2
    assert counts(bag) == (8, 5, 5, 0, 0, 0)

with step("scripts open with the pages of each sheet, in the order of its register, and nothing says which sheet it was"):
    opened = wait_for_job(server, people.hr.post(f"/api/v1/cycles/{CYCLE}/round2", {"examiners": ["cham.mot", "cham.hai"]}))
    assert opened == ("done", ""), opened
    pages = {}
    for roll, ids in server.psql("""SELECT c.roll_number, array_to_string(array_agg(sha256(p.bytes) = p.sha256 ORDER BY p.page), ',') FROM khoacu.script_page p
            JOIN khoacu.script_identity i ON i.blind_id = p.blind_id JOIN khoacu.candidate c ON c.candidate_id = i.candidate_id GROUP BY 1 ORDER BY 1"""):
        pages[roll] = ids
    assert pages == {rolls[0]: "t,t", rolls[1]: "t", rolls[2]: "t", rolls[3]: "t"}, pages

with step("the examiner sees the pages as pictures, and no code, roll number or file name in any byte of it"):
    draw(server, people.chief)
    seen = set()
    for marker in people.markers:
        for script in marker.pages("/api/v1/scripts?limit=200"):
            if script["component"] != "written" or roll_of(server, script) not in rolls:
                continue
            read = marker.get(f"/api/v1/scripts/{script['blind_id']}")
            assert [p["kind"] for p in read.json["pages"]] == ["image"] * len(read.json["pages"]) and read.json["pages"], read
            shown = [marker.get(f"/api/v1/scripts/{script['blind_id']}/pages/{p['page']}").bytes for p in read.json["pages"]]
            if roll_of(server, script) == rolls[0]:
                assert shown == [kept[0], kept[2]]
            for word in codes + rolls + ["TUI-01", "canary", "scan.png"]:
                assert word.encode() not in read.bytes + b"".join(shown)
            seen.add(roll_of(server, script))
    assert seen == set(rolls), seen

with step("once scripts are open no sheet, scan or bag is taken any more"):
    assert officer.post(BAGS, {"code": "TUI-03", "sheets": 1}).code == "scan-opened"
    assert officer.post(path, {"lines": f"{rolls[2]} {codes[5]}"}).code == "scan-opened"
    assert send(bag, png(*page(pdf, 6, 80)))["refusals"] == [{"name": "scan.png", "outcome": "opened"}]

finish()
