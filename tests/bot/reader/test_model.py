"""The extractive reader over a tiny random model, and over one that says what it is told to."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ReaderError
from bot.reader.model import ExtractiveReader, Reading, titled
from bot.reader.spans import Scored
from bot.settings import ReaderSettings
from index.encode import bundled_folder
from index.types import Article, Hit, Passage


def write_model(folder: Path, kind: str = "BertForQuestionAnswering", seed: int = 1) -> Path:
    """A tiny random model of the bundled encoder's words."""
    import transformers

    folder.mkdir()
    config = transformers.BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    torch.manual_seed(seed)
    getattr(transformers, kind)(config).save_pretrained(folder)
    shutil.copy(bundled_folder() / "tokenizer.json", folder)
    return folder


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """A model of sixteen dimensions is slower on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random model."""
    return write_model(tmp_path_factory.mktemp("readers") / "tiny")


@pytest.fixture(scope="module")
def random_reader(tiny: Path) -> ExtractiveReader:
    """A reader whose answers mean nothing."""
    reader = ExtractiveReader(ReaderSettings(model=str(tiny), max_answer_tokens=6))
    reader.load()
    return reader


class Told:
    """A model that gives each token the logits it was told, and minus infinity to all others."""

    def __init__(
        self, reader: ExtractiveReader, start: Mapping[str, float], end: Mapping[str, float]
    ) -> None:
        self._ids = reader._tokenizer.convert_tokens_to_ids
        self.start, self.end = self._table(start), self._table(end)
        self.batches: list[dict[str, torch.Tensor]] = []
        self.doubt: tuple[int, float] | None = None

    def _table(self, logits: Mapping[str, float]) -> torch.Tensor:
        table = torch.full((30522,), -torch.inf)
        for token, value in logits.items():
            assert self._ids(token) != 100, f"{token} is no token"
            table[self._ids(token)] = value
        return table

    def when(self, token: str, nothing: float) -> None:
        """What "no answer" scores at either end in windows that hold a token."""
        self.doubt = self._ids(token), nothing

    def __call__(self, input_ids: torch.Tensor, **others: torch.Tensor) -> SimpleNamespace:
        self.batches.append({"input_ids": input_ids, **others})
        start, end = self.start[input_ids], self.end[input_ids]
        if self.doubt:
            doubtful = (input_ids == self.doubt[0]).any(dim=1)
            start[doubtful, 0] = end[doubtful, 0] = self.doubt[1]
        return SimpleNamespace(start_logits=start, end_logits=end)


@pytest.fixture
def reader(random_reader: ExtractiveReader) -> ExtractiveReader:
    """A reader whose model and settings a test may exchange."""
    own = ExtractiveReader(ReaderSettings(model="told"))
    own._tokenizer, own._model = random_reader._tokenizer, torch.nn.Identity()
    return own


def tell(reader: ExtractiveReader, start: Mapping[str, float], end: Mapping[str, float]) -> Told:
    """Make the reader say what it is told to."""
    told = Told(reader, start, end)
    reader._model = told  # type: ignore[assignment]
    return told


BOAT = "The boat was built by Clara Stone in June of wood."


def test_titled() -> None:
    """A title stands before the context as a sentence of its own; without one nothing does."""
    assert titled("The boat", "It sank.") == ("The boat. It sank.", 10)
    assert titled(None, "It sank.") == ("It sank.", 0)
    assert titled("", "It sank.") == ("It sank.", 0)


def test_the_words_with_the_best_logits_are_the_answer(reader: ExtractiveReader) -> None:
    """Both logits together less those of "no answer" are the score; what overlaps a better span is gone."""
    tell(
        reader,
        {"[CLS]": 1.5, "clara": 6.0, "stone": 1.0, "wood": 2.0},
        {"[CLS]": 0.5, "clara": 2.0, "stone": 5.0, "june": 3.0, "wood": 1.0},
    )
    assert reader.extract([Reading("Who built it?", BOAT)]) == [[Scored(9.0, 22, 33), Scored(1.0, 45, 49)]]
    assert (BOAT[22:33], BOAT[45:49]) == ("Clara Stone", "wood")


