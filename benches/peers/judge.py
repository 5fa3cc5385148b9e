"""How many requests there were, and whether the result is right: by what the portal knows, and by what was reported."""

TOLD = {"tasks.task.chat.message.send", "task.commentitem.add", "im.message.add"}
# Before a reason is told by the worker it reads whom to tell; nobody else reads one task by itself.
REASONS = TOLD | {"tasks.task.get"}


def requests_of(journal, member):
    """Requests, and apart from them those that carry a reason: nobody but Handback tells one."""
    rows = [row for row in journal if row["member_id"] == member and row["batch_seq"] is None]
    reasons = sum(row["method"] in REASONS for row in rows)
    return len(rows) - reasons, reasons


def verdict_of_list(out, wanted):
    if sorted(out["tasks"]) == sorted(wanted):
        return "right"
    if len(set(out["tasks"])) < len(out["tasks"]):
        return "wrong: some twice"
    return f"wrong: {len(out['tasks'])} of {len(wanted)}"


def verdict_of_return(out, wanted, state, creator):
    """Every task that should be returned, exactly once; none that should not; and the same reported."""
    returns = {task["id"]: returns_of(task, creator) for task in state}
    wanted, reported = set(wanted), set(out["tasks"])
    missing = [id for id in wanted if returns[id] == 0]
    twice = [id for id in returns if returns[id] > 1]
    wrongly = [id for id in returns if returns[id] and id not in wanted]
    if wrongly:
        return f"wrong: {len(wrongly)} not to be returned"
    if twice:
        return f"wrong: {len(twice)} twice"
    if missing:
        return f"wrong: {len(missing)} not returned"
    if reported != wanted:
        return f"wrong: reports {len(reported)}"
    return "right" + (f", {out['again']} pressed again" if out.get("again") else "")


def returns_of(task, creator):
    turned = lambda entry: (entry["field"], entry["from"], entry["to"], entry["user_id"]) == ("STATUS", "4", "2", creator)
    return sum(turned(entry) for entry in task["history"])
