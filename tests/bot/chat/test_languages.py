"""The bot's words in its four languages, and the catalogues that hold them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from importlib import import_module
from string import Formatter
from typing import Any

import discord
import pytest
from babel.messages.catalog import Message
from discord import app_commands

from bot.app import App
from bot.chat.client import COGS, Client
from bot.chat.languages import TRANSLATED, Translator, words
from bot.chat.run.outside import Metrics
from tests.bot.chat.texts import Text, catalogue, misnamed, path, said, said_in, written

COMMAND_NAME = re.compile(r"[-_\w]{1,32}")
# `/ask`, `/articles add`, as they stand in texts; "and/or" is none.
COMMAND = re.compile(r"(?<![\w/])/[a-z]+(?: (?:add|list|show|remove|server|me)\b)?")
LABEL = re.compile(r"\*\*([^*]+)\*\*")
# French sets these off with a space that must not break.
BREAKING_SPACE = re.compile(r" [?!:;»]|« ")


def fields(text: str) -> set[str]:
    """The placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(text: Text | list[str]) -> tuple[str, ...]:
    """A text's one form, or its singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text)


def entries(language: str) -> Iterator[Message]:
    """What stands in a catalogue, its header left out."""
    return (message for message in catalogue(language) if message.id)


@cache
def texts() -> set[Text]:
    """What the bot says."""
    return {found.text for found in said() if found.text is not None}


def command_texts() -> set[str]:
    """Names and descriptions of commands and their options."""
    return {found.text for found in said() if found.command and isinstance(found.text, str)}


def test_a_text_is_translated_and_filled_in() -> None:
    """The English text is the key; values are put in after translating."""
    assert words("de")("Page {page} of {pages}", page=2, pages=5) == "Seite 2 von 5"
    assert words("fr")("Page {page} of {pages}", page=2, pages=5) == "Page 2 sur 5"
    assert words("es")("Page {page} of {pages}", page=2, pages=5) == "Página 2 de 5"


def test_english_needs_no_catalogue() -> None:
    """English says what the source says."""
    assert words("en-GB")("Page {page} of {pages}", page=2, pages=5) == "Page 2 of 5"


def test_a_text_without_a_translation_is_said_in_english() -> None:
    """A missing entry is no failure."""
    assert words("de")("No catalogue has {this}.", this="<@1>") == "No catalogue has <@1>."
    assert words("de").count("{n} snail", "{n} snails", 2) == "2 snails"


def test_values_are_never_read_as_placeholders() -> None:
    """Braces in what a person wrote stay as they are."""
    assert words("fr")("{title}", title="{page} {0.__class__}") == "{page} {0.__class__}"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("en-US", "en"),
        (discord.Locale.british_english, "en"),
        (discord.Locale.german, "de"),
        ("de-AT", "de"),
        ("fr_CA", "fr"),
        (discord.Locale.spain_spanish, "es"),
        (discord.Locale.latin_american_spanish, "es"),
        (discord.Locale.japanese, "en"),
        ("est", "en"),
        ("nonsense", "en"),
    ],
)
def test_each_locale_has_its_language(locale: str | discord.Locale | None, language: str) -> None:
    """Discord's locales, and what else may stand in a setting, lead to one of four languages."""
    assert words(locale).locale == language


def test_words_are_read_once() -> None:
    """A catalogue is read the first time it is asked for and kept."""
    assert words("es-ES") is words(discord.Locale.latin_american_spanish)


def test_plurals_follow_the_language() -> None:
    """French says zero in the singular, the others in the plural."""
    text = ("also in {n} other", "also in {n} others")
    assert [words("en").count(*text, number) for number in (0, 1)] == ["also in 0 others", "also in 1 other"]
    assert [words("de").count(*text, number) for number in (1, 2)] == [
        "auch in 1 weiteren Artikel",
        "auch in 2 weiteren Artikeln",
    ]
    assert [words("fr").count(*text, number) for number in (0, 1, 2)] == [
        "aussi dans 0 autre article",
        "aussi dans 1 autre article",
        "aussi dans 2 autres articles",
    ]


