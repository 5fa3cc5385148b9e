"""Handback does one job over HTTP, as its page does: the session is open, the list is asked for, decisions are posted.

One job as JSON on the command line, one JSON line out.
"""

import json
import sys
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

JOB = json.loads(sys.argv[1])
OPEN = {"held", "checking", "sending", "unknown"}
# As many as a browser sends to one address at once, where each decision is a post of its own.
AT_ONCE = 6


class Rows(HTMLParser):
    """The rows of an answer: by task, the attributes of its element."""

    def __init__(self, html):
        super().__init__()
        self.rows = {}
        self.feed(html)

    def handle_starttag(self, _, attributes):
        attributes = dict(attributes)
        if "data-task-id" in attributes:
            self.rows[int(attributes["data-task-id"])] = attributes


def post(path, fields):
    headers = {"Origin": JOB["app"], "X-Session": JOB["session"], "X-Fragment": "row", "Content-Type": "application/json"}
    asked = urllib.request.Request(JOB["app"] + path, json.dumps(fields).encode(), headers)
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return Rows(answer.read().decode()).rows
    except urllib.error.HTTPError as refusal:
        raise RuntimeError(f"{path}: {refusal.code}") from refusal


def send(tasks):
    """Decides on all of them; the decisions' ids by task. One bulk post belongs here, once there is one."""
    ids = {task: str(uuid.uuid4()) for task in tasks}

    def one(task):
        wish = {"action": "return", "task_id": str(task), "decision_id": ids[task], "seen": JOB["seen"][str(task)]}
        post("/decide", wish | {"reason": "The totals do not match.", "view": "queue"})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, tasks))
    return ids


def ends(ids):
    """How each decision ended, asked for as the page asks."""
    while True:
        rows = post("/decisions", {"ids": list(ids.values())})
        outcomes = {task: rows[task]["data-outcome"] for task in ids if task in rows}
        if len(outcomes) == len(ids) and not OPEN & set(outcomes.values()):
            return outcomes
        time.sleep(0.1)


def work(out):
    if JOB["job"] == "list":
        out["tasks"] = list(post("/queue/rows", {}))
        return
    outcomes = ends(send(JOB["tasks"]))
    # The page says of these that nothing was changed, and offers them again: somebody presses once more.
    again = [task for task, outcome in outcomes.items() if outcome == "not-run"]
    if again:
        out["again"] = len(again)
        outcomes |= ends(send(again))
    out["tasks"] = [task for task, outcome in outcomes.items() if outcome == "done"]


began = time.monotonic()
out = {"tasks": [], "error": None}
try:
    work(out)
except Exception as error:
    out["error"] = f"{type(error).__name__}: {error}"[:200]
out["seconds"] = time.monotonic() - began
print(json.dumps(out))
