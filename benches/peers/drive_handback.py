"""Handback does one job over HTTP, as its page does: the session is open, the list is asked for, decisions are posted.

One job as JSON on the command line, one JSON line out.
"""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

JOB = json.loads(sys.argv[1])
OPEN = {"held", "checking", "sending", "unknown"}


# The rows of an answer. A browser's parser is quick, Python's would be half of the time that is measured.
ROW = re.compile(r'<li class="row"[^>]* data-task-id="(\d+)" data-outcome="([a-z-]+)"')


def rows_of(html):
    """What each row says became of its task."""
    rows = [(int(task), outcome) for task, outcome in ROW.findall(html)]
    if len(dict(rows)) < len(rows):
        raise Refused("a task twice")
    return dict(rows)


class Refused(Exception):
    pass


def post(path, fields):
    headers = {"Origin": JOB["app"], "X-Session": JOB["session"], "X-Fragment": "row"}
    asked = urllib.request.Request(JOB["app"] + path, urllib.parse.urlencode(fields, doseq=True).encode(), headers)
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return rows_of(answer.read().decode())
    except urllib.error.HTTPError as refusal:
        raise Refused(refusal.code, path) from refusal


def until_over(outcomes, again):
    """The outcomes, when none moves any more; asked for as the page asks."""
    while OPEN & set(outcomes.values()):
        time.sleep(0.2)
        outcomes = again()
    return outcomes


WORDS = {"action": "return", "reason": "The totals do not match."}


def together(tasks):
    """One post for all of them. What did not run is offered again: somebody presses once more."""
    bulk = {"bulk_id": str(uuid.uuid4())}
    chosen = [f"{task}@{JOB['seen'][str(task)]}" for task in tasks]
    outcomes = until_over(post("/bulk", WORDS | bulk | {"task": chosen}), lambda: post("/bulk/show", bulk))
    missed = [task for task, outcome in outcomes.items() if outcome == "not-run"]
    if missed:
        following = {"bulk_id": str(uuid.uuid4())}
        pressed = post("/bulk/retry", bulk | {"next": following["bulk_id"]})
        outcomes |= until_over(pressed, lambda: post("/bulk/show", following))
    return outcomes, len(missed)


def work(out):
    if JOB["job"] == "list":
        out["tasks"] = list(post("/queue/rows", {}))
        return
    outcomes, missed = together(JOB["tasks"])
    if missed:
        out["again"] = missed
    out["tasks"] = [task for task, outcome in outcomes.items() if outcome == "done"]


began = time.monotonic()
out = {"tasks": [], "error": None}
try:
    work(out)
except Exception as error:
    out["error"] = f"{type(error).__name__}: {error}"[:200]
out["seconds"] = time.monotonic() - began
print(json.dumps(out))
