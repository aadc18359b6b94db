"""`robots.txt`: what a site asks robots to leave alone (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

MAX_BYTES = 500 * 1024
"""What lies beyond in a `robots.txt` is not looked at; the RFC asks for at least this much."""
_LONGEST_DELAY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin asks of one robot."""

    parsed: Protego | None
    agent: str
    closed: str | None = None
    """Why nothing of the site is read, if so."""

    def refusal(self, link: str) -> str | None:
        """Why `link` is not read; None when it may be."""
        if self.closed or self.parsed is None:
            return self.closed
        return None if self.parsed.can_fetch(link, self.agent) else "its site's robots.txt does not allow it"

    @property
    def delay_seconds(self) -> float:
        """The pause the site asks for, as far as anybody waits."""
        asked = self.parsed.crawl_delay(self.agent) if self.parsed else None
        return min(asked or 0.0, _LONGEST_DELAY_SECONDS)


def rules_from(status: int, body: bytes, agent: str) -> Rules:
    """The rules that an answer to `GET /robots.txt` sets.

    A site without one allows everything; one that cannot say at the moment allows nothing.
    """
    if status == 429 or status >= 500:
        return closed(agent, f"answers {status}")
    if status >= 300:
        return Rules(None, agent)
    return Rules(Protego.parse(body[:MAX_BYTES].decode("utf-8-sig", "replace")), agent)


def closed(agent: str, reason: str) -> Rules:
    """The rules of a site whose `robots.txt` cannot be had: nothing is read."""
    return Rules(None, agent, f"its site's robots.txt {reason}, so nothing there is read")


def robot_name(user_agent: str) -> str:
    """The name by which `robots.txt` speaks of a program: the first word, without a version."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]