def test_no_answer_can_score_more_than_every_span(reader: ExtractiveReader) -> None:
    """The spans are given all the same, below zero: what is good enough is not the reader's to say."""
    tell(reader, {"[CLS]": 7.0, "clara": 6.0}, {"[CLS]": 7.5, "stone": 5.0})
    assert reader.extract([Reading("Who sank it?", BOAT)]) == [[Scored(-3.5, 22, 33)]]


def test_an_answer_stays_within_a_paragraph(reader: ExtractiveReader) -> None:
    """A heading and the first words under it are no answer together, though both ends score best so."""
    tell(
        reader,
        {"[CLS]": 0.0, "clara": 6.0, "june": 1.0},
        {"[CLS]": 0.0, "clara": 2.0, "june": 5.0},
    )
    apart, together = "Built by Clara\n\nJune was warm.", "Built by Clara\nJune was warm."
    assert reader.extract([Reading("Who built it?", text) for text in (apart, together)]) == [
        [Scored(8.0, 9, 14), Scored(6.0, 16, 20)],
        [Scored(11.0, 9, 19)],
    ]


def test_neither_question_nor_title_is_ever_the_answer(reader: ExtractiveReader) -> None:
    """The same words, better placed in question and title, are offered only where the context has them."""
    tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "stone": 5.0})
    question = "Who is Clara Stone?"
    assert reader.extract(
        [Reading(question, BOAT, "Clara Stone"), Reading(question, "It sank.", "Clara Stone")]
    ) == [[Scored(11.0, 22, 33)], []]


def test_no_span_runs_from_the_title_into_the_context(reader: ExtractiveReader) -> None:
    """An answer that would begin in the title is none."""
    tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "boat": 5.0})
    assert reader.extract([Reading("What sank?", "The boat sank.", "Clara")]) == [[]]
    assert reader.extract([Reading("What sank?", "Clara: the boat sank.")]) == [[Scored(11.0, 0, 15)]]


def test_a_word_is_never_cut(reader: ExtractiveReader) -> None:
    """An answer neither begins nor ends within a word, however much its parts score."""
    told = {"[CLS]": 0.0, "lighthouse": 4.0, "##s": 9.0}
    tell(reader, told, {"[CLS]": 0.0, "lighthouse": 9.0, "##s": 3.0})
    assert reader.extract([Reading("What?", "Two lighthouses burn.")]) == [[Scored(7.0, 4, 15)]]


def test_characters_outside_ascii_keep_their_places(reader: ExtractiveReader) -> None:
    """Offsets count characters of the context as it is, whatever the tokenizer makes of them."""
    tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "stone": 5.0})
    context = "“Ünnötig\u00a0…” 🚢 ﬁne  e\u0301te\u0301 — Clára\n  STONE’s"
    found = reader.extract([Reading("Who?", context)])
    assert [context[one.start : one.end] for one in found[0]] == ["Clára\n  STONE"]


@pytest.mark.parametrize(("max_answer_tokens", "found"), [(5, [[Scored(15.0, 22, 41)]]), (3, [[]])])
def test_answers_are_at_most_so_long(
    reader: ExtractiveReader, max_answer_tokens: int, found: list[list[Scored]]
) -> None:
    """`Clara Stone in June` are four tokens: found where four or more may be, not where three may."""
    reader._settings = ReaderSettings(max_answer_tokens=max_answer_tokens)
    tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "june": 9.0})
    assert reader.extract([Reading("Who?", BOAT)]) == found


def test_an_answer_may_be_exactly_as_long_as_allowed(reader: ExtractiveReader) -> None:
    """Four tokens are found where at most four may be."""
    reader._settings = ReaderSettings(max_answer_tokens=4)
    tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "june": 9.0})
    assert reader.extract([Reading("Who?", BOAT)]) == [[Scored(15.0, 22, 41)]]


