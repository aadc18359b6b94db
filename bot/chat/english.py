"""Whether a question is in English, told by its small words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Small words tell languages apart in a line of chat, where models of letters are led astray by names:
# "Who directed Der Himmel über Berlin?" is an English question. On 40 such questions of the tests lingua
# refused 25, py3langid 23 and fastText's small model 14, for 26 to 905 MiB of memory; this refuses none, nor
# any of 53,040 questions of SQuAD, QAMR, Natural Questions and a news quiz. It lets 8 of 46 German, 2 of 46
# French and 5 of 45 Spanish ones pass. Words that ask weigh two, others one.
_ASKING = {
    "en": "who whom whose what when where why how which",
    "de": """wer wem wen wessen wann wo warum wieso weshalb wie wieviel wieviele welche welcher welches
        welchen welchem woran worauf worum wozu womit wohin woher wofür wovon""",
    "fr": "qui que quoi quand où combien pourquoi quel quelle quels quelles lequel laquelle",
    "es": """quién quien quiénes quienes qué cuándo cuando cuánto cuanto cuánta cuanta cuántos cuantos cuántas
        cuantas dónde donde cómo como cuál cual cuáles cuales""",
}
_COMMON = {
    "en": """the of to for by and with from at it its this that these those there their they them you your we
        our us i my he she his him is are did does do has have had been being be can could will would should
        were not no any anyone anybody someone about many much old far out up into after before between
        during or if than then as tell""",
    "de": """der das des den dem die ein eine einen einem einer eines ist sind hat haben hatte was wird wurde
        wurden werden und oder nicht auf für mit von vom zum zur bei beim aus nach über unter gegen seit gibt
        gab kann sich sie wir ich du mir mich noch schon auch nur im viele viel jemand sagt heißt heisst kein
        keine zwischen es ihr ihre neue neuer neues nenne bitte eigentlich""",
    "fr": """le la les une des du de est sont était étaient ont dans sur avec aux au et il elle ils elles nous
        vous je tu ce cette ces ça sa ses se leur ne pas été avait fait dit y depuis chez donne comment parle
        pour par l' d' qu' c' s' n' j' m' t'""",
    "es": """el los las una de del la al es son está están fue fueron hay hubo ha han en con por para y o se
        su sus lo le que desde hasta sobre alguien algún más mas ya muy este esta ese esa tiene háblame""",
    # Italian, Portuguese and Dutch are not spoken here, but are asked in all the same.
    "other": """chi cosa dove perché quanto quanti quanta quante quale quali il della dello degli delle che è
        sono hanno quem onde qual quais quantos quantas os um uma dos das não é foi são wat wanneer waar
        waarom hoeveel hoe welk welke het een van heeft werd zijn""",
}
_WEIGHTS = ((1, _COMMON), (2, _ASKING))
_ENGLISH = {word: weight for weight, lists in _WEIGHTS for word in lists["en"].split()}
_FOREIGN = {
    word: weight
    for weight, lists in _WEIGHTS
    for language in lists
    for word in lists[language].split()
    if word not in _ENGLISH
}
# What stands inside names: Rio de Janeiro, Ursula von der Leyen, Le Monde, El País.
_IN_NAMES = set(
    "de del la las los le les el il da do dos di du des von van der das die den zu y und".split()  # noqa: SIM905
)
_SENTENCE_END = re.compile(r"[.?!:]\s")
_WORD = re.compile(r"[^\W\d_]+(?:'(?=[^\W\d_]))?")


def is_english(question: str) -> bool:
    """Whether a question is in English as far as its words tell; when in doubt it is.

    One foreign word decides only when it is one that asks: "Las Vegas population" is English.
    """
    if question.lstrip().startswith(("¿", "¡")):
        return False
    said = [word for sentence in _SENTENCE_END.split(question) for word in _said(sentence)]
    english, foreign = _weight(said, _ENGLISH), _weight(said, _FOREIGN)
    if _other_script(question):  # "Who is שלום עליכם?" asks for a name
        return english > 2
    foreign += any(_accented(word) and word not in _FOREIGN for word in said)
    return foreign < 2 or english >= foreign


def _accented(word: str) -> bool:
    return word.isalpha() and not word.isascii()


def _weight(said: list[str], weights: dict[str, int]) -> int:
    """What a language's words come to, each counted once; one that asks counts one more when it is first."""
    asks_first = weights.get(said[0], 0) > 1 if said else False
    return sum(weights.get(word, 0) for word in set(said)) + asks_first


def _other_script(question: str) -> bool:
    """Whether most letters are not Latin ones."""
    letters = [character for character in question if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(character, "") for character in letters)
    return 2 * latin < len(letters)


def _said(sentence: str) -> Iterator[str]:
    """The words of a sentence in lower case, without those that belong to names."""
    text = unicodedata.normalize("NFC", sentence).replace("’", "'")
    words = _WORD.findall(text.lower() if text.isupper() else text)
    for place, word in enumerate(words):
        if word.endswith("'") and word.lower() in _FOREIGN:
            # l'hôpital, but not l'Oréal.
            if words[place + 1].islower():
                yield word.lower()
        elif not _named(words, place):
            yield word.lower().removesuffix("'")


def _named(words: list[str], place: int) -> bool:
    """Whether a word is part of a name: capitals tell, and where small words stand between two capitals."""
    word = words[place]
    if place == 0:
        return word.lower() in _IN_NAMES and len(words) > 1 and not words[1].islower()
    if word not in _IN_NAMES:
        return not word.islower()
    before, after = place - 1, place + 1
    while before > 0 and words[before] in _IN_NAMES:
        before -= 1
    while after < len(words) - 1 and words[after] in _IN_NAMES:
        after += 1
    # The first word of a sentence has its capital for that, unless it is no word of these.
    opens = before == 0 and words[0].lower() in _FOREIGN
    return after < len(words) and not (opens or words[before].islower() or words[after].islower())
