"""fast_bitrix24 does one job as its README says: get_all() for a list, get_by_ID() to ask about each, call() to change each.

One job as JSON on the command line, one JSON line out.
"""

import asyncio
import json
import sys
import time

import aiohttp
from fast_bitrix24 import BitrixAsync

JOB = json.loads(sys.argv[1])


async def renewed():
    """What the README gives to an application as `token_func`; it is asked for the first token as well."""
    if not renewed.first:
        fields = {key: JOB[key] for key in ("client_id", "client_secret", "refresh_token")}
        async with aiohttp.ClientSession() as http:
            async with http.get(f"{JOB['oauth']}/oauth/token/", params={"grant_type": "refresh_token", **fields}) as answer:
                return (await answer.json())["access_token"]
    renewed.first = False
    return JOB["access_token"]


renewed.first = True


def allowed(answer):
    """Its reply is what was inside `result`; a map with one member is unwrapped."""
    actions = answer.get("allowedActions", answer)
    return isinstance(actions, dict) and actions.get(str(JOB["user_id"]), {}).get("DISAPPROVE") is True


async def work():
    if JOB["auth"] == "oauth":
        bx = BitrixAsync(JOB["endpoint"], token_func=renewed, verbose=False)
    else:
        bx = BitrixAsync(JOB["webhook"], verbose=False)
    if JOB["job"] == "list":
        wanted = {"filter": {"REAL_STATUS": 4, "CREATED_BY": JOB["user_id"]}, "select": ["ID", "TITLE", "STATUS", "DEADLINE"]}
        return [int(task["id"]) for task in await bx.get_all("tasks.task.list", wanted)]
    access = await bx.get_by_ID("tasks.task.getaccess", JOB["tasks"], ID_field_name="taskId")
    may = [int(task) for task, answer in access.items() if allowed(answer)]
    done = await bx.call("tasks.task.disapprove", [{"taskId": task} for task in may])
    return [int(answer.get("task", answer)["id"]) for answer in done]


began = time.monotonic()
out = {"tasks": [], "error": None}
try:
    out["tasks"] = asyncio.run(work())
except Exception as error:  # whatever it raises is its answer
    out["error"] = f"{type(error).__name__}: {error}"[:200]
out["seconds"] = time.monotonic() - began
print(json.dumps(out))
