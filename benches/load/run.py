"""Constant load, saturation, and what they cost; writes benches/load.md. scripts/bench.sh starts what this needs.

BENCH_ONLY=TEXT runs the parts whose name holds TEXT and leaves the file alone.
"""

import json
import math
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from control import Sandbox
from machine import Load, children, cpu_seconds, memory_mb
from table import PARTS, write
from world import World

ENV = os.environ
APP, SANDBOX, FLOOR = ENV["BENCH_APP"], ENV["BENCH_SANDBOX"], ENV["BENCH_FLOOR"]
SECONDS = int(ENV.get("BENCH_SECONDS", "20"))
LONG = 3 * SECONDS  # of openings and events
MINUTES = float(ENV.get("BENCH_MINUTES", "3"))
MANY = int(ENV.get("BENCH_PORTALS", "1000"))
ONLY = ENV.get("BENCH_ONLY", "")


class Bench:
    def __init__(self):
        self.sandbox = Sandbox(SANDBOX, None)
        self.world = World(self.sandbox, APP)
        self.load = Load(ENV["BENCH_OHA"], ENV["BENCH_ORIGIN"], ENV["BENCH_FOLDER"])
        self.pids = {"app": int(ENV["BENCH_APP_PID"]), "sandbox": int(ENV["BENCH_SANDBOX_PID"])}
        self.found = {"seconds": SECONDS, "long": LONG, "minutes": MINUTES, "portals": MANY, "idle_mb": memory_mb(self.pids["app"])}

    # --- measuring ---------------------------------------------------------------------------------------------------

    def postgres(self, sql):
        done = subprocess.run([ENV["BENCH_PSQL"], "-XqAt", "-c", sql], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def cpu(self):
        postgres = int(ENV["BENCH_PG_PID"])
        # Backends come and go, and what the dead have used is their parent's.
        return {
            "app": cpu_seconds(self.pids["app"]),
            "sandbox": cpu_seconds(self.pids["sandbox"]),
            "postgres": cpu_seconds(postgres, *children(postgres)),
        }

    def measured(self, name, *args, **kwargs):
        before, began = self.cpu(), time.monotonic()
        result = self.load.run(*args, **kwargs)
        after, asked = self.cpu(), max(result["good"] + result["bad"], 1)
        result["cpu_ms"] = {who: 1000 * (after[who] - before[who]) / asked for who in after}
        result["busy"] = sum(after[who] - before[who] for who in after) / (time.monotonic() - began)
        result["memory_mb"] = memory_mb(self.pids["app"])
        print(f"{name:34} {result['per_second']:6.0f}/s  p50 {result['p50']:6.1f}  p99 {result['p99']:7.1f} ms  "
              f"bad {result['bad']}  cpu ms: app {result['cpu_ms']['app']:.2f} postgres {result['cpu_ms']['postgres']:.2f} "
              f"sandbox {result['cpu_ms']['sandbox']:.2f}  busy {result['busy']:.2f}  {result['memory_mb']:.0f} MB", flush=True)
        if result["bad"]:
            print(f"    {result['codes']}", flush=True)
        return result

    def trips(self, url, bodies, asked=20):
        """What one of these costs until nothing is left to do: statements that Postgres was asked, and calls that Bitrix24 was
        asked."""
        self.load.run(url, bodies[:1], seconds=1, connections=1, rate=2)
        time.sleep(2)
        self.postgres("select pg_stat_statements_reset()")
        began = time.monotonic()
        since = max((row["seq"] for row in self.sandbox.journal(0)), default=0)
        for body in bodies[1 : asked + 1]:
            request = urllib.request.Request(url, body.encode(), {"Origin": ENV["BENCH_ORIGIN"]})
            with urllib.request.urlopen(request, timeout=30) as answer:
                size = len(answer.read())
        self.settle()
        if "BENCH_SHOW" in ENV:
            print(self.postgres("select calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 150) from pg_stat_statements order by calls desc limit 40"), flush=True)
        # What happens less often than what was asked is other work; so is what happens in as long a time without it.
        working, took = self.statements(), time.monotonic() - began
        self.postgres("select pg_stat_statements_reset()")
        time.sleep(took)
        idle = self.statements()
        statements = sum(max(0, calls - idle.get(query, 0)) // asked for query, calls in working.items())
        journal = self.sandbox.journal(since)
        commands = Counter(row["batch_seq"] for row in journal)
        names = {"app.info": "info", "batch": "batch"}
        kind = lambda row: names.get(row["method"], "one") + str(commands[row["seq"]] or "")
        kinds = Counter(kind(row) for row in journal if row["batch_seq"] is None)
        calls = [kind for kind, many in sorted(kinds.items()) for _ in range(round(many / asked))]
        return {"pg": statements, "calls": calls, "bytes": size}

    def statements(self):
        """How often each was asked since the last reset."""
        rows = self.postgres("select queryid, sum(calls) from pg_stat_statements where query not like '%left_to_do%' group by 1")
        return {query: int(calls) for query, calls in (row.split("|") for row in rows.splitlines() if row)}

    # --- parts -------------------------------------------------------------------------------------------------------

    def flat(self):
        """The same rate spread over ever more companies."""
        self.found["flat"] = {}
        for count in sorted({1, min(100, MANY), MANY}):
            self.world.grow_to(count)
            self.load.run(*self.world.pages(), seconds=3, rate=20)
            result = self.measured(f"pages 20/s, portals: {count}", *self.world.pages(), seconds=SECONDS, rate=20)
            self.found["flat"][count] = result

    def start_floor(self):
        # One whose tasks nobody decides: it lists as many as the others' pages.
        portal = self.world.portals[-1]
        token = self.sandbox.post(f"portals/{portal['member_id']}/token", {"user_id": 2})["access_token"]
        # The list as the page asks for it: both kinds of tasks and who asks, in one request.
        fields = "ID TITLE STATUS CREATED_BY RESPONSIBLE_ID GROUP_ID DEADLINE CLOSED_DATE STATUS_CHANGED_DATE".split()
        listed = "tasks.task.list?filter[REAL_STATUS]=4&filter[{}CREATED_BY]=2&params[RETURN_ACCESS]=Y&start=0&" + "&".join(
            ["order[CLOSED_DATE]=asc", "order[ID]=asc"] + [f"select[]={name}" for name in fields]
        )
        form = lambda **fields: urllib.parse.urlencode({"auth": token} | fields)
        one = self.world.tasks[portal["member_id"]][0][0]
        lists = {"cmd[a]": listed.format(""), "cmd[b]": listed.format("!"), "cmd[c]": "profile"}
        # Any other batch: as many questions.
        questions = lambda many: {f"cmd[{nth}]": f"tasks.task.getaccess?taskId={one}" for nth in range(many)}
        calls = {
            "info": (f"{SANDBOX}/rest/app.info", form()),
            "one": (f"{portal['client_endpoint']}tasks.task.getaccess", form(taskId=one)),
        }
        for kind in {kind for trip in self.found["trips"].values() for kind in trip["calls"] if kind.startswith("batch")}:
            many = int(kind.removeprefix("batch"))
            commands = lists if kind in self.found["trips"]["page"]["calls"] else questions(many)
            calls[kind] = (f"{portal['client_endpoint']}batch", form(**commands, halt=0))
        size = self.found["trips"]["page"]["bytes"]
        env = ENV | {"FLOOR_CALLS": json.dumps(calls), "FLOOR_BYTES": str(size)}
        self.floor = subprocess.Popen([ENV["BENCH_FLOOR_BIN"]], env=env)
        self.pids["floor"] = self.floor.pid
        time.sleep(1)

    def floor_url(self, name):
        trips = self.found["trips"][name]
        return f"{FLOOR}/work?pg={trips['pg']}&calls={'.'.join(trips['calls'])}"

    def constant(self):
        """Everything at its rate, each beside its floor."""
        one = self.measured
        rates = self.found["rates"] = {}
        rates["bare"] = one("bare page 600/s", f"{FLOOR}/bare", seconds=SECONDS, rate=600)
        rates["round trip"] = one("one Postgres round trip 600/s", f"{FLOOR}/work?pg=1&calls=", seconds=SECONDS, rate=600)
        rates["call"] = one("one call of the portal 300/s", f"{FLOOR}/work?pg=0&calls=one", seconds=SECONDS, rate=300)
        rates["opening floor"] = one("floor of an opening 300/s", self.floor_url("opening"), seconds=LONG, rate=300)
        rates["opening"] = one("openings 300/s", *self.world.openings(300 * LONG), seconds=LONG, rate=300)
        rates["page floor"] = one("floor of a page 600/s", self.floor_url("page"), seconds=SECONDS, rate=600)
        rates["page"] = one("pages 600/s", *self.world.pages(), seconds=SECONDS, rate=600)
        rates["live floor"] = one("floor of a question for news 400/s", self.floor_url("live"), seconds=SECONDS, rate=400)
        rates["live"] = one("questions for news 400/s", *self.world.live_questions(ENV["BENCH_ORIGIN"]), seconds=SECONDS, rate=400)
        rates["event floor"] = one("floor of an event 1000/s", f"{FLOOR}/work?pg=1&calls=", seconds=LONG, rate=1000)
        rates["event"] = self.events()
        rates["return floor"] = one("floor of a return 30/s", self.floor_url("return"), seconds=SECONDS, rate=30)
        rates["return"] = one("returns 30/s", *self.world.returns(1, 6), seconds=SECONDS, rate=30)
        rates["bulk floor"] = one("floor of a bulk 2/s", self.floor_url("bulk"), seconds=SECONDS, rate=2)
        rates["bulk"] = self.bulks()

    def events(self):
        url, bodies = self.world.events(1000 * LONG)
        rows = lambda: int(self.postgres("select count(*) from events"))
        asked = lambda: int(self.postgres("select coalesce(sum(calls), 0) from pg_stat_statements where query like '%insert into events%'"))
        stored, inserts = rows(), asked()
        result = self.measured("events 1000/s", url, bodies, seconds=LONG, rate=1000)
        result["stored"], result["inserts"] = rows() - stored, asked() - inserts
        # The generator picks bodies by chance, so some came twice: those are one row. How many different ones that makes has a
        # mean and a deviation (as balls in boxes); five of them are more than chance.
        boxes, balls = len(bodies), result["good"]
        empty = lambda many: (1 - many / boxes) ** balls
        result["expected"] = boxes * (1 - empty(1))
        result["chance"] = 5 * math.sqrt(boxes * (boxes - 1) * empty(2) + boxes * empty(1) - (boxes * empty(1)) ** 2)
        result["lost"] = max(0, balls - result["inserts"], math.ceil(result["expected"] - result["chance"] - result["stored"]))
        return result

    def bulks_of(self, portals):
        url, bodies = self.world.bulks(8, 28)
        return url, bodies[portals]

    def bulks(self):
        began, before = self.postgres("select clock_timestamp()"), self.done()
        result = self.measured("bulks of 20, 2/s", *self.bulks_of(slice(11, -1)), seconds=SECONDS, rate=2)
        self.settle()
        result["tasks"] = self.done() - before
        # Answered at once; the twenty are returned afterwards.
        whole = f"""select percentile_disc(array[0.5, 0.99]) within group (order by took) from (
            select 1000 * extract(epoch from max(finished_at) - min(created_at)) as took from decisions
            where bulk_id is not null and created_at > '{began}' group by portal_id, bulk_id) as whole"""
        result["whole"] = [float(ms) for ms in self.postgres(whole).strip("{}").split(",")]
        return result

    def settle(self):
        """Until every decision has ended and every reason is on its way to nobody any more."""
        time.sleep(0.3)
        open_ones = """select (select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown'))
            + (select count(*) from reasons where delivery in ('pending', 'sending')) as left_to_do"""
        while int(self.postgres(open_ones)):
            time.sleep(0.2)

    def done(self):
        return int(self.postgres("select count(*) from decisions where state = 'done'"))

    def saturation(self):
        full = self.found.setdefault("full", {})
        openings = self.world.openings(200 * SECONDS)
        for name, floor, real in [
            ("opening", self.floor_url("opening"), openings),
            ("page", self.floor_url("page"), self.world.pages()),
        ]:
            full[f"{name} floor"] = self.measured(f"floor of {name}s, all it can", floor, seconds=SECONDS, connections=200)
            full[name] = self.measured(f"{name}s, all it can", *real, seconds=SECONDS, connections=200)
            for part in PARTS:
                self.part(name, floor, part, int(full[f"{name} floor"]["per_second"] / part))

    def part(self, name, floor, part, rate):
        """At a rate that the machine bears whatever it is, so that times are times and no queue."""
        # A token that was asked about just now is not asked about again.
        real = self.world.openings(rate * SECONDS) if name == "opening" else self.world.pages()
        found = self.found.setdefault("parts", {}).setdefault(part, {})
        found[f"{name} floor"] = self.measured(f"floor of {name}s {rate}/s", floor, seconds=SECONDS, rate=rate)
        found[name] = self.measured(f"{name}s {rate}/s", *real, seconds=SECONDS, rate=rate) | {"rate": rate}

    def hanging(self):
        """Fifty companies, one of which answers after 30 s."""
        few = self.world.portals[:50]
        others = self.world.pages(few[1:])
        alone = self.measured("49 portals 100/s", *others, seconds=SECONDS, rate=100)
        member = few[0]["member_id"]
        fault = {"on": "portal", "member_id": member, "method": "batch", "kind": "delay", "ms": 30_000, "times": 0}
        self.sandbox.post("faults", fault)
        stuck = self.load.start(*self.world.pages(few[:1]), seconds=SECONDS, connections=100, rate=10)
        beside = self.measured("49 portals 100/s beside one hanging", *others, seconds=SECONDS, rate=100)
        stuck.kill()
        request = urllib.request.Request(f"{SANDBOX}/control/faults", method="DELETE")
        urllib.request.urlopen(request).read()
        self.found["hanging"] = {"alone": alone, "beside": beside}

    def slope(self):
        """Everything at once, for minutes: does memory grow? A third of its rate, or a quarter of what this machine bears of it
        alone where that is less: a queue that grows would be all that is seen."""
        seconds = int(MINUTES * 60)
        load, full = self.load.start, self.found.get("full", {})
        bears = lambda name, most: max(1, int(min(most, full.get(name, {}).get("per_second", 4 * most) / 4)))
        openings, pages = bears("opening", 100), bears("page", 200)
        # As many connections as that needs: the generator uses all that it may have in turn, and a proxy keeps few that idle.
        running = [
            load(*self.world.openings(min(openings * seconds, 20_000)), seconds=seconds, rate=openings, connections=100),
            load(*self.world.pages(), seconds=seconds, rate=pages, connections=100),
            load(*self.world.events(min(300 * seconds, 100_000)), seconds=seconds, rate=300, connections=50),
            load(*self.world.returns(6, 8), seconds=seconds, rate=2, connections=20),
        ]
        samples, sockets, began = [], 0, time.monotonic()
        while time.monotonic() - began < seconds:
            time.sleep(2)
            samples.append((time.monotonic() - began, memory_mb(self.pids["app"])))
            sockets = max(sockets, len(os.listdir(f"/proc/{self.pids['app']}/fd")))
        results = [Load.result(one) for one in running]
        late = [(at, mb) for at, mb in samples if at > seconds / 2]
        middle, mean = sum(at for at, _ in late) / len(late), sum(mb for _, mb in late) / len(late)
        spread = sum((at - middle) ** 2 for at, _ in late)
        time.sleep(30)  # idle connections are closed, and what is still held is held for good
        slope = sum((at - middle) * (mb - mean) for at, mb in late) / spread
        self.found["slope"] = {
            "peak_mb": memory_mb(self.pids["app"], "VmHWM"), "most_mb": max(mb for _, mb in samples), "after_mb": memory_mb(self.pids["app"]),
            "sockets": sockets, "mb_per_hour": slope * 3600, "openings": openings, "pages": pages,
            "bad": sum(one["bad"] for one in results), "p99": [one["p99"] for one in results],
        }
        print(json.dumps(self.found["slope"]), flush=True)
        print(f"    {[one['codes'] for one in results]}", flush=True)

    def run(self):
        self.flat()
        self.found["trips"] = {
            "opening": self.trips(*self.world.openings(30)),
            "page": self.trips(*self.world.pages()),
            "live": self.trips(*self.world.live_questions(ENV["BENCH_ORIGIN"])),
            "return": self.trips(*self.world.returns(0, 1)),
            "bulk": self.trips(*self.bulks_of(slice(11)), asked=10),
        }
        print(json.dumps(self.found["trips"]), flush=True)
        self.start_floor()
        for part in (self.constant, self.saturation, self.hanging, self.slope):
            if ONLY in part.__name__:
                part()
        self.floor.kill()


if __name__ == "__main__":
    bench = Bench()
    bench.run()
    if not ONLY:
        write(bench.found, cold=json.loads(ENV["BENCH_COLD"]))
    sys.exit(0)
