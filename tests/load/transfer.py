"""Items out of a bank and into another, as a package and as other files: seconds and the most memory of the command.

    transfer.py ITEMS FORMAT…      KHOACU_DB, KHOACU_VAR and the like as the server has them

An item officer must be there. Each format takes ITEMS items out, brings them into a bank of its own, and brings them there once more; a
fifth of them goes the same way, so that one sees whether memory grows with their number. Prints one line of JSON: {"FORMAT": {"export_s",
"export_mib", "import_s", "import_mib", "fifth_export_mib", "fifth_import_mib", "bytes", "differences"}}, differences being the items that
did not come in as they were or were not found again.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

ITEMS, FORMATS = int(sys.argv[1]), sys.argv[2:]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
random.seed(5000)


def run(*arguments):
    """(seconds, MiB, what it says) of the command; it must do what it was asked."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([os.path.join(ROOT, "build", "khoacu"), "bank", *arguments, "--json"], stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - began
        out.seek(0)
        said = out.read()
    if process.returncode != 0:
        sys.exit(f"khoacu bank {' '.join(arguments)}: {process.returncode} {said}")
    return round(took, 2), usage.ru_maxrss // 1024, json.loads(said)


def gift(path, items):
    words = "cơ quan nhà nước có thẩm quyền quyết định việc tuyển dụng công chức theo quy định của pháp luật về cán bộ".split()
    some = lambda n: " ".join(random.choices(words, k=n))
    with open(path, "w", encoding="utf-8") as file:
        for n in range(items):
            file.write(f"::Câu {n}:: {some(30)} {n}? {{={some(8)} a ~{some(8)} b ~{some(8)} c ~{some(8)} d}}\n\n")


def there_and_back(folder, bank, items, form):
    target, other = os.path.join(folder, "out-" + form), f"{bank}-{form.upper()}"
    export_s, export_mib, told = run("export", "--bank", bank, "--format", form, "--out", target)
    import_s, import_mib, said = run("import", "--bank", other, "--format", form, target)
    _, _, again = run("import", "--bank", other, "--format", form, target)
    size = os.path.getsize(target)
    os.unlink(target)
    missing = [items - told["items"], items - said["imported"], items - again["same"]]
    return {"export_s": export_s, "export_mib": export_mib, "import_s": import_s, "import_mib": import_mib, "bytes": size,
            "differences": sum(map(abs, missing))}


with tempfile.TemporaryDirectory() as folder:
    banks = {"CHUYEN": ITEMS, "CHUYEN-IT": ITEMS // 5}
    for bank, items in banks.items():
        gift(os.path.join(folder, bank), items)
        run("import", "--bank", bank, "--format", "gift", os.path.join(folder, bank))
    figures = {}
    for form in FORMATS:
        fifth = there_and_back(folder, "CHUYEN-IT", banks["CHUYEN-IT"], form)
        figures[form] = there_and_back(folder, "CHUYEN", ITEMS, form)
        figures[form].update({"fifth_export_mib": fifth["export_mib"], "fifth_import_mib": fifth["import_mib"]})
        figures[form]["differences"] += fifth["differences"]
    print(json.dumps(figures))
