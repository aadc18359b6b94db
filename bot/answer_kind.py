"""What kind of thing a question asks for, and whether an answer is of that kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from index.words import NUMBER_WORDS

from .metrics import FOLD

_NUMBER = re.compile(
    r"\d|\b(?:an?|one|no|zero|none|" + "|".join(sorted(NUMBER_WORDS)) + r")\b", re.IGNORECASE
)
_SHARE = re.compile(r"%|\bper ?cent\b|\bpercentage\b|\b(?:half|third|quarter)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b[12]\d{3}s?\b")
_DURATION = re.compile(
    r"\b(?:second|secs?\b|minute|mins?\b|hour|hrs?\b|day|night|week|month|year|decade|centur|semester|season|life|forever|since|until)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b\w+day\b|today|tonight|tomorrow"
    r"|\b(?:spring|summer|autumn|fall|winter|noon|midnight|dawn|dusk|morning|evening|night|last|next|this|early"
    r"|late|after|before|during|when|while|as|since|until|once|within|ago|week|month|year|decade|century)s?\b",
    re.IGNORECASE,
)
_UNITS = """feet foot ft inch(?:es)? met(?:re|er)s? m cm mm km kilomet(?:re|er)s? miles? mph kph km/h kg
    kilos? kilograms? grams? g ounces? oz pounds? lbs? tons? tonnes? stor(?:y|ies|eys?) floors? degrees? [cf]
    celsius fahrenheit knots? yards? light-years? percent(?:age)? points?"""
_MEASURE = re.compile(
    rf"[\da-z][\d,.]*[ -]?(?:°|%|per cent\b|(?<![a-z])(?:{'|'.join(_UNITS.split())})\b)", re.IGNORECASE
)
_ONLY_FIGURES = re.compile(r"[\d\W]+(?:per ?cent|million|billion|trillion|thousand)?", re.IGNORECASE)
# What newspapers call countries beside the names that CLDR has for them, and parts of countries that are
# asked for as if they were some.
_COUNTRIES_IN_NEWS = frozenset(
    """us u.s. america uk u.k. britain england scotland wales uae u.a.e. turkey bosnia congo drc holland
    macedonia palestine kosovo tibet burma swaziland""".split()  # noqa: SIM905
) | {
    "northern ireland", "czech republic", "ivory coast", "hong kong", "cape verde", "east timor",
    "democratic republic of congo", "democratic republic of the congo", "dr congo", "republic of congo",
    "republic of ireland", "republic of korea",
}  # fmt: skip
_STATES = frozenset(
    """alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
    mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah
    vermont virginia washington wisconsin wyoming""".split()  # noqa: SIM905
) | {
    "new hampshire", "new jersey", "new mexico", "new york", "north carolina", "north dakota",
    "rhode island", "south carolina", "south dakota", "west virginia",
}  # fmt: skip
# What has a name that is written with a capital letter: "which popular singer", "what airline".
_NAMED = """actor actress agency airline airport artist author automaker band bank billionaire brand
    carmaker celebrity chain channel city club coach college comedian company continent director firm governor
    island judge lake magazine minister museum musician network newspaper organi[sz]ation party planet
    platform player politician president province quarterback rapper retailer river senator singer stadium
    team tournament town university volcano website""".split()  # noqa: SIM905
_A_NAMED = rf"(?:{'|'.join(_NAMED)})\b(?!['’])"


_ASKS = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_Fits = Callable[[str, str], bool]
"""Whether an answer, followed by a text, is of some kind."""


def is_of_another_kind(question: str, answer: str, after: str = "") -> bool:
    """Whether the question asks for something that the answer cannot be: "how many?" "in Brisk".

    `after` is what follows the answer in its article: a number's unit is often no part of it.
    """
    asked = _last_question(question)
    found = [(match.start(), fits) for words, fits in _KINDS if (match := words.search(asked))]
    # "Who was mayor when it opened?" asks who: what stands first, and of that the most special.
    _, fits = min(found, key=lambda one: one[0], default=(0, _anything))
    return not fits(answer, after)


def _last_question(text: str) -> str:
    """The sentence that asks, where others go before it."""
    parts = re.split(r"(?<=[.!?])\s+", text.strip())
    return next((part for part in reversed(parts) if _ASKS.search(part)), text)


def _says(pattern: re.Pattern[str], characters: int = 0) -> _Fits:
    """Whether the pattern is found in the answer, or in it and so many characters after it."""
    return lambda answer, after: bool(pattern.search(answer + after[:characters]))


def _is_among(names: Callable[[], frozenset[str]]) -> _Fits:
    """Whether the answer, or one of those it lists, is a name of a list."""

    def fits(answer: str, _: str) -> bool:
        said = re.sub(r"^the ", "", answer.translate(FOLD).strip(" .,").lower())
        return any(part in names() for part in (said, *re.split(r", | and ", said)))

    return fits


def _is_a_length(answer: str, after: str) -> bool:
    """Whether it is one in time or in space."""
    return _says(_DURATION, 12)(answer, after) or _says(_MEASURE, 12)(answer, after)


def _anything(_answer: str, _after: str) -> bool:
    return True


def _is_no_figure(answer: str, _: str) -> bool:
    return not _ONLY_FIGURES.fullmatch(answer)


def _is_a_name(answer: str, _: str) -> bool:
    return any(letter.isupper() for letter in answer)


@cache
def _countries() -> frozenset[str]:
    """English names of countries, lower-case, with those that newspapers use."""
    from babel import Locale  # noqa: PLC0415 (reads a file)

    named = {
        name.lower().replace("&", "and").replace("’", "'")
        for code, name in Locale("en").territories.items()
        if code.isalpha()
    }
    # "Myanmar (Burma)": either is said.
    return frozenset(part for name in named for part in (name, name.partition(" (")[0])) | _COUNTRIES_IN_NEWS


_KINDS: tuple[tuple[re.Pattern[str], _Fits], ...] = tuple(
    (re.compile(words, re.IGNORECASE), fits)
    for words, fits in (
        (r"\bhow (?:tall|high|deep|wide|heavy|hot|cold)\b", _says(_MEASURE, 12)),
        (r"\bhow (?:long|far|fast)\b", _is_a_length),
        (r"\bhow (?:many|old|much)\b", _says(_NUMBER)),
        (r"\b(?:what|which) (?:percent|share|proportion)", _says(_SHARE, 12)),
        (r"\b(?:what|which) year\b", _says(_YEAR)),
        (r"\bwhen\b", _says(_TIME)),
        (
            rf"\b(?:what|which) (?:\w+ )?(?:country|countries|nations?)\b(?!['’]| {_A_NAMED})",
            _is_among(_countries),
        ),
        # Other countries have states as well: "which state in India".
        (
            rf"\b(?:what|which) (?:US |U\.S\. )?states?\b(?!['’]| {_A_NAMED}| in (?!the U|the country))",
            _is_among(lambda: _STATES),
        ),
        (rf"\b(?:what|which) (?:[\w-]+ ){{0,3}}?{_A_NAMED}", _is_a_name),
        (r"\b(?:who|whom|whose|where)\b", _is_no_figure),
        (r"\b(?:what|which|how|why)\b", _anything),
    )
)
"""What a question's words ask for; of those that stand in one place the first."""
