"""Runs every cell: four programs, the same jobs, the same pretend Bitrix24. Judges by its journal and its state.

scripts/peers.sh starts what this needs and says where it is; the table goes to benches/peers.md and into README.md.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cells import CELLS, FAULTS, ROOT, TOOLS
from control import Sandbox, open_page
from judge import requests_of, verdict_of_list, verdict_of_return
from table import write

HERE = Path(__file__).parent
PYTHON, NODE = sys.executable, "node"
DRIVERS = {
    "Handback": [PYTHON, str(HERE / "drive_handback.py")],
    "fast_bitrix24": [PYTHON, str(HERE / "drive_fast_bitrix24.py")],
    "b24pysdk": [PYTHON, str(HERE / "drive_b24pysdk.py")],
    # Beside its node_modules: that is where Node looks for it.
    "b24jssdk": [NODE, str(ROOT / ".cache/peers/npm/drive_b24jssdk.mjs")],
}
CREATOR, ASSIGNEE, OTHER = 2, 3, 8


def portal_for(sandbox, cell):
    """A portal of its own, so that no cell finds the limits used up by another."""
    portal = sandbox.post("portals", {"limits": "normal" if cell.condition == "limited" else "off"})
    member = portal["member_id"]
    people = [{"id": id, "name": f"P{id}"} for id in (CREATOR, ASSIGNEE, OTHER)]
    sandbox.post(f"portals/{member}/scenario", {"users": people})
    return portal


def tasks_for(sandbox, member, cell):
    """The ids, and of those to be returned: of twenty, one is somebody else's and one is accepted meanwhile."""
    if cell.job == "list":
        bulk = {"count": cell.count, "created_by": CREATOR, "responsible_id": ASSIGNEE}
        tasks = sandbox.post(f"portals/{member}/scenario", {"bulk_tasks": bulk})["tasks"]
        return tasks, tasks, {}
    creator = lambda nth: OTHER if nth % 20 == 9 else CREATOR
    new = lambda nth: {"title": f"Offer {nth}", "created_by": creator(nth), "responsible_id": ASSIGNEE, "auditors": [CREATOR]}
    tasks = sandbox.post(f"portals/{member}/scenario", {"tasks": [new(nth) for nth in range(cell.count)]})["tasks"]
    seen = {task["id"]: task["statusChangedDate"] for task in sandbox.state(member)}
    for task in tasks[19::20]:
        sandbox.post(f"portals/{member}/act", {"user_id": CREATOR, "action": "approve", "task_id": task})
    return tasks, [task for nth, task in enumerate(tasks) if nth % 20 not in (9, 19)], seen


def job_for(sandbox, tool, cell, portal, tasks, seen):
    member = portal["member_id"]
    job = {"job": cell.job, "user_id": CREATOR, "tasks": tasks, "member_id": member, "domain": portal["domain"]}
    if tool == "Handback":
        open_page(sandbox, member, 1, "INSTALL")
        sandbox.post(f"portals/{member}/install_finish", {"user_id": 1})
        page = open_page(sandbox, member, CREATOR, "DEFAULT")
        return job | {"app": os.environ["PEERS_APP"], "session": page, "seen": seen}
    sandbox.post(f"portals/{member}/settings", {"installed": True})
    keys = {"client_id": os.environ["PEERS_CLIENT_ID"], "client_secret": os.environ["PEERS_CLIENT_SECRET"]}
    pair = sandbox.post(f"portals/{member}/token", {"user_id": CREATOR})
    hook = sandbox.post(f"portals/{member}/webhook", {"user_id": CREATOR})
    # A webhook cannot expire: where a token does, each library signs in as an application and may renew.
    auth = {"auth": "oauth" if cell.condition == "expired token" else "webhook", "webhook": hook["url"]}
    return job | auth | keys | pair | {"endpoint": portal["client_endpoint"], "oauth": sandbox.home}


def run(sandbox, tool, cell):
    portal = portal_for(sandbox, cell)
    member = portal["member_id"]
    tasks, wanted, seen = tasks_for(sandbox, member, cell)
    job = job_for(sandbox, tool, cell, portal, tasks, seen)
    since = sandbox.quiet(member)
    for fault in FAULTS.get(cell.condition, []):
        sandbox.post("faults", fault | {"on": "portal", "member_id": member})
    done = subprocess.run([*DRIVERS[tool], json.dumps(job)], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise SystemExit(f"{tool}, {cell}: the driver broke\n{done.stderr[-2000:]}")
    out = json.loads(done.stdout.splitlines()[-1])
    # A program that gave up may have left work behind that the portal still does.
    sandbox.done(member, since)
    requests, _ = requests_of(sandbox.journal(since), member)
    if cell.job == "list":
        verdict = verdict_of_list(out, wanted)
    else:
        verdict = verdict_of_return(out, wanted, sandbox.state(member), CREATOR)
    told = f" ({out['error']})" if out["error"] else ""
    print(f"{tool:14} {cell}: {requests} requests, {out['seconds']:.1f} s, {verdict}{told}", flush=True)
    return tool, cell, {"requests": requests, "seconds": out["seconds"], "verdict": verdict, "member": member}


def main():
    sandbox = Sandbox(os.environ["PEERS_SANDBOX"], os.environ["SSL_CERT_FILE"])
    only = os.environ.get("PEERS_ONLY", "")
    cells = [cell for cell in CELLS if only in str(cell)]
    one = lambda tool, cell: run(sandbox, tool, cell)
    found = [one(tool, cell) for cell in cells for tool in TOOLS[:2]]
    # These two wait for one call after the other, so they do not get in each other's way.
    with ThreadPoolExecutor(2) as pool:
        for rows in pool.map(lambda tool: [one(tool, cell) for cell in cells], TOOLS[2:]):
            found += rows
    # By now the reasons have been told that are told by and by.
    journal = sandbox.journal(0)
    figures = {(tool, cell): figure | {"reasons": requests_of(journal, figure["member"])[1]} for tool, cell, figure in found}
    right = write(figures, cells, keep=not only)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
