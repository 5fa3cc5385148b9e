"""Fills the real schema with ever more companies, works in some of them, and asks Postgres what each statement cost; writes
benches/scale.md. scripts/scale.sh starts what this needs.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assumed import Assumed
from control import Sandbox
from needed import cpu_of_load, memory_of_load
from table import write
from world import World, encode

ENV, HERE = os.environ, Path(__file__).resolve().parent
APP, OPS, ORIGIN = ENV["SCALE_APP"], ENV["SCALE_OPS"], ENV["SCALE_ORIGIN"]
WORKING = 20  # companies that are really installed, and in which somebody works
ROUNDS = 5
LATER = 11  # seconds until all that was done is counted: the journal is written a little later, and an idle connection tells its rows within ten
FILLED = {"decisions": 10, "events": 20, "calls": 20}  # of each company, the rest is multiplied
COST = """select query, calls, total_exec_time as ms, rows, shared_blks_hit + shared_blks_read as blocks, wal_bytes as wal
    from pg_stat_statements where query not ilike 'rollback%' and query ilike any(array['%from%', '%into%', 'update%', 'delete%', '%tend_calls%'])
    and query not ilike all(array['%pg_stat%', '%pg_catalog%', '%_sqlx_migrations%'])"""


class Scale:
    def __init__(self):
        self.assumed = Assumed()
        self.world = World(Sandbox(ENV["SCALE_SANDBOX"], None), APP)
        self.app, self.filled, self.found = None, 0, {"sizes": {}}

    def psql(self, sql, *more):
        done = subprocess.run([ENV["SCALE_PSQL"], "-XqAt", "-v", "ON_ERROR_STOP=1", *more], input=sql, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return done.stdout.strip()

    def rows(self, sql):
        return [json.loads(line) for line in self.psql(f"select row_to_json(q) from ({sql}) q").splitlines()]

    # --- the application ---------------------------------------------------------------------------------------------

    def start(self):
        log = open(f"{ENV['SCALE_FOLDER']}/handback.log", "a")
        self.app = subprocess.Popen([ENV["SCALE_BIN"], "serve"], stdout=log, stderr=log)
        for _ in range(600):
            try:
                return urllib.request.urlopen(f"{OPS}/readyz").read()
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise SystemExit("Handback did not become ready")

    def stop(self):
        self.app.terminate()
        self.app.wait(timeout=90)

    def ask(self, url, form):
        request = urllib.request.Request(url, form.encode(), {"Origin": ORIGIN, "X-Forwarded-For": self.world._address()})
        for _ in range(100):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError as refusal:
                if refusal.code not in (429, 503):
                    raise
                time.sleep(0.5)
        raise SystemExit(f"no way in at {url}")

    # --- filling -----------------------------------------------------------------------------------------------------

    def fill(self, portals):
        began, wanted = time.monotonic(), self.assumed
        self.psql((HERE / "history.sql").read_text(), "-v", f"history={wanted.history if self.filled == 0 else 0}")
        given = {"first": self.filled + 1, "last": portals, "used_percent": wanted.used_percent, "people": wanted.people,
                 "openings": wanted.openings} | FILLED
        variables = [word for name, value in given.items() for word in ("-v", f"{name}={value}")]
        self.psql((HERE / "fill.sql").read_text(), *variables)
        self.psql("vacuum analyze")
        self.filled = portals
        print(f"--> {portals} companies are there after {time.monotonic() - began:.0f} s", flush=True)

    def sizes(self):
        """Of each table; a partitioned one with all its days."""
        return {row["name"]: row for row in self.rows("""
            select coalesce(parent.relname, t.relname) as name, sum(pg_table_size(t.oid)) as heap,
                sum(pg_indexes_size(t.oid)) as indexes, sum(greatest(t.reltuples, 0)) as rows
            from pg_class t left join pg_inherits i on i.inhrelid = t.oid left join pg_class parent on parent.oid = i.inhparent
            where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace and t.relname <> '_sqlx_migrations'
            group by 1 order by 1""")}

    # --- working -----------------------------------------------------------------------------------------------------

    def cost(self, many, work):
        """What one of these costs Postgres, statement by statement, and what it leaves there."""
        count = lambda: {row["name"]: row["n"] for row in self.rows(
            "select coalesce(p.relname, s.relname) as name, sum(n_tup_ins)::int as n from pg_stat_user_tables s "
            "left join pg_inherits i on i.inhrelid = s.relid left join pg_class p on p.oid = i.inhparent group by 1")}
        requests = "select count(*) from calls where nth = 0 and request_id is distinct from 'filled'"
        before, asked = count(), int(self.psql(requests))
        self.psql("select pg_stat_statements_reset()")
        work()
        time.sleep(LATER)
        statements, after = self.rows(COST), count()
        return {
            "statements": statements, "calls": (int(self.psql(requests)) - asked) / many,
            "rows": {name: (after[name] - before.get(name, 0)) / many for name in after if after[name] > before.get(name, 0)},
        }

    def flows(self, nth):
        world, many = self.world, WORKING * ROUNDS

        def all_of(url, forms):
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda form: self.ask(url, form), forms))

        def returns():
            all_of(*world.returns(nth * ROUNDS, (nth + 1) * ROUNDS))
            open_states = "select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown')"
            while int(self.psql(open_states)):
                time.sleep(0.2)

        def figures():
            for _ in range(10):
                urllib.request.urlopen(f"{OPS}/metrics").read()

        url, bodies = world.openings(many)
        found = {"opening": self.cost(many, lambda: all_of(url, bodies))}
        url, bodies = world.pages()
        found["page"] = self.cost(many, lambda: all_of(url, bodies * ROUNDS))
        url, stamped = world.live_questions(ORIGIN)
        time.sleep(LATER)  # what that wrote is not the questions'
        found["live question"] = self.cost(many, lambda: all_of(url, stamped * ROUNDS))
        found["return"] = self.cost(many, returns)
        url, bodies = world.events((nth + 1) * many)
        found["event"] = self.cost(many, lambda: all_of(url, bodies[nth * many:]))
        found["figures"] = self.cost(10, figures)
        return found

    def measure(self, nth, portals):
        self.psql("select pg_stat_statements_reset()")
        self.start()
        time.sleep(20)  # all jobs have had their first round, and the frequent ones many
        found = {"start": {"statements": self.rows(COST)}} | self.flows(nth)
        self.stop()
        self.found["sizes"][portals] = found | {"tables": self.sizes()}
        print(f"--> measured with {portals} companies", flush=True)

    def run(self):
        self.start()
        self.world.grow_to(WORKING)
        self.stop()
        for nth, portals in enumerate((1_000, self.assumed.portals)):
            self.fill(portals)
            self.measure(nth, portals)
        self.found |= {"filled": FILLED, "working": WORKING}
        Path(f"{ENV['SCALE_FOLDER']}/found.json").write_text(json.dumps(self.found))
        write(self.found, self.assumed)


if __name__ == "__main__":
    # Before ten minutes of filling.
    cpu_of_load(), memory_of_load()
    Scale().run()
    sys.exit(0)
