"""Escaping and cutting: nothing is markup afterwards, nothing is lost, nothing is too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.show.text import beginning, bold, cut, cut_front, ending, escape, one_line, unescape, units

from ..hostile import texts
from ..markdown import shown

ZERO = "\u200b"


def collapsed(text: str) -> str:
    """What a person could see of a text: white space as one space, nothing invisible."""
    return " ".join(
        re.sub(
            "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]", "", text
        ).split()
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Ilsa Marrow, 44, lit 3.5 lamps at 9:10 p.m. (all of them)!", None),
        ("It’s 5 > 3 & “so” – 50% #1 @ten a-b 1. x", None),
        ("👩‍🚀 ❤️ 🇫🇷 שלום مرحبا 日本", None),
        ("*a* _b_ ~~c~~ ||d|| `e`", r"\*a\* \_b\_ \~\~c\~\~ \|\|d\|\| \`e\`"),
        ("```py\nx\n```", r"\`\`\`py x \`\`\`"),
        ("snake_case", r"snake\_case"),
        ("C:\\new\\_x", r"C:\\new\\\_x"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("# heading", r"\# heading"),
        ("-# small", r"\-# small"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("> quote", r"\> quote"),
        (">>> quote", r"\>>> quote"),
        ("1. item", r"1\. item"),
        ("12345. item", r"12345\. item"),
        ("14.", r"14\."),
        ("1.5 million", None),
        ("@everyone and @here", f"@{ZERO}everyone and @{ZERO}here"),
        ("@EveryOne", f"@{ZERO}EveryOne"),
        ("<@1> <@!1> <@&1>", rf"\<@{ZERO}1> \<@{ZERO}!1> \<@{ZERO}&1>"),
        ("<#1> </ask:1> <id:home>", r"\<#1> \</ask:1> \<id:home>"),
        ("<t:0:R>", r"\<t\:0:R>"),
        ("<:a:1> <a:b:2>", r"\<\:a:1> \<a\:b:2>"),
        (":tada: :+1: 9:30", r"\:tada: \:+1: 9:30"),
        ("https://e.org/a_b_(c)", r"https\://e.org/a\_b\_(c)"),
        ("<https://e.org>", r"\<https\://e.org>"),
        ("steam://run", r"steam\://run"),
        ("www.example.org", r"www\.example.org"),
        ("discord.gg/abc", r"discord\.gg/abc"),
        ("Discord.com/invite/abc", r"Discord\.com/invite/abc"),
        ("discordapp.com/invite/abc", r"discordapp\.com/invite/abc"),
        ("dsc.gg/abc", r"dsc\.gg/abc"),
        ("a\n\n b\t c\u2028d\u00a0e", "a b c d e"),
        ("a\u202eb\x00c\ud800", "abc\ufffd"),
    ],
)
def test_escape(text: str, escaped: str | None) -> None:
    """What Discord would read as more than text gets a backslash, mentions a zero-width space; no more."""
    assert escape(text) == (text if escaped is None else escaped)


def test_escape_of_lines() -> None:
    """Line breaks stay when asked for, at most two in a row, and each line is defused at its beginning."""
    text = "\n# a\r\n1. b  c\n\n\n \n- d\x85> e\n"
    assert escape(text, lines=True) == "\\# a\n1\\. b c\n\n\\- d\n\\> e"


@given(texts())
def test_nothing_escaped_is_markup(text: str) -> None:
    """A wary reader of Discord's markup finds none, and sees the text."""
    seen = shown(escape(text))
    assert (seen.pings, seen.alarms, seen.bold, seen.links, seen.entities) == ([], [], [], [], [])
    assert seen.text == collapsed(text)


@given(texts())
def test_no_line_is_markup(text: str) -> None:
    """With line breaks kept it is the same."""
    seen = shown(escape(text, lines=True))
    assert (seen.pings, seen.alarms, seen.bold, seen.links, seen.entities) == ([], [], [], [], [])
    assert collapsed(seen.text) == collapsed(text)


@given(texts())
def test_escaping_loses_nothing(text: str) -> None:
    """What is escaped can be read back, on one line."""
    assert one_line(text) == collapsed(text)
    assert unescape(escape(text)) == collapsed(text)


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("é", 1), ("𝄞", 2), ("👩‍🚀", 5), ("\ud800", 1)]
)
def test_units(text: str, length: int) -> None:
    """Characters beyond the basic plane count twice, as JavaScript counts them."""
    assert units(text) == length


def test_bold() -> None:
    """Two stars on each side, but none around nothing."""
    assert (bold("a"), bold("")) == ("**a**", "")


