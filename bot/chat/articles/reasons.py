"""Why something was left out, in a person's language: the reasons that `index.sources` gives in English."""

from __future__ import annotations

from index.sources.kinds import DAMAGED, KINDS, UNKNOWN_KIND
from index.sources.uploads import TOO_LARGE, TOO_LARGE_PAGE, TOO_LONG

from ..languages import Words
from ..show.text import escape


def reason_in(words: Words, reason: str) -> str:
    """A reason in these words; one that has no translation as it stands."""
    reasons = {
        UNKNOWN_KIND: words("its kind is not known; I read {kinds}", kinds=escape(" ".join(KINDS))),
        DAMAGED: words("it is damaged: the rest of it cannot be unpacked"),
        TOO_LARGE: words("it is too large when it is unpacked"),
        TOO_LARGE_PAGE: words("it is too large for a web page; I read such up to 4 MiB"),
        TOO_LONG: words("it is too long for one article; I read such up to 2 MiB"),
        "its front matter is too long": words("its front matter is too long"),
        "its front matter is not valid YAML": words("its front matter is not valid YAML"),
        "its front matter is not a list of `key: value` lines": words(
            "its front matter is not a list of “key: value” lines"
        ),
        "it has no field `text`": words("it has no field “text”"),
        "its field `text` is not a string": words("its field “text” is not a string"),
        "it holds no text": words("it holds no text"),
        "it is not valid JSON": words("it is not valid JSON"),
        "it is not a JSON object": words("it is not a JSON object"),
        "its encoding cannot be told": words("its encoding cannot be told"),
        "it looks like a binary file, not text": words("it looks like a binary file, not text"),
        "no article text was found in the page": words("no article text was found in the page"),
    }
    return reasons.get(reason) or escape(reason)