def test_a_context_has_at_most_five_spans(reader: ExtractiveReader) -> None:
    """The five best of eight, best first."""
    months = ["january", "february", "march", "april", "may", "june", "july", "august"]
    logits = {month: float(value) for value, month in enumerate(months)}
    tell(reader, {"[CLS]": 1.0, **logits}, {"[CLS]": 2.0, **logits})
    reader._settings = ReaderSettings(max_answer_tokens=1)
    context = " ".join(months)
    found = reader.extract([Reading("When?", context)])[0]
    assert [(one.score, context[one.start : one.end]) for one in found] == [
        (11.0, "august"), (9.0, "july"), (7.0, "june"), (5.0, "may"), (3.0, "april")
    ]  # fmt: skip


LONG = " ".join(["Clara", *["tree"] * 1498, "June"])


def test_a_long_context_is_read_to_its_end(reader: ExtractiveReader) -> None:
    """1500 tokens are six windows, and each span is scored against its own window's "no answer"."""
    told = tell(reader, {"[CLS]": 1.0, "clara": 6.0, "june": 6.0}, {"[CLS]": 1.0, "clara": 5.0, "june": 5.5})
    told.when("june", 4.0)
    found = reader.extract([Reading("Who made it?", LONG)])
    assert found == [[Scored(9.0, 0, 5), Scored(3.5, 7496, 7500)]]
    assert (len(LONG), LONG[7496:]) == (7500, "June")
    assert [tuple(batch["input_ids"].shape) for batch in told.batches] == [(6, 384)]


def test_what_two_windows_share_is_found_once_with_its_better_score(reader: ExtractiveReader) -> None:
    """A span read in two windows counts as the window that doubts it less scores it."""
    words = ["tree"] * 500
    words[300], words[30] = "Clara", "June"
    context = " ".join(words)
    told = tell(reader, {"[CLS]": 1.0, "clara": 6.0}, {"[CLS]": 1.0, "clara": 5.0})
    told.when("june", 4.0)
    assert reader.extract([Reading("Who made it?", context)]) == [[Scored(9.0, 1500, 1505)]]
    assert [tuple(batch["input_ids"].shape) for batch in told.batches] == [(2, 384)]


def test_a_word_that_a_window_breaks_is_not_cut(reader: ExtractiveReader) -> None:
    """Where a window begins or ends within a word, the answer does not."""
    # Six tokens a word, 379 in a window: the first ends with `quiz`, the second begins with `##master`.
    word = "quizzicallyharbourmaster"
    context = " ".join([word] * 300)
    told = tell(reader, {"[CLS]": 0.0, "##master": 9.0}, {"[CLS]": 0.0, "##master": 5.0})
    assert reader.extract([Reading("who?", context)]) == [[]]
    told = tell(reader, {"[CLS]": 0.0, "quiz": 9.0}, {"[CLS]": 0.0, "##zic": 5.0, "quiz": 7.0})
    assert reader.extract([Reading("who?", context)]) == [[]]
    told = tell(reader, {"[CLS]": 0.0, "quiz": 9.0}, {"[CLS]": 0.0, "##master": 5.0})
    found = reader.extract([Reading("who?", context)])[0]
    assert [one.score for one in found] == [14.0] * 5
    assert {context[one.start : one.end].replace(word, "W") for one in found} <= {
        "W", "W W", "W W W", "W W W W", "W W W W W"
    }  # fmt: skip
    # The last window is the shortest, and goes first.
    _, first, second, *_ = (
        reader._tokenizer.convert_ids_to_tokens(row) for row in told.batches[0]["input_ids"]
    )
    assert (first[-2], second[4]) == ("quiz", "##master")


