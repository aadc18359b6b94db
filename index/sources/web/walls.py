"""Pages that stand in an article's place: walls, checks, and pages that say there is none."""

from __future__ import annotations

import re

_LONGEST_WALL_WORDS = 150
_LONGEST_TEASER_WORDS = 100

_SAYS = {
    "it is for subscribers": [
        r"subscribe (now )?to (unlock|continue|read|keep reading)",
        r"already a subscriber|subscribers? only|to (continue|keep) reading",
        r"this (article|story|content) is (for|reserved)|unlock this (article|story)",
        r"weiterlesen mit|bereits (ein )?(abo|abonnent)|mit einem abo",
        r"réservé aux abonnés|déjà abonné",
        r"exclusivo para suscriptores|ya (eres|es) suscriptor",
    ],
    "it asks for a login": [
        r"(log|sign) in to (continue|read|view)|create (a free |an )?account to",
        r"forgot(ten)? (your )?password",
        r"bitte (melden sie sich|einloggen)|connectez-vous pour (continuer|lire)|inicia sesión para",
    ],
    "it asks to accept cookies": [
        r"we (and our (\d+ )?partners )?use cookies|(accept|reject) all|before you continue",
        r"consent to (the use of )?cookies",
        r"wir verwenden cookies|nous utilisons des cookies|utilizamos cookies",
    ],
    "it needs JavaScript": [
        r"(enable|requires?|turn on|activate) javascript|javascript (is )?(disabled|required)"
    ],
    "it wants to see a person": [
        r"verify (that )?you are (a )?human|are you a robot|complete the captcha",
        r"checking (if|your browser)|security of your connection|unusual traffic",
    ],
    "it says that access is denied": [
        r"access (to this page has been )?denied|don.t have permission to access"
    ],
    "it says that there is no such page": [
        r"page (you (are|were) looking for|not found|cannot be found|does not exist)",
        r"seite (wurde )?nicht gefunden|page introuvable|página no encontrada",
    ],
}
_WALLS = {reason: re.compile("|".join(words), re.IGNORECASE) for reason, words in _SAYS.items()}


def wall(title: str, text: str, page: str, *, for_subscribers: bool) -> str | None:
    """What a page is instead of an article; None when it seems to be one.

    Only short texts are suspected: an article about cookies is long enough to show that it is one.
    `page` is all of the page's text.
    """
    words = len(text.split())
    if words > _LONGEST_WALL_WORDS:
        return None
    if for_subscribers and words < _LONGEST_TEASER_WORDS:
        return "it is for subscribers"
    for reason, pattern in _WALLS.items():
        if pattern.search(text) or pattern.search(title):
            return reason
    return None if text else next((why for why, pattern in _WALLS.items() if pattern.search(page)), None)
