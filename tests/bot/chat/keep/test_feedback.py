"""`byline feedback export`: what people said of answers, as an evaluation dataset."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App, Options
from bot.chat.keep.feedback import Labelled, label
from bot.chat.keep.kept import Judged, KeptAnswer, Verdict
from bot.chat.keep.places import Places
from bot.dataset import LabelledQuestion, load_dataset
from index.types import Article
from tests.bot.chat.keeping import ADA, ASKED_AT, BEN, CLEO, answered
from tests.bot.conftest import HENNOCK, MARROW, TREVELL, Program

ONE, TWO = 11, 22
FILM = "Who directed the film?"
TOWER = "Who restored the clock tower?"


# --- which answers are accepted -----------------------------------------------------------------------


def said(answer: KeptAnswer, *verdicts: tuple[Verdict, str | None]) -> list[Judged]:
    """Verdicts on an answer, each of another person."""
    return [Judged(answer, user, *verdict, at=0.0) for user, verdict in enumerate(verdicts)]


GOOD, WRONG = (Verdict.GOOD, None), (Verdict.WRONG, None)


def wrong(correction: str) -> tuple[Verdict, str | None]:
    return Verdict.WRONG, correction


SILENT: dict[str, object] = {"answer": None, "citations": ()}


@pytest.mark.parametrize(
    ("fields", "verdicts", "accepted"),
    [
        ({}, [GOOD], ("Ilsa Marrow",)),
        ({}, [wrong("Oda Trevell")], ("Oda Trevell",)),
        ({}, [wrong("Oda Trevell"), WRONG, wrong("O. Trevell")], ("Oda Trevell", "O. Trevell")),
        ({}, [WRONG, GOOD, wrong("Marrow")], ("Ilsa Marrow", "Marrow")),
        ({}, [wrong(" Oda\n Trevell\u202e"), wrong("Oda Trevell")], ("Oda Trevell",)),
        (SILENT, [GOOD], ()),
        (SILENT, [wrong("Oda Trevell"), GOOD], ("Oda Trevell",)),
    ],
)
def test_accepted_answers(
    fields: dict[str, object], verdicts: list[tuple[Verdict, str | None]], accepted: tuple[str, ...]
) -> None:
    """A good answer is accepted, a correction too, cleaned; none where the articles rightly did not say."""
    question = LabelledQuestion(FILM, accepted, "2023-11-14", {})
    assert label(said(answered(**fields), *verdicts)) == Labelled((question,), 0, 0)


@pytest.mark.parametrize("verdicts", [[WRONG], [WRONG, WRONG], [wrong(" \u200b ")]])
def test_wrong_without_a_correction_is_left_out(verdicts: list[tuple[Verdict, str | None]]) -> None:
    """Nobody said what is right, so nothing can be measured; it is counted once an answer."""
    assert label(said(answered(), *verdicts)) == Labelled((), 1, 0)


@pytest.mark.parametrize(
    "fields", [{"previous": "a0"}, {"since": "2024-01-01"}, {"until": "2024-01-01"}, {"article_id": "film"}]
)
def test_questions_that_do_not_stand_alone_are_left_out(fields: dict[str, object]) -> None:
    """The evaluation asks the question alone: to a follow-up or a narrowed one the answer may be another."""
    assert label(said(answered(**fields), GOOD)) == Labelled((), 0, 1)


def test_each_answer_is_a_question() -> None:
    """Verdicts on one answer make one question; the same question asked twice stays two."""
    first, second = answered("a1"), answered("a2", question="Who\nwas it?", asked_at=ASKED_AT + 7200)
    labelled = label([*said(first, GOOD, GOOD), *said(second, wrong("Oda"))])
    assert labelled == Labelled(
        (
            LabelledQuestion(FILM, ("Ilsa Marrow",), "2023-11-14", {}),
            LabelledQuestion("Who was it?", ("Oda",), "2023-11-15", {}),
        ),
        0,
        0,
    )


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def places(news: Program) -> Iterator[Places]:
    """The servers' folders of the program, as the running bot has them open."""
    with closing(Places(App(Options(data=news.data), {}, news.folder))) as places:
        yield places


