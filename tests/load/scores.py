#!/usr/bin/env python3
"""Real marks of an examination over made-up posts: writes the tables that `khoacu rank` reads.

  scores.py thpt_2017.csv.gz FOLDER [POSTS [LIMIT]]     default 1000 posts, everybody

Mathematics, literature and English, ten each; each post joint to two agencies, places and wishes drawn with a fixed seed; subjects
that were not sat are absent. FOLDER gets pack.json, posts.csv and candidates.csv; prints {"candidates", "posts", "places"}."""
import csv
import gzip
import json
import os
import random
import sys

SUBJECTS = (("MATH", "Toán"), ("LITERATURE", "Ngữ văn"), ("ENGLISH", "Tiếng Anh"))


def words(text):
    return {"vi": text, "en": text}


def pack():
    parts = [{"code": code, "title": words(name), "source": "record", "unit": "mark", "mark_max": "10.00", "remark": False} for code, name in SUBJECTS]
    return {"format": "khoacu-pack/1", "id": "SCORES-2017", "version": 1, "title": words("Real marks over made-up posts"),
            "valid": {"from": "2017-01-01", "to": None}, "basis": [{"ref": "tests", "about": words("three subjects of ten")}], "unconfirmed": [],
            "stages": [{"code": "R", "title": words("R"), "components": parts,
                        "gates": [{"code": "FLOOR", "on": "LEAST", "op": "gt", "value": "1.00"}, {"code": "PASS", "on": "SUM", "op": "ge", "value": "15.00"}]}],
            "formulas": [{"code": "SUM", "unit": "mark", "terms": [{"of": code} for code, _ in SUBJECTS]},
                         {"code": "LEAST", "unit": "mark", "kind": "least", "terms": [{"of": code} for code, _ in SUBJECTS]}],
            "priority": {"apply": "after_pass", "pick": "highest", "classes": [{"code": "AREA1", "points": "1.50", "title": words("Khu vực 1")},
                                                                               {"code": "AREA2", "points": "0.50", "title": words("Khu vực 2")}]},
            "rank": {"key": "SUM", "plus_priority": True},
            "ties": [{"key": "MATH", "order": "desc"}, {"key": "LITERATURE", "order": "desc"}, {"manual": words("council")}],
            "allocation": {"mode": "pooled_rank_then_agency"}, "marking": {"markers": 1, "schemes": []}, "calendar": {}}


def main(source, folder, posts=1000, limit=10**9):
    dice = random.Random(2017)
    places = count = 0
    with open(os.path.join(folder, "pack.json"), "w", encoding="utf-8") as out:
        json.dump(pack(), out, ensure_ascii=False)
    with open(os.path.join(folder, "posts.csv"), "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["post_code", "agency_code", "quota"])
        for post in range(posts):
            for agency in ("A", "B"):
                quota = dice.randint(0, 6)
                places += quota
                table.writerow([f"P{post:04}", agency, quota])
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines, open(os.path.join(folder, "candidates.csv"), "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["roll_number", "post_code", "priority_classes", "agency_preferences"] + [code.lower() for code, _ in SUBJECTS])
        for row in csv.DictReader(lines):
            if count == limit:
                break
            marks = dict(one.split("=", 1) for one in row["scores"].split(";") if "=" in one)
            table.writerow([f"{int(row['id']):06}", f"P{dice.randrange(posts):04}", dice.choice(["", "", "", "AREA1", "AREA2"]), dice.choice(["A;B", "B;A", "A", "B"])]
                           + [marks.get(name, "absent") for _, name in SUBJECTS])
            count += 1
    print(json.dumps({"candidates": count, "posts": posts, "places": places}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(n) for n in sys.argv[3:5]))
