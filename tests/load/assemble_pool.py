#!/usr/bin/env python3
"""Writes the bank of the assembly measurement: ITEMS simulated items as a pool file, and the blueprint of FORMS forms of 60.

usage: assemble_pool.py FOLDER [ITEMS [FORMS]]
"""
import json
import math
import random
import sys

folder = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
forms = int(sys.argv[3]) if len(sys.argv) > 3 else 8
lots = random.Random(20261123)
topics = [f"law/part-{n}" for n in range(1, 7)] + ["language", "management/people", "management/money", "society"]

with open(f"{folder}/pool.csv", "w", encoding="utf-8") as out:
    out.write("code,topic,level,kind,facility,a,b,c,words,seconds,exposure,enemies\n")
    for n in range(count):
        level = lots.choices([1, 2, 3, 4], [35, 35, 20, 10])[0]
        b = min(3.0, max(-3.0, lots.gauss(-0.9 + 0.35 * level, 0.9)))
        a = math.exp(lots.gauss(0.0, 0.25))
        c = lots.uniform(0.1, 0.25)
        facility = c + (1 - c) / (1 + math.exp(-a * (0.0 - b)))
        enemies = f"Q{lots.randrange(count):05}" if lots.random() < 0.1 else ""
        kind = lots.choices(["single", "multiple", "truefalse"], [80, 12, 8])[0]
        out.write(f"Q{n:05},{lots.choice(topics)},{level},{kind},{facility:.3f},{a:.4f},{b:.4f},{c:.4f},{lots.randint(20, 120)},{lots.randint(30, 120)},"
                  f"{lots.choice([0, 0, 0, 1, 2, 3])},{enemies}\n")

blueprint = {
    "format": "khoacu-blueprint/1",
    "items": 60,
    "forms": forms,
    "sections": [
        {"code": "law", "title_vi": "Pháp luật", "title_en": "Law", "topics": ["law"], "items": {"min": 36, "max": 36},
         "counts": [{"topic": f"law/part-{n}", "min": 5, "max": 7} for n in range(1, 7)] + [{"level": 4, "min": 3, "max": 5}]},
        {"code": "general", "title_vi": "Hiểu biết chung", "title_en": "General", "topics": ["language", "management", "society"],
         "items": {"min": 24, "max": 24},
         "counts": [{"topic": t, "min": 5, "max": 7} for t in ("language", "management/people", "management/money", "society")]},
    ],
    "counts": [{"level": 1, "min": 18, "max": 22}, {"level": 2, "min": 18, "max": 22}, {"level": 3, "min": 10, "max": 14},
               {"kind": "single", "min": 44}, {"kind": "truefalse", "max": 6}],
    "seconds": {"min": 4000, "max": 4700},
    "words": {"max": 4400},
    "exposure_max": 3,
    "facility": {"mean": {"target": "0.62", "tolerance": "0.01"}, "difference": "0.005"},
}
with open(f"{folder}/blueprint.json", "w", encoding="utf-8") as out:
    json.dump(blueprint, out, indent=1, ensure_ascii=False)
