"""What the bot says, in the languages it speaks: English, French, German and Spanish."""

from __future__ import annotations

import gettext
import io
from datetime import date
from functools import lru_cache
from importlib.resources import files

import discord
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from discord import app_commands

from .english import is_english

__all__ = ["Translator", "Words", "is_english", "words"]

ENGLISH = "en"
TRANSLATED = ("de", "es", "fr")


class Words:
    """The bot's words in one language.

    The English text is the key; a text that a catalogue does not have is said in English.
    """

    def __init__(self, locale: str, translations: gettext.NullTranslations) -> None:
        self.locale = locale
        self._translations = translations

    def __call__(self, text: str, /, **values: object) -> str:
        """`text` in this language, its `{placeholders}` filled with `values`."""
        return self._translations.gettext(text).format(**values)

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """`one` or `many`, whichever `number` of things takes here; `{n}` is the number as it is written."""
        text = self._translations.ngettext(one, many, number)
        return text.format(n=self.number(number), **values)

    def number(self, value: float) -> str:
        """A number with this language's separators: `1,234.5`, `1.234,5`."""
        return format_decimal(value, locale=self.locale)

    def day(self, day: date) -> str:
        """A date in full: `3 May 2024`, `3. Mai 2024`."""
        # The month in letters: 03/05 is two different days on the two sides of the Atlantic.
        pattern = "d MMMM y" if self.locale == ENGLISH else "long"
        return format_date(day, format=pattern, locale=self.locale)


def words(locale: str | discord.Locale | None) -> Words:
    """The words for a person's or a server's locale (`de-AT` is German); English for any other."""
    language = str(locale or ENGLISH).replace("_", "-").partition("-")[0].lower()
    return _words(language if language in TRANSLATED else ENGLISH)


@lru_cache(maxsize=len(TRANSLATED) + 1)
def _words(language: str) -> Words:
    if language == ENGLISH:
        return Words(ENGLISH, gettext.NullTranslations())
    source = files(__package__) / "locales" / language / "byline.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Words(language, gettext.GNUTranslations(compiled))


class Translator(app_commands.Translator):
    """The names and descriptions of commands and options, as Discord shows them to each person."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The string in a locale's language; None where it would be the English one, which Discord has."""
        translated = words(locale)(string.message)
        return translated if translated != string.message else None
