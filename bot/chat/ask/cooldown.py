"""How soon a person, and a server, may ask again."""

from __future__ import annotations

from collections import OrderedDict, deque

MINUTE_SECONDS = 60.0


class Cooldowns:
    """Remembers who asked when, for as long as it matters; a limit of 0 limits nothing.

    Times are seconds of any clock that never goes back.
    """

    def __init__(self, user_seconds: float, server_per_minute: int) -> None:
        self._user_seconds = user_seconds
        self._server_per_minute = server_per_minute
        # Both with the latest asker last, so that what is over lies in front.
        self._users: OrderedDict[int, float] = OrderedDict()
        self._servers: OrderedDict[int, deque[float]] = OrderedDict()

    def wait_seconds(self, user: int, server: int | None, now: float) -> float:
        """For how long this person cannot ask here; 0 when they can."""
        self._forget(now)
        waits = [0.0]
        if user in self._users:
            waits.append(self._users[user] + self._user_seconds - now)
        asked = self._servers.get(server) if server is not None else None
        if asked is not None and len(asked) >= self._server_per_minute:
            waits.append(asked[0] + MINUTE_SECONDS - now)
        return max(waits)

    def note(self, user: int, server: int | None, now: float) -> None:
        """A question was let through."""
        if self._user_seconds:
            self._users[user] = now
            self._users.move_to_end(user)
        if self._server_per_minute and server is not None:
            self._servers.setdefault(server, deque(maxlen=self._server_per_minute)).append(now)
            self._servers.move_to_end(server)

    def _forget(self, now: float) -> None:
        while self._users and next(iter(self._users.values())) + self._user_seconds <= now:
            self._users.popitem(last=False)
        while self._servers and next(iter(self._servers.values()))[-1] + MINUTE_SECONDS <= now:
            self._servers.popitem(last=False)
