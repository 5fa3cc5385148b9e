"""The table of benches/load.md: each figure beside its floor and its target."""

import os
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "load.md"
# What the figures mean, and what would reach a target that is missed: written by hand, after the figures.
NOTES = Path(__file__).with_name("notes.md")


# Of all that the floor bears: rates at which times are told again. At half the machine is nearly busy, at a quarter it is not.
PARTS = {2: "half", 4: "a quarter"}

# Megabytes an hour over the second half: what a measurement of this length cannot tell from none.
SLOPE = 10


def verdict(good):
    return "yes" if good else "**no**"


def verdict_of_slope(found):
    """Memory that settles after a burst looks like a slope for a while."""
    if found["slope"]["bad"]:
        return verdict(False)
    return verdict(found["slope"]["mb_per_hour"] < SLOPE) if found["minutes"] >= 10 else "too short to say"


def ms(found):
    """Median and 99th percentile; with a tenth where whole milliseconds would say nothing."""
    digits = 1 if found["p50"] < 10 else 0
    return f"{found['p50']:.{digits}f} / {found['p99']:.{digits}f}"


def rate_rows(rates):
    pairs = [("openings, 300/s", "opening", "opening floor", 60), ("queue pages, 600/s", "page", "page floor", 60),
             ("questions for news, 400/s", "live", "live floor", None), ("events, 1 000/s", "event", "event floor", None), ("returns, 30/s", "return", "return floor", None)]
    for words, name, floor, above in pairs:
        real, least = rates[name], rates[floor]
        more = real["p99"] - least["p99"]
        if name == "event":
            target, good = "0 lost, p99 at most 50 ms", real["bad"] == 0 and real["lost"] == 0 and real["p99"] <= 50
        elif above:
            target, good = f"p99 at most {above} ms above", real["bad"] == 0 and more <= above
        else:
            target, good = "none", None
        yield (
            f"| {words} | {ms(real)} | {ms(least)} | {real['p50'] / least['p50']:.2f} | {more:+.0f} | "
            f"{real['per_second']:.0f} | {real['bad']} | {real['cpu_ms']['app']:.2f} | {real['cpu_ms']['postgres']:.2f} | "
            f"{real['memory_mb']:.0f} | {target} | {'-' if good is None else verdict(good)} |"
        )
    # Its floor does what a bulk does from the press to the last reason that is told, and answers then.
    bulk, least = rates["bulk"], rates["bulk floor"]
    cost = f"{bulk['cpu_ms']['app']:.2f} | {bulk['cpu_ms']['postgres']:.2f} | {bulk['memory_mb']:.0f} | none | - |"
    yield f"| bulks of twenty, 2/s: the answer | {bulk['p50']:.0f} / {bulk['p99']:.0f} | - | - | - | {bulk['per_second']:.0f} | {bulk['bad']} | {cost}"
    p50, p99 = bulk["whole"]
    yield (
        f"| the same: all twenty are returned | {p50:.0f} / {p99:.0f} | {least['p50']:.0f} / {least['p99']:.0f} | {p50 / least['p50']:.2f} | "
        f"{p99 - least['p99']:+.0f} | - | - | - | - | - | none | - |"
    )


def part_rows(parts):
    for name, part in ((name, part) for name in ("opening", "page") for part in PARTS):
        real, least = parts[part][name], parts[part][f"{name} floor"]
        more = real["p99"] - least["p99"]
        yield (
            f"| {name}s, {real['rate']}/s ({PARTS[part]}) | {ms(real)} | {ms(least)} | "
            f"{real['p50'] / least['p50']:.2f} | {more:+.0f} | {real['bad']} | {real['cpu_ms']['app']:.2f} | {real['cpu_ms']['postgres']:.2f} | "
            f"{real['cpu_ms']['sandbox']:.2f} | {real['memory_mb']:.0f} | "
            f"{verdict(real['bad'] == 0 and more <= 60)} |"
        )


