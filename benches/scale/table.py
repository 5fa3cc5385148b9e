"""benches/scale.md: what stands there, what each statement costs with few and with many companies, and what it takes."""

import os
import re
from pathlib import Path

from needed import Needed

OUT = Path(__file__).resolve().parents[1] / "scale.md"
FLOWS = ("opening", "page", "live question", "return", "event")
# Statements over all portals: how they begin, what they are for, how many seconds lie between two of them in one replica.
SWEEPS = (
    ("select portal_id from portals where portal_id in (select distinct", "portals with decisions that are due", 0.3),
    ("update decisions set state =", "decisions nobody knows the outcome of", 1),
    ("update reasons set delivery =", "reasons whose sender died", 1),
    ("update reasons r set delivery =", "reasons that are due", 1),
    ("update followups f set", "followups that are due", 1),
    ("update bells set fate =", "notifications whose sender died", 1),
    ("update bells b set fate =", "notifications that are due", 1),
    ("update events set lease_id", "events that are due", 1),
    ("update portals set check_at", "departures to be confirmed", 1),
    ("update portals set tend_at", "portals to be tended", 5),
    ("select c.portal_id, c.user_id, c.generation", "dormant portals to be kept alive", 600),
    ("delete from sessions where used_at", "sessions past their time", 600),
    ("delete from oauth_states", "sign-ins past their time", 600),
    ("delete from credentials c where", "people's tokens past their time", 600),
    ("delete from events where (portal_id", "events past their time", 600),
    ("select portal_id from portals p where (status =", "installations to be cleared", 600),
    ("delete from actions where at", "the log of actions past its time", 600),
    ("delete from snoozes where until", "snoozes that are over", 600),
    ("delete from snooze_log where at", "the log of snoozes past its time", 600),
    ("delete from bells where ended_at", "notifications that are over", 600),
    ("delete from receipts where at", "receipts past their time", 600),
    ("select tend_calls(", "days of the journal", 600),
    ("select s.state as", "figures: open decisions", 15),
    ("select $1 as \"kind!\"", "figures: what waits", 15),
    ("select s.status as", "figures: installations", 15),
)


def plain(query):
    return re.sub(r"\s+", " ", query)


def sweep_of(query):
    return next((sweep for sweep in SWEEPS if plain(query).startswith(sweep[0])), None)


def by_query(statements):
    return {plain(one["query"]): one for one in statements}


def each(one, what):
    return float(one[what]) / one["calls"]


def table_rows(tables, needed):
    for name, size in sorted(tables.items(), key=lambda pair: -needed.stands(pair[0])["bytes"]):
        stands = needed.stands(name)
        if not size["rows"]:
            continue
        yield (f"| `{name}` | {int(size['rows']):,} | {size['heap'] / size['rows']:.0f} + {size['indexes'] / size['rows']:.0f} | {stands['words']} | "
               f"{stands['rows'] / 1e6:,.2f} | {stands['bytes'] / 1e9:,.1f} | {needed.grows(name) / 1e6:,.0f} |")


def flow_rows(sizes):
    few, many = sizes[min(sizes)], sizes[max(sizes)]
    for name in FLOWS:
        total = lambda found, what: sum(each(one, what) * share(one) for one in own(found[name]))
        share = lambda one: one["calls"] / 100
        first, last = total(few, "ms"), total(many, "ms")
        least, most = total(few, "blocks"), total(many, "blocks")
        yield (f"| {name} | {sum(share(one) for one in own(many[name])):.1f} | {many[name]['calls']:.1f} | {sum(many[name]['rows'].values()):.1f} | "
               f"{first:.2f} | {last:.2f} | {last / first:.2f} | {least:.0f} | {most:.0f} | {most / max(least, 1):.2f} |")


def own(found):
    """The statements of a flow without the jobs' rounds that went on beside it."""
    return [one for one in found["statements"] if not sweep_of(one["query"]) and one["calls"] >= 10]


