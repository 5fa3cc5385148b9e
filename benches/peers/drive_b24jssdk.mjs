// b24jssdk does one job as its documentation says: callList for a list, named batches of fifty to ask about and to
// change many (batchByChunk drops the failed ones from its rows, so that nobody knows whose answer a row is).
//
// One job as JSON on the command line, one JSON line out.
import { B24Hook, B24OAuth } from "@bitrix24/b24jssdk";

const job = JSON.parse(process.argv[2]);

function client() {
  if (job.auth !== "oauth") return B24Hook.fromWebhookUrl(job.webhook);
  const { domain, member_id: memberId, access_token: accessToken, refresh_token: refreshToken } = job;
  const auth = { domain, memberId, accessToken, refreshToken, expires: job.expires, expiresIn: 3600, applicationToken: "" };
  const at = { clientEndpoint: job.endpoint, serverEndpoint: `${job.oauth}/rest/`, scope: "task", status: "F" };
  return new B24OAuth({ ...auth, ...at, userId: job.user_id, issuer: "store" }, { clientId: job.client_id, clientSecret: job.client_secret });
}

/** What each command brought, by task; what failed is in `failed`. */
async function each(b24, method, tasks, failed) {
  const answers = new Map();
  for (let at = 0; at < tasks.length; at += 50) {
    const chunk = tasks.slice(at, at + 50);
    const calls = Object.fromEntries(chunk.map((taskId) => [`t${taskId}`, { method, params: { taskId } }]));
    const batch = await b24.actions.v2.batch.make({ calls, options: { isHaltOnError: false, returnAjaxResult: true } });
    const rows = batch.getData() ?? {};
    for (const taskId of chunk) {
      const row = rows[`t${taskId}`];
      if (row?.isSuccess) answers.set(taskId, row.getData().result);
      else failed.push(taskId);
    }
    if (!batch.isSuccess && Object.keys(rows).length === 0) throw new Error(batch.getErrorMessages().join("; "));
  }
  return answers;
}

async function work(out) {
  const b24 = client();
  if (job.job === "list") {
    const params = { filter: { REAL_STATUS: 4, CREATED_BY: job.user_id }, select: ["ID", "TITLE", "STATUS", "DEADLINE"] };
    const keys = { idKey: "id", cursorIdKey: "ID", customKeyForResult: "tasks" };
    const list = await b24.actions.v2.callList.make({ method: "tasks.task.list", params, ...keys });
    if (!list.isSuccess) throw new Error(list.getErrorMessages().join("; "));
    out.tasks = list.getData().map((task) => Number(task.id));
    return;
  }
  const failed = [];
  const access = await each(b24, "tasks.task.getaccess", job.tasks, failed);
  const may = [...access].filter(([, answer]) => answer.allowedActions[job.user_id]?.DISAPPROVE === true);
  const done = await each(b24, "tasks.task.disapprove", may.map(([task]) => task), failed);
  out.tasks = [...done.keys()];
  if (failed.length) out.error = `inner errors: ${failed.length}`;
}

const began = performance.now();
const out = { tasks: [], error: null };
try {
  await work(out);
} catch (error) {
  out.error = `${error.name}: ${error.message}`.slice(0, 200);
}
out.seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify(out));
process.exit(0);
