"""The list of a server's articles, page by page; its buttons outlive the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from ..failures import tell
from ..languages import Words
from ..replies import edit_or_send
from ..show.listing import ARTICLES_A_PAGE, articles_embed
from .adding import uploads_of
from .holdings import Page
from .managing import managed_server

if TYPE_CHECKING:
    from ..client import Client

_LAST_PAGE = 99_999


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"byline:list:(?P<page>[1-9][0-9]{0,4})"
):
    """Turns to a page of the list; the right to see it is checked with each press."""

    def __init__(self, label: str, page: int) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"byline:list:{page}"))
        self._page = page

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button with the page that its id names."""
        return cls(getattr(item, "label", None) or "…", int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page in place of the one that is shown."""
        client: Client = interaction.client
        words = client.words_for(interaction)
        try:
            server = managed_server(interaction, words)
            await interaction.response.defer()
            page = await listed(client, server, self._page)
            embed, view = page_embed(page, words), page_view(page, words)
            await edit_or_send(interaction, private=True, embed=embed, view=view)
        except Exception as error:
            await tell(interaction, error, words)


async def listed(client: Client, server: int, number: int) -> Page:
    """A page of a server's articles as they are now."""
    holdings = uploads_of(client).holdings
    return await client.memory.run(lambda: holdings.page(server, number, ARTICLES_A_PAGE))


def page_embed(page: Page, words: Words) -> discord.Embed:
    """The page as people see it."""
    return articles_embed(page.rows, page.number, page.pages, words)


def page_view(page: Page, words: Words) -> discord.ui.View:
    """The buttons to the page before and the page after."""
    view = discord.ui.View(timeout=None)
    if page.number > 1:
        view.add_item(PageButton(words("Previous"), page.number - 1))
    if page.number < min(page.pages, _LAST_PAGE):
        view.add_item(PageButton(words("Next"), page.number + 1))
    view.stop()  # discord.py need not keep it: the buttons are recognised by their ids
    return view
