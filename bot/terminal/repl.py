"""The local REPL: a question a line, and a few `:commands`."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory

from index.collection import LocalCollection
from index.dates import parse_day
from index.errors import BylineError
from index.sources.web.links import is_link
from index.sync import Manner
from index.types import ArticleSummary

from ..answerer import Answerer, Question
from ..app import App
from ..types import Answer
from .asking import samples_note
from .console import show, stderr, stdout
from .indexing import index_samples, named, remember, take
from .render import render_answer, render_articles, render_explanation, render_more
from .report import Report

HELP = """Type a question, or:
  :more             the other candidates for the last answer
  :explain          what was read for the last answer, and why it was chosen
  :add PATH         add articles to your collection
  :articles         list the articles
  :article TITLE    ask only this article; without a title, all again
  :since 2021-10-01, :until 2021-10-31    ask only articles of these days; without a day, all again
  :help             this
  :quit             leave (or Ctrl-D)
Ctrl-C stops a question, not the program."""

_COMMANDS = (":more", ":explain", ":add", ":articles", ":article", ":since", ":until", ":help", ":quit")


class _Quit(Exception):
    """The person wants to leave."""


@dataclass(slots=True)
class _Session:
    """What a conversation in the terminal remembers."""

    app: App
    collection: LocalCollection
    is_samples: bool
    narrowed: Question
    """The filters, as a question without text."""
    last: Answer | None = None
    answerer: Answerer | None = None
    """Made with the first question: it has to load the models."""


def run_repl(app: App) -> None:
    """Answer questions until the input ends."""
    with app.asked() as (collection, is_samples):
        if is_samples:
            stderr().print(samples_note(app))
            index_samples(app, collection)
        session = _Session(app, collection, is_samples, Question(""))
        try:
            for line in _lines(session):
                _handle(session, line)
        except _Quit:
            pass
        finally:
            if session.collection is not collection:
                session.collection.close()


def _lines(session: _Session) -> Iterator[str]:
    """Lines as a person types them, with history and completion; or as they come through a pipe."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    # The model takes seconds to load; the first question takes seconds to type.
    threading.Thread(target=_preload, args=(session.app,), daemon=True).start()
    articles, _ = session.collection.counts()
    stdout().print(f"{session.collection.name}: {articles:,} articles. Ask a question, or type :help.")
    history = session.app.settings.data / "history"
    history.parent.mkdir(parents=True, exist_ok=True)
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)), completer=_Completions(session), complete_while_typing=False
    )
    while True:
        try:
            line = prompt.prompt("? ")
        except KeyboardInterrupt:
            continue  # the line is dropped, the program goes on
        except EOFError:
            return
        yield line


def _preload(app: App) -> None:
    with suppress(BylineError):  # the first question meets the same error and shows it
        app.load()


def _handle(session: _Session, line: str) -> None:
    """Carry out one line; what goes wrong is one line, and the session goes on."""
    text = line.strip()
    if not text:
        return
    try:
        if text.startswith(":"):
            name, _, argument = text.partition(" ")
            _command(session, name, argument.strip())
        else:
            _ask(session, text)
    except KeyboardInterrupt:
        stderr().print("stopped")
    except BylineError as error:
        stderr().print(str(error))


def _ask(session: _Session, text: str) -> None:
    with stderr().status("Reading the articles…"):
        if session.answerer is None:
            session.answerer = session.app.answerer()
            if session.app.calibration_note:
                stderr().print(session.app.calibration_note)
        question = replace(session.narrowed, text=text)
        session.last = session.answerer.answer(question, [session.collection])
    show(render_answer(session.last))
    stdout().print("")


def _command(session: _Session, name: str, argument: str) -> None:
    commands: dict[str, Callable[[_Session, str], None]] = {
        ":more": _more,
        ":explain": _explain,
        ":add": _add,
        ":articles": _articles,
        ":article": _article,
        ":since": _since,
        ":until": _until,
        ":help": _help,
        ":quit": _quit,
    }
    run = commands.get(name)
    if run is None:
        raise BylineError(f"there is no command {name}; :help lists them")
    run(session, argument)


def _more(session: _Session, _: str) -> None:
    show(render_more(_last(session)))
    stdout().print("")


def _explain(session: _Session, _: str) -> None:
    show(render_explanation(_last(session)))
    stdout().print("")


def _add(session: _Session, argument: str) -> None:
    try:
        paths = [word if is_link(word) else str(Path(word).expanduser()) for word in shlex.split(argument)]
    except ValueError:
        paths = []
    if not paths:
        raise BylineError("say what to add: :add PATH")
    wanted = named(paths)
    # One's own articles go to one's own collection.
    own = session.app.chosen() if session.is_samples else session.collection
    try:
        with Report(stderr(), "Indexing") as report:
            remember(own.ledger, wanted)
            take(session.app, own, wanted, Manner(), report)
    finally:
        if session.is_samples:
            _leave_samples(session, own)
    stdout().print(f"{own.name}: {report.summary()}")


def _leave_samples(session: _Session, own: LocalCollection) -> None:
    """Ask `own` from now on, if it has got an article."""
    if not own.ever_had_articles:
        own.close()
        return
    session.collection, session.is_samples = own, False
    session.narrowed = replace(session.narrowed, article_id=None)  # it was one of the samples


def _articles(session: _Session, _: str) -> None:
    show(render_articles(session.collection.articles()))


def _article(session: _Session, argument: str) -> None:
    found = _titled(session.collection.articles(), argument) if argument else None
    if argument and found is None:
        raise BylineError(f"no article's title begins with {argument!r}; :articles lists them")
    session.narrowed = replace(session.narrowed, article_id=found.id if found else None)
    stdout().print(f"asking only “{found.title}”" if found else "asking all articles")


def _since(session: _Session, argument: str) -> None:
    session.narrowed = replace(session.narrowed, since=_day(argument))
    stdout().print(f"since {argument}" if argument else "since ever")


def _until(session: _Session, argument: str) -> None:
    session.narrowed = replace(session.narrowed, until=_day(argument))
    stdout().print(f"until {argument}" if argument else "until now")


def _help(_session: _Session, _: str) -> None:
    stdout().print(HELP)


def _quit(_session: _Session, _: str) -> None:
    raise _Quit


def _last(session: _Session) -> Answer:
    if session.last is None:
        raise BylineError("ask a question first")
    # Of what was removed since, by whichever process, nothing is shown any more.
    shown = [article for hit in session.last.hits for article in (hit.article, *hit.also_in)]
    if session.collection.standing(shown) != {article.id for article in shown}:
        raise BylineError("an article of that answer was removed or changed since; ask again")
    return session.last


def _day(argument: str) -> str | None:
    if not argument:
        return None
    try:
        return parse_day(argument)
    except ValueError as error:
        raise BylineError(str(error)) from None


def _titled(articles: Iterable[ArticleSummary], title: str) -> ArticleSummary | None:
    wanted = title.casefold()
    return next((article for article in articles if article.title.casefold().startswith(wanted)), None)


class _Completions(Completer):
    """Completes `:commands` and, after `:article`, titles."""

    def __init__(self, session: _Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Offer what could stand here."""
        text = document.text_before_cursor
        if text.startswith(":article "):
            typed = text.removeprefix(":article ").casefold()
            titles = (article.title for article in self._session.collection.articles())
            found = [title for title in titles if title.casefold().startswith(typed)]
        else:
            typed, found = text, [name for name in _COMMANDS if text and name.startswith(text)]
        for option in found:
            yield Completion(option, start_position=-len(typed))
