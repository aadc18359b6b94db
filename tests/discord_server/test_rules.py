"""Every violation is caught: the server refuses what Discord refuses, and remembers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord as library
import pytest
from discord.http import Route

from . import FakeDiscord
from .parrot import Parrot, running

Break = Callable[[Parrot, library.abc.Messageable], Awaitable[object]]
NONE = library.AllowedMentions.none()


def provoked(provoke: Break) -> tuple[list[str], str]:
    """The kinds of violations that a piece of code in a channel provokes, and its HTTP error."""

    async def scene() -> tuple[list[str], str]:
        async with FakeDiscord() as discord:
            harbour = discord.guild("Harbour")
            async with running(discord) as parrot:
                error = ""
                try:
                    await provoke(parrot, parrot.get_partial_messageable(harbour.channel.id))
                except library.HTTPException as caught:
                    error = str(caught)
                assert list(harbour.channel.messages) == []
                return [violation.kind for violation in discord.forgive()], error

    return asyncio.run(scene())


def embed(**fields: Any) -> library.Embed:
    """An embed of these parts."""
    return library.Embed(title=fields.get("title"), description=fields.get("description"))


def buttons(*parts: library.ui.Button[Any]) -> library.ui.View:
    """A view with these buttons."""
    view = library.ui.View(timeout=None)
    for part in parts:
        view.add_item(part)
    return view


def button(**options: Any) -> library.ui.Button[Any]:
    """A button."""
    return library.ui.Button(**{"label": "Go", "custom_id": "go", **options})


TOO_MUCH: dict[str, tuple[Break, str]] = {
    "content over 2,000": (lambda _, to: to.send("x" * 2001), "In content: Must be 2000 or fewer in length."),
    "content over 2,000 UTF-16 units": (lambda _, to: to.send("🐙" * 1001), "In content: Must be 2000"),
    "title over 256": (lambda _, to: to.send(embed=embed(title="x" * 257)), "In embeds.0.title: Must be 256"),
    "description over 4,096": (
        lambda _, to: to.send(embed=embed(description="x" * 4097)),
        "In embeds.0.description: Must be 4096",
    ),
    "embeds over 6,000 in sum": (
        lambda _, to: to.send(embeds=[embed(description="x" * 3000), embed(description="y" * 3001)]),
        "In embeds: Embed size exceeds maximum size of 6000: 6001",
    ),
    "an empty field": (
        lambda _, to: to.send(embed=embed(title="x").add_field(name="a", value=" ")),
        "In embeds.0.fields.0.value: This field is required",
    ),
    "an embed of nothing": (
        lambda _, to: to.send(embed=embed()),
        "In embeds.0: An embed must hold something",
    ),
    "a link that is none": (
        lambda _, to: to.send(embed=library.Embed(title="x", url="javascript:alert(1)")),
        "In embeds.0.url: Not a well formed URL",
    ),
    "a colour out of range": (
        lambda parrot, to: parrot.http.request(
            Route("POST", "/channels/{channel_id}/messages", channel_id=to.id),  # type: ignore[attr-defined]
            json={"embeds": [{"title": "x", "color": 1 << 24}]},
        ),
        "In embeds.0.color: Must be less than or equal to 16777215.",
    ),
    "two buttons of one id": (
        lambda _, to: to.send("x", view=buttons(button(), button())),
        "In components: 'go' stands twice",
    ),
    "a label over 80": (
        lambda _, to: to.send("x", view=buttons(button(label="x" * 81))),
        "In components.0.components.0.label: Must be 80",
    ),
    "a custom id over 100": (
        lambda _, to: to.send("x", view=buttons(button(custom_id="x" * 101))),
        "In components.0.components.0.custom_id: Must be 100",
    ),
    "a button of nothing": (
        lambda _, to: to.send("x", view=buttons(button(label=None))),
        "In components: a button needs a label or emoji",
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_an_invalid_form_is_refused(case: str) -> None:
    """50035 names the place, as Discord does."""
    provoke, text = TOO_MUCH[case]
    kinds, error = provoked(provoke)
    assert kinds == ["invalid form"]
    assert "(error code: 50035): Invalid Form Body" in error
    assert text in error


def test_an_empty_message_is_refused() -> None:
    """Blanks are nothing."""
    assert provoked(lambda _, to: to.send(" \n ")) == (
        ["empty message"],
        "400 Bad Request (error code: 50006): Cannot send an empty message",
    )


@pytest.mark.parametrize(
    "send",
    [
        lambda to: to.send("@everyone", allowed_mentions=library.AllowedMentions.all()),
        lambda to: to.send("hello <@1>", allowed_mentions=library.AllowedMentions(users=True)),
        lambda to: to.send(
            embed=embed(description="<@&7>"), allowed_mentions=library.AllowedMentions(roles=True)
        ),
    ],
)
def test_a_ping_is_refused(send: Callable[[library.abc.Messageable], Awaitable[object]]) -> None:
    """A mention that could ping is a violation, wherever it stands."""
    kinds, error = provoked(lambda _, to: send(to))
    assert kinds == ["ping"]
    assert "this test refuses a ping" in error


def test_mentions_that_are_ruled_out_are_no_pings() -> None:
    """With all mentions ruled out the same text may be sent."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            harbour = discord.guild("Harbour")
            async with running(discord) as parrot:
                await parrot.get_partial_messageable(harbour.channel.id).send("@everyone <@1>")
                assert [one.mentions for one in harbour.channel.messages.values()] == [[]]

    asyncio.run(scene())