def test_a_very_long_question_is_shortened(reader: ExtractiveReader) -> None:
    """Of a question of thousands of words the first 96 tokens are read; the context loses nothing."""
    told = tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "stone": 5.0})
    assert reader.extract([Reading("boat " * 5000, BOAT)]) == [[Scored(11.0, 22, 33)]]
    types = told.batches[0]["token_type_ids"]
    # [CLS], 96 of the question and [SEP]; then the 12 of the context and [SEP].
    assert [(types == kind).sum().item() for kind in (0, 1)] == [98, 13]
    assert reader.extract([Reading("boat " * 96, BOAT)]) == [[Scored(11.0, 22, 33)]]
    assert torch.equal(told.batches[1]["input_ids"], told.batches[0]["input_ids"])
    reader.extract([Reading("boat " * 95, BOAT)])
    assert told.batches[2]["input_ids"].shape == (1, 110)


def test_an_empty_context_has_no_spans(reader: ExtractiveReader) -> None:
    """Nothing is found in nothing, with or without a title or a question; nothing to read is no error."""
    tell(reader, {"[CLS]": 0.0, "clara": 6.0, "who": 1.0}, {"[CLS]": 0.0, "clara": 5.0, "who": 1.0})
    readings = [
        Reading("Who?", ""),
        Reading("Who?", " \n\t "),
        Reading("Who?", "", "Clara"),
        Reading("", ""),
        Reading("", "Clara"),
    ]
    assert reader.extract(readings) == [[], [], [], [], [Scored(11.0, 0, 5)]]
    assert reader.extract([]) == []
    assert reader.read("Who?", []) == []


def test_extract_keeps_the_order_of_the_readings(reader: ExtractiveReader) -> None:
    """Forty readings of all lengths go through in three batches and come back in their places."""
    told = tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "clara": 5.0})
    lengths = [(n * 17) % 40 for n in range(40)]
    found = reader.extract([Reading("Who?", "tree " * length + "Clara") for length in lengths])
    assert found == [[Scored(11.0, 5 * length, 5 * length + 5)] for length in lengths]
    assert [tuple(batch["input_ids"].shape) for batch in told.batches] == [(16, 21), (16, 37), (8, 45)]


def hit(article: Article, start: int, end: int, rank: int) -> Hit:
    """A passage of an article as retrieval gives it."""
    passage = Passage(article.id, start, end, article.text[start:end])
    return Hit(f"{article.id}-{start}", passage, article, rank, 1.0 / rank, rank, 0.5, rank)


def test_read_gives_places_in_the_article(reader: ExtractiveReader) -> None:
    """Spans are offsets in the article's text, best first; of equal ones the better hit's comes first."""
    tell(
        reader,
        {"[CLS]": 0.0, "clara": 6.0, "june": 4.0},
        {"[CLS]": 0.0, "stone": 5.0, "june": 4.0},
    )
    one = Article("one", f"It sank. {BOAT} All were saved.", title="Clara Stone")
    two = Article("two", "A mill burned in June. Nobody saw it.")
    hits = [hit(two, 0, 22, 2), hit(one, 9, 59, 3), hit(one, 0, 8, 4), hit(one, 0, 59, 1)]
    spans = reader.read("Who built it?", hits)
    assert [(span.hit.rank, span.start, span.end, span.score) for span in spans] == [
        (1, 31, 42, 11.0),
        (3, 31, 42, 11.0),
        (1, 46, 50, 8.0),
        (2, 17, 21, 8.0),
        (3, 46, 50, 8.0),
    ]
    assert [span.text for span in spans] == ["Clara Stone", "Clara Stone", "June", "June", "June"]


def test_read_finds_places_in_passages_of_which_only_a_part_is_read(reader: ExtractiveReader) -> None:
    """Of a long passage the sentences nearest the question are read; offsets stay the article's."""
    told = tell(reader, {"[CLS]": 0.0, "clara": 6.0}, {"[CLS]": 0.0, "stone": 5.0})
    filler = "Rain fell on the hills all day and nobody went outside to look at it. "
    article = Article("one", filler * 12 + BOAT + " " + filler * 5)
    (span,) = reader.read("Who built the boat of wood?", [hit(article, 0, len(article.text), 1)])
    assert (span.start, span.end, span.text) == (862, 873, "Clara Stone")
    assert told.batches[0]["input_ids"].shape[1] < 130


