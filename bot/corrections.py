"""What a correction takes back is no answer, wherever it stands; what it puts in its place is one.

Newspapers correct themselves in an article of its own, which says the error once more. A reader of
spans sees a sentence that answers the question, and the same figure in the report that was corrected,
while "The correct figure is …" answers nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.sentences import paragraphs, sentence_spans
from index.types import Article
from index.words import stems

from .types import Span
from .wording import says

# "Corrections officers walk out" is a report.
_TITLE = re.compile(
    r"\W*(?:corrections?|clarifications?|erratum)(?: (?:and|&) (?:corrections?|clarifications?))?"
    r"(?=\s*(?:[^\w\s]|$)| to\b)",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:incorrectly|erroneously|wrongly|mistakenly|misstated|misidentified|misspelled)\b"
    r"|\b(?:report|article|story|version|headline|caption)\b.*\b(?:said|stated|gave|reported|named)\b",
    re.IGNORECASE | re.DOTALL,
)
_RIGHT = re.compile(
    r"\b(?:correct|right|actual|true) [a-z]+\b|\bshould have\b|\bin fact\b|\bactually\b", re.IGNORECASE
)
# The share of a correction's title that the title of what it corrects has as well.
_SAME_SUBJECT = 0.5


_Place = tuple[int, int]
"""Where something stands in an article: offsets of its begin and end."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where an article says what was wrong, and where what is right instead."""

    error: _Place
    rights: tuple[_Place, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """An article that takes something back."""

    article: Article
    mistakes: tuple[Mistake, ...]

    def puts_right(self, span: Span, mistake: Mistake) -> bool:
        """Whether a span is what is right instead."""
        return span.hit.article.id == self.article.id and _is_within(span, mistake.rights)

    def takes_back(self, span: Span, mistake: Mistake) -> bool:
        """Whether a span is what was wrong: here, or in an older article on the same subject."""
        article = span.hit.article
        if article.id == self.article.id:
            return _is_within(span, [mistake.error])
        return (
            (article.date or "") <= (self.article.date or "")
            and self._is_about(article)
            and says(self.article.text[slice(*mistake.error)], span.text)
            and not says(self._rest, span.text)
        )

    def _is_about(self, article: Article) -> bool:
        subject = stems(_TITLE.sub("", self.article.title or "", count=1))
        return len(subject & stems(article.title or "")) >= _SAME_SUBJECT * len(subject) > 0

    @property
    def _rest(self) -> str:
        """What it says beside the errors; what stands there was right."""
        kept, end = [], 0
        for start, stop in sorted(mistake.error for mistake in self.mistakes):
            kept.append(self.article.text[end:start])
            end = stop
        return "\n".join([*kept, self.article.text[end:]])


def corrected(spans: Sequence[Span]) -> list[Span]:
    """The spans without those that a correction among their articles takes back.

    What it says is right instead answers the question as surely as what it takes back did; a figure
    stands in for a figure, words for words. The best come first, as before.
    """
    left = list(spans)
    articles = {span.hit.article.id: span.hit.article for span in spans}
    for article in articles.values():
        if _TITLE.match(article.title or ""):
            left = _corrected(left, _correction(article))
    return sorted(left, key=lambda span: -span.score)


def _corrected(spans: Sequence[Span], correction: Correction) -> list[Span]:
    left = list(spans)
    for mistake in correction.mistakes:
        taken = [span for span in left if correction.takes_back(span, mistake)]
        left = [
            replace(span, score=max([span.score, *_scores_like(span, taken)]))
            if correction.puts_right(span, mistake)
            else span
            for span in left
            if span not in taken
        ]
    return left


def _scores_like(span: Span, taken: Sequence[Span]) -> list[float]:
    """The scores of what was taken back that the span can stand in for: figures for figures."""
    return [one.score for one in taken if _has_figures(one) == _has_figures(span)]


def _correction(article: Article) -> Correction:
    """An article's mistakes.

    What is right belongs to the error of its sentence, else to the last before it in its paragraph, else to
    the first there; in a paragraph without any to the last one before, else to the first of all.
    """
    errors: list[_Place] = []
    rights: list[list[_Place]] = []
    waiting: list[_Place] = []
    for begin, paragraph in paragraphs(article.text):
        before = len(errors)
        for left, right in sentence_spans(paragraph):
            error, instead = _told(article.text, begin + left, begin + right)
            if error:
                errors.append(error)
                rights.append([*instead, *waiting])
                waiting = []
            elif len(errors) > before:
                rights[-1] += instead
            else:
                waiting += instead
        if rights:
            rights[-1] += waiting
            waiting = []
    return Correction(article, tuple(map(Mistake, errors, map(tuple, rights))))


def _told(text: str, start: int, end: int) -> tuple[_Place | None, list[_Place]]:
    """Where a sentence says what was wrong, and where what is right instead."""
    error, right = _ERROR.search(text[start:end]), _RIGHT.search(text[start:end])
    # One sentence may say both: "The report said $86 million; the correct figure is $68 million."
    if error and right:
        border = start + max(error.start(), right.start())
        first, second = (start, border), (border, end)
        return (first, [second]) if error.start() < right.start() else (second, [first])
    return ((start, end), []) if error else (None, [(start, end)] if right else [])


def _is_within(span: Span, places: Sequence[_Place]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in places)


def _has_figures(span: Span) -> bool:
    return any(character.isdigit() for character in span.text)
