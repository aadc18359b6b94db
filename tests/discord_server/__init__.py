"""A strict Discord on loopback: gateway v10, REST v10 and CDN, for the real discord.py to run against."""

from __future__ import annotations

from .errors import NotOffered, Violation
from .exchange import Exchange, Modal
from .fake import FakeDiscord
from .permissions import Permission
from .world import Channel, Guild, Message, Upload, User

__all__ = [
    "Channel",
    "Exchange",
    "FakeDiscord",
    "Guild",
    "Message",
    "Modal",
    "NotOffered",
    "Permission",
    "Upload",
    "User",
    "Violation",
]
