"""The table: into benches/peers.md, and between two marks into README.md."""

import re

from cells import ROOT, TOOLS, VERSIONS

NOTES = """\
Each cell: requests that the portal and the authorization server counted, seconds, and whether the result is right: every
task that should be returned was returned exactly once, no other was, and the program reports just that. One run on one
machine; a method takes 50 ms, *limited* is Bitrix24's own bucket (50 requests, 2 a second), a fault meets the second
request that returns tasks. Of the 200 tasks, 10 are somebody else's and 10 are accepted by somebody meanwhile.

- The libraries use an incoming webhook and, where a token expires, an application's tokens, which they may renew. They
  do what their documentation recommends, with the retries that they have.
- Handback is the server itself, in a release build. The page is open before the clock starts (its opening costs one
  request to the authorization server and one to the portal). Decisions are sent at once (`HANDBACK_UNDO=0s`), and a
  change that left no trace counts as not run after 10 s instead of 65 s (`HANDBACK_SETTLE_AFTER`). "Pressed again": the
  page says of a task that nothing was changed, and somebody presses once more.
- Only Handback tells the assignees why. Those requests, which follow by and by, are counted apart; see the last lines.
- The last two wait for one call after the other and were run side by side.
"""


def text(figure):
    if figure is None:
        return ""
    return f"{figure['requests']} / {figure['seconds']:.1f} s<br>{figure['verdict']}"


def is_behind(figures, cell):
    """Somebody else is right with fewer requests or in clearly less time."""
    ours = figures["Handback", cell]
    others = [figures[tool, cell] for tool in TOOLS[1:] if figures[tool, cell]["verdict"] == "right"]
    fewer = any(other["requests"] < ours["requests"] for other in others)
    return fewer or any(other["seconds"] < ours["seconds"] - 0.1 for other in others)


def write(figures, cells, keep):
    """True when ours is right everywhere. A part of the table is only printed."""
    head = ["", *(f"{tool} {VERSIONS.get(tool, '')}".strip() for tool in TOOLS)]
    lines = [head, ["---"] * len(head)]
    lines += [[str(cell), *(text(figures.get((tool, cell))) for tool in TOOLS)] for cell in cells]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
    wrong = [str(cell) for cell in cells if not figures["Handback", cell]["verdict"].startswith("right")]
    behind = [str(cell) for cell in cells if is_behind(figures, cell)]
    counted = [f"{cell.condition} {figures['Handback', cell]['reasons']}" for cell in cells if cell.job == "return"]
    apart = f"- Requests for the reasons of 180 tasks: {', '.join(counted)}.\n" if counted else ""
    last = f"- Handback is behind in: {'; '.join(behind) or 'no cell'}. Wrong in: {'; '.join(wrong) or 'no cell'}.\n"
    whole = f"{table}\n{NOTES}{apart}{last}"
    if keep:
        save(table, whole)
    print(f"\n{whole}")
    return not wrong


def save(table, whole):
    title = "# Measured against what people would use instead\n\nMade by `make peers`.\n\n"
    (ROOT / "benches/peers.md").write_text(title + whole)
    readme = ROOT / "README.md"
    marked = re.compile(r"(<!-- peers -->\n).*?(<!-- /peers -->)", re.DOTALL)
    readme.write_text(marked.sub(lambda marks: marks[1] + table + marks[2], readme.read_text()))