@pytest.fixture
def judged(places: Places) -> Places:
    """Two servers with an article and feedback each, feedback on a direct message, a silent server."""
    for server, text in ((ONE, "Klim Orrin moved to Harrowmere."), (TWO, "The old mill burnt down.")):
        with places.own(server) as own:
            list(own.add([Article(f"of {server}", text, url=f"https://example.org/{server}")]))
    one, two, direct = places.memory(ONE), places.memory(TWO), places.memory(None)
    one.keep(answered("a1", question=FILM))
    one.judge("a1", ADA, Verdict.GOOD, None, ASKED_AT)
    one.keep(answered("a2", question=TOWER))
    one.judge("a2", BEN, Verdict.WRONG, "Oda Trevell", ASKED_AT)
    one.keep(answered("a3"))  # nobody judged it
    two.keep(answered("b1"))
    two.judge("b1", CLEO, Verdict.WRONG, None, ASKED_AT)
    two.keep(answered("b2", question="Who burnt the mill?", answer=None, asked_at=ASKED_AT + 1))
    two.judge("b2", CLEO, Verdict.GOOD, None, ASKED_AT)
    two.keep(answered("b3", question="And when?", previous="b2", asked_at=ASKED_AT + 2))
    two.judge("b3", CLEO, Verdict.GOOD, None, ASKED_AT)
    direct.keep(answered("c1", question="Which ferry was sold?", answer="Hennock Island"))
    direct.judge("c1", ADA, Verdict.GOOD, None, ASKED_AT)
    places.memory(33)
    return places


def texts(folder: Path) -> list[str]:
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted(json.loads(line)["text"] for line in lines)


def questions(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(question.text, question.answers) for question in load_dataset(folder).questions]


def test_export_of_one_server(news: Program, judged: Places) -> None:
    """Its questions with the accepted answers, and the articles they were asked of: shared and its own."""
    done = news("feedback", "export", "out", "--server", ONE)
    assert (done.code, done.out, done.err) == (
        0,
        "out: 2 questions; left out: 0 wrong without a correction, 0 narrowed or following up\n",
        "",
    )
    folder = news.folder / "out"
    assert questions(folder) == [(FILM, ("Ilsa Marrow",)), (TOWER, ("Oda Trevell",))]
    assert load_dataset(folder).questions[0].asked_on == "2023-11-14"
    assert texts(folder) == sorted([MARROW, TREVELL, HENNOCK, "Klim Orrin moved to Harrowmere."])
    assert sorted(path.name for path in folder.iterdir()) == ["articles.jsonl", "questions.jsonl"]
    assert [path.name for path in news.folder.iterdir() if path.name.startswith(".")] == []


def test_export_of_all_servers(news: Program, judged: Places) -> None:
    """Every server's feedback and that of direct messages; each article once."""
    done = news("feedback", "export", "deep/out")
    assert (done.code, done.out, done.err) == (
        0,
        "deep/out: 4 questions; left out: 1 wrong without a correction, 1 narrowed or following up\n",
        "",
    )
    folder = news.folder / "deep" / "out"
    assert questions(folder) == [
        (FILM, ("Ilsa Marrow",)),
        (TOWER, ("Oda Trevell",)),
        ("Who burnt the mill?", ()),
        ("Which ferry was sold?", ("Hennock Island",)),
    ]
    own = ["Klim Orrin moved to Harrowmere.", "The old mill burnt down."]
    assert texts(folder) == sorted([MARROW, TREVELL, HENNOCK, *own])


