"""Constant load on the cluster, and afterwards: was anything lost or doubled, and when did anybody see an error?

scripts/cluster.sh starts the replicas and says in the file CLUSTER_STEPS when it does what to them.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "load"))
from control import Sandbox  # noqa: E402
from world import CREATOR, OPENER, World, encode  # noqa: E402

ENV = os.environ
APP, ORIGIN = ENV["CLUSTER_APP"], ENV["CLUSTER_ORIGIN"]
PORTALS = 20
# Of each kind so many a second, whatever becomes of the ones before.
RATES = {"page": 10, "opening": 5, "event": 20, "return": 3}
TASKS = 120
# Longer than nginx waits for one replica before it asks the next.
PATIENCE = 30
# Seconds after a step in which people may see errors; with every other step nobody may. Said in docs/runbook.md too.
ALLOWED = {"PgBouncer is restarted": 6, "the primary is killed, the standby promoted": 10}


class Load:
    def __init__(self, world):
        self.world, self.stop = world, threading.Event()
        self.told, self.lock = [], threading.Lock()
        self.numbers = {kind: 0 for kind in RATES}

    def one(self, kind, due):
        """Posts the next of this kind; notes when it was due, what was answered and how long that took."""
        with self.lock:
            nth, self.numbers[kind] = self.numbers[kind], self.numbers[kind] + 1
        url, body, what = getattr(self, f"make_{kind}")(nth)
        headers = {"Origin": ORIGIN}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=PATIENCE) as answer:
                answer.read()
                status = answer.status
        except urllib.error.HTTPError as refusal:
            refusal.read()
            status = refusal.code
        except Exception as error:
            status = type(error).__name__
        with self.lock:
            self.told.append({"kind": kind, "due": due, "status": status, "took": time.time() - due, "what": what})

    def portal(self, nth):
        return self.world.portals[nth % len(self.world.portals)]

    def make_page(self, nth):
        return f"{APP}/queue", encode({"session": self.world.sessions[self.portal(nth)["member_id"]]}), None

    def make_opening(self, nth):
        opening = self.world.sandbox.post(f"portals/{self.portal(nth)['member_id']}/open", {"user_id": OPENER, "place": "DEFAULT"})
        address = APP + "/?" + opening["url"].partition("?")[2]
        return address, encode([tuple(pair) for pair in opening["body"]]), None

    def make_event(self, nth):
        portal, task = self.portal(nth), 1_000_000 + nth
        fields = {
            "event": "ONTASKUPDATE", "event_handler_id": 3, "ts": 1_700_000_000 + nth,
            "data[FIELDS_BEFORE][ID]": task, "data[FIELDS_AFTER][ID]": task,
            "data[IS_ACCESSIBLE_BEFORE]": "undefined", "data[IS_ACCESSIBLE_AFTER]": "undefined",
            "auth[member_id]": portal["member_id"], "auth[application_token]": portal["application_token"],
        }
        return f"{APP}/events", encode(fields), task

    def make_return(self, nth):
        portal = self.portal(nth)
        member = portal["member_id"]
        task, seen = self.world.tasks[member][nth // len(self.world.portals)]
        decision = str(uuid.uuid4())
        fields = {
            "session": self.world.sessions[member], "decision_id": decision, "task_id": task, "action": "return",
            "seen": seen, "reason": "The totals do not match.",
        }
        return f"{APP}/decide", encode(fields), {"decision": decision, "member": member, "task": task}

    def clock(self, kind, pool):
        began, nth = time.time(), 0
        while not self.stop.is_set():
            due = began + nth / RATES[kind]
            time.sleep(max(0, due - time.time()))
            pool.submit(self.one, kind, due)
            nth += 1

    def run(self, until):
        with ThreadPoolExecutor(200) as pool:
            clocks = [threading.Thread(target=self.clock, args=(kind, pool)) for kind in RATES]
            for clock in clocks:
                clock.start()
            while not until.exists():
                time.sleep(0.2)
            self.stop.set()
            for clock in clocks:
                clock.join()
        return self.told


def rows(sql):
    command = [ENV["CLUSTER_PSQL"], "-XqAt", "-F", "\t", "-d", Path(ENV["CLUSTER_DATABASE"]).read_text().strip(), "-c", sql]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def returns_of(task):
    turned = lambda entry: (entry["field"], entry["from"], entry["to"], entry["user_id"]) == ("STATUS", "4", "2", CREATOR)
    return sum(turned(entry) for entry in task["history"])


def judge(world, told):
    """What is wrong, in words; nothing when all that was acknowledged is there once."""
    wrong = []
    acked = [one["what"] for one in told if one["kind"] == "event" and one["status"] == 200]
    stored = [int(task) for task, in rows("select task_id from events where task_id >= 1000000")]
    lost = set(acked) - set(stored)
    if lost:
        wrong.append(f"{len(lost)} acknowledged events are lost")
    if len(set(stored)) < len(stored):
        wrong.append(f"{len(stored) - len(set(stored))} events are there twice")
    decided = [one["what"] for one in told if one["kind"] == "return" and one["status"] == 200]
    states = dict(rows("select decision_id, state from decisions"))
    for one in decided:
        if one["decision"] not in states:
            wrong.append(f"decision {one['decision']} is lost")
        elif states[one["decision"]] != "done":
            wrong.append(f"decision {one['decision']} ended as {states[one['decision']]}")
    times = {(portal["member_id"], task["id"]): returns_of(task)
             for portal in world.portals for task in world.sandbox.state(portal["member_id"])}
    # An answer may be lost of what was done all the same; what was acknowledged has been done.
    due = {(one["member"], one["task"]) for one in decided}
    wrong += [f"task {task} of {member} was returned {many} times" for (member, task), many in times.items()
              if many > 1 or (many == 0 and (member, task) in due)]
    print(f"{len(acked)} events and {len(decided)} returns were acknowledged; {len(stored)} events are stored, {sum(times.values())} tasks returned")
    return wrong


def steps():
    return [line.split(" ", 1) for line in Path(ENV["CLUSTER_STEPS"]).read_text().splitlines()]


def table(told):
    """For each step: how many were answered until the next, how many with an error, from when to when, and the slowest; and
    the errors after the seconds in which there may be some. Who asked before a step may be answered after it, and because of it.
    """
    marks = [(float(at), words) for at, words in steps()]
    out, late = [], []
    for (at, words), following in zip(marks, [at for at, _ in marks[1:]] + [float("inf")]):
        during = [one | {"after": one["due"] + one["took"] - at} for one in told if at <= one["due"] + one["took"] < following]
        bad = [one for one in during if one["status"] != 200]
        kinds = [str(one["status"]) for one in bad]
        told_as = ", ".join(f"{kinds.count(kind)} x {kind}" for kind in sorted(set(kinds)))
        seconds = [one["after"] for one in bad]
        span = f"{min(seconds):.1f} to {max(seconds):.1f}" if bad else "-"
        slowest = max(during, key=lambda one: one["took"], default={"took": 0, "kind": "-"})
        out.append((words, len(during), told_as or "0", span, ALLOWED.get(words, 0), f"{slowest['took']:.1f} s ({slowest['kind']})"))
        late += [f"{one['kind']} got {one['status']} {one['after']:.1f} s after: {words}" for one in bad if one["after"] > ALLOWED.get(words, 0)]
    print("\n" + "\n".join(" | ".join(map(str, row)) for row in out))
    return out, late


def write(found):
    lines = [
        "# Three replicas, a pooler, a standby", "", "Made by `make cluster`: what breaks under constant load, and what people see of it. "
        f"Each second {RATES['page']} pages, {RATES['opening']} openings, {RATES['event']} events and {RATES['return']} returns.", "",
        "| step | answers until the next | errors | seconds after the step with errors | may have errors for | slowest answer |",
        "| --- | --- | --- | --- | --- | --- |",
        *(f"| {words} | {asked} | {bad} | {span} | {allowed} s | {slow} |" for words, asked, bad, span, allowed, slow in found), "",
        "Nothing that was acknowledged was lost: each such return was executed, no task was returned twice. Read from the database and from the portals' own history.",
        "An answer that takes longer than ten seconds was asked of a replica that does not answer, and then of another one.", "",
    ]
    Path(ENV["CLUSTER_TABLE"]).write_text("\n".join(lines))


def main():
    world = World(Sandbox(ENV["CLUSTER_SANDBOX"], None), APP, tasks=TASKS)
    world.grow_to(PORTALS)
    Path(ENV["CLUSTER_READY"]).touch()
    load = Load(world)
    told = load.run(Path(ENV["CLUSTER_STOP"]))
    deadline = time.time() + 120
    while rows("select 1 from decisions where state in ('held', 'checking', 'sending', 'unknown') limit 1"):
        if time.time() > deadline:
            break
        time.sleep(1)
    found, late = table(told)
    wrong = judge(world, told) + late
    for one in wrong[:20]:
        print("WRONG:", one)
    if not wrong:
        write(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
