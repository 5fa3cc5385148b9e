"""How a company uses Handback: assumptions, not measurements. Each can be changed: SCALE_PEOPLE=10 make scale."""

import os


class Assumed:
    """Of each company that is in use, on a working day, unless the words say otherwise."""

    WORDS = {
        "portals": (100_000, "portals in all"),
        "used_percent": (60, "of a hundred are in use: somebody has opened it within three days; the others lie dormant"),
        "people": (5, "people who open Handback"),
        "openings": (3, "openings by each of them"),
        "minutes": (20, "minutes that each of them has the list before their eyes; it asks our server every 2 s, and reads the list every 8 s"),
        "pages": (10, "pages and looks at tasks by each of them beside that"),
        "decisions": (16, "decisions in all, six of which are returns"),
        "returns": (6, "returns among them"),
        "events": (200, "events about tasks, as everybody in the company makes them"),
        "history": (4_000, "decisions of a year behind the person who works in the measured companies: somebody who decides much"),
        "hours": (8, "hours of work"),
        "peak": (2, "times the mean of these hours in the busiest minutes"),
        "workdays": (21, "working days a month"),
        "tend_seconds": (1.0, "seconds that it takes to compare one portal with its desired state, when it answers"),
        "hanging_percent": (1, "of a hundred portals do not answer, and take 30 s to be given up"),
    }

    def __init__(self):
        for name, (usual, _) in self.WORDS.items():
            given = os.environ.get(f"SCALE_{name.upper()}", usual)
            setattr(self, name, float(given) if isinstance(usual, float) else int(given))
        self.used = self.portals * self.used_percent // 100

    def lines(self):
        return [f"| `SCALE_{name.upper()}` | {getattr(self, name):,} | {words} |" for name, (_, words) in self.WORDS.items()]

    def a_day(self):
        """How often each thing happens on a working day, in all companies."""
        people = self.used * self.people
        looks = people * self.minutes * 60
        return {
            "opening": people * self.openings,
            "live question": looks // 2,
            "page": people * self.pages + looks // 8,
            "return": self.used * self.decisions,
            "event": self.used * self.events,
        }

    def peak_of(self, a_day):
        """A second of the busiest minutes."""
        return a_day / (self.hours * 3600) * self.peak
