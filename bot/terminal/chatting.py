"""`byline discord`: the Discord front end in this process; and what `byline doctor` says of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing

from index.errors import UnknownCollection

from ..app import App
from ..chat.run.token import PORTAL, VARIABLE, token_from
from .console import stderr, stdout
from .report import Report


def run_discord(app: App, *, sync: bool) -> None:
    """Run the bot until it is told to stop, printing the link that invites it."""
    token = token_from(os.environ)  # before anything slow
    from ..chat.run.serve import serve  # noqa: PLC0415

    serve(app, token, _print_invitation, force_sync=sync)


def reindex_servers(app: App) -> None:
    """Embed each server's own articles again, beside the old index; a bot that runs answers meanwhile."""
    from ..chat.keep.places import ARTICLES, Places  # noqa: PLC0415
    from ..chat.keep.shelf import is_there  # noqa: PLC0415

    with closing(Places(app)) as places:
        for server in sorted(places.servers()):
            if not is_there(places.folder(server) / ARTICLES):
                continue
            with places.own(server) as collection, Report(stderr(), f"Server {server}") as report:
                articles, _ = collection.counts()
                # In the server's folder: what an interruption leaves there is forgotten with it.
                for added in collection.reindex(places.folder(server) / "reindex"):
                    report.note(added, report.articles, articles)
            stdout().print(f"server {server}: {report.summary()}")


def discord_checks(app: App) -> Iterator[tuple[str, Callable[[], str]]]:
    """The doctor's lines about the bot; none of them asks Discord."""
    yield "discord", _token
    yield "intents", lambda: _intents(app)
    yield "shared", lambda: _shared(app)


def _token() -> str:
    """Only Discord knows whether a token is valid; its form can be seen."""
    if not os.environ.get(VARIABLE):
        return f"{VARIABLE} is not set; only the Discord bot needs it"
    token_from(os.environ)
    return f"{VARIABLE} has the form of a bot's token"


def _intents(app: App) -> str:
    if app.settings.discord.message_content:
        return (
            "guilds, guild_messages, dm_messages, message_content; allow the last one at "
            f"{PORTAL} (your application, page Bot, Message Content Intent)"
        )
    return "guilds, guild_messages, dm_messages; none of them is privileged"


def _shared(app: App) -> str:
    """The articles that every server may ask, beside its own."""
    name = app.settings.discord.shared_collection or app.collection_name
    try:
        with closing(app.existing(name)) as collection:
            collection.check()
            articles, passages = collection.counts()
    except UnknownCollection:
        return f"there is no collection {name!r} yet; make it with: byline index PATH --collection {name}"
    return f"{name} ({articles:,} articles, {passages:,} passages)"


def _print_invitation(link: str) -> None:
    stdout().print(f"Invite the bot to a server: {link}")
