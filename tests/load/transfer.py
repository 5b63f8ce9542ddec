"""5,000 items out of a bank and into another, as a package and as other files: seconds and the most memory of the command.

    transfer.py ITEMS FORMAT…      KHOACU_DB, KHOACU_VAR and the like as the server has them

An item officer must be there. Prints one line of JSON: {"FORMAT": {"export_s", "export_mib", "import_s", "import_mib", "bytes", "differences"}}.
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
        process = subprocess.Popen([os.path.join(ROOT, "build", "khoacu"), "bank", *arguments], stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        out.seek(0)
        said = out.read()
    if status != 0:
        sys.exit(f"khoacu bank {' '.join(arguments)}: {status} {said}")
    return round(took, 2), usage.ru_maxrss // 1024, json.loads(said)


def gift(path):
    words = "cơ quan nhà nước có thẩm quyền quyết định việc tuyển dụng công chức theo quy định của pháp luật về cán bộ".split()
    some = lambda n: " ".join(random.choices(words, k=n))
    with open(path, "w", encoding="utf-8") as file:
        for n in range(ITEMS):
            file.write(f"::Câu {n}:: {some(30)} {n}? {{={some(8)} a ~{some(8)} b ~{some(8)} c ~{some(8)} d}}\n\n")


with tempfile.TemporaryDirectory() as folder:
    source = os.path.join(folder, "items.gift")
    gift(source)
    run("import", "--bank", "CHUYEN", "--json", source)
    figures = {}
    for number, form in enumerate(FORMATS):
        target = os.path.join(folder, "out-" + form)
        export_s, export_mib, _ = run("export", "--bank", "CHUYEN", "--format", form, "--out", target, "--json")
        import_s, import_mib, said = run("import", "--bank", f"CHUYEN-{number}", "--format", form, "--json", target)
        figures[form] = {"export_s": export_s, "export_mib": export_mib, "import_s": import_s, "import_mib": import_mib, "bytes": os.path.getsize(target),
                         "differences": ITEMS - said["imported"]}
    print(json.dumps(figures))