@pytest.mark.parametrize(
    ("locale", "number", "day"),
    [
        ("en", "1,234.5", "3 May 2024"),
        ("de", "1.234,5", "3. Mai 2024"),
        ("fr", "1 234,5", "3 mai 2024"),
        ("es", "1.234,5", "3 de mayo de 2024"),
    ],
)
def test_numbers_and_days_are_written_as_in_the_language(locale: str, number: str, day: str) -> None:
    """Separators and month names are those of the language."""
    spoken = words(locale)
    # Which of the spaces that do not break is used has changed from one release of Babel to another.
    assert spoken.number(1234.5).replace("\u202f", " ") == number
    assert spoken.day(date(2024, 5, 3)) == day


def translated(text: str, locale: discord.Locale) -> str | None:
    """What Discord is told of a command's name or description."""
    context = app_commands.TranslationContext(app_commands.TranslationContextLocation.other, None)
    return asyncio.run(Translator().translate(app_commands.locale_str(text), locale, context))


def test_command_names_are_translated() -> None:
    """A command is called by its name in the language of each person."""
    assert translated("ask", discord.Locale.german) == "fragen"
    assert translated("ask", discord.Locale.latin_american_spanish) == "preguntar"


def test_discord_is_not_told_what_it_knows() -> None:
    """Locales that the bot does not speak get no translation, nor do texts that stay English."""
    assert translated("ask", discord.Locale.british_english) is None
    assert translated("ask", discord.Locale.japanese) is None
    assert translated("no command has this description", discord.Locale.german) is None


def test_the_source_spells_out_every_text() -> None:
    """A text put together at run time, or said under another name than `words`, could not be translated."""
    assert [found.where for found in said() if found.text is None] == []
    assert misnamed() == []


def test_texts_are_found_however_they_are_said() -> None:
    """The walk over the source sees each way of saying something, and sees what it cannot read."""
    source = """
words("a" if first else "b {c}", c=1); self.words("d"); words(interaction.locale)("e")
client.words_for(message)("f"); words.count("g", "gs", 2); self._words.count("h", "hs", n, who=who)
app_commands.locale_str("i"); words(text); words(f"{x}"); "words".count("j"); other("k"); words(None)
"""
    found = sorted(str(found.text) for found in said_in(source, "example.py"))
    letters = ["a", "b {c}", "d", "e", "f", "i"]
    assert found == ["('g', 'gs')", "('h', 'hs')", "None", "None", "None", *letters]


