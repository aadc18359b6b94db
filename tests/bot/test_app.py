"""The composition root: which collection is opened, which is asked, and how one is embedded again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import index.collection
from bot.answerer import Question
from bot.app import App, Options
from bot.errors import ReaderError
from bot.reader.calibrate import Identity
from index.collection import LocalCollection
from index.errors import EncoderMismatch, InvalidName, UnknownCollection
from index.types import Added, Article, Outcome, Query, Vectors
from tests.readers import SharedWords, by_score

from .conftest import HENNOCK, MARROW, TREVELL, UNCALIBRATED, Words

MakeApp = Callable[..., App]
THREE = (Article("a", MARROW), Article("b", TREVELL), Article("c", HENNOCK))


@pytest.fixture
def app(tmp_path: Path, encoders: list[Words]) -> MakeApp:
    """Makes the program's App, as each command does, with this text as its config."""

    def make(config: str = "", collection: str | None = None) -> App:
        (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
        return App(Options(collection=collection), {}, tmp_path)

    return make


def fill(app: App, articles: Sequence[Article] = THREE) -> None:
    """Store articles in the chosen collection."""
    with app.chosen() as collection:
        list(collection.add(articles))


def ids(app: App) -> list[str]:
    """The articles of the chosen collection."""
    with app.existing() as collection:
        return sorted(article.id for article in collection.articles())


def reindex(app: App) -> list[tuple[str, Outcome]]:
    """Embed the chosen collection again; what was said of each article."""
    told: list[Added] = []
    app.reindex("articles", told.append)
    return [(added.article_id, added.outcome) for added in told]


# --- collections ----------------------------------------------------------------------------------


def test_the_chosen_collection(app: MakeApp) -> None:
    """The option's, else the config's."""
    assert app().collection_name == "articles"
    assert app("collection: news\n").collection_name == "news"
    assert app("collection: news\n", "sport").collection_name == "sport"


def test_data_option_and_environment(tmp_path: Path, encoders: list[Words]) -> None:
    """`--data` wins over `$BYLINE_DATA`, which wins over the config."""
    environment = {"BYLINE_DATA": "environment"}
    option = App(Options(data=Path("option")), environment, tmp_path)
    assert option.collections_folder == tmp_path / "option" / "collections"
    assert App(Options(), environment, tmp_path).settings.data == tmp_path / "environment"
    assert App(Options(), {}, tmp_path).settings.data == tmp_path / "data"


def test_making_the_app_writes_nothing(app: MakeApp, tmp_path: Path) -> None:
    """Nor does asking for the names of collections."""
    assert app().collection_names() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yaml"]


def test_collection_names(app: MakeApp, tmp_path: Path) -> None:
    """In name order; a folder without a store is none."""
    fill(app(collection="sport"))
    fill(app(collection="news"))
    (tmp_path / "data" / "collections" / "notes").mkdir()
    assert app().collection_names() == ["news", "sport"]


def test_a_collection_that_must_exist(app: MakeApp) -> None:
    """The error names those there are, and the command that makes one."""
    with pytest.raises(UnknownCollection) as error:
        app().existing()
    assert str(error.value) == (
        "there is no collection 'articles' (there are: none yet); make it with: "
        "byline index PATH --collection articles"
    )
    fill(app(collection="sport"))
    fill(app(collection="news"))
    with pytest.raises(UnknownCollection) as error:
        app().existing("nwes")
    assert str(error.value) == (
        "there is no collection 'nwes' (there are: news, sport); make it with: "
        "byline index PATH --collection nwes"
    )
    assert app().collection_names() == ["news", "sport"]


@pytest.mark.parametrize(
    "name", ["../evil", "../../evil", "news/evil", "Evil", "e vil", ".evil", "-evil", "."]
)
def test_a_name_that_leads_elsewhere(app: MakeApp, tmp_path: Path, name: str) -> None:
    """Such a name is refused, to add to and to ask, and nothing is made."""
    with pytest.raises(InvalidName):
        app(collection=name).chosen()
    with pytest.raises(InvalidName), app(collection=name).asked():
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yaml"]


def test_an_absolute_name(app: MakeApp, tmp_path: Path) -> None:
    """A path is no name, and the folder is left alone."""
    with pytest.raises(InvalidName):
        app(collection=str(tmp_path / "evil")).chosen()
    assert not (tmp_path / "evil").exists()


def test_deleting_a_collection_leaves_nothing_of_it(app: MakeApp, tmp_path: Path) -> None:
    """Its folder goes, and so does what an interrupted reindex made of its articles."""
    fill(app())
    fill(app(collection="sport"))
    with LocalCollection(tmp_path / "data" / "reindex" / "articles", Words.made[0]) as left:
        list(left.add(THREE))
    app().delete_collection("articles")
    assert app().collection_names() == ["sport"]
    left_over = sorted(path.relative_to(tmp_path / "data").as_posix() for path in tmp_path.rglob("*.sqlite3"))
    assert left_over == ["collections/sport/store.sqlite3"]


# --- who is asked ---------------------------------------------------------------------------------


def test_samples_stand_in_until_there_is_an_article(app: MakeApp) -> None:
    """A collection that is missing, or never had an article, is not asked."""
    with app().asked() as (collection, is_samples):
        assert (collection.name, is_samples) == ("samples", True)
    app().chosen().close()
    with app().asked() as (collection, is_samples):
        assert (collection.name, is_samples) == ("samples", True)


def test_ones_own_articles_end_the_samples_for_good(app: MakeApp) -> None:
    """Also when every article was removed again: an empty collection was emptied on purpose."""
    fill(app())
    with app().asked() as (collection, is_samples):
        assert (collection.name, is_samples) == ("articles", False)
    with app().existing() as collection:
        assert [collection.remove(article.id) for article in THREE] == [True, True, True]
    with app().asked() as (collection, is_samples):
        assert (collection.name, is_samples) == ("articles", False)
    assert app().collection_names() == ["articles"]


def test_reindexing_an_emptied_collection_keeps_the_samples_away(app: MakeApp) -> None:
    """It still once had articles, and new settings still take effect."""
    fill(app())
    with app().existing() as collection:
        assert [collection.remove(article.id) for article in THREE] == [True, True, True]
    other = app("chunking:\n  max_tokens: 64\n")
    assert reindex(other) == []
    with other.asked() as (collection, is_samples):
        assert (collection.name, is_samples) == ("articles", False)
    fill(other)
    assert ids(other) == ["a", "b", "c"]


def test_the_samples_that_ship(app: MakeApp) -> None:
    """Twelve articles."""
    assert len(list(app().samples_source())) == 12


def test_an_answerer_at_any_confidence(app: MakeApp) -> None:
    """For evaluation every best candidate is an answer; otherwise the config's threshold counts."""
    strict = app("answering:\n  threshold: 0.99\n")
    fill(strict)
    question = Question("Who directed the film?")
    with strict.existing() as collection:
        unsure = strict.answerer().answer(question, [collection])
        forced = strict.answerer(at_any_confidence=True).answer(question, [collection])
    assert (unsure.answer, unsure.confidence) == (None, pytest.approx(0.880797))
    assert (forced.answer, forced.confidence) == ("Ilsa Marrow", pytest.approx(0.880797))


def test_models_are_loaded_on_demand(app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by making the app; `load` loads both now."""
    loaded: list[str] = []
    monkeypatch.setattr(Words, "load", lambda _: loaded.append("encoder"))
    monkeypatch.setattr(SharedWords, "load", lambda _: loaded.append("reader"))
    made = app()
    assert loaded == []
    made.load()
    assert loaded == ["encoder", "reader"]


# --- the calibration ------------------------------------------------------------------------------

NOTE = UNCALIBRATED.rstrip("\n")
CHUNKING = '{"max_tokens":240,"overlap_sentences":1}'
BUNDLED = "bundled bundled-32"


def test_what_a_calibration_belongs_to(app: MakeApp) -> None:
    """Both models by name and weights, and all of the chunking."""
    assert app().identity() == Identity(BUNDLED, "shared-words 0", CHUNKING)
    other = app("encoder:\n  model: other\nchunking:\n  max_tokens: 64\n")
    chunking = '{"max_tokens":64,"overlap_sentences":1}'
    assert other.identity() == Identity("other other-32", "shared-words 0", chunking)


def test_the_shipped_calibration(app: MakeApp) -> None:
    """It is used with the default models, and there is nothing to say about it."""
    made = app()
    assert (made.calibration, made.calibration_note) == (by_score(BUNDLED), None)


@pytest.mark.parametrize(
    "config", ["encoder:\n  model: other\n", "chunking:\n  max_tokens: 64\n", "reader:\n  model: other\n"]
)
def test_a_calibration_of_other_models(app: MakeApp, monkeypatch: pytest.MonkeyPatch, config: str) -> None:
    """It would say nothing true, so there is none, and a line tells how to get one."""
    if "reader" in config:
        monkeypatch.setattr(SharedWords, "name", "other")
    made = app(config)
    assert (made.calibration, made.calibration_note) == (None, NOTE)


def test_no_calibration(app: MakeApp) -> None:
    """Where none is wanted there is none, nothing to say, and the reader's own score decides."""
    made = app("reader:\n  calibration: none\nanswering:\n  threshold: 1\n")
    assert (made.calibration, made.calibration_note) == (None, None)
    fill(made)
    with made.existing() as collection:
        answer = made.answerer().answer(Question("Who directed the film?"), [collection])
    assert (answer.answer, answer.score, answer.confidence) == ("Ilsa Marrow", 2.0, None)


def test_a_calibration_of_ones_own(app: MakeApp, tmp_path: Path) -> None:
    """A file beside the config, for the models that the config names."""
    own = by_score("other other-32", weight=2.0)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.json").write_text(own.to_json(), encoding="utf-8")
    made = app("encoder:\n  model: other\nreader:\n  calibration: own/mine.json\n")
    assert (made.calibration, made.calibration_note) == (own, None)
    default = app("reader:\n  calibration: own/mine.json\n")
    assert (default.calibration, default.calibration_note) == (None, NOTE)


def test_a_calibration_that_is_missing(app: MakeApp, tmp_path: Path) -> None:
    """The error names the file and the command that makes one."""
    made = app("reader:\n  calibration: mine.json\n")
    with pytest.raises(ReaderError) as error:
        made.answerer()
    assert str(error.value) == (
        f"the calibration {tmp_path / 'mine.json'} cannot be read (No such file or directory); "
        "fit one with: byline eval DATASET --calibrate FILE"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"identity": {}}', "\x00"])
def test_a_calibration_that_is_damaged(app: MakeApp, tmp_path: Path, text: str) -> None:
    """It is an error, and never taken for one of other models."""
    (tmp_path / "mine.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReaderError) as error:
        assert app("reader:\n  calibration: mine.json\n").calibration_note
    assert str(error.value) == (
        f"{tmp_path / 'mine.json'} is not a calibration; fit one with: byline eval DATASET --calibrate FILE"
    )


def test_a_calibration_of_another_version(app: MakeApp, tmp_path: Path) -> None:
    """What speaks for an answer has changed since: its weights mean something else."""
    values = json.loads(by_score(BUNDLED).to_json())
    values["features"][0] = "something else"
    (tmp_path / "mine.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReaderError) as error:
        app("reader:\n  calibration: mine.json\n").answerer()
    assert str(error.value) == (
        f"the calibration {tmp_path / 'mine.json'} is of another version of Byline; "
        "fit one with: byline eval DATASET --calibrate FILE"
    )


# --- embedding again ------------------------------------------------------------------------------


def test_reindex_after_a_change_of_chunking(app: MakeApp, tmp_path: Path) -> None:
    """Refused before, answers after; the articles are the same and nothing is left beside."""
    fill(app())
    changed = app("chunking:\n  max_tokens: 64\n")
    query = Query("film", changed.encoder.encode_queries(["film"]))
    with changed.existing() as collection, pytest.raises(EncoderMismatch) as error:
        collection.retrieve(query, 5)
    assert str(error.value) == (
        "collection 'articles' was built with max_tokens 240, the config says 64; "
        "run: byline reindex --collection articles, or set the config back"
    )
    assert reindex(changed) == [("a", Outcome.ADDED), ("b", Outcome.ADDED), ("c", Outcome.ADDED)]
    with changed.existing() as collection:
        assert sorted(hit.article.id for hit in collection.retrieve(query, 5).hits) == ["a", "b", "c"]
    assert ids(changed) == ["a", "b", "c"]
    assert list((tmp_path / "data" / "reindex").iterdir()) == []


def test_reindex_embeds_everything_once(app: MakeApp, encoders: list[Words]) -> None:
    """Even without a change; the vectors of the old index are not taken over."""
    fill(app())
    assert [outcome for _, outcome in reindex(app())] == [Outcome.ADDED] * 3
    assert encoders[-1].encoded == [MARROW, TREVELL, HENNOCK]


def test_reindex_keeps_every_field(app: MakeApp) -> None:
    """Title, link, date, authors and place are as before."""
    whole = Article("x", MARROW, "Film", "https://example.org/f", "2024-02-01", ("Ada", "Bo"), "/r", "f.txt")
    fill(app(), [whole])
    reindex(app("chunking:\n  overlap_sentences: 0\n"))
    with app("chunking:\n  overlap_sentences: 0\n").existing() as collection:
        assert collection.article("x") == whole


class Interrupted(Exception):
    """What stops a reindex halfway."""


@pytest.fixture
def halfway(app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Stores three articles, then starts to embed them again with this config and stops after two."""

    def stop(config: str) -> None:
        monkeypatch.setattr(index.collection, "_WINDOW", 1)
        fill(app())
        changed = app(config)

        def twice(texts: Sequence[str]) -> Vectors:
            if len(changed.encoder.encoded) == 2:  # type: ignore[attr-defined]
                raise Interrupted
            return Words.encode_passages(changed.encoder, texts)  # type: ignore[arg-type]

        monkeypatch.setattr(changed.encoder, "encode_passages", twice)
        with pytest.raises(Interrupted):
            reindex(changed)

    return stop


OTHER = "chunking:\n  max_tokens: 64\n"


def test_the_old_index_answers_while_a_new_one_grows(app: MakeApp, halfway: Callable[[str], None]) -> None:
    """An interrupted reindex changed nothing for those who ask."""
    halfway(OTHER)
    old = app()
    with old.existing() as collection:
        hits = collection.retrieve(Query("film", old.encoder.encode_queries(["film"])), 5).hits
    assert sorted(hit.article.id for hit in hits) == ["a", "b", "c"]


def test_an_interrupted_reindex_goes_on(
    app: MakeApp, halfway: Callable[[str], None], encoders: list[Words]
) -> None:
    """What was embedded before is not embedded again."""
    halfway(OTHER)
    assert reindex(app(OTHER)) == [
        ("a", Outcome.UNCHANGED),
        ("b", Outcome.UNCHANGED),
        ("c", Outcome.ADDED),
    ]
    assert encoders[-1].encoded == [HENNOCK]
    assert ids(app(OTHER)) == ["a", "b", "c"]


def test_what_was_removed_meanwhile_does_not_come_back(app: MakeApp, halfway: Callable[[str], None]) -> None:
    """An article removed between the interruption and the end is not in the new index."""
    halfway(OTHER)
    with app().existing() as collection:
        assert collection.remove("a") is True
    reindex(app(OTHER))
    assert ids(app(OTHER)) == ["b", "c"]


def test_an_interrupted_reindex_of_other_settings_is_begun_again(
    app: MakeApp, halfway: Callable[[str], None]
) -> None:
    """The settings changed once more before it was resumed: what it left is of no use to anybody."""
    halfway(OTHER)
    third = app("chunking:\n  max_tokens: 48\n")
    reindex(third)
    with third.existing() as collection:
        hits = collection.retrieve(Query("film", third.encoder.encode_queries(["film"])), 5).hits
    assert sorted(hit.article.id for hit in hits) == ["a", "b", "c"]


def test_reindex_while_another_has_the_collection_open(app: MakeApp) -> None:
    """A REPL that added articles and stays open does not undo it, and what is added after it stays."""
    with app().chosen() as held:
        list(held.add(THREE))
        changed = app(OTHER)
        reindex(changed)
        fill(changed, [Article("d", "A fourth one.")])
    query = Query("film", changed.encoder.encode_queries(["film"]))
    with app(OTHER).existing() as collection:
        assert sorted(hit.article.id for hit in collection.retrieve(query, 5).hits) == ["a", "b", "c", "d"]


def test_reindex_of_nothing(app: MakeApp, tmp_path: Path) -> None:
    """An unknown collection is an error, and nothing is made."""
    with pytest.raises(UnknownCollection):
        app().reindex("nothing", print)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yaml"]
