"""Telling Discord which commands there are, when they have changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

_log = structlog.get_logger("byline")


async def sync_commands(tree: app_commands.CommandTree[Any], file: Path, *, force: bool = False) -> bool:
    """Register the commands unless `file` says that Discord has just these; whether it was done.

    Discord allows few registrations a day, and shows each to everybody anew.
    """
    digest = await commands_digest(tree)
    if not force and await asyncio.to_thread(_read, file) == digest:
        return False
    try:
        await tree.sync()
    except discord.HTTPException as error:
        # The bot answers with the commands that Discord knows; the next start tries again.
        _log.error("commands not registered", status=error.status, code=error.code)
        return False
    try:
        await asyncio.to_thread(_write, file, digest)
    except OSError as error:  # a full disk; the next start registers them once more
        _log.warning("commands registered, but not noted", error=str(error))
    return True


async def commands_digest(tree: app_commands.CommandTree[Any]) -> str:
    """A hash of all that Discord is told of the commands, in every language."""
    payload = []
    for command in tree._get_all_commands():
        if tree.translator is None:
            payload.append(command.to_dict(tree))
        else:
            payload.append(await command.get_translated_payload(tree, tree.translator))
    payload.sort(key=lambda command: (command["type"], command["name"]))
    described = json.dumps([tree.client.application_id, payload], sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


def _read(file: Path) -> str:
    return file.read_text(encoding="ascii").strip() if file.is_file() else ""


def _write(file: Path, digest: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{digest}\n", encoding="ascii")
