"""The item bank with 20,000 items: how long a list and a search take, as a person at a screen has them.

    bank.py PORT ITEMS REQUESTS      KHOACU_DB and KHOACU_VAR as the server has them

Makes an officer, imports ITEMS of words from the demonstration's bank in random order, then asks one request after the
other on one connection: lists with changing filters and pages, searches of one to three words with and without
diacritics. Prints one line of JSON: times in milliseconds, and faults, which must be none.
"""

import csv
import http.client
import io
import json
import os
import random
import subprocess
import sys
import time
import urllib.parse

PORT, ITEMS, REQUESTS = (int(word) for word in sys.argv[1:4])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOPICS = ["law/civil", "law/labour", "law/public-service", "management/planning", "management/finance", "informatics", "english"]
random.seed(20261123)


def words():
    with open(os.path.join(ROOT, "server", "demo", "items.csv"), encoding="utf-8-sig") as demo:
        texts = [row[name] for row in csv.DictReader(demo) for name in ("stem", "option_a", "option_b", "option_c", "option_d")]
    return [word.strip(".,;:?!«»\"()") for text in texts for word in text.split() if word.strip(".,;:?!«»\"()")]


WORDS = words()


def items():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["code", "topic", "level", "stem", "option_a", "option_b", "option_c", "option_d", "key", "source"])
    some = lambda least, most: " ".join(random.choices(WORDS, k=random.randint(least, most)))
    for n in range(ITEMS):
        writer.writerow([f"T-{n:05}", random.choice(TOPICS), 1 + n % 4, some(12, 40), some(5, 12), some(5, 12), some(5, 12), some(5, 12), "ABCD"[n % 4],
                         f"Điều {n % 90}"])
    return out.getvalue().encode()


class Person:
    def __init__(self, login_name, password):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
        self.headers = {"X-Khoacu": "1"}
        self.connection.request("POST", "/api/v1/logins", json.dumps({"login_name": login_name, "password": password}),
                                {**self.headers, "Content-Type": "application/json"})
        reply = self.connection.getresponse()
        reply.read()
        self.headers["Cookie"] = reply.getheader("Set-Cookie").split(";")[0]

    def ask(self, method, path, body=None, kind=None):
        """(status, milliseconds, document)"""
        began = time.perf_counter()
        self.connection.request(method, path, body, {**self.headers, **({"Content-Type": kind} if kind else {})})
        reply = self.connection.getresponse()
        text = reply.read()
        return reply.status, (time.perf_counter() - began) * 1000, json.loads(text) if reply.status < 500 else None


def measured(person, query):
    """Times of REQUESTS requests, no more than a person's 50 a second."""
    times, faults = [], 0
    for _ in range(REQUESTS):
        status, ms, document = person.ask("GET", "/api/v1/items?" + urllib.parse.urlencode(query()))
        times.append(ms)
        faults += status != 200 or "items" not in document
        time.sleep(max(0, 0.022 - ms / 1000))
    times.sort()
    at = lambda share: round(times[min(len(times) - 1, int(len(times) * share))], 2)
    return {"p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "faults": faults}


def list_query():
    query = {"limit": 50, "sort": random.choice(["-updated", "code", "topic", "-exposure", "level"])}
    if random.random() < 0.5:
        query["topic"] = random.choice(TOPICS + ["law", "management"])
    if random.random() < 0.3:
        query["level"] = random.randint(1, 4)
    if random.random() < 0.3:
        query["state"] = random.choice(["draft", "draft,in_review"])
    return query


def search_query():
    return {**list_query(), "q": " ".join(random.choices(WORDS, k=random.randint(1, 3)))}


def main():
    made = subprocess.run([os.path.join(ROOT, "build", "khoacu"), "staff", "add", "nguoi.do", "--name", "Người đo", "--roles", "item_officer"],
                          capture_output=True, text=True, check=True)
    person = Person("nguoi.do", made.stdout.split()[-1])
    file = items()
    began = time.perf_counter()
    status, _, report = person.ask("POST", "/api/v1/imports/items?bank=DO-1", file, "text/csv")
    if status != 200 or report["imported"] != ITEMS:
        sys.exit(f"the items were not imported: {status} {str(report)[:300]}")
    result = {"import_s": round(time.perf_counter() - began, 1), "items": ITEMS}
    _, result["first_ms"], page = person.ask("GET", "/api/v1/items?limit=50")
    result["first_ms"] = round(result["first_ms"])
    result["total"] = page["total"]
    result["list"] = measured(person, list_query)
    result["search"] = measured(person, search_query)
    print(json.dumps(result))


main()
