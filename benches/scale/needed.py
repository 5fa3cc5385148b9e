"""What it takes: from the assumptions, from what each thing costs Postgres, and from what it costs the server (load.md)."""

import math
import re
from pathlib import Path

LOAD = Path(__file__).resolve().parents[1] / "load.md"
ROUND_TRIP_MS = 0.3  # between two machines of one network
LANES = 16  # connections of one replica, at most
BUSY = 0.5  # of a core: the rest is for the minutes that are worse
JOURNAL_DAYS, LOG_DAYS = 8, 400
TEND_ROWS, TEND_CALLS = 12, 3  # of the journal, for each portal that is tended, and requests
HANDFUL, TEND_ROUND = 16, 5
ALIVE_ROUND, ALIVE_HANDFUL, ALIVE_AGE, ALIVE_LEFT = 600, 5, 150, 30


def cpu_of_load():
    """Milliseconds of the server and of Postgres for each thing: of those that two cores do not bear at their constant rate,
    at half of what the floor bears, since who is in a queue is done in larger portions, and cheaper.
    """
    words = {("events", 12): "event", ("returns", 12): "return", ("questions for news", 12): "live question",
             ("openings", 11): "opening", ("pages", 11): "page"}
    found = {}
    for line in LOAD.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        name, columns = words.get((cells[0].split(",")[0], len(cells))), len(cells)
        if name and not cells[0].endswith("(a quarter)"):
            found[name] = (float(cells[columns - 5]), float(cells[columns - 4]))
    lacking = sorted(set(words.values()) - set(found))
    if lacking:
        raise SystemExit(f"{LOAD.name} has no row for {', '.join(lacking)}: run make bench")
    return found


def memory_of_load():
    return int(re.search(r"memory idle / most at any time \| \d+ / (\d+) MB", LOAD.read_text()).group(1))