def test_nobody_is_named_in_an_export(news: Program, judged: Places) -> None:
    """Neither who asked or judged nor where: the files hold questions, answers and articles."""
    news("feedback", "export", "out")
    written = "".join(path.read_text(encoding="utf-8") for path in (news.folder / "out").iterdir())
    assert [number for number in (ADA, BEN, CLEO) if str(number) in written] == []
    keys = {key for line in written.splitlines() for key in json.loads(line)}
    assert keys == {"question", "answers", "asked_on", "id", "title", "url", "published", "text"}


def test_an_export_can_be_evaluated(news: Program, judged: Places) -> None:
    """`byline eval` runs over it: the articles are read back, the good answer is found again."""
    news("feedback", "export", "out", "--server", ONE)
    done = news("eval", "out", "--json", "figures.json")
    assert done.code == 0
    assert "out: 2 questions\n" in done.err
    assert "indexed: 4 added (4 passages written)" in done.err
    figures = json.loads((news.folder / "figures.json").read_text(encoding="utf-8"))
    assert (figures["questions"], figures["hits@1"]) == (2, 1.0)


def test_two_versions_of_an_article_are_both_exported(news: Program, judged: Places) -> None:
    """Where two servers hold an article in two versions, neither takes the other's place when read back."""
    for server, text in ((ONE, "The bridge is open."), (TWO, "The bridge is closed.")):
        with judged.own(server) as own:
            list(own.add([Article("bridge", text, url="https://example.org/bridge")]))
    news("feedback", "export", "out")
    assert "indexed: 7 added (7 passages written)" in news("eval", "out").err


# --- what cannot be exported --------------------------------------------------------------------------


def exporting_fails(program: Program, *arguments: object) -> str:
    """The one line an export that fails leaves; it leaves nothing else."""
    before = sorted(path.name for path in program.folder.iterdir())
    done = program("feedback", "export", *arguments)
    assert (done.code, done.out) == (1, "")
    assert sorted(path.name for path in program.folder.iterdir()) == before
    return done.err


def test_without_feedback_nothing_is_exported(byline: Program) -> None:
    """It says why, and makes no folder, neither the dataset's nor a server's."""
    assert exporting_fails(byline, "out") == (
        "byline: no judged answer can be exported (0 questions; left out: 0 wrong without a correction, "
        "0 narrowed or following up); people judge with the buttons Good and Wrong\n"
    )


@pytest.mark.parametrize("server", [5, 0, -1])
def test_an_unknown_server_is_named(news: Program, judged: Places, server: int) -> None:
    """The line names those there are."""
    assert exporting_fails(news, "out", "--server", server) == (
        f"byline: nothing is kept of server {server} (there are: 11, 22, 33); give one that is\n"
    )


def test_no_servers_at_all(byline: Program) -> None:
    """Where the bot never ran, the line says so."""
    assert exporting_fails(byline, "out", "--server", 5) == (
        "byline: nothing is kept of server 5 (there are: none yet); give one that is\n"
    )


@pytest.mark.parametrize(
    "make", [lambda folder: folder.write_text("x"), lambda folder: (folder / "x").mkdir(parents=True)]
)
def test_nothing_is_overwritten(news: Program, judged: Places, make: Callable[[Path], None]) -> None:
    """A file, or a folder that holds something, is left as it is."""
    make(news.folder / "out")
    assert exporting_fails(news, "out") == (
        f"byline: {news.folder}/out is not an empty folder; choose a new one\n"
    )


def test_an_empty_folder_is_taken(news: Program, judged: Places) -> None:
    """A folder made for it is filled."""
    (news.folder / "out").mkdir()
    assert news("feedback", "export", "out").code == 0
    assert len(questions(news.folder / "out")) == 4


def test_a_place_that_cannot_be_written_is_named(news: Program, judged: Places) -> None:
    """Where a file stands in the way, the line says so."""
    news.write("file", "x")
    assert exporting_fails(news, "file/out") == (
        f"byline: {news.folder}/file/out cannot be written (Not a directory); choose another place\n"
    )
