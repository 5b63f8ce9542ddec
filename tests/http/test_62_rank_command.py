"""`khoacu rank` without a database: a field that cannot be is refused whole, with the place and the value, and nothing is written."""
import csv
import hashlib
import json
import os
import re
import subprocess
import tempfile
import zipfile

from harness import BINARY, ROOT, finish, step

FOLDER = tempfile.mkdtemp(prefix="khoacu-rank-")
OUT = os.path.join(FOLDER, "out.json")
PACK = os.path.join(ROOT, "server", "cycle", "packs", "CC-2026.json")
POSTS = "post_code,agency_code,quota\nV1,A,1\nV1,B,2\n"
HEAD = "roll_number,post_code,r1_general,r2_written,r2_interview,priority_classes,agency_preferences,recorded_order\n"
ONE = "01,V1,40,36.00,24.00,P2,A;B,\n"
TWO = "02,V1,41,32.50,30.00,P3,A;B,\n"


def put(name, text):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def rank(candidates=HEAD + ONE + TWO, posts=POSTS, pack="CC-2026", out=OUT, json_too=True, scales=("60", "40"), name="candidates.csv"):
    """Exit status, what stands on standard output (as JSON) and what on standard error."""
    for leftover in (out, out + ".part"):
        if os.path.exists(leftover):
            os.unlink(leftover)
    arguments = [BINARY, "rank", "--pack", pack, "--posts", put("posts.csv", posts), "--candidates", put(name, candidates), "--out", out]
    arguments += ["--written-max", scales[0], "--interview-max", scales[1]] if scales else []
    done = subprocess.run(arguments + (["--json"] if json_too else []), capture_output=True, text=True, check=False, timeout=120)
    said = json.loads(done.stdout) if json_too and done.stdout else None
    return done.returncode, said, done.stderr


def refused(places, status=1, **given):
    """Every place (column or path, code, value or None) is named, and nothing was written."""
    got, said, err = rank(**given)
    assert got == status, (got, said, err)
    assert not os.path.exists(OUT) and not os.path.exists(OUT + ".part"), os.listdir(FOLDER)
    assert said and said["ranked"] is False, (said, err)
    errors = [(e.get("column", e.get("path")), e["code"], e.get("value")) for e in said["errors"]]
    for column, code, value in places:
        assert any(c == column and k == code and (value is None or str(v) == value) for c, k, v in errors), (column, code, value, errors)
    assert "nothing was ranked" in err, err
    for e in said["errors"]:  # what it means and what helps, in both languages, on the line of the place
        assert e["hint_vi"] and e["hint_en"] and e["code"] not in (e["hint_vi"], e["hint_en"]), e
        assert "line" in e or (e["hint_vi"] in err and e["hint_en"] in err), (e, err)
    assert len(err) < 20000, len(err)
    return said, err


def pack_with(find, put_in):
    with open(PACK, encoding="utf-8") as file:
        text = file.read()
    assert find in text, find
    return put("pack.json", text.replace(find, put_in, 1))


