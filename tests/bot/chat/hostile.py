"""Texts as strangers write them."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = (
    "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "<t:0:R>", "<:a:1>", "<a:b:2>", "</ask:1>",
    "<id:customize>", "[x](javascript:alert(1))", "[x](https://evil.example)", "<https://evil.example>",
    "steam://run/1", "https://evil.example/a_b_(c)?d=*e*#f", "HTTP://EVIL.EXAMPLE", "www.evil.example",
    "https://discord.gg/abc", "discord.gg/abc", "discord.com/invite/abc", "discordapp.com/invite/abc",
    "dsc.gg/abc", "> quote", ">>> quote", "# heading", "### heading", "-# small", "- item", "* item",
    "+ item", "1. list", "12. list", "```py\ncode\n```", "||spoiler||", "¯\\_(ツ)_/¯", "\\", "\\\\",
    "**bold**", "__under__", "_it_", "~~no~~", "`code`", "*", "**", "_", "~~", "|", "||", "`", "```",
    "[", "]", "(", ")", "](", "<", ">", "@", ":", "//", ":tada:", ":+1::smile:", "👩\u200d🚀", "❤️", "🇫🇷",
    "👍🏽", "שלום", "مرحبا", "日本語", "𝄞", "e\u0301", "\u202eevil", "\u200d", "word", "A sentence.",
    "Dr. Who said so.", "no. 5", "3.5", " ", "  ", "\n", "\n\n", "\t",
)  # fmt: skip


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Pieces that mean something to Discord, and any others, in any order."""
    piece = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE), st.text(max_size=8))
    return st.lists(piece, max_size=most).map("".join)