def test_a_reply_pings_unless_that_is_ruled_out() -> None:
    """A reply that would ping its author is a violation."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                await discord.message(ada, harbour.channel, "hello")
                while not parrot.heard:
                    await asyncio.sleep(0.001)
                with pytest.raises(library.HTTPException, match="a reply with allowed_mentions"):
                    await parrot.heard[0].reply("you", mention_author=True)
                assert [violation.kind for violation in discord.forgive()] == ["ping"]

    asyncio.run(scene())


def test_unknown_routes_and_wrong_tokens() -> None:
    """What Discord does not have fails the test; a wrong token is refused."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{discord.url}/users/@me") as answer:
                    assert (answer.status, (await answer.json())["message"]) == (401, "401: Unauthorized")
                headers = {"Authorization": f"Bot {discord.token}"}
                for path, status in (("/users/@us", 400), ("/tea", 404), ("/voice/regions", 501)):
                    async with session.get(discord.url + path, headers=headers) as answer:
                        assert answer.status == status
                async with session.get(f"{discord.url}/users/@me", headers=headers) as answer:
                    assert answer.headers["Content-Type"] == "application/json"
            kinds = [violation.kind for violation in discord.forgive()]
            assert kinds == ["invalid form", "unknown route", "route not supported"]

    asyncio.run(scene())


def test_a_layout_has_its_own_limits() -> None:
    """With components v2: 40 parts, 4,000 characters in all texts, and no content beside them."""

    def layout(*texts: str) -> library.ui.LayoutView:
        view = library.ui.LayoutView(timeout=None)
        for text in texts:
            view.add_item(library.ui.TextDisplay(text))
        return view

    async def raw(parrot: Parrot, to: Any, **body: Any) -> None:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=to.id)
        await parrot.http.request(route, json={"flags": 1 << 15, **body})

    part = {"type": 10, "content": "x"}
    nested = [{"type": 17, "components": [part] * 20}, {"type": 17, "components": [part] * 20}]
    for provoke, text in (
        (lambda _, to: to.send(view=layout("x" * 2000, "y" * 2001)), "over 4000 characters in all texts"),
        (lambda parrot, to: raw(parrot, to, components=nested), "In components: Must be 40 or fewer"),
        (lambda parrot, to: raw(parrot, to, content="x", components=[part]), "content with components v2"),
        (lambda parrot, to: raw(parrot, to, flags=0, components=[part]), "needs the components v2 flag"),
    ):
        kinds, error = provoked(provoke)  # type: ignore[arg-type]
        assert kinds == ["invalid form"]
        assert text in error


def test_leaving_the_context_names_the_violations() -> None:
    """A test that looks at nothing still fails when the bot broke a rule."""

    async def scene() -> None:
        async with FakeDiscord() as discord, running(discord) as parrot:
            with pytest.raises(library.NotFound):
                await parrot.http.request(Route("GET", "/tea"))

    with pytest.raises(AssertionError, match=r"must not:\nunknown route: GET /api/v10/tea: 404 0"):
        asyncio.run(scene())
