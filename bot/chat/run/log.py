"""What is logged: one event a line on standard error, and nothing that is private."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import aiohttp
import discord
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# What discord.py meets in the ordinary course of a network and mends by itself: a line, no traceback.
_NETWORK = (
    OSError,
    TimeoutError,
    aiohttp.ClientError,
    discord.ConnectionClosed,
    discord.DiscordServerError,
    discord.GatewayNotFound,
)
# Keys that say what was asked, and by whom.
_PRIVATE = frozenset({"question", "answer", "text", "correction", "user", "author"})
# Whoever has the part behind the number can act as the bot: for 15 minutes, or until it is reset.
_SECRETS = re.compile(r"(?<=/)((?:interactions|webhooks)/\d+/)[\w.~-]+|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}")
# A terminal would obey them. Tab and newline stand in tracebacks.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def configure_logging(json: bool, *, questions: bool = False) -> None:
    """Send all logs to standard error: JSON for machines, aligned for people.

    Byline's own events from `info` up, discord.py's and all others' from `warning` up. Questions and
    those who ask them are left out unless `questions`.
    """
    common: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=json),
        structlog.processors.StackInfoRenderer(),
    ]
    if not questions:
        common.append(_without_private)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *common,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    root = logging.getLogger()
    root.handlers[:] = [_handler(json, common)]
    root.setLevel(logging.WARNING)
    logging.getLogger("byline").setLevel(logging.INFO)
    # It would warn of a library for voice that nobody needs here.
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


def _handler(json: bool, common: list[Processor]) -> logging.Handler:
    """Writes both structlog's events and those of the standard library, after the `common` steps."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[
                _shortened,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _harmless,
                *_renderers(json),
            ],
        )
    )
    return handler


def _renderers(json: bool) -> list[Processor]:
    if json:
        return [_ordered, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default shows local variables: tokens and questions among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]


def _without_private(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key not in _PRIVATE}


def _shortened(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """discord.py's trouble with the network in one line; anything else keeps its traceback."""
    if not str(event.get("logger", "")).startswith("discord"):
        return event
    raised = event.get("exc_info")
    error = raised[1] if isinstance(raised, tuple) else None
    if isinstance(error, _NETWORK):
        del event["exc_info"]
        event["error"] = " ".join(f"{type(error).__name__}: {error}".split())
    return event


def _harmless(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """No secret of Discord's in any text, and nothing that a terminal would obey."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _CONTROL.sub("�", _SECRETS.sub(r"\1…", value))
    return event


def _ordered(_: WrappedLogger, __: str, event: EventDict) -> MutableMapping[str, Any]:
    first = {key: event.pop(key) for key in ("timestamp", "level", "logger", "event") if key in event}
    return {**first, **event}