TWO = "It rained. Nobody was told of it, then or later."


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        (TWO, 48, TWO),
        (TWO, 21, "It rained. …"),
        (TWO, 29, "It rained. Nobody was told…"),
        (TWO, 26, "It rained. Nobody was…"),
        (TWO, 27, "It rained. Nobody was told…"),
        (TWO, 22, "It rained. Nobody was…"),
        (TWO, 12, "It rained. …"),
        (TWO, 11, "It rained.…"),
        (TWO, 7, "It…"),
        (TWO, 2, "I…"),
        (TWO, 1, "…"),
        (TWO, 0, ""),
        (TWO, -3, ""),
        ("Lamps, and more", 8, "Lamps…"),
        ("abcdefghij", 5, "abcd…"),
        ("It " + "a" * 100, 50, "It " + "a" * 46 + "…"),
        ("It " + "a" * 100, 30, "It…"),
        ("𝄞𝄞𝄞", 4, "𝄞…"),
        ("𝄞𝄞𝄞", 6, "𝄞𝄞𝄞"),
        (r"\*\*\*", 4, r"\*…"),
        (r"\\\\\\", 4, r"\\…"),
        (r"a\*b", 3, "a…"),
        ("a <t:1700000000:D>", 12, "a…"),
        ("👩‍🚀👩‍🚀", 9, "👩‍🚀…"),
        ("🇫🇷🇩🇪", 7, "🇫🇷…"),
        ("ne\u0301e", 3, "n…"),
    ],
)
def test_cut(text: str, limit: int, short: str) -> None:
    """Sentences if they fill half the room, else words, else letters; escapes and emoji stay whole."""
    assert cut(text, limit) == short


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        (TWO, 48, TWO),
        (TWO, 12, "…or later."),
        (TWO, 16, "…then or later."),
        (TWO, 15, "…then or later."),
        (TWO, 14, "…or later."),
        ("It rained. Nobody knew. He was late.", 34, "… Nobody knew. He was late."),
        ("It rained. Nobody knew. He was late.", 27, "… Nobody knew. He was late."),
        ("It rained. Nobody knew. He was late.", 26, "…Nobody knew. He was late."),
        ("It rained. Nobody knew. He was late.", 25, "… He was late."),
        ("It rained. Nobody knew. He was late.", 14, "… He was late."),
        ("abcdefghij", 5, "…ghij"),
        (r"\*\*\*", 4, r"…\*"),
        (r"a\\\*", 4, r"…\*"),
        ("𝄞𝄞𝄞", 4, "…𝄞"),
        (TWO, 1, "…"),
        (TWO, 0, ""),
    ],
)
def test_cut_front(text: str, limit: int, short: str) -> None:
    """The same from the other end."""
    assert cut_front(text, limit) == short


@settings(deadline=None)
@given(texts(), st.integers(1, 90))
def test_what_is_cut(text: str, limit: int) -> None:
    """It keeps to the limit, is still no markup, and is the beginning or the end of the text."""
    escaped = escape(text)
    for short, kept in ((cut(escaped, limit), "head"), (cut_front(escaped, limit), "tail")):
        assert units(short) <= limit
        seen = shown(short)
        assert (seen.pings, seen.alarms, seen.entities) == ([], [], [])
        assert not re.search("[\ud800-\udfff]", short)
        whole = collapsed(text)
        if units(escaped) <= limit:
            assert short == escaped
        elif kept == "head":
            assert whole.startswith(seen.text.removesuffix("…").rstrip())
        else:
            assert whole.endswith(seen.text.removeprefix("…"))


@settings(deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=2, max_size=40), st.integers(20, 200))
def test_words_stay_whole(parts: list[str], limit: int) -> None:
    """Where words are short they are all whole, and no other would have fitted."""
    text = " ".join(parts)
    short = cut(text, limit)
    if short != text:
        count = len(short.removesuffix("…").split())
        assert short == " ".join(parts[:count]) + "…"
        assert len(" ".join(parts[: count + 1])) >= limit


@settings(deadline=None)
@given(st.text("ab*. \n"), st.integers(1, 60), st.booleans())
def test_cutting_before_escaping_changes_nothing(text: str, limit: int, lines: bool) -> None:
    """Only as much is escaped as can fit, which comes to the same."""
    for given_text in (text, text + " \n" * 200 + text, text * 9):
        escaped = escape(given_text, lines=lines)
        assert beginning(given_text, limit, lines=lines) == cut(escaped, limit)
        assert ending(given_text, limit, lines=lines) == cut_front(escaped, limit)


@settings(deadline=None)
@given(texts(), st.integers(1, 60))
def test_cutting_before_escaping_is_as_safe(text: str, limit: int) -> None:
    """What is cut off could have made markup of what stays; it is gone."""
    for short in (beginning(text * 9, limit), ending(text * 9, limit)):
        seen = shown(short)
        assert units(short) <= limit
        assert (seen.pings, seen.alarms, seen.bold, seen.links, seen.entities) == ([], [], [], [], [])


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    """Of 50 million characters 200 are looked at."""
    text = "It was *lit*. " * 3_600_000
    assert beginning(text, 100) == r"It was \*lit\*. " * 6 + "…"
    assert ending(text, 28) == r"… It was \*lit\*."
