"""Whether two answers say the same: "$1.2 billion" and "$12 billion" do not, "The Owl" and "an owl" do."""

from __future__ import annotations

import re
import string

from .metrics import FOLD

_PER_CENT = re.compile(r"\s*(?:\bper ?cent\b|%)")
# A decimal point, a score, a date, a time; a minus; a share; money.
_MEANT = r"(?<=\d)[.:/-](?=\d)|(?<![\w)])-(?=[$£€]?\d)|[%$]"
_UNMEANT = re.compile(rf"(?!{_MEANT})[{re.escape(string.punctuation)}]")
# "Vitamin A" ends with no article.
_ARTICLE = re.compile(r"^(?:a|an|the)\b|\b(?:a|an|the)\b(?= *\w)")


def wording(text: str) -> str:
    """The words of a text without what makes no difference: case, articles, typography, most punctuation.

    Marks that change what a number says are kept. (What the figures of an evaluation compare is
    `metrics.normalise_answer`, which drops those too.)
    """
    plain = _PER_CENT.sub("%", text.translate(FOLD).lower())
    return " ".join(_ARTICLE.sub(" ", _UNMEANT.sub("", plain).strip()).split())


def says(text: str, answer: str) -> bool:
    """Whether the answer's words stand in the text, whole and together."""
    words = wording(answer)
    return bool(words) and f" {words} " in f" {wording(text)} "