with step("a field that fits is ranked, in each format, and the list verifies"):
    status, said, err = rank()
    assert status == 0 and said["ranked"] and said["candidates"] == 2, (said, err)
    verified = subprocess.run([BINARY, "verify", OUT], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified
    target = os.path.join(FOLDER, "out.csv")
    assert rank(out=target)[0] == 0
    with open(target, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["roll_number"]: row["outcome"] for row in rows} == {"01": "selected", "02": "selected"}, rows
    assert rank(out=os.path.join(FOLDER, "out.xlsx"))[0] == 0
    with zipfile.ZipFile(os.path.join(FOLDER, "out.xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    totals = re.findall(r'<c r="G[23]"(?: s="\d+")?><v>([^<]*)</v>', sheet)
    assert list(map(float, totals)) == [float(row["total"]) for row in rows], (totals, rows)

with step("the same bytes whatever the order of the rows"):
    assert rank()[0] == 0
    first = open(OUT, "rb").read()
    assert rank(candidates=HEAD + TWO + ONE, posts="post_code,agency_code,quota\nV1,B,2\nV1,A,1\n")[0] == 0
    assert open(OUT, "rb").read() == first

with step("two rows for one candidate"):
    said, err = refused([("roll_number", "duplicate", "01")], candidates=HEAD + ONE + ONE)
    assert "candidates.csv:3" in rank(candidates=HEAD + ONE + ONE, json_too=False)[2]

with step("marks off the scale, below zero, no numbers at all"):
    refused([("r2_written", "scale", "60.01")], candidates=HEAD + ONE.replace("36.00", "60.01"))
    refused([("r1_general", "scale", "61")], candidates=HEAD + ONE.replace("40,", "61,"))
    for value in ("-1", "-0.01", "NaN", "nan", "inf", "-Infinity", "1e3", "0x10", "36,00", "36.001", "+36", " 3 6", "٣٦"):
        cell = f'"{value}"'
        refused([("r2_written", "mark", None)], candidates=HEAD + ONE.replace("36.00", cell))
    for value in ("NaN", "40.5", "99999999999999999999", "-1"):
        refused([("r1_general", "number", None)], candidates=HEAD + ONE.replace("V1,40", f"V1,{value}"))

with step("quotas below zero, beyond every number, no number"):
    for value in ("-1", "9999999999999", "x", "1.5", ""):
        refused([("quota", None or ("required" if value == "" else "number"), None)], posts=POSTS.replace("A,1", f"A,{value}"))
    refused([("agency_code", "duplicate", "A")], posts=POSTS + "V1,A,3\n")

with step("a post or an agency that is not in the cycle, an unknown class"):
    refused([("post_code", "unknown", "V9")], candidates=HEAD + ONE.replace("V1", "V9"))
    refused([("agency_preferences", "unknown", "Z")], candidates=HEAD + ONE.replace("A;B", "A;Z"))
    refused([("priority_classes", "unknown", "P9")], candidates=HEAD + ONE.replace("P2", "P9"))

with step("an agency of another post, or one named twice"):
    posts = POSTS + "V2,C,1\n"
    refused([("candidates[01].agencies[1]", "unknown-agency", None)], posts=posts, candidates=HEAD + ONE.replace("A;B", "A;C"))
    refused([("candidates[01].agencies[1]", "duplicate", None)], candidates=HEAD + ONE.replace("A;B", "A;A"))

with step("a result that must be there and is not"):
    refused([("candidates[01].results.R2_INTERVIEW", "missing", None)], candidates=HEAD + ONE.replace("24.00", ""))

with step("columns that nobody knows, twice, or not there; files of nothing"):
    refused([("r9", "unknown-column", None)], candidates=HEAD.replace("recorded_order", "r9") + ONE)
    refused([("post_code", "duplicate-column", None)], candidates=HEAD.replace("recorded_order", "post_code") + ONE)
    refused([("roll_number", "missing-column", None)], candidates=HEAD.replace("roll_number", "") + ONE)
    refused([("", "empty", None)], candidates=HEAD)
    refused([("", "empty", None)], posts="")

with step("names of ten megabytes are refused and not repeated"):
    long = "n" * 10_000_000
    refused([], candidates=HEAD + ONE.replace("01,", long + ","))
    refused([], posts="post_code,agency_code,quota,agency_name\nV1,A,1," + long + "\nV1,B,2,\n")
    refused([], candidates=json.dumps([{"roll_number": long, "post_code": "V1"}]), name="candidates.json")
    refused([("roll_number", "length", None)], candidates=HEAD + ONE.replace("01,", "n" * 100 + ","))

with step("bytes that are no text, quotes that never close, a row with more cells than the header"):
    refused([("", "utf8", None)], candidates=(HEAD + ONE).encode() + b"\xff\xfe,V1\n")
    refused([("", "quote", None)], candidates=HEAD + '"01,V1,40\n')
    refused([("", "extra-cells", None)], candidates=HEAD + ONE.strip() + ",a,b\n")

with step("JSON: what is no list of flat rows is refused, never read as an empty cell"):
    row = {"roll_number": "01", "post_code": "V1", "r1_general": 40, "r2_written": "36.00", "r2_interview": "24.00", "agency_preferences": "A;B"}
    status, said, err = rank(candidates=json.dumps([row]), name="candidates.json")
    assert status == 0, (said, err)
    for value in ({"a": 1}, ["36.00"], True):
        refused([("[1].r2_written", "syntax", json.dumps(value, separators=(",", ":")))],
                candidates=json.dumps([{**row, "roll_number": "02"}, {**row, "r2_written": value}]), name="candidates.json")
    for text in ("[1]", '["a"]', "[[]]", '{"a":1}'):
        refused([("", "syntax", text)], candidates=text, name="candidates.json")
    for text, place, value in (('[{"roll_number": 36.5}]', "byte 17", "numbers are whole here"), ('[{"roll_number": NaN}]', "byte 17", "not a number"),
                               ('[{"a": 1, "a": 2}]', "byte 17", "one name twice in an object"), ("[{]", "byte 2", None), ("[" * 100000, None, None)):
        said, err = refused([(place, "syntax", value)] if place else [], candidates=text, name="candidates.json")
        assert said["errors"][0]["column"].startswith("byte "), said
    wide = {f"c{i}": "x" for i in range(300)}
    refused([], candidates=json.dumps([{**row, **wide}]), name="candidates.json")

with step("packs that contradict themselves: unknown keys, cycles, chains without an end"):
    for find, instead, path, code in (
            ('"version": 2,', '"version": 2, "verzion": 1,', "verzion", "unknown"),
            ('{"of": "R2_INTERVIEW"}]', '{"of": "R2_RAW"}]', "formulas[0].terms[1].of", "unknown-quantity"),
            ('"of": "R2_WRITTEN"', '"of": "R9"', "formulas[0].terms[0].of", "unknown-quantity"),
            ('"manual":', '"exempt": "R1_GENERAL", "manual":', "ties[2]", "contradiction"),
            ('{"do": "third_mark"}', '{"op": "lt", "value": "20.00", "do": "third_mark"}', "marking.schemes[0].tiers[2].op", "contradiction"),
            ('"points": "7.50"', '"points": "-7.50"', "priority.classes[0].points", "number"),
            ('"points": "7.50"', '"points": "NaN"', "priority.classes[0].points", "number")):
        refused([(path, code, None)], pack=pack_with(find, instead))
    refused([("gates[R1_PASS]", "unreachable", '{"code":"R1_PASS","on":"R1_GENERAL","op":"gt","share":"1.00"}')],
            pack=pack_with('"on": "R1_GENERAL", "op": "ge", "share": "0.50"', '"on": "R1_GENERAL", "op": "gt", "share": "1.00"'))
    status, said, err = rank(pack=put("pack.json", b'{"id": '))
    assert status == 1 and said["ranked"] is False and said["errors"][0]["code"] == "syntax" and "byte" in err, (said, err)
    assert rank(pack=put("pack.json", b"{" + b" " * 70000 + b"}"))[0] == 1
    assert rank(pack="NO-SUCH")[0] == 2

with step("a chain that asks without end: two keys that lead to each other cannot be said, and one that never ends is refused"):
    text = json.load(open(PACK, encoding="utf-8"))
    text["ties"] = text["ties"][:-1]
    refused([("ties[1]", "manual-ends-the-chain", None)], pack=put("pack.json", json.dumps(text)))
    text["formulas"] = [{"code": "F1", "unit": "mark", "terms": [{"of": "F2"}]}, {"code": "F2", "unit": "mark", "terms": [{"of": "F1"}]}]
    refused([("formulas[0].terms[0].of", "unknown-quantity", None)], pack=put("pack.json", json.dumps(text)))

with step("scales that the pack does not allow"):
    refused([("scales.R2", "scale-differs", None)], scales=("60", "30"))
    assert rank(scales=("sixty", "40"))[0] == 2
    assert rank(scales=("NaN", "40"))[0] == 2

SHARES = os.path.join(ROOT, "tests", "tables", "packs", "T-SHARES.json")
CARRIED = os.path.join(FOLDER, "carried.csv")


def reserve(posts, people, pack=SHARES, out=OUT, scales=None):
    """Ranks people {roll: (mark, groups, relaxed)} for posts, and gives the rows of the reservations by post and group."""
    candidates = "roll_number,post_code,mains,groups,relaxed\n" + "".join(f"{roll},{post},{mark},{groups},{relaxed}\n" for roll, (post, mark, groups, relaxed) in people.items())
    arguments = [BINARY, "rank", "--pack", pack, "--posts", put("posts.csv", posts), "--candidates", put("candidates.csv", candidates), "--out", out, "--reservations", CARRIED, "--json"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        return done.returncode, json.loads(done.stdout or "{}")
    with open(CARRIED, encoding="utf-8-sig", newline="") as file:
        rows = {(row["post_code"], row["group"]): tuple(int(row[k]) for k in ("seats", "brought", "filled", "opened", "carried")) for row in csv.DictReader(file)}
    return 0, rows


FIELD = {"G95": ("V1", "95.00", "", ""), "O93": ("V1", "93.00", "OBC", ""), "G92": ("V1", "92.00", "", ""), "S91": ("V1", "91.00", "SC", ""),
         "G90": ("V1", "90.00", "", ""), "O88": ("V1", "88.00", "OBC", ""), "S99": ("V1", "99.00", "SC", "1")}

with step("rule 14: the pack's percentages make 4 open, 3 OBC, 2 SC and 1 ST of 10 places; what groups leave is carried over"):
    assert reserve("post_code,agency_code,quota\nV1,A,10\n", FIELD) == (0, {("V1", "OBC"): (3, 0, 1, 0, 2), ("V1", "SC"): (2, 0, 1, 0, 1), ("V1", "ST"): (1, 0, 0, 0, 1)})
    told = json.load(open(OUT, encoding="utf-8"))
    assert {d["roll_number"]: (d["outcome"], d.get("group")) for d in told["decisions"]} == {
        "G95": ("selected", None), "O93": ("selected", None), "G92": ("selected", None), "S91": ("selected", None), "G90": ("not_selected", None),
        "O88": ("selected", "OBC"), "S99": ("selected", "SC")}, told["decisions"]
    assert told["reservations"][0] == {"agency": "A", "brought": 0, "carried": 2, "filled": 1, "group": "OBC", "opened": 0, "post": "V1", "seats": 3}, told["reservations"]
    assert subprocess.run([BINARY, "verify", OUT], capture_output=True, check=False).returncode == 0

with step("the next recruitment takes over what was carried, on top of the shares"):
    status, rows = reserve("post_code,agency_code,quota,carried_over\nV1,A,10,OBC/2;SC/1;ST/1\n", FIELD)
    assert status == 0 and rows == {("V1", "OBC"): (5, 2, 1, 0, 4), ("V1", "SC"): (3, 1, 1, 0, 2), ("V1", "ST"): (2, 1, 0, 0, 2)}, rows
    assert subprocess.run([BINARY, "verify", OUT], capture_output=True, check=False).returncode == 0

with step("a file whose reservations, or whose seats, are not what the pack makes of them does not verify"):
    text = open(OUT, encoding="utf-8").read()

    def signed(change):
        """The file with a change and hashes to match: what a forger would hand out."""
        whole = json.loads(text)
        change(whole)
        canonical = lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = lambda value: hashlib.sha256(canonical(value).encode()).hexdigest()
        head = {name: value for name, value in whole.items() if name not in ("decisions", "hashes", "inputs")}
        whole["hashes"] = {"decisions": digest(whole["decisions"]), "head": digest(head), "inputs": digest(whole["inputs"])}
        done = subprocess.run([BINARY, "verify", put("forged.json", canonical(whole))], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def carried(whole): whole["reservations"][0]["carried"] = 0
    def dropped(whole): del whole["reservations"]
    def swapped(whole):
        seats = {seat.get("group"): seat for seat in whole["inputs"]["posts"][0]["seats"]}
        seats[None]["quota"] += 1
        seats["SC"]["quota"] -= 1
    assert signed(lambda whole: None)[0] == 0
    for change, said in ((carried, "reservations are stated"), (dropped, "reservations are missing"), (swapped, "share-differs")):
        status, line = signed(change)
        assert status == 1 and said in line, (status, line)

with step("half a place counts whole in the order of the groups, and never more than there are"):
    assert reserve("post_code,agency_code,quota\nV1,A,2\n", FIELD)[1] == {("V1", "OBC"): (1, 0, 1, 0, 0), ("V1", "SC"): (0, 0, 0, 0, 0), ("V1", "ST"): (0, 0, 0, 0, 0)}
    assert reserve("post_code,agency_code,quota\nV1,A,0\n", FIELD)[1] == {("V1", group): (0, 0, 0, 0, 0) for group in ("OBC", "SC", "ST")}

with step("groups named beside percentages, unknown groups and odd places of a carry-over are refused by line and value"):
    for posts, place in (("post_code,agency_code,quota,group\nV1,A,10,OBC\n", ("group", "OBC")), ("post_code,agency_code,quota,carried_over\nV1,A,10,XX/2\n", ("carried_over", "XX/2")),
                         ("post_code,agency_code,quota,carried_over\nV1,A,10,OBC/-1\n", ("carried_over", "OBC/-1")), ("post_code,agency_code,quota,carried_over\nV1,A,10,OBC\n", ("carried_over", "OBC")),
                         ("post_code,agency_code,quota,carried_over\nV1,A,10,OBC/1;OBC/2\n", ("carried_over", "OBC/2")), ("post_code,agency_code,quota\nV1,A,5\nV1,A,5\n", ("agency_code", "A"))):
        status, said = reserve(posts, FIELD)
        assert status == 1 and place in {(e["column"], e["value"]) for e in said["errors"]}, (posts, said)

with step("percentages above a hundred, or of some groups alone, are refused; a pack without any takes seats by group and opens what is left"):
    shares = json.load(open(SHARES, encoding="utf-8"))
    shares["allocation"]["groups"][0]["percent"] = "90.00"
    assert {(e["path"], e["code"]) for e in reserve("post_code,agency_code,quota\nV1,A,10\n", FIELD, pack=put("pack.json", json.dumps(shares)))[1]["errors"]} == {("allocation.groups[1].percent", "range")}
    del shares["allocation"]["groups"][0]["percent"]
    assert ("allocation.groups[1].percent", "contradiction") in {(e["path"], e["code"]) for e in reserve("post_code,agency_code,quota\nV1,A,10\n", FIELD, pack=put("pack.json", json.dumps(shares)))[1]["errors"]}
    opened = os.path.join(ROOT, "tests", "tables", "packs", "T-OPEN.json")
    status, rows = reserve("post_code,agency_code,quota,group\nV1,A,1,\nV1,A,2,SC\n", {"G95": ("V1", "95.00", "", ""), "G90": ("V1", "90.00", "", ""), "S50": ("V1", "50.00", "SC", "")}, pack=opened)
    assert status == 0 and rows == {("V1", "SC"): (2, 0, 1, 1, 0)}, rows

with step("the workbook has the reservations as a second sheet"):
    target = os.path.join(FOLDER, "reserved.xlsx")
    assert reserve("post_code,agency_code,quota\nV1,A,10\n", FIELD, out=target)[0] == 0
    with zipfile.ZipFile(target) as book:
        assert 'name="reservations"' in book.read("xl/workbook.xml").decode() and "carried" in book.read("xl/worksheets/sheet2.xml").decode()

with step("a place that cannot be written leaves what was there"):
    old = put("old.json", "giữ lại")
    assert rank(candidates=HEAD + ONE + ONE, out=os.path.join(FOLDER, "no", "out.json"))[0] == 1
    assert rank(out=os.path.join(FOLDER, "no", "out.json"))[0] == 1
    assert open(old, encoding="utf-8").read() == "giữ lại"

finish()