class Needed:
    def __init__(self, found, assumed):
        self.assumed, self.found, self.day = assumed, found, assumed.a_day()
        self.measured = found["sizes"][max(found["sizes"])]
        self.cpu = cpu_of_load()
        self.tables = self.measured["tables"]

    # --- rows --------------------------------------------------------------------------------------------------------

    def journal_a_day(self):
        rows = sum(self.measured[name]["rows"].get("calls", 0) * times for name, times in self.day.items())
        return rows + self.assumed.used * TEND_ROWS

    def a_day(self, table):
        """Rows of a working day."""
        decided, returned = self.assumed.used * self.assumed.decisions, self.assumed.used * self.assumed.returns
        return {"decisions": decided, "reasons": returned, "followups": returned // 3, "actions": 2 * decided,
                "events": self.day["event"], "calls": self.journal_a_day()}.get(table, 0)

    def rows(self, table):
        """How many stand there, and what they are."""
        day, month = self.a_day(table), self.assumed.workdays
        if table in ("decisions", "reasons", "followups"):
            return day * month * 12, "of the first year; they stay as long as the portal"
        if table == "actions":
            return day * month * 12 * LOG_DAYS / 365, f"of {LOG_DAYS} days"
        if table == "events":
            return day // self.assumed.hours + self.assumed.portals // 10, "about tasks of an hour, about installations of thirty days"
        if table == "calls":
            return day * (JOURNAL_DAYS * 5 / 7 + 1), f"of {JOURNAL_DAYS} days, weekends empty"
        return self.tables[table]["rows"], "as filled"

    def stands(self, table):
        size = self.tables[table]
        rows, words = self.rows(table)
        return {"rows": rows, "words": words, "bytes": rows * (size["heap"] + size["indexes"]) / max(size["rows"], 1)}

    def grows(self, table):
        """Bytes of a working day, of what is not taken away again."""
        size = self.tables[table]
        each = (size["heap"] + size["indexes"]) / max(size["rows"], 1)
        return self.a_day(table) * each if table in ("decisions", "reasons", "followups") else 0

    # --- what it takes -----------------------------------------------------------------------------------------------

    def statements(self, name):
        """How many of one thing, and their milliseconds in Postgres."""
        from table import own
        ones = own(self.measured[name])
        return sum(one["calls"] for one in ones) / 100, sum(one["ms"] for one in ones) / 100

    def figures(self):
        peak = {name: self.assumed.peak_of(times) for name, times in self.day.items()}
        app = sum(peak[name] * self.cpu[name][0] for name in peak) / 1000
        postgres = sum(peak[name] * self.cpu[name][1] for name in peak) / 1000
        calls = sum(peak[name] * self.measured[name]["calls"] for name in peak)
        trips = {name: self.statements(name) for name in peak}
        busy = sum(peak[name] * (ms + many * ROUND_TRIP_MS) for name, (many, ms) in trips.items()) / 1000
        mean = lambda column: sum(self.day[name] * self.cpu[name][column] for name in peak) / 1000 / 3600
        disk = sum(self.stands(table)["bytes"] for table in self.tables)
        return {
            "peak": peak, "app": app, "postgres": postgres, "calls": calls, "busy": busy,
            "statements": sum(peak[name] * many for name, (many, _) in trips.items()),
            "replicas": max(2, math.ceil(app / BUSY / 2)) + 1, "pool": math.ceil(busy * 3 / 10) * 10,
            "app_hours": mean(0) * self.assumed.workdays, "pg_hours": mean(1) * self.assumed.workdays,
            "calls_month": (sum(self.day[name] * self.measured[name]["calls"] for name in peak) + self.assumed.used * TEND_CALLS) * self.assumed.workdays,
            "disk": disk / 1e9, "grows": sum(self.grows(table) for table in self.tables) * self.assumed.workdays / 1e9,
            "wal": sum(self.day[name] * sum(float(one["wal"]) for one in self.measured[name]["statements"]) / 100 for name in peak) / 1e9,
        }

    def tending(self):
        """Portals a day that one replica compares with their desired state, sixteen at a time after each other."""
        slow = self.assumed.hanging_percent / 100
        each = self.assumed.tend_seconds * (1 - slow) + 30 * slow
        return int(86_400 / (HANDFUL * each + TEND_ROUND) * HANDFUL)

    def lines(self):
        f, a = self.figures(), self.assumed
        per_second = ", ".join(f"{value:,.0f} {name}s" for name, value in f["peak"].items())
        by_kind = ", ".join(f"{name}s {100 * f['peak'][name] * self.cpu[name][0] / 1000 / f['app']:.0f} %" for name in f["peak"])
        called = ", ".join(f"{name}s {100 * f['peak'][name] * self.measured[name]['calls'] / f['calls']:.0f} %" for name in f["peak"])
        alive = 86_400 // ALIVE_ROUND * ALIVE_HANDFUL
        return [
            f"## What it takes for {a.portals:,} portals", "",
            f"{a.used:,} of them in use, {a.used * a.people:,} people. In a second of the busiest minutes: {per_second}.", "",
            "| what | computed | how |", "| --- | --- | --- |",
            f"| calls to Bitrix24 | {f['calls']:,.0f} a second, {f['calls'] / a.used:.3f} for each portal in use (Bitrix24 lets 2 through) | {called} |",
            f"| cores of the server | {f['app']:.1f} busy, {f['app'] / BUSY:.0f} wanted | {by_kind}; half of a core is left free |",
            f"| replicas | {f['replicas']} of 2 cores | one of them may be lost |",
            f"| memory of a replica | {memory_of_load() + a.used // 1000} MB | the most that `make bench` saw, and a kilobyte for each portal in use: its pace |",
            f"| cores of Postgres | {f['postgres']:.1f} busy, {f['postgres'] / BUSY:.0f} wanted | as above; what goes over all portals is in its table |",
            f"| statements | {f['statements']:,.0f} a second | |",
            f"| connections at work | {f['busy']:.0f} | statements with {ROUND_TRIP_MS} ms to Postgres and back |",
            f"| connections | {f['pool']} in the pooler to Postgres, {f['replicas'] * LANES} from the replicas to the pooler | three times what is at work; {LANES} of each replica at most |",
            f"| disk of Postgres | {f['disk']:,.0f} GB after a year, {f['grows']:,.0f} GB more each month | the table above; twice that, for bloat and a copy while it is mended |",
            f"| write-ahead log | {f['wal']:,.0f} GB a working day | Postgres' account of each flow |", "",
            f"A month: {f['app_hours']:,.0f} core-hours of the server, {f['pg_hours']:,.0f} of Postgres, {f['disk']:,.0f} GB, {f['calls_month'] / 1e6:,.0f} million calls to Bitrix24.", "",
            "## What nobody waits for", "",
            f"- Tending: one replica compares {self.tending():,} portals a day with their desired state ({HANDFUL} after each other, then {TEND_ROUND} s of rest; "
            f"{a.tend_seconds:g} s each, {a.hanging_percent} of a hundred hang for 30 s). {a.used:,} are due each day, so {math.ceil(a.used / self.tending())} "
            f"replica{'s' if a.used > self.tending() else ''} would be enough, and every replica does it.",
            f"- Dormant portals: each replica renews at most {alive:,} a day; {a.portals // ALIVE_AGE:,} a day are due if all "
            f"{a.portals:,} lay dormant and had been installed evenly, {(a.portals - a.used) // ALIVE_AGE:,} as assumed. Within the {ALIVE_LEFT} days between "
            f"the {ALIVE_AGE}th and the last of the 180 there is time for {alive * ALIVE_LEFT:,}.", "",
            "## What a replica remembers", "",
            "| cache | at most | wanted | what is lost without a place in it |", "| --- | --- | --- | --- |",
            f"| pace of a portal | 100,000 | {min(a.used, a.portals):,}: each replica meets every portal in use | it is asked without a pace, also when it has just blocked us |",
            f"| how long a command of a batch takes | 100,000 | {a.used:,} and twice that where much is decided | it is measured again |",
            f"| whose a token is, for five minutes | 5,000 | {f['peak']['opening'] * 300 / f['replicas']:,.0f} | a question more to the authorization server |",
            f"| renewals, for two seconds | 10,000 | {f['peak']['opening'] * 2:,.0f} | whoever comes behind reads the row |",
            f"| pages that wait, by portal | 50,000 | {f['peak']['live question'] * 2:,.0f} at most | the pace of their lists begins anew |", "",
            "None of them grows without bound.",
        ]
