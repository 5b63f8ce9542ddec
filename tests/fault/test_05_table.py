"""The table of faults is whole: each that one machine could make is made by a file that exists, or the table says why not."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "http"))
from harness import finish, step  # noqa: E402

WANTED = {1, 2, *range(8, 11), *range(12, 26), 34, 35, 37}
with open(os.path.join(HERE, "faults.tsv"), encoding="utf-8") as table:
    rows = [line.rstrip("\n").split("\t") for line in table][1:]
numbers = {int(row[0]) for row in rows if row[0].isdigit()}

with step("every fault that one machine can make has a row"):
    assert WANTED <= numbers, WANTED - numbers

with step("every row names a scenario that exists and the invariants that it judges, or the reason why there is none"):
    for number, what, invariants, made_by in rows:
        assert what
        if made_by.startswith("cannot be made here because: "):
            assert invariants == "-" and len(made_by) > 60, number
        else:
            assert os.path.exists(os.path.join(HERE, made_by)), (number, made_by)
            assert all(name in {f"I{i}" for i in range(1, 12)} for name in invariants.split()), (number, invariants)

with step("every invariant is judged by a row, or a row says why nothing can break it here"):
    judged = {name for row in rows for name in row[2].split() if name != "-"}
    for name in (f"I{i}" for i in range(1, 12)):
        assert name in judged or [row for row in rows if row[0] == name and row[3].startswith("cannot be made here because: ")], name

with step("every scenario of faults is in the table"):
    named = {row[3] for row in rows}
    files = {name for name in os.listdir(HERE) if name.startswith("test_")} - {"test_05_table.py", "test_10_checker.py"}
    assert files <= named, files - named

finish()
