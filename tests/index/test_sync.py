"""A collection in step with its files: what is skipped, moved, gone, or kept because nobody can tell."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.collection import LocalCollection
from index.settings import ArticleSettings
from index.sync import FileSync, Manner
from index.types import Added, Removed, Skipped, Withheld
from tests.encoders import HashedWords

Read = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


@pytest.fixture
def read(collection: LocalCollection) -> Read:
    """Brings the collection in step with paths and tells what that did, as `outcome name`."""

    def reading(
        *paths: Path, missing: tuple[str, ...] = (), stop_after: int = 99, **manner: bool
    ) -> list[str]:
        told: list[str] = []

        def tell(event: object) -> None:
            match event:
                case Added():
                    article = collection.article(event.article_id)
                    assert article is not None
                    told.append(f"{event.outcome} {article.text}")
                case Removed():
                    told.append(f"removed {Path(event.name).name}")
                case Skipped():
                    told.append(f"failed {event.reason}")
                case Withheld():
                    told.append(f"withheld {event.vanished} of {event.articles}: {event.reason}")

        for path in paths:
            collection.ledger.remember(str(path))
        sync = FileSync(collection, paths, ArticleSettings(), Manner(**manner), missing)
        sync.run(tell, lambda: len(told) >= stop_after)
        return told

    return reading


def texts(collection: LocalCollection) -> list[str]:
    articles = (collection.article(summary.id) for summary in collection.articles())
    return sorted(article.text for article in articles if article is not None)


def lines(*articles: dict[str, str]) -> str:
    return "".join(json.dumps(article) + "\n" for article in articles)


def three(folder: Path) -> None:
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"This is {name}.")


def test_what_is_unchanged_is_not_read(
    folder: Path, read: Read, collection: LocalCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time nothing is cleaned, compared or embedded, and the store is not written."""
    three(folder)
    assert read(folder) == ["added This is one.", "added This is three.", "added This is two."]
    monkeypatch.setattr("index.sources.files.to_article", None)
    version = collection.version
    assert read(folder) == ["unchanged This is one.", "unchanged This is three.", "unchanged This is two."]
    assert collection.version == version


def test_two_lines_of_one_link_are_unchanged(folder: Path, read: Read) -> None:
    """They replace each other once, not at every run."""
    link = "https://example.org/a"
    (folder / "a.jsonl").write_text(lines({"text": "Old.", "url": link}, {"text": "New.", "url": link}))
    assert read(folder) == ["added Old.", "changed New."]
    assert read(folder) == ["unchanged New.", "unchanged New."]


def test_what_the_article_was_read_from_goes(folder: Path, read: Read, collection: LocalCollection) -> None:
    """Of two lines with one link the later went: the collection holds what the other says."""
    link = "https://example.org/a"
    old, new = {"text": "Old.", "url": link}, {"text": "New.", "url": link}
    (folder / "a.jsonl").write_text(lines(old, new))
    read(folder)
    (folder / "a.jsonl").write_text(lines(old))
    assert read(folder) == ["unchanged New.", "changed Old."]
    assert texts(collection) == ["Old."]
    assert read(folder) == ["unchanged Old."]


