"""Whether two answers say the same: "$1.2 billion" and "$12 billion" do not, "The Owl" and "an owl" do."""

from __future__ import annotations

import re
import string

from .metrics import FOLD

_PER_CENT = re.compile(r"\s*(?:\bper ?cent\b|%)")
# A decimal point, a score, a date, a time; a point before any figure; a minus; a share; money.
_MEANT = r"(?<=\d)[.:/-](?=\d)|(?<!\w)\.(?=\d)|(?<![\w)])-(?=[$£€]?\d)|[%$]"
_UNMEANT = re.compile(rf"(?!{_MEANT})[{re.escape(string.punctuation)}]")
_SIGNS = str.maketrans("", "", "$£€%")
# "Vitamin A" ends with no article.
_ARTICLE = re.compile(r"^(?:a|an|the)\b|\b(?:a|an|the)\b(?= *\w)")


def wording(text: str) -> str:
    """The words of a text without what makes no difference: case, articles, typography, most punctuation.

    Marks that change what a number says are kept. (What the figures of an evaluation compare is
    `metrics.normalise_answer`, which drops those too.)
    """
    plain = _PER_CENT.sub("%", text.translate(FOLD).lower())
    return " ".join(_ARTICLE.sub(" ", _UNMEANT.sub("", plain).strip()).split())


def without_signs(words: str) -> str:
    """A wording without signs of money and shares, which are often no part of a span: "62" of "62%"."""
    return words.translate(_SIGNS)


def says(text: str, answer: str) -> bool:
    """Whether the answer's words stand in the text, whole and together, whatever the signs beside them."""
    words = without_signs(wording(answer))
    return bool(words) and f" {words} " in f" {without_signs(wording(text))} "
