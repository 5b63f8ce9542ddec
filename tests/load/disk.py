"""What the machine does beside a run: how long the disk takes to sync 8 KB, twenty times a second, and what part of the processors' time the host took.

    disk.py FOLDER    until SIGTERM; prints one JSON object: {"p50_ms", "p99_ms", "most_ms", "steal_percent"}

A save waits for such a sync; where a day is slow and this was slow too, the disk was at fault."""

import json
import os
import signal
import sys
import time

ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))


def ticks():
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return sum(fields), fields[7]


took, (all_before, stolen_before) = [], ticks()
file = os.open(os.path.join(sys.argv[1], "disk"), os.O_WRONLY | os.O_CREAT, 0o600)
block = bytes(8192)
for at in range(64):
    os.pwrite(file, block, at * len(block))
os.fsync(file)
while not ended:
    began = time.monotonic()
    os.pwrite(file, block, len(took) % 64 * len(block))
    os.fdatasync(file)
    took.append(1000 * (time.monotonic() - began))
    time.sleep(0.05)
os.close(file)
took.sort()
all_after, stolen_after = ticks()
print(json.dumps({"p50_ms": round(took[len(took) // 2], 2), "p99_ms": round(took[len(took) * 99 // 100], 2), "most_ms": round(took[-1], 1),
                  "steal_percent": round(100 * (stolen_after - stolen_before) / max(1, all_after - all_before), 1)}))
