"""What the buttons below an answer do, and the forms that they open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ext import commands

from ..failures import tell
from ..keep.memory import Verdict
from ..languages import Words
from ..replies import edit_or_send
from ..show.render import OFFERS_A_PAGE, candidates_embed, quote_embed
from .responding import Asked, respond, server_of
from .views import BUTTON, FORM, Kind, Press, follow_form, pages_view, written, wrong_form

if TYPE_CHECKING:
    from ..client import Client

Interaction = discord.Interaction[Any]


class AnswerButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=BUTTON):
    """Any button below an answer, recognised by its id: also one from before a restart."""

    def __init__(self, button: discord.ui.Button[Any], press: Press) -> None:
        super().__init__(button)
        self.press = press

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button with what its id says."""
        assert isinstance(item, discord.ui.Button)  # noqa: S101 (no other component has such an id)
        return cls(item, Press.from_match(match))

    async def callback(self, interaction: Interaction) -> None:
        """Open a form, or show what was asked for to the one who pressed."""
        client: Client = interaction.client
        words = client.words_for(interaction)
        with client.in_flight():
            try:
                await _pressed(client, interaction, self.press, words)
            except Exception as error:
                await tell(interaction, error, words)


class Forms(commands.Cog):
    """Receives the forms; discord.py would only know those opened since the start."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take a form that was sent."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        match = FORM.fullmatch(interaction.custom_id or "")
        if match is None:
            return
        client, words = self._client, self._client.words_for(interaction)
        data: Any = interaction.data
        with client.in_flight():
            try:
                await _sent(client, interaction, Press.from_match(match), written(data["components"]))
            except Exception as error:
                await tell(interaction, error, words)


async def _pressed(client: Client, interaction: Interaction, press: Press, words: Words) -> None:
    match press.kind:
        case Kind.FOLLOW:
            await interaction.response.send_modal(follow_form(press.answer_id, words))
        case Kind.WRONG:
            await interaction.response.send_modal(wrong_form(press.answer_id, words))
        case Kind.GOOD:
            await _judge(client, interaction, press.answer_id, Verdict.GOOD)
        case Kind.QUOTE:
            await _quote(client, interaction, press.answer_id, words)
        case Kind.MORE:
            await _more(client, interaction, press, words)


async def _sent(client: Client, interaction: Interaction, press: Press, text: str) -> None:
    if press.kind is Kind.WRONG:
        await _judge(client, interaction, press.answer_id, Verdict.WRONG, text.strip() or None)
        return
    # An answer that only one person sees is followed up by answers that only they see.
    shown_to_one = interaction.message is not None and interaction.message.flags.ephemeral
    asked = Asked(text, private=True if shown_to_one else None, previous=press.answer_id)
    await respond(client, interaction, asked)


async def _judge(
    client: Client, interaction: Interaction, answer_id: str, verdict: Verdict, correction: str | None = None
) -> None:
    words = client.words_for(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    server = server_of(interaction)
    await client.keeping.judge(server, answer_id, interaction.user.id, verdict, correction)
    await edit_or_send(interaction, private=True, content=words("Thank you. I have noted that."))


async def _quote(client: Client, interaction: Interaction, answer_id: str, words: Words) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    quoted = await client.keeping.quote(server_of(interaction), answer_id)
    embed = quote_embed(quoted.citation, quoted.passage, words)
    await edit_or_send(interaction, private=True, embed=embed)


async def _more(client: Client, interaction: Interaction, press: Press, words: Words) -> None:
    """The first page comes as a message of its own, the others in its place."""
    is_first = press.page is None
    await interaction.response.defer(ephemeral=True, thinking=is_first)
    offers = await client.keeping.offers(server_of(interaction), press.answer_id)
    pages = max(1, -(-len(offers) // OFFERS_A_PAGE))
    page = min(press.page or 1, pages)
    shown = offers[(page - 1) * OFFERS_A_PAGE : page * OFFERS_A_PAGE]
    embed = candidates_embed(shown, page, pages, words)
    view = pages_view(press.answer_id, page, pages, words)
    await edit_or_send(interaction, private=True, embed=embed, view=view)


async def setup(client: Client) -> None:
    """Add the buttons and the cog."""
    client.add_dynamic_items(AnswerButton)
    await client.add_cog(Forms(client))
