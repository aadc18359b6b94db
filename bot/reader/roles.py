"""Who did it, where news say it in a title: "director Klim Chipenko" answers "who directed …?".

The model learnt from encyclopedias, which write that somebody directed something; news put the deed
before the name. This is the one rule beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.types import Hit
from index.words import is_agent_noun, stems

from ..types import Span

_WHO = re.compile(r"\s*who\b(?!\s+(?:is|was|are|were)\b)", re.IGNORECASE)
_FOUND = re.compile(r"\bfound\b", re.IGNORECASE)
_NAME = re.compile(r"\b([a-z]+) ([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,3})")
# As sure, in log odds, as the model is of the surest of its right answers on `squad-dev`: a twentieth of
# them have so much or more.
_SCORE = 8.3


def role_spans(question: str, hits: Sequence[Hit]) -> Iterator[Span]:
    """The names that stand right after the agent noun of what "who" is asked to have done.

    "director of Roscosmos" is none: that is somebody else's title; nor is a name that the question says,
    nor any in a passage that has nothing else of what is asked.
    """
    if not _WHO.match(question):
        return
    asked = stems(question)
    for hit in hits:
        said = stems(f"{hit.article.title or ''} {hit.passage.text}")
        for match in _NAME.finditer(hit.passage.text):
            noun, name = match.groups()
            deed = stems(noun)
            is_asked = is_agent_noun(noun) and deed <= asked and not _is_no_deed(noun, question)
            others = asked - deed
            if is_asked and (not others or others & said) and not stems(name) <= asked:
                start = hit.passage.start
                yield Span(hit, start + match.start(2), start + match.end(2), _SCORE)


def _is_no_deed(noun: str, question: str) -> bool:
    """Whether the question has the noun itself, or a verb that only looks alike.

    "Who replaced the manager?" asks for no manager, and who found a wreck is no founder.
    """
    return bool(re.search(rf"\b{noun}s?\b", question, re.IGNORECASE)) or (
        noun == "founder" and bool(_FOUND.search(question))
    )
