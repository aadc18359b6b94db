"""The question in a message: its text without what Discord puts into it and no article has."""

from __future__ import annotations

import re

# Mentions of people, roles, channels and commands; a server's own emoji; moments.
_DISCORDS_OWN = re.compile(r"<(?:@[!&]?\d+|#\d+|/[^<>]+:\d+|id:\w+|a?:\w+:\d+|t:-?\d+(?::\w)?)>")


def question_in(content: str) -> str:
    """What a message asks; empty when it holds nothing but mentions and emoji."""
    return " ".join(_DISCORDS_OWN.sub(" ", content).split())
