"""What Discord demands of messages beyond its OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .components import component_problems
from .errors import Problem, Refusal, empty_message, invalid_form
from .openapi import units
from .world import COMPONENTS_V2, EPHEMERAL, Attachment, Message, User, walk

MAX_CONTENT, MAX_EMBEDS_SUM = 2000, 6000
_SETTABLE = 1 << 2 | EPHEMERAL | 1 << 12 | 1 << 13 | COMPONENTS_V2
"""Flags that a bot may set: suppress embeds, ephemeral, silent, voice message, components v2."""
_MENTION = re.compile(r"@everyone|@here|<@[!&]?(\d+)>")


def check_message(draft: Mapping[str, Any], files: Sequence[str], kept: Sequence[Attachment] = ()) -> None:
    """Refuse a message that Discord would refuse.

    `draft` is the message as it would stand, `files` the names of what is uploaded with it, `kept`
    the attachments that it has already.
    """
    problems = [*_content(draft), *_embeds(draft, files), *_attachments(draft, files, kept)]
    flags = draft.get("flags") or 0
    if flags & ~_SETTABLE:
        problems.append(Problem(("flags",), "BITFIELD_TYPE_INVALID", f"{flags} has flags a bot cannot set"))
    problems += component_problems(draft.get("components") or [], is_v2=bool(flags & COMPONENTS_V2))
    if problems:
        raise invalid_form(*problems)
    said = (draft.get("content") or "").strip()
    if not said and not any(draft.get(key) for key in ("embeds", "components", "attachments", "poll")):
        raise empty_message()


def _content(draft: Mapping[str, Any]) -> Iterator[Problem]:
    content = draft.get("content") or ""
    if units(content) > MAX_CONTENT:
        yield Problem(("content",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_CONTENT} or fewer in length.")
    if (draft.get("flags") or 0) & COMPONENTS_V2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if draft.get(key):
                yield Problem(
                    (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", f"{key} with components v2"
                )


def _embeds(draft: Mapping[str, Any], files: Sequence[str]) -> Iterator[Problem]:
    embeds = draft.get("embeds") or []
    total = 0
    for number, embed in enumerate(embeds):
        path = ("embeds", str(number))
        texts = list(embed_texts(embed))
        total += sum(units(text) for text in texts)
        pictures = [embed.get(key) for key in ("image", "thumbnail", "video")]
        if not any(text.strip() for text in texts) and not any(pictures):
            yield Problem(path, "BASE_TYPE_REQUIRED", "An embed must hold something")
        for index, item in enumerate(embed.get("fields") or ()):
            for key in ("name", "value"):
                if not item[key].strip():
                    yield Problem(
                        (*path, "fields", str(index), key), "BASE_TYPE_REQUIRED", "This field is required"
                    )
        for picture in pictures:
            link = (picture or {}).get("url") or ""
            if link.startswith("attachment://") and link.removeprefix("attachment://") not in files:
                yield Problem(path, "EMBED_ATTACHMENT", f"no uploaded file for {link}")
    if total > MAX_EMBEDS_SUM:
        yield Problem(
            ("embeds",),
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {MAX_EMBEDS_SUM}: {total}",
        )


def embed_texts(embed: Mapping[str, Any]) -> Iterator[str]:
    """The texts that count towards the 6,000."""
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    yield (embed.get("footer") or {}).get("text") or ""
    yield (embed.get("author") or {}).get("name") or ""
    for item in embed.get("fields") or ():
        yield item["name"]
        yield item["value"]


def _attachments(
    draft: Mapping[str, Any], files: Sequence[str], kept: Sequence[Attachment]
) -> Iterator[Problem]:
    for number, entry in enumerate(draft.get("attachments") or ()):
        key = int(entry["id"])
        if key >= len(files) and key not in {attachment.id for attachment in kept}:
            yield Problem(("attachments", str(number), "id"), "ATTACHMENT_NOT_FOUND", f"no file {key}")


def mentioning(draft: Mapping[str, Any]) -> list[str]:
    """Every mention in a message's texts, whether it would ping or not."""
    texts = [draft.get("content") or ""]
    for embed in draft.get("embeds") or ():
        texts += embed_texts(embed)
    for part in walk(list(draft.get("components") or ())):
        texts += [str(part.get(key) or "") for key in ("content", "label", "placeholder")]
    return [match.group() for text in texts for match in _MENTION.finditer(text)]


def check_pings(draft: Mapping[str, Any], replied: Message | None) -> None:
    """Refuse what pings or could: with a mention, or as a reply, all mentions must be ruled out."""
    allowed = draft.get("allowed_mentions")
    if allowed is not None and allowed.get("users") and "users" in (allowed.get("parse") or ()):
        raise invalid_form(
            Problem(("allowed_mentions",), "MUTUALLY_EXCLUSIVE", 'parse:["users"] and users: [ids…]')
        )
    rules_out = allowed is not None and not any(
        allowed.get(key) for key in ("parse", "users", "roles", "replied_user")
    )
    if rules_out:
        return
    if found := mentioning(draft):
        # Discord would take it and ping; the bot must never send it.
        raise _ping(f"{', '.join(found)} with allowed_mentions {allowed}")
    if replied is not None and (allowed is None or allowed.get("replied_user")):
        raise _ping(f"a reply with allowed_mentions {allowed} pings {replied.author.name}")


def _ping(detail: str) -> Refusal:
    return Refusal(400, 50035, f"this test refuses a ping: {detail}", violation="ping")


def pinged(content: str, users: Mapping[int, User]) -> list[User]:
    """The users whom a person's message mentions, each once, in order."""
    found = [users.get(int(match.group(1) or 0)) for match in _MENTION.finditer(content)]
    return list(dict.fromkeys(user for user in found if user is not None))
