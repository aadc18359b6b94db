"""One file on its way into a server's articles."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bot.chat.articles.quotas import Excess, Quota, Usage
from bot.chat.articles.upload import OverQuota, Stopped, Upload
from index.collection import LocalCollection
from index.errors import Forgotten
from index.types import Outcome, Skipped
from tests.encoders import HashedWords

QUOTA = Quota(articles=3, text_bytes=1000)


def lines(*texts: str, ids: bool = False) -> bytes:
    """A JSON Lines file; with `ids` each article is known by its place in it."""
    fields = ({"text": text, "id": number} if ids else {"text": text} for number, text in enumerate(texts))
    return "".join(f"{json.dumps(each)}\n" for each in fields).encode()


def store(
    collection: LocalCollection, data: bytes, quota: Quota = QUOTA, name: str = "a.jsonl", largest: int = 1000
) -> Upload:
    upload = Upload(name)
    upload.store(data, largest, quota, collection, lambda: None)
    return upload


def texts(collection: LocalCollection) -> list[str]:
    articles = (collection.article(summary.id) for summary in collection.articles())
    return sorted(article.text for article in articles if article is not None)


def test_a_file_of_several_articles_is_added(collection: LocalCollection) -> None:
    """Each is counted, and told who asks what is new since the last time."""
    upload = store(collection, lines("One.", "Two."))
    assert (upload.total, upload.done, upload.outcomes, upload.skipped) == (2, 2, {Outcome.ADDED: 2}, 0)
    assert [added.outcome for added in upload.take()] == [Outcome.ADDED, Outcome.ADDED]
    assert upload.take() == []
    assert texts(collection) == ["One.", "Two."]


def test_the_same_file_again_changes_nothing(collection: LocalCollection, encoder: HashedWords) -> None:
    """An article added twice is unchanged, and costs the model nothing."""
    store(collection, lines("One.", "Two."))
    encoded = list(encoder.encoded)
    assert store(collection, lines("Two.", "One."), name="b.jsonl").outcomes == {Outcome.UNCHANGED: 2}
    assert encoder.encoded == encoded
    assert texts(collection) == ["One.", "Two."]


def test_an_article_that_comes_twice_in_a_file_is_added_once(collection: LocalCollection) -> None:
    """Of two with the same id the last counts, once, towards the quota too."""
    data = b"".join(lines(text, ids=True) for text in ("One.", "Two.", "Three.", "Four.", "Five."))
    assert store(collection, data).outcomes == {Outcome.ADDED: 1}
    assert texts(collection) == ["Five."]


def test_what_cannot_be_read_is_counted_and_the_first_named(collection: LocalCollection) -> None:
    """The good lines are added; of seven bad ones five are named."""
    upload = store(collection, lines("One.") + b"x\n" * 7)
    assert (upload.done, upload.skipped) == (1, 7)
    assert upload.first_skipped == [
        Skipped(f"a.jsonl, line {line}", "it is not valid JSON") for line in range(2, 7)
    ]


def test_a_file_that_unpacks_to_more_than_may_be_is_left_out(collection: LocalCollection) -> None:
    """The bound holds for what was packed, not for the packed."""
    data = gzip.compress(lines("word " * 400))
    assert len(data) < 100
    upload = store(collection, data, name="a.jsonl.gz")
    assert upload.first_skipped == [Skipped("a.jsonl.gz", "it is too large")]
    assert texts(collection) == []


# --- quotas -------------------------------------------------------------------------------------


def test_one_article_too_many_and_nothing_is_added(collection: LocalCollection, encoder: HashedWords) -> None:
    """The file is refused as a whole, before the model sees any of it."""
    store(collection, lines("One.", "Two."))
    encoder.encoded.clear()
    with pytest.raises(OverQuota) as caught:
        store(collection, lines("Three.", "Four."))
    assert (caught.value.excess, caught.value.usage) == (Excess.ARTICLES, Usage(2, 8))
    assert texts(collection) == ["One.", "Two."]
    assert encoder.encoded == []
    assert store(collection, lines("One.", "Three.")).outcomes == {Outcome.UNCHANGED: 1, Outcome.ADDED: 1}


def test_one_byte_too_many_and_nothing_is_added(collection: LocalCollection) -> None:
    """Bytes are counted, not characters."""
    store(collection, lines("Ünö."), Quota(3, 6))
    with pytest.raises(OverQuota) as caught:
        store(collection, lines("x"), Quota(3, 6))
    assert (caught.value.excess, caught.value.usage) == (Excess.TEXT, Usage(1, 6))


def test_a_changed_article_takes_the_place_of_what_it_was(collection: LocalCollection) -> None:
    """In a full collection an article can still be replaced by a text of the same length."""
    quota = Quota(1, 4)
    store(collection, lines("One.", ids=True), quota)
    assert store(collection, lines("Two.", ids=True), quota).outcomes == {Outcome.CHANGED: 1}
    with pytest.raises(OverQuota):
        store(collection, lines("Three.", ids=True), quota)
    assert texts(collection) == ["Two."]


def test_a_file_of_a_million_lines_is_not_read_to_its_end(collection: LocalCollection) -> None:
    """Reading stops at the first article too many."""
    upload = Upload("a.jsonl")
    data = lines(*"abcd") + b'{"text": "e"}\n' * 100_000 + b"x\n"
    with pytest.raises(OverQuota):
        upload.store(data, len(data), QUOTA, collection, lambda: None)
    assert upload.skipped == 0


# --- pausing and stopping -----------------------------------------------------------------------


def test_questions_get_their_turn_between_batches(collection: LocalCollection) -> None:
    """After 50,000 characters whoever asks goes first: twice in reading, twice in adding."""
    turns: list[tuple[int, int]] = []
    upload = Upload("a.jsonl")
    data = lines(*(f"{number} {'word ' * 6000}" for number in range(5)))
    upload.store(data, 10**6, Quota(9, 10**6), collection, lambda: turns.append((upload.total, upload.done)))
    assert [total for total, _ in turns] == [0, 0, 5, 5]


def test_one_that_was_stopped_adds_nothing(collection: LocalCollection) -> None:
    """Stopped while it waited, it does not begin."""
    upload = Upload("a.jsonl")
    upload.stop()
    with pytest.raises(Stopped):
        upload.store(lines("One."), 100, QUOTA, collection, lambda: None)
    assert texts(collection) == []


def test_one_that_is_stopped_keeps_what_it_reported(collection: LocalCollection) -> None:
    """What was told as added is there, the rest is not begun."""
    upload = Upload("a.jsonl")
    many = lines(*(f"{number} {'Some words. ' * 2000}" for number in range(30)))
    with pytest.raises(Stopped):
        upload.store(many, 10**6, Quota(50, 10**6), collection, lambda: upload.done and upload.stop())
    assert 0 < upload.done < 30
    assert len(texts(collection)) == upload.done == len(upload.take())


def test_adding_to_what_is_forgotten_meanwhile_ends(tmp_path: Path, encoder: HashedWords) -> None:
    """When the folder is on its way out, no more is written to it."""
    collection = LocalCollection(tmp_path / "articles", encoder)
    upload = Upload("a.jsonl")
    data = lines(*(f"{number} {'word ' * 6000}" for number in range(5)))
    with collection, pytest.raises(Forgotten):
        upload.store(data, 10**6, Quota(9, 10**6), collection, collection.abandon)


def test_an_upload_gives_articles_that_know_no_path(collection: LocalCollection) -> None:
    """The file's name is kept, and nothing of this machine."""
    store(collection, b"Some words.", name="../../etc/notes.txt")
    (summary,) = collection.articles()
    assert (summary.root, summary.path) == (None, "../../etc/notes.txt")
