"""Companies with people and work, as many as wanted, in which Handback is installed."""

import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

ADMIN, CREATOR, ASSIGNEE = 1, 2, 3
# Opens again and again: the eldest sessions of a person end when there are too many, and the pages' must last.
OPENER = 4
TASKS = 30
SESSION = re.compile(r'name="handback-session" content="([^"]+)"')
STAMP = re.compile(r'data-stamp="([^"]+)"')


def encode(fields):
    return urllib.parse.urlencode(fields, doseq=True)


class World:
    def __init__(self, sandbox, app, tasks=TASKS):
        self.sandbox, self.app, self.count = sandbox, app, tasks
        self.portals, self.tasks, self.sessions = [], {}, {}

    def _open(self, member, user, place):
        opening = self.sandbox.post(f"portals/{member}/open", {"user_id": user, "place": place})
        return opening["url"], [tuple(pair) for pair in opening["body"]]

    def _post(self, url, form, origin="https://portal.example"):
        """Strangers have a budget: who is told to come again comes again."""
        for _ in range(300):
            # As behind a reverse proxy: every company has an address of its own.
            headers = {"Origin": origin, "X-Forwarded-For": self._address()}
            try:
                with urllib.request.urlopen(urllib.request.Request(url, form.encode(), headers), timeout=60) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError as refusal:
                if refusal.code not in (429, 503):
                    raise
                time.sleep(0.5)
        raise SystemExit(f"no way in at {url}")

    def _address(self):
        self._asked = getattr(self, "_asked", 0) + 1
        return f"198.18.{self._asked // 250 % 250}.{self._asked % 250 + 1}"

    def _company(self, _):
        portal = self.sandbox.post("portals", {"limits": "off"})
        member = portal["member_id"]
        people = [{"id": id, "name": f"P{id}"} for id in (CREATOR, ASSIGNEE, OPENER)]
        self.sandbox.post(f"portals/{member}/scenario", {"users": people})
        url, form = self._open(member, ADMIN, "INSTALL")
        self._post(url, encode(form))
        self.sandbox.post(f"portals/{member}/install_finish", {"user_id": ADMIN})
        work = lambda creator: {"bulk_tasks": {"count": self.count, "created_by": creator, "responsible_id": ASSIGNEE}}
        tasks = self.sandbox.post(f"portals/{member}/scenario", work(CREATOR))["tasks"]
        self.sandbox.post(f"portals/{member}/scenario", work(OPENER))
        seen = {task["id"]: task["statusChangedDate"] for task in self.sandbox.state(member)}
        url, form = self._open(member, CREATOR, "DEFAULT")
        session = SESSION.search(self._post(url, encode(form))).group(1)
        return portal, [(task, seen[task]) for task in tasks], session

    def grow_to(self, count):
        with ThreadPoolExecutor(8) as pool:
            for portal, tasks, session in pool.map(self._company, range(count - len(self.portals))):
                self.portals.append(portal)
                self.tasks[portal["member_id"]] = tasks
                self.sessions[portal["member_id"]] = session

    def openings(self, count):
        """Where to post, and bodies with a token each."""
        members = [portal["member_id"] for portal in self.portals]
        one = lambda nth: self._open(members[nth % len(members)], OPENER, "DEFAULT")
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(one, range(count)))
        # A query string names one portal, the bodies name all: what the query says is believed by nobody.
        return found[0][0], [encode(form) for _, form in found]

    def pages(self, portals=None):
        portals = self.portals if portals is None else portals
        return f"{self.app}/queue", [encode({"session": self.sessions[portal["member_id"]]}) for portal in portals]

    def live_questions(self, origin):
        """What an open list asks every two seconds: has anything changed since? Nothing has. `origin` is the application's own."""
        url, lists = self.pages()
        with ThreadPoolExecutor(8) as pool:
            stamps = [STAMP.search(shown).group(1) for shown in pool.map(lambda form: self._post(url, form, origin), lists)]
        return f"{url}/live", [form + "&" + encode({"stamp": stamp}) for form, stamp in zip(lists, stamps)]

    def events(self, count):
        """Each about another task; the second lies in the past so that nothing is worth reading twice."""
        def one(nth):
            portal = self.portals[nth % len(self.portals)]
            return encode({
                "event": "ONTASKUPDATE", "event_handler_id": 3, "ts": 1_700_000_000 + nth // 1000,
                "data[FIELDS_BEFORE][ID]": nth + 1, "data[FIELDS_AFTER][ID]": nth + 1,
                "data[IS_ACCESSIBLE_BEFORE]": "undefined", "data[IS_ACCESSIBLE_AFTER]": "undefined",
                "auth[member_id]": portal["member_id"], "auth[application_token]": portal["application_token"],
            })
        return f"{self.app}/events", [one(nth) for nth in range(count)]

    def returns(self, first, last):
        """One for each company and each of its tasks from the first to before the last."""
        def one(portal, task, seen):
            session = self.sessions[portal["member_id"]]
            return encode({
                "session": session, "decision_id": uuid.uuid4(), "task_id": task, "action": "return", "seen": seen,
                "reason": "The totals do not match.",
            })
        chosen = [(portal, task) for portal in self.portals for task in self.tasks[portal["member_id"]][first:last]]
        return f"{self.app}/decide", [one(portal, *task) for portal, task in chosen]

    def bulks(self, first, last):
        def one(portal):
            tasks = [f"{task}@{seen}" for task, seen in self.tasks[portal["member_id"]][first:last]]
            return encode({
                "session": self.sessions[portal["member_id"]], "bulk_id": uuid.uuid4(), "task": tasks,
                "action": "return", "reason": "The totals do not match.",
            })
        return f"{self.app}/bulk", [one(portal) for portal in self.portals]
