"""`khoacu rank` without a database: a field that cannot be is refused whole, with the place and the value, and nothing is written."""
import csv
import json
import os
import subprocess
import tempfile

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

with step("the same bytes whatever the order of the rows"):
    assert rank()[0] == 0
    first = open(OUT, "rb").read()
    assert rank(candidates=HEAD + TWO + ONE, posts="post_code,agency_code,quota\nV1,B,2\nV1,A,1\n")[0] == 0
    assert open(OUT, "rb").read() == first

with step("two rows for one candidate"):
    said, err = refused([("roll_number", "duplicate", "01")], candidates=HEAD + ONE + ONE)
    assert "candidates.csv:3" in rank(candidates=HEAD + ONE + ONE, json_too=False)[2]

with step("marks off the scale, below zero, no numbers at all"):
    refused([("r2_written", "number", "60.01")], candidates=HEAD + ONE.replace("36.00", "60.01"))
    refused([("r1_general", "number", "61")], candidates=HEAD + ONE.replace("40,", "61,"))
    for value in ("-1", "-0.01", "NaN", "nan", "inf", "-Infinity", "1e3", "0x10", "36,00", "36.001", "+36", " 3 6", "٣٦"):
        cell = f'"{value}"'
        refused([("r2_written", "syntax", None)], candidates=HEAD + ONE.replace("36.00", cell))
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
        refused([("r2_written", "syntax", None)], candidates=json.dumps([{**row, "r2_written": value}]), name="candidates.json")
    for text in ("[1]", '["a"]', "[[]]", '[{"roll_number": 36.5}]', '[{"roll_number": NaN}]', '[{"a": 1, "a": 2}]', "[{]", "[" * 100000):
        refused([("", "syntax", None)], candidates=text, name="candidates.json")
    wide = {f"c{i}": "x" for i in range(300)}
    refused([], candidates=json.dumps([{**row, **wide}]), name="candidates.json")

with step("packs that contradict themselves: unknown keys, cycles, chains without an end"):
    for find, instead, path, code in (
            ('"version": 1,', '"version": 1, "verzion": 1,', "verzion", "unknown"),
            ('{"of": "R2_INTERVIEW"}]', '{"of": "R2_RAW"}]', "formulas[0].terms[1].of", "unknown-quantity"),
            ('"of": "R2_WRITTEN"', '"of": "R9"', "formulas[0].terms[0].of", "unknown-quantity"),
            ('"manual":', '"exempt": "R1_GENERAL", "manual":', "ties[2]", "contradiction"),
            ('{"do": "third_mark"}', '{"op": "lt", "value": "20.00", "do": "third_mark"}', "marking.schemes[0].tiers[2].op", "contradiction"),
            ('"points": "7.50"', '"points": "-7.50"', "priority.classes[0].points", "number"),
            ('"points": "7.50"', '"points": "NaN"', "priority.classes[0].points", "number")):
        refused([(path, code, None)], pack=pack_with(find, instead))
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

with step("a place that cannot be written leaves what was there"):
    old = put("old.json", "giữ lại")
    assert rank(candidates=HEAD + ONE + ONE, out=os.path.join(FOLDER, "no", "out.json"))[0] == 1
    assert rank(out=os.path.join(FOLDER, "no", "out.json"))[0] == 1
    assert open(old, encoding="utf-8").read() == "giữ lại"

finish()
