"""One thing that a person did, and all that came of it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .payloads import user_payload
from .sessions import Session
from .world import Channel, Guild, Message, User, new_id, walk

Json = dict[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
"""The types of interactions; a plain message has none."""
DEFER_MESSAGE, DEFER_UPDATE = 5, 6


@dataclass(eq=False, slots=True)
class Modal:
    """A form that the bot showed to a person."""

    exchange: Exchange
    payload: Json

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.payload["title"])

    @property
    def inputs(self) -> list[Json]:
        """Its fields in order, each with the `label` that a person reads."""
        found = []
        for part in self.payload["components"]:
            for inner in walk([part]):
                if "custom_id" in inner:
                    found.append({**inner, "label": part.get("label") or inner.get("label")})
        return found


@dataclass(eq=False, slots=True)
class Exchange:
    """An interaction or a message by a person, with the bot's reaction as it unfolds."""

    kind: int | None
    """The interaction's type; None for a plain message."""
    user: User
    channel: Channel
    message: Message | None = None
    """The message that was sent, clicked on or chosen in the menu."""
    guild: Guild | None = None
    owners: dict[str, str] = field(default_factory=dict)
    data: Json = field(default_factory=dict)
    id: int = field(default_factory=new_id)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    started: float = field(default_factory=time.monotonic)
    session: Session | None = None
    """The session that was told; None: nobody listened."""
    acknowledged_after: float | None = None
    """Seconds to the callback; for a message, to typing or the first words."""
    answered_after: float | None = None
    """Seconds to the first message that is no longer "thinking"."""
    callback: int | None = None
    """The type of the callback."""
    response: Message | None = None
    followups: list[Message] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list)
    """Every body that edited the original response, in order."""
    modal: Modal | None = None
    choices: list[Json] | None = None
    expired: tuple[int, str] | None = None
    """The code and text that its webhook answers with, once a test has let it expire."""
    refused: list[int] = field(default_factory=list)
    """The error codes that the bot got in this exchange."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deferred(self) -> bool:
        """Whether it was acknowledged before the work."""
        return self.callback in {DEFER_MESSAGE, DEFER_UPDATE}

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the answer."""
        return self.response is not None and self.response.ephemeral

    @property
    def is_answered(self) -> bool:
        """Whether there is a final message, for now."""
        if self.callback == DEFER_UPDATE and not self.edits:
            return bool(self.followups)
        return self.response is not None and not self.response.loading

    def acknowledge(self) -> None:
        """Note the first sign of the bot."""
        if self.acknowledged_after is None:
            self.acknowledged_after = time.monotonic() - self.started

    def refuse(self, code: int) -> None:
        """Note that the bot was refused."""
        self.refused.append(code)
        self.touch()

    def touch(self) -> None:
        """Wake those who wait for a change."""
        if self.is_answered and self.answered_after is None:
            self.answered_after = time.monotonic() - self.started
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, condition: Callable[[Exchange], Any], timeout: float = 5) -> Exchange:
        """Wait until a condition holds; AssertionError says how things stood when it did not."""
        try:
            async with asyncio.timeout(timeout):
                while not condition(self):
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(f"after {timeout} s: {self.state()}") from None
        return self

    async def acknowledged(self, timeout: float = 5) -> Exchange:
        """Wait for the acknowledgement."""
        return await self.until(lambda one: one.acknowledged_after is not None, timeout)

    async def answer(
        self, timeout: float = 5, *, when: Callable[[Message], Any] = lambda message: True
    ) -> Message:
        """Wait for the final message, or for the one of which `when` is true, and return it.

        After a "thinking" it is the first edit; after a silent acknowledgement of a button the changed
        message, or the first follow-up.
        """
        await self.until(lambda one: one.is_answered and when(one.answered), timeout)
        return self.answered

    @property
    def answered(self) -> Message:
        """The message that answers, as it stands."""
        silent = self.callback == DEFER_UPDATE and not self.edits
        message = self.followups[0] if silent else self.response
        assert message is not None, self.state()
        return message

    async def shown_modal(self, timeout: float = 5) -> Modal:
        """Wait for a form."""
        await self.until(lambda one: one.acknowledged_after is not None, timeout)
        assert self.modal is not None, f"no modal: {self.state()}"
        return self.modal

    async def suggested(self, timeout: float = 5) -> list[Json]:
        """Wait for the choices of an autocomplete."""
        await self.until(lambda one: one.acknowledged_after is not None, timeout)
        assert self.choices is not None, f"no choices: {self.state()}"
        return self.choices

    def state(self) -> str:
        """How things stand, in one line."""
        told = "told" if self.session else "nobody listens"
        text = self.response.text if self.response else None
        return (
            f"{told}, callback {self.callback}, acknowledged after {self.acknowledged_after}, "
            f"response {text!r:.200}, {len(self.followups)} follow-ups, refused {self.refused}"
        )

    def message_metadata(self) -> Json:
        """What messages of an interaction carry besides."""
        if self.kind is None:
            return {}
        metadata: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": user_payload(self.user),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == COMMAND:
            metadata |= {"name": self.data["name"], "command_type": self.data["type"]}
        elif self.kind == COMPONENT and self.message is not None:
            metadata["interacted_message_id"] = str(self.message.id)
        elif self.kind == MODAL:
            metadata["triggering_interaction_metadata"] = {**metadata, "type": COMMAND, "name": "modal"}
        return {"interaction_metadata": metadata}