def growers(sizes):
    """Statements of one portal that read more than twice as many blocks where there are a hundred times more portals."""
    few, many = sizes[min(sizes)], sizes[max(sizes)]
    for name in FLOWS:
        before = by_query(own(few[name]))
        for one in own(many[name]):
            former = before.get(plain(one["query"]))
            if former and each(one, "blocks") > 2 * each(former, "blocks") + 5:
                yield (f"| {name} | `{plain(one['query'])[:110].replace('|', ' ')}` | {each(former, 'blocks'):.1f} | {each(one, 'blocks'):.1f} | "
                       f"{each(former, 'ms'):.3f} | {each(one, 'ms'):.3f} |")


def sweep_rows(sizes):
    few, many = sizes[min(sizes)], sizes[max(sizes)]
    for begins, words, every in SWEEPS:
        costs = []
        for found in (few, many):
            ones = [one for part in ("start", "figures") for one in found[part]["statements"] if plain(one["query"]).startswith(begins)]
            calls = sum(one["calls"] for one in ones)
            costs.append((sum(one["ms"] for one in ones) / calls, sum(one["blocks"] for one in ones) / calls) if calls else None)
        if None in costs:
            yield f"| {words} | {every:g} s | - | - | - | - | not seen |"
            continue
        (ms, blocks), (last_ms, last_blocks) = costs
        yield f"| {words} | {every:g} s | {ms:.2f} | {last_ms:.2f} | {blocks:.0f} | {last_blocks:.0f} | {last_ms / every / 10:.2f} % |"


def write(found, assumed):
    sizes, few, many = found["sizes"], min(found["sizes"]), max(found["sizes"])
    needed = Needed(found, assumed)
    growing = list(growers(sizes))
    lines = [
        "# A hundred thousand companies", "",
        f"Made by `make scale` on {os.cpu_count()} cores: the real schema, filled with {few:,} and then with {many:,} portals beside {found['working']} "
        "that are really installed in a pretend Bitrix24, and the real server, which opens, reads, asks, returns and hears of events in "
        "those. What each statement cost is Postgres' own account (`pg_stat_statements`). CPU of the server is taken from "
        "[load.md](load.md), of openings and pages at half of what their floor bears; what follows from the two is computed.", "",
        "## What is assumed", "",
        "| setting | value | of each company that is in use, on a working day, unless the words say otherwise |", "| --- | --- | --- |", *assumed.lines(), "",
        "## Rows", "",
        f"Decisions, events and the journal of calls are filled in part ({found['filled']['decisions']}, {found['filled']['events']} and {found['filled']['calls']} of each company in use), "
        "and their bytes per row multiplied. Nothing but the decisions of installed portals, with what hangs on them, grows without end.", "",
        "| table | rows filled | bytes per row: itself + indexes | what stands there | million rows | GB | MB more each working day |",
        "| --- | --- | --- | --- | --- | --- | --- |", *table_rows(sizes[many]["tables"], needed), "",
        "## What people do", "",
        "Each of these with all that it sets off (a return: until it is done and told). Blocks of 8 kB are the steadier figure: nobody else's "
        f"work on the machine changes them. Target: at most twice with {many:,} portals what it is with {few:,}.", "",
        f"| what | statements | calls to Bitrix24 | rows written | ms in Postgres, {few:,} | {many:,} | ratio | blocks, {few:,} | {many:,} | ratio |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |", *flow_rows(sizes), "",
        *(["Single statements that read more than twice as many blocks:", "", "| in | statement | blocks | blocks | ms | ms |", "| --- | --- | --- | --- | --- | --- |", *growing]
          if growing else ["No single statement among them reads more than twice as many blocks."]), "",
        "## What goes over all portals", "",
        f"| statement | every | ms, {few:,} | ms, {many:,} | blocks, {few:,} | blocks, {many:,} | of a Postgres core, each replica |",
        "| --- | --- | --- | --- | --- | --- | --- |", *sweep_rows(sizes), "",
        *needed.lines(), "",
    ]
    OUT.write_text("\n".join(lines))
    print("\n".join(lines))