WORDS = st.sampled_from(
    [
        "Clara",
        "unquestionableness",
        "lighthouses",
        "42",
        "o'clock",
        "well-kept",
        "Zxqvy",
        "é",
        "Šárka",
        "a",
        "3.5%",
    ]
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", ", ", ". ", "\n\n", "  ", " – "])), max_size=40).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.builds(Reading, TEXTS, TEXTS, st.none() | TEXTS), max_size=3))
def test_spans_are_whole_words_of_the_context(
    random_reader: ExtractiveReader, readings: list[Reading]
) -> None:
    """Whatever a model says: best first, apart, inside the context, and no word is cut."""
    found = random_reader.extract(readings)
    assert len(found) == len(readings)
    for reading, spans in zip(readings, found, strict=True):
        context = reading.context
        assert bool(spans) is bool(context.strip())
        assert len(spans) <= 5
        assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)
        assert not any(one.overlaps(other) for i, one in enumerate(spans) for other in spans[:i])
        for span in spans:
            assert 0 <= span.start < span.end <= len(context)
            words = context[span.start : span.end]
            assert words == words.strip()
            assert not (context[span.start - 1 : span.start].isalnum() and words[0].isalnum())
            assert not (context[span.end : span.end + 1].isalnum() and words[-1].isalnum())
            tokens = random_reader._tokenizer(words, add_special_tokens=False)["input_ids"]
            assert len(tokens) <= 6


def test_a_long_context_keeps_whole_words_in_all_its_windows(random_reader: ExtractiveReader) -> None:
    """A random model over windows that begin and end within words still cuts none."""
    words = ["unquestionableness", "quizzicallyharbourmaster", "Zxqvy", "lighthouses"]
    contexts = [" ".join((words[n:] + words[:n]) * 90) for n in range(4)]
    for context, spans in zip(
        contexts, random_reader.extract([Reading("Who?", c) for c in contexts]), strict=True
    ):
        assert len(spans) == 5
        for span in spans:
            assert set(context[span.start : span.end].split()) <= set(words)


def test_one_at_a_time_is_the_same_as_all_at_once(random_reader: ExtractiveReader) -> None:
    """The padding of a batch changes no answer, and next to nothing of a score."""
    readings = [
        Reading("Who built it?", BOAT[:length], title) for length in (50, 33, 8) for title in (None, "A")
    ]
    together = random_reader.extract(readings)
    alone = [random_reader.extract([reading])[0] for reading in readings]
    places = [[(span.start, span.end) for span in spans] for spans in together]
    assert places == [[(span.start, span.end) for span in spans] for spans in alone]
    scores = [span.score for spans in together for span in spans]
    assert scores == pytest.approx([span.score for spans in alone for span in spans], abs=1e-2)


def test_the_name() -> None:
    """The model as the config names it; naming loads nothing."""
    assert ExtractiveReader(ReaderSettings()).name == "byline-reader"
    reader = ExtractiveReader(ReaderSettings(model="/models/own"))
    assert (reader.name, reader._model) == ("/models/own", None)


