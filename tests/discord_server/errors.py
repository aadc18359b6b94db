"""What Discord answers when it refuses a request, and what a test must not see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request's body, and where."""

    path: tuple[str, ...]
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path) or 'body'}: {self.message} ({self.code})"


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that the bot did and must never do."""

    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


class NotOffered(AssertionError):
    """A person could not do that: Discord's client would not show it, or not take it."""


class Refusal(Exception):
    """A request is answered with an error; with `violation`, it should never have been sent."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        violation: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.violation = violation
        super().__init__(f"{status} {code} {message} {'; '.join(map(str, self.problems))}")

    def payload(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.problems:
            body["errors"] = _tree(self.problems)
        return body


def _tree(problems: Iterable[Problem]) -> dict[str, Any]:
    """Problems as Discord nests them: `{"embeds": {"0": {"title": {"_errors": […]}}}}`."""
    tree: dict[str, Any] = {}
    for problem in problems:
        node = tree
        for part in problem.path:
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return tree


def invalid_form(*problems: Problem) -> Refusal:
    """50035, always the bot's mistake."""
    return Refusal(400, 50035, "Invalid Form Body", problems=problems, violation="invalid form")


def unknown(what: str) -> Refusal:
    """404 for something that is not there; a bot may well meet it."""
    codes = {"channel": 10003, "guild": 10004, "message": 10008, "user": 10013, "webhook": 10015}
    return Refusal(404, codes[what], f"Unknown {what.capitalize()}")


def missing_permission() -> Refusal:
    """50013: the bot may not do that there."""
    return Refusal(403, 50013, "Missing Permissions")


def missing_access() -> Refusal:
    """50001: the bot may not even see that."""
    return Refusal(403, 50001, "Missing Access")


def empty_message() -> Refusal:
    """50006, always the bot's mistake."""
    return Refusal(400, 50006, "Cannot send an empty message", violation="empty message")
