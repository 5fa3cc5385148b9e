"""What processes cost, from /proc; and the load generator."""

import json
import os
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(*pids):
    """Processor time of these processes so far, each with its children's; of one that has ended meanwhile, none."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def memory_mb(pid, field="VmRSS"):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"no {field} of {pid}")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Load:
    """Runs oha: at a constant rate each answer's time counts from when the request was due (no coordinated omission)."""

    def __init__(self, oha, origin, folder):
        self.oha, self.origin, self.folder = oha, origin, Path(folder)

    def _command(self, url, bodies, seconds, connections, rate):
        yield from (self.oha, "--no-tui", "--output-format", "json", "--disable-compression", "-t", "60s", "-r", "0")
        # What is under way at the end is waited for: a slow answer is a figure, not an error.
        yield from ("-w", "-z", f"{seconds}s", "-c", str(connections), "-H", f"Origin: {self.origin}")
        yield from ("-H", "Accept-Encoding: gzip")
        if rate:
            yield from ("-q", str(rate), "--latency-correction")
        if bodies:
            file = self.folder / f"bodies-{time.monotonic_ns()}"
            file.write_text("\n".join(bodies) + "\n")
            yield from ("-m", "POST", "-T", "application/x-www-form-urlencoded", "-Z", str(file))
        yield url

    def start(self, url, bodies=None, seconds=10, connections=400, rate=None):
        command = list(self._command(url, bodies, seconds, connections, rate))
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def result(running):
        out, complaint = running.communicate()
        if running.returncode != 0:
            raise SystemExit(f"oha failed: {complaint[-2000:]}")
        found = json.loads(out)
        codes = found["statusCodeDistribution"]
        good = sum(count for code, count in codes.items() if code in ("200", "204"))
        percentiles = found["latencyPercentiles"]
        return {
            "good": good,
            "bad": sum(codes.values()) - good + sum(found["errorDistribution"].values()),
            "codes": codes | found["errorDistribution"],
            "p50": 1000 * (percentiles["p50"] or 0),
            "p99": 1000 * (percentiles["p99"] or 0),
            "per_second": found["summary"]["requestsPerSec"],
        }

    def run(self, *args, **kwargs):
        return self.result(self.start(*args, **kwargs))