def test_the_fingerprint_tells_weights_apart(tiny: Path, tmp_path: Path) -> None:
    """The same weights have the same fingerprint wherever they lie; others have another."""
    shutil.copytree(tiny, tmp_path / "copy")
    write_model(tmp_path / "other", seed=2)
    tiny_print, copy_print, other_print = (
        ExtractiveReader(ReaderSettings(model=str(folder))).fingerprint
        for folder in (tiny, tmp_path / "copy", tmp_path / "other")
    )
    assert tiny_print == copy_print
    assert tiny_print != other_print
    assert len(tiny_print) == len(other_print) == 64


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuses every connection and collects where they were to go."""
    tried: list[object] = []

    def refuse(_: object, address: object, *__: object) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


def refusal(model: str) -> str:
    """What loading a model is refused with."""
    with pytest.raises(ReaderError) as caught:
        ExtractiveReader(ReaderSettings(model=model)).load()
    return str(caught.value)


ADVICE = (
    "; give reader.model a folder that holds a question-answering model, "
    "or set reader.allow_download to fetch it once"
)


def test_a_model_of_the_hub_is_not_fetched_unasked(no_network: list[object]) -> None:
    """Without `allow_download` a name that is no folder is refused, and nobody is asked for it."""
    message = refusal("byline-tests/no-such-reader")
    assert message.startswith("the reader 'byline-tests/no-such-reader' cannot be loaded (")
    assert message.endswith(")" + ADVICE)
    assert "\n" not in message
    assert no_network == []


def test_a_folder_without_a_model_is_named(tmp_path: Path, no_network: list[object]) -> None:
    """A folder that holds no model is an error of one line that says what to give instead."""
    message = refusal(str(tmp_path))
    assert message.startswith(f"the reader {str(tmp_path)!r} cannot be loaded (")
    assert message.endswith(")" + ADVICE)
    assert "\n" not in message
    assert no_network == []


def test_who_allowed_downloads_is_not_told_to(tmp_path: Path, no_network: list[object]) -> None:
    """The advice to allow what is allowed already is left out."""
    with pytest.raises(ReaderError) as caught:
        ExtractiveReader(ReaderSettings(model=str(tmp_path), allow_download=True)).load()
    assert str(caught.value).endswith("; give reader.model a folder that holds a question-answering model")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", None),
        ("model.safetensors", b""),
        ("model.safetensors", b"\x08\0\0\0\0\0\0\0{}"),
        ("model.safetensors", b"not weights at all"),
        ("config.json", None),
        ("config.json", b"["),
        ("config.json", b'{"model_type": "nothing"}'),
        ("tokenizer.json", b"{"),
        ("tokenizer.json", b"{}"),
    ],
)
def test_a_damaged_model_is_refused(tiny: Path, tmp_path: Path, name: str, content: bytes | None) -> None:
    """A file of a model that is missing, cut short or something else gives one line, not a traceback."""
    folder = Path(shutil.copytree(tiny, tmp_path / "damaged"))
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    message = refusal(str(folder))
    assert message.startswith(f"the reader {str(folder)!r} cannot be loaded (")
    assert message.endswith(")" + ADVICE)
    assert "\n" not in message


@pytest.mark.parametrize("kind", ["BertModel", "BertForMaskedLM"])
def test_a_model_of_another_kind_is_refused(tmp_path: Path, kind: str) -> None:
    """An encoder or a language model would answer with a random head, differently every time."""
    folder = write_model(tmp_path / "other", kind)
    assert refusal(str(folder)) == (
        f"the reader {str(folder)!r} cannot be loaded (its weights lack qa_outputs.bias){ADVICE}"
    )


def test_a_reader_without_a_fast_tokenizer_is_refused(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only fast tokenizers tell where in the text a token stands."""
    slow = SimpleNamespace(is_fast=False)
    monkeypatch.setattr("transformers.AutoTokenizer.from_pretrained", lambda *_, **__: slow)
    assert refusal(str(tiny)) == (
        "this reader has no fast tokenizer; choose a model that ships tokenizer.json"
    )


def test_a_refused_reader_can_be_asked_again(tiny: Path, tmp_path: Path) -> None:
    """Once the folder holds a model, the same reader loads it."""
    reader = ExtractiveReader(ReaderSettings(model=str(tmp_path / "later")))
    with pytest.raises(ReaderError):
        reader.load()
    shutil.copytree(tiny, tmp_path / "later")
    reader.load()
    assert reader.extract([Reading("Who?", "")]) == [[]]


def test_the_model_is_loaded_for_reading(random_reader: ExtractiveReader) -> None:
    """Loaded once, without dropout: the same question has the same answers."""
    model = random_reader._model
    assert model is not None
    assert not model.training
    random_reader.load()
    assert random_reader._model is model
    first, again = (random_reader.extract([Reading("Who built it?", BOAT)]) for _ in range(2))
    assert first == again
    assert np.isfinite([span.score for span in first[0]]).all()