def test_a_text_is_said_either_alone_or_in_a_pair() -> None:
    """A plural is keyed by its singular, so the same text cannot be both."""
    singulars = {text[0] for text in texts() if isinstance(text, tuple)}
    assert sorted(singulars & texts()) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_what_is_said_and_nothing_else(language: str) -> None:
    """Each text has its entry, each entry its text; `python -m tests.bot.chat.texts` mends the lists."""
    listed = {forms(message.id) for message in entries(language)}
    assert sorted(listed ^ {forms(text) for text in texts()}) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_as_its_script_writes_it(language: str) -> None:
    """Sorted, unwrapped and without dates, so that a change of one text is a change of one line."""
    assert path(language).read_text(encoding="utf-8") == written(language, catalogue(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_is_translated(language: str) -> None:
    """No entry is empty, lacks a plural or is marked as a guess."""
    unfinished = [
        message.id for message in entries(language) if message.fuzzy or not all(forms(message.string))
    ]
    assert unfinished == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_survive_translation(language: str) -> None:
    """A translation names the same values; only a singular may leave out the number where English does."""
    wrong = []
    for message in entries(language):
        source, target = forms(message.id), forms(message.string)
        singular = fields(source[-1]) if language == "fr" else fields(source[0])
        expected = [singular, *(fields(source[-1]) for _ in target[1:])]
        if [fields(form) for form in target] != expected:
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_marks_survive_translation(language: str) -> None:
    """Bold, code and line breaks are the same in every language, and no text begins or ends with a space."""
    wrong = [
        message.id
        for message in entries(language)
        for source, target in zip(forms(message.id), forms(message.string), strict=True)
        if any(source.count(mark) != target.count(mark) for mark in ("**", "`", "\n", "{"))
        or target != target.strip()
    ]
    assert wrong == []


def test_french_keeps_its_marks_beside_their_words() -> None:
    """A line never begins with a question mark: the space before it does not break."""
    shown = [form for message in entries("fr") for form in forms(message.string)]
    assert [form for form in shown if BREAKING_SPACE.search(form)] == []


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_command_names_and_descriptions_are_ones_that_discord_takes(language: str) -> None:
    """A name is one word in lower case of at most 32 characters, a description has at most 100."""
    wrong = []
    for text in sorted(command_texts()):
        shown = words(language)(text)
        is_name = COMMAND_NAME.fullmatch(text) and text == text.lower()
        legal = COMMAND_NAME.fullmatch(shown) and shown == shown.lower() if is_name else len(shown) <= 100
        wrong += [] if legal else [shown]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_commands_are_called_by_their_names(language: str) -> None:
    """Where a text says to use `/articles add`, its translation has the translated name."""
    spoken, translations = words(language), catalogue(language)
    wrong = []
    for text in texts():
        for source, target in zip(forms(text), forms(translations[text].string), strict=True):
            for command in COMMAND.findall(source):
                name = "/" + " ".join(spoken(part) for part in command[1:].split())
                wrong += [] if name in target else [(source, target, name)]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_buttons_are_called_by_their_labels(language: str) -> None:
    """Where a text explains **Quote**, its translation has the label that the button has."""
    spoken, translations = words(language), catalogue(language)
    wrong = []
    for text in texts():
        labels = {label for label in LABEL.findall(forms(text)[0]) if label in texts()}
        wrong += [label for label in labels if f"**{spoken(label)}**" not in translations[text].string]
    assert wrong == []


async def registered(app: App) -> list[dict[str, Any]]:
    """What Discord is told of all commands."""
    async with Client(app, Metrics()) as client:
        translator = Translator()
        await client.tree.set_translator(translator)
        for name in COGS:
            await import_module(f"bot.chat.{name}").setup(client)
        commands = client.tree.get_commands()
        return [await command.get_translated_payload(client.tree, translator) for command in commands]


def clashes(siblings: list[dict[str, Any]], locale: str) -> list[str]:
    """Names that two commands, subcommands or options of one command would share in a locale."""
    names = [one.get("name_localizations", {}).get(locale, one["name"]) for one in siblings]
    below = [name for one in siblings for name in clashes(one.get("options", []), locale)]
    return [name for name in names if names.count(name) > 1] + below


def test_no_two_commands_have_the_same_name(make_app: Callable[..., App]) -> None:
    """Commands, subcommands and options stay apart in every language."""
    commands = asyncio.run(registered(make_app()))
    assert {locale.value: clashes(commands, locale.value) for locale in discord.Locale} == {
        locale.value: [] for locale in discord.Locale
    }


def unnamed(described: dict[str, Any]) -> list[str]:
    """The commands and options that lack a name or a description in German, French or a kind of Spanish."""
    keys = ["name_localizations"] + ["description_localizations"] * bool(described.get("description"))
    wanted = {"de", "es-419", "es-ES", "fr"}
    # A word that is the same in both languages needs no translation.
    same = {locale for locale in wanted if words(locale)(described["name"]) == described["name"]}
    missing = [key for key in keys if not wanted <= {*(described.get(key) or {}), *same}]
    below = [name for option in described.get("options", []) for name in unnamed(option)]
    return [f"{described['name']}: {key}" for key in missing] + below


def test_every_command_is_named_and_described_in_every_language(make_app: Callable[..., App]) -> None:
    """No name or description of a command or an option is left a plain string."""
    commands = asyncio.run(registered(make_app()))
    assert [name for command in commands for name in unnamed(command)] == []
