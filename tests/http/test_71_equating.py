"""The equating table as a document of its own: made of counts, signed by two persons, named by the run, checked by anybody."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile

from harness import BINARY, ROOT, finish, step

FOLDER = tempfile.mkdtemp(prefix="khoacu-equating-")
FIELD = {0: [10, 20, 30, 40, 50, 60, 60, 70, 80, 90], 1: [5, 12, 22, 31, 41, 52, 52, 60, 70, 81]}
with open(os.path.join(ROOT, "tests", "tables", "packs", "T-EQUI.json"), encoding="utf-8") as source:
    OWN = source.read()
SIGNED = json.loads(OWN)
for component in SIGNED["stages"][0]["components"]:
    if component["code"] == "EQ":
        component["statistic"]["table"] = "signed"


def put(name, content):
    path = os.path.join(FOLDER, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
    return path


PACK, FOUND = put("pack.json", {**SIGNED, "id": "T-SIGNED"}), put("found.json", OWN)
SCORES = put("scores.csv", "shift,score\n" + "".join(f"{shift},{score}\n" for shift, scores in FIELD.items() for score in scores))
TABLE, LIST = os.path.join(FOLDER, "table.json"), os.path.join(FOLDER, "list.json")


def run(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


def make(scores=SCORES, out=TABLE):
    return run("equate", "make", "--pack", PACK, "--component", "EQ", "--scores", scores, "--out", out)


def sign(by, key, table=TABLE):
    return run("equate", "sign", table, "--pack", PACK, "--key", os.path.join(FOLDER, key), "--by", by)


def rank(pack=PACK, equating=TABLE, field=FIELD, out=LIST):
    rows = [f"{'AB'[shift]}{i:02},V1,{score},{shift}" for shift, scores in field.items() for i, score in enumerate(scores)]
    arguments = ["rank", "--pack", pack, "--posts", put("posts.csv", "post_code,agency_code,quota\nV1,A,5\n"),
                 "--candidates", put("candidates.csv", "roll_number,post_code,score,score_group\n" + "\n".join(rows) + "\n"), "--out", out, "--json"]
    return run(*arguments, *(["--equating", equating] if equating else []))


def load(path=LIST):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


with step("a table is made of counts: the 60th percentile is 52 in one shift and 60 in the other, so 52 counts as 60"):
    status, _, err = make()
    assert status == 0, err
    document = load(TABLE)["document"]
    assert [s["shift"] for s in document["shifts"]] == [0, 1] and sum(document["shifts"][1]["counts"]) == 10, document
    assert document["shifts"][1]["values"][52] == "60.0000000" and document["shifts"][0]["values"][60] == "60.0000000"

with step("the counts may come summed, in any order: the same bytes"):
    table = open(TABLE, "rb").read()
    summed = put("summed.csv", "count,score,shift\n" + "".join(f"{FIELD[s].count(v)},{v},{s}\n" for s in (1, 0) for v in sorted(set(FIELD[s]), reverse=True)))
    assert make(summed, os.path.join(FOLDER, "again.json"))[0] == 0 and open(os.path.join(FOLDER, "again.json"), "rb").read() == table

with step("no run takes it before two persons have signed, each with a key of her own"):
    status, out, err = rank()
    assert status == 1 and "0 signatures" in json.loads(out)["errors"][0]["value"] and not os.path.exists(LIST), (status, out, err)
    assert sign("Lê Thị Lan", "lan.key")[0] == 0
    assert rank()[0] == 1
    unsigned = shutil.copy(TABLE, os.path.join(FOLDER, "one.json"))
    for by, key in (("Lê Thị Lan", "minh.key"), ("Trần Minh", "lan.key")):
        status, out, err = sign(by, key, unsigned)
        assert status == 1 and "of one person or one key" in err, (status, err)
    status, out, err = sign("Trần Minh", "minh.key")
    assert status == 0 and "Lê Thị Lan (key " in out and "Trần Minh (key " in out, (out, err)
    assert run("equate", "check", TABLE, "--pack", PACK)[0] == 0

with step("the run names the table by its hash, and ranks as the field itself would"):
    status, out, err = rank()
    assert status == 0, (out, err)
    held = load()["inputs"]["equatings"][0]
    canonical = json.dumps(held["document"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert held["sha256"] == hashlib.sha256(canonical.encode()).hexdigest() and len(held["signatures"]) == 2
    by_table = [(d["roll_number"], d["place"], d["total"], d["outcome"]) for d in load()["decisions"]]
    assert rank(pack=FOUND, equating=None, out=os.path.join(FOLDER, "found-list.json"))[0] == 0
    assert by_table == [(d["roll_number"], d["place"], d["total"], d["outcome"]) for d in load(os.path.join(FOLDER, "found-list.json"))["decisions"]]

with step("anybody checks it: the values from the counts, the hash, both signatures, and reads who signed"):
    status, out, err = run("verify", LIST)
    assert status == 0 and held["sha256"] in out and "signed by Lê Thị Lan (key " in out, (out, err)
    assert json.loads(run("verify", LIST, "--json")[1])["files"][0]["equating_table"].startswith(held["sha256"] + ", signed by ")


def forged(change):
    """The list with a change to its table and all its hashes made to fit."""
    whole = load()
    change(whole["inputs"]["equatings"][0])
    text = lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = lambda value: hashlib.sha256(text(value).encode()).hexdigest()
    whole["hashes"]["inputs"] = digest(whole["inputs"])
    return run("verify", put("forged.json", text(whole)))


def hashed(change):
    """The same, with the table's own hash made to fit as well."""
    def both(held):
        change(held)
        held["sha256"] = hashlib.sha256(json.dumps(held["document"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return forged(both)


def value(held): held["document"]["shifts"][1]["values"][52] = "61.0000000"
def count(held): held["document"]["shifts"][1]["counts"][99] += 1
def counted(held):
    """Counts from which the same values follow: every one twice."""
    for shift in held["document"]["shifts"]:
        shift["counts"] = [2 * n for n in shift["counts"]]
def digest_only(held): held["sha256"] = "0" * 64
def alone(held): held["signatures"].pop()
def swapped(held): held["signatures"][0]["signature"], held["signatures"][1]["signature"] = held["signatures"][1]["signature"], held["signatures"][0]["signature"]
def twice(held): held["signatures"][1] = {**held["signatures"][0], "by": "Người khác"}


with step("one changed value, count, hash or signature is found and named"):
    assert forged(lambda held: None)[0] == 0
    for change, said in ((value, "score 52 is stated as 61.0000000, computed as 60.0000000"), (count, "is stated as"), (counted, "the signature of"),
                         (alone, "1 signatures"), (swapped, "the signature of"), (twice, "one person or one key")):
        status, out, err = hashed(change)
        assert status == 1 and said in out, (change.__name__, out, err)
    status, out, err = forged(digest_only)
    assert status == 1 and "sha256 is stated as 0000" in out, out

with step("a shift or score that the table does not know stops the run with the candidate's place, a table nobody asks for with a line"):
    status, out, err = rank(field={0: FIELD[0], 1: FIELD[1][:3]})
    assert status == 0, err
    odd = put("odd.csv", "roll_number,post_code,score,score_group\nA1,V1,50,7\n")
    status, out, err = run("rank", "--pack", PACK, "--posts", os.path.join(FOLDER, "posts.csv"), "--candidates", odd, "--out", os.path.join(FOLDER, "odd.json"), "--equating", TABLE, "--json")
    assert status == 1 and json.loads(out)["errors"][0]["path"] == "candidates[A1].groups.SCORE" and json.loads(out)["errors"][0]["code"] == "no-table", (out, err)
    status, out, err = rank(equating=None, out=os.path.join(FOLDER, "none.json"))
    assert status == 1 and json.loads(out)["errors"][0]["code"] == "no-table", (out, err)
    status, out, err = rank(pack=FOUND, out=os.path.join(FOLDER, "none.json"))
    assert status == 1 and "the pack takes none for EQ" in json.loads(out)["errors"][0]["value"], (out, err)

with step("the same table twice is refused: one for each statistic"):
    status, out, err = run("rank", "--pack", PACK, "--posts", os.path.join(FOLDER, "posts.csv"), "--candidates", os.path.join(FOLDER, "candidates.csv"), "--out", os.path.join(FOLDER, "two.json"),
                           "--equating", TABLE, "--equating", TABLE, "--json")
    assert status == 1 and "two of them for EQ" in json.loads(out)["errors"][0]["value"], (out, err)

with step("bad input is refused with line and column, and nothing is written"):
    for text, place in (("shift,score\n0,101\n", "2: score"), ("shift,score\n0,-1\n", "2: score"), ("shift,score\n0,NaN\n", "2: score"), ("shift,score\nx,1\n", "2: shift"),
                        ("shift,score,count\n0,1,-4\n", "2: count"), ("score\n1\n", "shift")):
        status, out, err = make(put("bad.csv", text), os.path.join(FOLDER, "bad.json"))
        assert status == 1 and place in err and not os.path.exists(os.path.join(FOLDER, "bad.json")), (text, status, err)
    status, out, err = make(put("bad.csv", "shift,score\n1,5\n"), os.path.join(FOLDER, "bad.json"))
    assert status == 1 and "base shift 0" in err, err
    assert run("equate", "check", put("bad.json", "{"), "--pack", PACK)[0] == 1
    assert run("equate", "check", put("bad.json", {"document": {}, "format": "khoacu-equating/1", "signatures": []}), "--pack", PACK)[0] == 1
    assert run("equate", "make", "--pack", FOUND, "--component", "EQ", "--scores", SCORES, "--out", TABLE + "x")[0] == 1
    assert run("equate")[0] == 2 and run("equate", "sing")[0] == 2 and run("equate", "sign", TABLE, "--pack", PACK)[0] == 2 and run("equate", "--help")[0] == 0

shutil.rmtree(FOLDER)
finish()