def write(found, cold):
    rates, full, trips, flat = found["rates"], found["full"], found["trips"], found["flat"]
    ratio = lambda name: full[name]["per_second"] / full[f"{name} floor"]["per_second"]
    hanging, slope = found["hanging"], found["slope"]
    beside = hanging["beside"]["p99"] / hanging["alone"]["p99"]
    told = lambda name: f"{trips[name]['pg']} Postgres round trips and {len(trips[name]['calls'])} call{'s' if len(trips[name]['calls']) > 1 else ''}"
    first, last = flat[min(flat)], flat[max(flat)]
    lines = [
        "# What it bears, and what that costs", "",
        f"Made by `BENCH_SECONDS={found['seconds']} BENCH_MINUTES={found['minutes']:g} BENCH_PORTALS={found['portals']} make bench` on {os.cpu_count()} cores, "
        "which Handback, Postgres, the pretend Bitrix24 and the load share. "
        f"Each figure over {found['seconds']} s, openings and events at their constant rate over {found['long']}, with {found['portals']} portals of 30 waiting tasks; every method of the portal takes 50 ms "
        "(a list, which asks three in one request, 150 ms). Times count from when a request was due (oha, open loop).", "",
        "The floor is `benches/floor.rs`: a bare actix handler with as many Postgres round trips and the same outgoing calls one after "
        f"the other, an answer of the same size, and nothing else. An opening costs {told('opening')}, a page {told('page')}, a question for news {told('live')}, a return {told('return')}, a bulk of twenty {told('bulk')}.", "",
        "## At a constant rate", "",
        "| what | p50 / p99 ms | floor | p50 to floor | p99 above | reached per s | errors | app CPU ms | Postgres CPU ms | memory MB | target | reached |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *rate_rows(rates), "",
        f"Of the events {rates['event']['good']} were answered, and {rates['event']['inserts']} times Postgres was asked to keep one: {rates['event']['lost']} lost. "
        f"{rates['event']['stored']} rows were stored; the generator picks bodies by chance, which makes {rates['event']['expected']:.0f} different ones, "
        f"give or take {rates['event']['chance']:.0f}. The bulks' "
        f"{rates['bulk']['tasks']} tasks were all returned. "
        f"Beside them: a bare page p99 {rates['bare']['p99']:.1f} ms, one Postgres round trip {rates['round trip']['p99']:.1f} ms, one call of the portal {rates['call']['p99']:.1f} ms.", "",
        "## All it can", "", "| what | per second | floor | part of the floor (target 0.50) |", "| --- | --- | --- | --- |",
        *(f"| {name}s | {full[name]['per_second']:.0f} | {full[f'{name} floor']['per_second']:.0f} | {ratio(name):.2f} |" for name in ("opening", "page")), "",
        "The same at half and at a quarter of the rate that the floor bore, where no queue hides what a request takes:", "",
        "| what | p50 / p99 ms | floor | p50 to floor | p99 above | errors | app CPU ms | Postgres CPU ms | pretend Bitrix24 CPU ms | memory MB | p99 at most 60 ms above |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |", *part_rows(found["parts"]), "",
        "## The rest", "", "| figure | measured | target | reached |", "| --- | --- | --- | --- |",
        f"| app CPU per page, {min(flat)} portal and {max(flat)} | {first['cpu_ms']['app']:.2f} and {last['cpu_ms']['app']:.2f} ms | flat (within a quarter) | {verdict(last['cpu_ms']['app'] <= 1.25 * first['cpu_ms']['app'])} |",
        f"| p99 of a page, {', '.join(map(str, flat))} portals | {', '.join(format(one['p99'], '.0f') for one in flat.values())} ms | flat | {verdict(last['p99'] <= 1.25 * first['p99'])} |",
        f"| p99 of 49 portals beside one that hangs for 30 s | {hanging['alone']['p99']:.0f} -> {hanging['beside']['p99']:.0f} ms ({beside:.2f}) | at most doubled | {verdict(beside <= 2)} |",
        f"| memory idle / most at any time | {found['idle_mb']:.0f} / {slope['peak_mb']:.0f} MB | 64 MB | {verdict(slope['peak_mb'] <= 64)} |",
        f"| memory under everything at once, the most | {slope['most_mb']:.0f} MB | 64 MB | {verdict(slope['most_mb'] <= 64)} |",
        f"| memory half a minute after the last request | {slope['after_mb']:.0f} MB | - | - |",
        f"| sockets open under everything at once | {slope['sockets']} | - | - |",
        f"| slope of memory over {found['minutes']:g} min of everything at once ({slope['openings']} openings, {slope['pages']} pages, 300 events, 2 returns a second) | {slope['mb_per_hour']:+.1f} MB/h, {slope['bad']} errors | none (below {SLOPE} MB/h) | {verdict_of_slope(found)} |",
        f"| cold start to ready, three times | {', '.join(map(str, cold))} ms | 2 000 ms | {verdict(max(cold) <= 2000)} |", "",
    ]
    OUT.write_text("\n".join(lines) + "\n" + NOTES.read_text())
    print("\n".join(lines))
