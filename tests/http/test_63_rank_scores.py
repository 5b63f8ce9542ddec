"""265,445 real sets of marks placed over 1,000 posts by `khoacu rank`: the list verifies, and a second program agrees on a part of it."""
import csv
import json
import os
import subprocess
import sys
import tempfile
import time

from harness import BINARY, ROOT, allowed, finish, skip, step

SCORES = os.path.join(os.environ.get("KHOACU_TEST_DATA", os.path.join(ROOT, "..", "shared", "data")), "scores", "thpt_2017.csv.gz")
folder = tempfile.mkdtemp(prefix="khoacu-scores-")


def place(*limits):
    """The tables and the list over them; seconds that it took."""
    made = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "load", "scores.py"), SCORES, folder, *limits], capture_output=True, text=True, check=True)
    start = time.monotonic()
    done = subprocess.run([BINARY, "rank", "--pack", os.path.join(folder, "pack.json"), "--posts", os.path.join(folder, "posts.csv"),
                           "--candidates", os.path.join(folder, "candidates.csv"), "--out", os.path.join(folder, "list.json"), "--json"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return json.loads(made.stdout), json.loads(done.stdout), time.monotonic() - start


if not os.path.exists(SCORES):
    skip("real marks are placed over a thousand posts", "no real marks here")
    skip("a second program agrees on a part of it", "no real marks here")
else:
    with step("real marks are placed over a thousand posts, and the list verifies"):
        made, said, seconds = place()
        assert made["candidates"] == said["candidates"] == 265445 and said["posts"] == 1000, (made, said)
        assert 0 < said["selected"] <= made["places"] and said["selected"] + said["tied"] >= made["places"] * 0.9, (made, said)
        assert seconds < allowed(60), seconds
        print(f"# placed in {seconds:.1f} s: {said['selected']} selected of {made['places']} places, {said['tied']} tied")
        verified = subprocess.run([BINARY, "verify", os.path.join(folder, "list.json")], capture_output=True, text=True, check=False)
        assert verified.returncode == 0 and "265445 candidates of 1000 posts computed again" in verified.stdout, verified
        target = os.path.join(folder, "list.csv")
        subprocess.run([BINARY, "rank", "--pack", os.path.join(folder, "pack.json"), "--posts", os.path.join(folder, "posts.csv"),
                        "--candidates", os.path.join(folder, "candidates.csv"), "--out", target], capture_output=True, check=True)
        best = {}
        with open(target, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 265445
        for row in rows:  # nobody waits with a total above the lowest that was selected at the post
            post = best.setdefault(row["post_code"], [None, None])
            if row["outcome"] == "selected":
                post[0] = min(float(row["total"]), post[0] if post[0] is not None else 99)
            elif row["outcome"] == "not_selected":
                post[1] = max(float(row["total"]), post[1] if post[1] is not None else 0)
        assert all(low is None or high is None or low >= high for low, high in best.values())

    with step("a second program agrees on a part of it"):
        made, said, seconds = place("20", "1500")
        done = subprocess.run(["node", os.path.join(ROOT, "tests", "unit", "result_second.mjs"), os.path.join(folder, "list.json")], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "1500 persons ranked a second time, 0 differences" in done.stdout, done

finish()
