"""What is run: programs, jobs, conditions."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# The order of the table's columns.
TOOLS = ["Handback", "fast_bitrix24", "b24pysdk", "b24jssdk"]
VERSIONS = {"fast_bitrix24": "1.8.0", "b24pysdk": "1.3.0", "b24jssdk": "2.2.0"}


class Cell(NamedTuple):
    job: str
    count: int
    condition: str

    def __str__(self):
        what = f"list {self.count}" if self.job == "list" else f"check {self.count}, return {self.count * 9 // 10}"
        return f"{what}; {self.condition}"


# Each meets the second request that returns tasks, whichever program sends it, and the ones after it as often as said.
WRITES = {"method": "batch", "among": "tasks.task.disapprove", "skip": 1}
FAULTS = {
    "expired token": [WRITES | {"kind": "error", "status": 401, "code": "expired_token"}],
    "three 503": [WRITES | {"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "times": 3}],
    "one 502": [WRITES | {"kind": "html", "status": 502}],
    "a lost answer": [WRITES | {"kind": "drop_after"}],
    # One command in the second batch.
    "one inner error": [
        {"method": "tasks.task.disapprove", "inner": True, "skip": 60, "kind": "error", "status": 500, "code": "INTERNAL_SERVER_ERROR"}
    ],
}


CELLS = [
    *(Cell("list", count, condition) for count in (500, 5000) for condition in ("free", "limited")),
    *(Cell("return", 200, condition) for condition in ("free", "limited", *FAULTS)),
]
