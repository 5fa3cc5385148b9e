"""The sandbox's control API, and an opening as the portal's frame would post it."""

import json
import re
import ssl
import time
import urllib.parse
import urllib.request


class Sandbox:
    def __init__(self, home, authority):
        self.home = home
        self.trust = ssl.create_default_context(cafile=authority)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.home}/control/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, context=self.trust) as answer:
            return json.load(answer)

    def post(self, path, body):
        return self.ask(path, body)

    def journal(self, since):
        return self.ask(f"journal?since={since}")

    def state(self, member):
        return self.ask(f"portals/{member}/state")["tasks"]

    def done(self, member, since):
        """Waits until everything that was asked of this portal is answered."""
        while any(row["member_id"] == member and row["ms"] is None for row in self.journal(since)):
            time.sleep(0.1)

    def quiet(self, member):
        """Waits until nothing is asked of this portal any more; the number of the last request."""
        last, still = 0, 0
        while still < 3:
            rows = self.journal(last)
            still = still + 1 if not any(row["member_id"] == member for row in rows) else 0
            last = max([row["seq"] for row in rows], default=last)
            time.sleep(0.1)
        return last


def open_page(sandbox, member, user, place):
    """Opens a place of the application as this person; the session of the page."""
    opening = sandbox.post(f"portals/{member}/open", {"user_id": user, "place": place})
    form = urllib.parse.urlencode([tuple(pair) for pair in opening["body"]]).encode()
    asked = urllib.request.Request(opening["url"], form, {"Origin": "https://portal.example"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        page = answer.read().decode()
    found = re.search(r'name="handback-session" content="([^"]+)"', page)
    return found.group(1) if found else None
