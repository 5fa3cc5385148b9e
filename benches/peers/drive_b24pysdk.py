"""b24pysdk does one job as its README says: .as_list() for a list, call_batches() for more than one batch.

One job as JSON on the command line, one JSON line out.
"""

import json
import sys
import time

from b24pysdk import BitrixApp, BitrixToken, BitrixWebhook, Client
from b24pysdk.api.requesters.bitrix_oauth_requester import BitrixOAuthRequester

JOB = json.loads(sys.argv[1])


def client():
    if JOB["auth"] == "oauth":
        # The authorization server is written into the library; the pretend one is somewhere else.
        BitrixOAuthRequester._OAUTH_TOKEN_URL = f"{JOB['oauth']}/oauth/token/"
        app = BitrixApp(client_id=JOB["client_id"], client_secret=JOB["client_secret"])
        tokens = {"auth_token": JOB["access_token"], "refresh_token": JOB["refresh_token"]}
        return Client(BitrixToken(domain=JOB["domain"], bitrix_app=app, **tokens))
    return Client(BitrixWebhook(domain=JOB["domain"], webhook_token="/".join(JOB["webhook"].split("/")[-3:-1])))


def allowed(answer):
    actions = answer["allowedActions"]
    return isinstance(actions, dict) and actions.get(str(JOB["user_id"]), {}).get("DISAPPROVE") is True


def work(out):
    b24 = client()
    if JOB["job"] == "list":
        wanted = {"filter": {"REAL_STATUS": 4, "CREATED_BY": JOB["user_id"]}, "select": ["ID", "TITLE", "STATUS", "DEADLINE"]}
        out["tasks"] = [int(task["id"]) for task in b24.tasks.task.list(**wanted).as_list().result]
        return
    task = b24.tasks.task
    access = b24.call_batches({str(one): task.getaccess(one) for one in JOB["tasks"]}).result
    may = [one for one, answer in access.result.items() if allowed(answer)]
    done = b24.call_batches({one: task.disapprove(int(one)) for one in may}).result
    out["tasks"] = [int(one) for one in done.result]
    if access.result_error or done.result_error:
        out["error"] = f"inner errors: {len(access.result_error) + len(done.result_error)}"


began = time.monotonic()
out = {"tasks": [], "error": None}
try:
    work(out)
except Exception as error:  # whatever it raises is its answer
    out["error"] = f"{type(error).__name__}: {error}"[:200]
out["seconds"] = time.monotonic() - began
print(json.dumps(out))