def test_one_article_in_two_folders(tmp_path: Path, read: Read, collection: LocalCollection) -> None:
    """It goes with its last place."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text("---\nurl: https://example.org/a\n---\nThe lamp is lit.")
        (tmp_path / name / "b.txt").write_text(f"In {name}.")
        (tmp_path / name / "c.txt").write_text(f"Also in {name}.")
        read(tmp_path / name)
    (tmp_path / "one" / "a.md").unlink()
    assert read(tmp_path / "one")[2:] == []
    assert "The lamp is lit." in texts(collection)
    (tmp_path / "two" / "a.md").unlink()
    assert read(tmp_path / "two")[2:] == ["removed a.md"]
    assert "The lamp is lit." not in texts(collection)


def test_a_vanished_file_line_and_member(folder: Path, read: Read, collection: LocalCollection) -> None:
    """What is not in its file or folder any more is removed; the rest of it stays."""
    three(folder)
    (folder / "list.jsonl").write_text(lines({"text": "First."}, {"text": "Second."}))
    read(folder)
    (folder / "two.txt").unlink()
    (folder / "list.jsonl").write_text(lines({"text": "Second."}))
    assert [told for told in read(folder) if not told.startswith("unchanged")] == [
        "removed list.jsonl",
        "removed two.txt",
    ]
    assert texts(collection) == ["Second.", "This is one.", "This is three."]


def test_a_renamed_file_is_the_same_article(folder: Path, read: Read, collection: LocalCollection) -> None:
    """It keeps its id and its vectors; nothing is read or embedded, and it is known where it is now."""
    three(folder)
    read(folder)
    before = {summary.id for summary in collection.articles()}
    (folder / "sub").mkdir()
    (folder / "two.txt").rename(folder / "sub" / "second.txt")
    assert [told.split()[0] for told in read(folder)] == ["unchanged"] * 3
    assert {summary.id for summary in collection.articles()} == before
    assert sorted(str(summary.path) for summary in collection.articles()) == [
        "one.txt", "sub/second.txt", "three.txt",
    ]  # fmt: skip


def test_a_renamed_folder(
    folder: Path, read: Read, collection: LocalCollection, encoder: HashedWords
) -> None:
    """All of it is known where it is now; of the old folder nothing is left to remove."""
    three(folder)
    read(folder)
    embedded = len(encoder.encoded)
    moved = folder.rename(folder.parent / "moved")
    assert [told.split()[0] for told in read(moved)] == ["unchanged"] * 3
    assert len(encoder.encoded) == embedded
    assert read(missing=(str(folder),)) == ["withheld 0 of 0: it is not there"]
    assert len(texts(collection)) == 3


def test_a_new_file_where_a_moved_one_was(folder: Path, read: Read, collection: LocalCollection) -> None:
    """Each is an article: the moved one makes way, with all that is known of it, and is moved no more."""
    (folder / "today.txt").write_text("Monday was dry.")
    read(folder)
    (folder / "today.txt").rename(folder / "monday.txt")
    assert read(folder) == ["unchanged Monday was dry."]
    (folder / "today.txt").write_text("Tuesday was wet.")
    assert sorted(read(folder)) == ["added Tuesday was wet.", "unchanged Monday was dry."]
    assert texts(collection) == ["Monday was dry.", "Tuesday was wet."]
    assert len({summary.id for summary in collection.articles()}) == 2
    assert sorted(read(folder)) == ["unchanged Monday was dry.", "unchanged Tuesday was wet."]
    (folder / "monday.txt").unlink()
    assert read(folder) == ["unchanged Tuesday was wet.", "removed monday.txt"]


def test_a_known_article_in_anothers_file(folder: Path, read: Read, collection: LocalCollection) -> None:
    """What the file held before stands nowhere any more, and goes."""
    for name, text in {"a": "The lamp is lit.", "b": "The ferry sank."}.items():
        (folder / f"{name}.md").write_text(f"---\nid: {name}\n---\n{text}")
    read(folder)
    shutil.copy(folder / "a.md", folder / "b.md")
    read(folder)
    assert texts(collection) == ["The lamp is lit."]


def test_what_was_put_there_otherwise_is_read_again(
    folder: Path, read: Read, collection: LocalCollection
) -> None:
    """An old export was imported over a file that says something else by now."""
    file = folder / "one.txt"
    file.write_text("This is old.")
    read(folder)
    (old,) = (collection.article(summary.id) for summary in collection.articles())
    assert old is not None
    file.write_text("This is new.")
    read(folder)
    list(collection.add([old]))
    assert texts(collection) == ["This is old."]
    assert read(folder) == ["changed This is new."]


def test_a_copy_is_an_article_of_its_own(folder: Path, read: Read) -> None:
    """The file it was copied from is still there."""
    three(folder)
    read(folder)
    shutil.copy(folder / "two.txt", folder / "copy.txt")
    assert "added This is two." in read(folder)
    assert read(folder).count("unchanged This is two.") == 2


def test_another_article_in_the_same_file(folder: Path, read: Read, collection: LocalCollection) -> None:
    """A file whose link was corrected replaces what it held, and counts as changed."""
    file = folder / "a.md"
    file.write_text("---\nurl: https://example.org/a\n---\nThe lamp is lit.")
    assert read(folder) == ["added The lamp is lit."]
    file.write_text("---\nurl: https://example.org/b\n---\nThe lamp is lit.")
    assert read(folder) == ["changed The lamp is lit."]
    assert collection.counts() == (1, 1)


def test_over_half_is_withheld(folder: Path, read: Read, collection: LocalCollection) -> None:
    """Two of three: kept until somebody says that it is meant; what is new is taken in all the same."""
    three(folder)
    read(folder)
    (folder / "one.txt").unlink()
    (folder / "two.txt").unlink()
    (folder / "four.txt").write_text("This is four.")
    half = "withheld 2 of 3: over half of its articles have vanished"
    assert sorted(read(folder)) == ["added This is four.", "unchanged This is three.", half]
    assert len(texts(collection)) == 4
    assert read(folder, keep_missing=True)[2:] == []
    assert read(folder, is_sure=True)[2:] == ["removed one.txt", "removed two.txt"]
    assert texts(collection) == ["This is four.", "This is three."]


def test_a_line_that_took_anothers_place_is_no_loss(
    folder: Path, read: Read, collection: LocalCollection
) -> None:
    """Of a file that was written anew only what it has fewer counts as lost."""
    file = folder / "list.jsonl"
    file.write_text(lines({"text": "First."}, {"text": "Second."}, {"text": "Third."}))
    read(folder)
    file.write_text(lines({"text": "First!"}, {"text": "Second!"}, {"text": "Third."}))
    assert sorted(read(folder)) == [
        "added First!", "added Second!", "removed list.jsonl", "removed list.jsonl", "unchanged Third.",
    ]  # fmt: skip
    file.write_text(lines({"text": "Fourth."}))
    half = "withheld 2 of 3: over half of its articles have vanished"
    assert read(folder) == ["added Fourth.", half]
    assert texts(collection) == ["First!", "Fourth.", "Second!", "Third."]


def test_an_empty_root_empties_nothing(folder: Path, read: Read, collection: LocalCollection) -> None:
    """As a disk that is not mounted leaves it."""
    three(folder)
    read(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    assert read(folder) == ["withheld 3 of 3: over half of its articles have vanished"]
    assert len(texts(collection)) == 3


def test_a_missing_root(folder: Path, read: Read, collection: LocalCollection) -> None:
    """Kept, unless somebody is sure."""
    three(folder)
    read(folder)
    shutil.rmtree(folder)
    assert read(missing=(str(folder),)) == ["withheld 3 of 3: it is not there"]
    assert len(texts(collection)) == 3
    assert len(read(missing=(str(folder),), is_sure=True)) == 3
    assert texts(collection) == []


def test_what_cannot_be_read_has_not_vanished(folder: Path, read: Read, collection: LocalCollection) -> None:
    """A damaged file keeps its articles, and so does one with a line that is broken."""
    three(folder)
    (folder / "list.jsonl").write_text(lines({"text": "First."}, {"text": "Second."}))
    read(folder)
    (folder / "two.txt").write_bytes(b"\0\1\2\3" * 100)
    (folder / "list.jsonl").write_text(lines({"text": "Second."}) + "{\n")
    assert [told for told in read(folder, is_sure=True) if not told.startswith("unchanged")] == [
        "failed it is not valid JSON",
        "failed it looks like a binary file, not text",
    ]
    assert texts(collection) == ["First.", "Second.", "This is one.", "This is three.", "This is two."]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_closed_folder_has_not_vanished(folder: Path, read: Read, collection: LocalCollection) -> None:
    """Its files cannot be seen."""
    three(folder)
    (folder / "sub").mkdir()
    (folder / "sub" / "four.txt").write_text("This is four.")
    read(folder)
    (folder / "sub").chmod(0)
    assert read(folder, is_sure=True)[0].startswith("failed the folder cannot be read")
    (folder / "sub").chmod(0o700)
    assert len(texts(collection)) == 4


def test_stopped_removes_nothing(folder: Path, read: Read, collection: LocalCollection) -> None:
    """What was not come to has not vanished."""
    three(folder)
    read(folder)
    (folder / "two.txt").unlink()
    assert read(folder, stop_after=1) == ["unchanged This is one."]
    assert len(texts(collection)) == 3


def test_removed_by_hand_is_read_again(folder: Path, read: Read, collection: LocalCollection) -> None:
    """The file is still there, and says what it said."""
    three(folder)
    read(folder)
    for summary in list(collection.articles())[:1]:
        collection.remove(summary.id)
    assert sorted(told.split()[0] for told in read(folder)) == ["added", "unchanged", "unchanged"]


def test_overlapping_sources_are_one(folder: Path, read: Read, collection: LocalCollection) -> None:
    """A folder and a file in it: the folder reads both; a hidden one it would not read stays its own."""
    three(folder)
    (folder / ".hidden.txt").write_text("This is hidden.")
    read(folder / "one.txt")
    read(folder / ".hidden.txt")
    assert read(folder) == ["unchanged This is one.", "added This is three.", "added This is two."]
    read(folder / "two.txt")
    assert [(source.address, source.articles) for source in collection.ledger.sources()] == [
        (str(folder), 3),
        (str(folder / ".hidden.txt"), 1),
    ]
    assert "This is hidden." in texts(collection)


def test_one_sentence_changed(folder: Path, read: Read, encoder: HashedWords) -> None:
    """Of thirty passages at most three are embedded anew, though all that follows it moves."""
    sentences = [f"Sentence {number} tells of {'many things and ' * 6}more." for number in range(240)]
    file = folder / "long.txt"
    file.write_text(" ".join(sentences))
    read(folder)
    assert len(encoder.encoded) == 30
    embedded = []
    for sentence in ("This one is another, and much shorter.", f"This one is {'much ' * 40}longer."):
        sentences[100] = sentence
        file.write_text(" ".join(sentences))
        encoder.encoded.clear()
        assert [told[:7] for told in read(folder)] == ["changed"]
        embedded.append(len(encoder.encoded))
    assert embedded == [1, 2]


def test_a_store_of_before(folder: Path, read: Read, collection: LocalCollection) -> None:
    """Places that were not kept yet are told from where articles were read; what has gone since goes."""
    three(folder)
    read(folder)
    with collection._store._db.transaction() as db:
        db.execute("UPDATE places SET part = '?' || article_id, digest = x''")
    (folder / "two.txt").unlink()
    assert read(folder) == ["unchanged This is one.", "unchanged This is three.", "removed two.txt"]
    assert read(folder) == ["unchanged This is one.", "unchanged This is three."]
