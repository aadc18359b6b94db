"""Messages of the bot: made and changed, after every rule has been asked."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .core import Core
from .rules import check_message, check_pings
from .world import COMPONENTS_V2, EPHEMERAL, LOADING, Attachment, Channel, Message, Upload

Json = dict[str, Any]
_EDITABLE = 1 << 2 | COMPONENTS_V2
"""Flags that an edit can set."""


def post(
    core: Core,
    channel: Channel,
    body: Mapping[str, Any],
    uploads: list[Upload],
    *,
    interaction: Any = None,
    reference: Message | None = None,
) -> Message:
    """Let the bot say something; Refusal when Discord would not take it."""
    files = [upload.filename for upload in uploads]
    check_pings(body, reference)
    check_message({**body, "attachments": body.get("attachments") or files_as_entries(files)}, files)
    message = Message(
        channel,
        core.world.bot,
        content=(body.get("content") or "").strip(),
        embeds=copy.deepcopy(body.get("embeds") or []),
        components=copy.deepcopy(body.get("components") or []),
        attachments=[core.world.keep_file(upload, channel.id) for upload in uploads],
        flags=body.get("flags") or 0,
        interaction=interaction,
        reference=reference,
    )
    place(core, message)
    return message


def place(core: Core, message: Message) -> None:
    """Put a message into its channel and tell the gateway; an ephemeral one stands in none."""
    if not message.ephemeral:
        message.channel.messages[message.id] = message
    core.publish("MESSAGE_CREATE", message)


def edit(core: Core, message: Message, body: Mapping[str, Any], uploads: list[Upload]) -> None:
    """Let the bot change a message; what the body does not name stays."""
    files = [upload.filename for upload in uploads]
    draft = _changed(message, body, files)
    check_pings({**draft, "allowed_mentions": body.get("allowed_mentions")}, None)
    check_message(draft, files, message.attachments)
    if not message.loading:
        message.versions.append(
            {"content": message.content, "embeds": message.embeds, "components": message.components}
        )
        message.edited = True
    message.content = (draft["content"] or "").strip()
    message.embeds = copy.deepcopy(draft["embeds"] or [])
    message.components = copy.deepcopy(draft["components"] or [])
    message.attachments = _kept(message, body) + [
        core.world.keep_file(upload, message.channel.id) for upload in uploads
    ]
    message.flags = draft["flags"] | message.flags & EPHEMERAL
    core.publish("MESSAGE_UPDATE", message)


def _changed(message: Message, body: Mapping[str, Any], files: list[str]) -> Json:
    """The message as it would stand, without its flags that no edit can touch."""
    asked = body.get("flags")
    flags = message.flags & COMPONENTS_V2 | (message.flags if asked is None else asked) & _EDITABLE
    kept = [{"id": attachment.id} for attachment in message.attachments]
    return {
        "content": body.get("content") if "content" in body else message.content,
        "embeds": body.get("embeds") if "embeds" in body else message.embeds,
        "components": body.get("components") if "components" in body else message.components,
        "attachments": body["attachments"] if body.get("attachments") else kept + files_as_entries(files),
        "flags": flags & ~LOADING,
    }


def _kept(message: Message, body: Mapping[str, Any]) -> list[Attachment]:
    if "attachments" not in body:
        return message.attachments
    named = {int(entry["id"]) for entry in body["attachments"] or ()}
    return [attachment for attachment in message.attachments if attachment.id in named]


def files_as_entries(files: list[str]) -> list[Json]:
    """Uploads that the body does not name."""
    return [{"id": number, "filename": name} for number, name in enumerate(files)]
