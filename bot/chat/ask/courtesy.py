"""What people say to be polite, in the languages the bot speaks: there is nothing to look up in it."""

from __future__ import annotations

import re
from enum import Enum, auto


class Courtesy(Enum):
    """What is said."""

    THANKS = auto()
    GREETING = auto()
    """Or a call for help."""


_SAID = {
    Courtesy.THANKS: "thanks thank thx ty tysm cheers danke dank dankeschön merci gracias",
    Courtesy.GREETING: """hi hello hey help morning evening hallo moin servus guten hilfe
        bonjour bonsoir salut coucou aide hola buenas buenos ayuda""",
    # What may stand beside them.
    None: """you so very much a lot many there good me please byline bot dir sehr vielen schön morgen tag
        abend bitte beaucoup bien muchas mil días tardes noches por favor""",
}
_MEANT = {word: meant for meant, words in _SAID.items() for word in words.split()}
_WORD = re.compile(r"[^\W\d_]+")


def courtesy(text: str) -> Courtesy | None:
    """What a message says if it is polite and nothing more: any other word makes it a question."""
    words = _WORD.findall(text.casefold())
    if not all(word in _MEANT for word in words):
        return None
    meant = {_MEANT[word] for word in words}
    return next((one for one in Courtesy if one in meant), None)
