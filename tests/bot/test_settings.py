"""`config.yaml`: which one is in use, what it may say, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.errors import ConfigError
from bot.settings import Settings, find_config, known_keys, load_settings
from bot.shipped import shipped

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where a test's config lies."""
    folder = tmp_path / "settings"
    folder.mkdir()
    return folder / "mine.yaml"


def load(config: Path, text: str | None = None, data: Path | None = None, **environment: str) -> Settings:
    """Load a config, after writing it where a text is given, from the working folder /elsewhere."""
    if text is not None:
        config.write_text(text, encoding="utf-8")
    return load_settings(config, data, environment, Path("/elsewhere"))


def complaint(config: Path, text: str) -> str:
    """What is said of a config."""
    with pytest.raises(ConfigError) as error:
        load(config, text)
    return str(error.value)


# --- which config ---------------------------------------------------------------------------------


def test_the_config_in_use(tmp_path: Path) -> None:
    """`--config` before `$BYLINE_CONFIG` before `./config.yaml` before the shipped one."""
    option, environment = Path("option.yaml"), {"BYLINE_CONFIG": "environment.yaml"}
    assert find_config(None, {}, tmp_path) == CHECKOUT / "config.yaml"
    assert find_config(None, {"BYLINE_CONFIG": ""}, tmp_path) == CHECKOUT / "config.yaml"
    (tmp_path / "config.yaml").write_text("", encoding="utf-8")
    assert find_config(None, {}, tmp_path) == tmp_path / "config.yaml"
    assert find_config(None, environment, tmp_path) == Path("environment.yaml")
    assert find_config(option, environment, tmp_path) == Path("option.yaml")


def test_a_folder_called_config_is_no_config(tmp_path: Path) -> None:
    """Only a file counts in the working folder."""
    (tmp_path / "config.yaml").mkdir()
    assert find_config(None, {}, tmp_path) == CHECKOUT / "config.yaml"


# --- the shipped config ---------------------------------------------------------------------------


def flat(values: dict[str, object], prefix: str = "") -> dict[str, object]:
    """Every key in dotted form with its value, the sections' without one."""
    found: dict[str, object] = {}
    for name, value in values.items():
        found[prefix + name] = None if isinstance(value, dict) else value
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
    return found


def test_the_shipped_config_writes_every_key_with_its_default() -> None:
    """Key by key, in the order of the settings: reading it changes nothing."""
    written = flat(yaml.safe_load(shipped("config.yaml").read_text(encoding="utf-8")))
    assert list(written) == known_keys()
    defaults = flat(Settings().model_dump())
    assert {**written, "data": Path(str(written["data"]))} == defaults


def test_known_keys() -> None:
    """Sections and their keys, dotted."""
    assert known_keys()[:4] == ["data", "collection", "articles", "articles.max_bytes"]
    assert known_keys()[-3:] == ["discord.cdn_url", "metrics", "metrics.port"]
    assert len(known_keys()) == 61
    reader = [key for key in known_keys() if key.startswith("reader")]
    assert reader == [
        "reader",
        "reader.model",
        "reader.calibration",
        "reader.allow_download",
        "reader.max_answer_tokens",
    ]


def test_the_shipped_config_puts_data_in_the_working_folder() -> None:
    """Nothing is ever written beside the program."""
    assert load(shipped("config.yaml")).data == Path("/elsewhere/data")


# --- what may stand in it -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "---\n", "{}\n", "null\n"])
def test_an_empty_config_is_all_defaults(config: Path, text: str) -> None:
    """Everything has a default."""
    assert load(config, text) == Settings(data=config.parent / "data")


def test_what_is_written_counts_and_the_rest_is_default(config: Path) -> None:
    """Also within a section."""
    settings = load(config, "collection: news\nchunking:\n  max_tokens: 64\n")
    assert (settings.collection, settings.chunking.max_tokens) == ("news", 64)
    assert (settings.chunking.overlap_sentences, settings.answering.threshold) == (1, 0.58)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("answerin:\n  threshold: 1\n", "there is no key `answerin`; the nearest is `answering`"),
        ("threshold: 0.7\n", "there is no key `threshold`; the nearest is `answering.threshold`"),
        (
            "answering:\n  treshold: 0.7\n",
            "there is no key `answering.treshold`; the nearest is `answering.threshold`",
        ),
        (
            "encoder:\n  overlap_sentences: 2\n",
            "there is no key `encoder.overlap_sentences`; the nearest is `chunking.overlap_sentences`",
        ),
        (
            "reader:\n  threshold: 0.7\n",
            "there is no key `reader.threshold`; the nearest is `answering.threshold`",
        ),
        ("Data: x\n", "there is no key `Data`; the nearest is `data`"),
    ],
)
def test_an_unknown_key_is_refused(config: Path, text: str, problem: str) -> None:
    """With the nearest known one, whatever its section."""
    assert complaint(config, text) == f"{config}: {problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "chunking:\n  max_tokens: many\n",
            "`chunking.max_tokens` is wrong: input should be a valid integer, unable to parse string as an "
            "integer, not 'many'",
        ),
        (
            "chunking:\n  max_tokens: 31\n",
            "`chunking.max_tokens` is wrong: input should be greater than or equal to 32, not 31",
        ),
        ("collection: [a]\n", "`collection` is wrong: input should be a valid string, not ['a']"),
        (
            "answering:\n  passages: 0\n",
            "`answering.passages` is wrong: input should be greater than 0, not 0",
        ),
        (
            "encoder:\n  allow_download: maybe\n",
            "`encoder.allow_download` is wrong: input should be a valid boolean, unable to interpret input, "
            "not 'maybe'",
        ),
        (
            "answering:\n  threshold: 1.01\n",
            "`answering.threshold` is wrong: input should be less than or equal to 1, not 1.01",
        ),
        (
            "answering:\n  threshold: -0.5\n",
            "`answering.threshold` is wrong: input should be greater than or equal to 0, not -0.5",
        ),
        (
            "reader:\n  max_answer_tokens: 0\n",
            "`reader.max_answer_tokens` is wrong: input should be greater than 0, not 0",
        ),
        (
            "reader:\n  max_answer_tokens: 201\n",
            "`reader.max_answer_tokens` is wrong: input should be less than or equal to 200, not 201",
        ),
        (
            "discord:\n  queue_size: 0\n",
            "`discord.queue_size` is wrong: input should be greater than 0, not 0",
        ),
        (
            "discord:\n  token: abc\n",
            "there is no key `discord.token`; the nearest is `discord`",
        ),
        (
            "metrics:\n  port: 65536\n",
            "`metrics.port` is wrong: input should be less than or equal to 65535, not 65536",
        ),
        ("1: 2\n", "`1` is wrong: keys should be strings, not 1"),
        (
            "web:\n  allow_private_hosts: wiki\n",
            "`web.allow_private_hosts` is wrong: input should be true, false or a list of hosts and "
            "networks, not 'wiki'",
        ),
        (
            "web:\n  allow_private_hosts: [wiki.intern, 10.0.0.1/8]\n",
            "`web.allow_private_hosts` is wrong: '10.0.0.1/8' is neither a host nor an address or a network, "
            "not ['wiki.intern', '10.0.0.1/8']",
        ),
        (
            'web:\n  user_agent: "a\\r\\nX: y"\n',
            "`web.user_agent` is wrong: string should match pattern '^[!-~][ -~]*$', not 'a\\r\\nX: y'",
        ),
        (
            "web:\n  timeout_seconds: 0\n",
            "`web.timeout_seconds` is wrong: input should be greater than 0, not 0",
        ),
    ],
)
def test_a_wrong_value_is_named(config: Path, text: str, problem: str) -> None:
    """Its key, what is wanted, and what stands there."""
    assert complaint(config, text) == f"{config}: {problem}"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("data: x\nchunking:\n\tmax_tokens: 5\n", " at line 3"),
        ("data: [\n", " at line 2"),
        ("data: x\ncollection: *nowhere\n", " at line 2"),
        ("data: !!python/object/apply:os.getcwd []\n", " at line 1"),
        ("data: \x01\n", ""),
        ("[" * 600, ""),
    ],
    ids=["tab", "open", "alias", "object", "control", "deep"],
)
def test_invalid_yaml(config: Path, text: str, where: str) -> None:
    """The line is named where it is known; nothing in it is ever run."""
    assert complaint(config, text) == f"the config {config} is not valid YAML{where}; mend that line"


@pytest.mark.parametrize("text", ["- data\n", "data\n", "5\n", "false\n"])
def test_a_config_that_is_no_mapping(config: Path, text: str) -> None:
    """A list or a single value is refused."""
    assert complaint(config, text) == f"the config {config} must be `key: value` lines"


def test_a_config_that_cannot_be_read(config: Path) -> None:
    """Missing, a folder, or not UTF-8."""
    with pytest.raises(ConfigError) as error:
        load(config)
    assert str(error.value) == (
        f"the config {config} cannot be read (No such file or directory); check --config"
    )
    with pytest.raises(ConfigError) as error:
        load(config.parent)
    assert str(error.value) == f"the config {config.parent} cannot be read (Is a directory); check --config"
    config.write_bytes("collection: Zürich".encode("latin-1"))
    with pytest.raises(ConfigError) as error:
        load(config)
    assert str(error.value) == f"the config {config} is not UTF-8 text; save it as UTF-8"


# --- where data and model lie ---------------------------------------------------------------------


def test_data_is_relative_to_the_file(config: Path) -> None:
    """Not to the working folder; an absolute path stays as it is."""
    assert load(config, "data: built/here\n").data == config.parent / "built" / "here"
    assert load(config, "data: /var/byline\n").data == Path("/var/byline")


def test_data_in_the_home_folder(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is one's home."""
    monkeypatch.setenv("HOME", "/home/ada")
    assert load(config, "data: ~/byline\n").data == Path("/home/ada/byline")


def test_option_before_environment_before_file(config: Path) -> None:
    """`--data`, then `$BYLINE_DATA`, then the file; the first two relative to the working folder."""
    text = "data: file\n"
    assert load(config, text, BYLINE_DATA="").data == config.parent / "file"
    assert load(config, text, BYLINE_DATA="environment").data == Path("/elsewhere/environment")
    assert load(config, text, Path("option"), BYLINE_DATA="environment").data == Path("/elsewhere/option")
    assert load(config, text, Path("/option")).data == Path("/option")


@pytest.mark.parametrize("part", ["encoder", "reader"])
@pytest.mark.parametrize(("written", "placed"), [("models/tiny", "models/tiny"), ("~/tiny", "home/tiny")])
def test_a_relative_model_folder_is_relative_to_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch, part: str, written: str, placed: str
) -> None:
    """A folder that is there is taken, also in one's home; anything else is a hub's name, as written."""
    monkeypatch.setenv("HOME", str(config.parent / "home"))
    text = f"{part}:\n  model: {written}\n"
    assert getattr(load(config, text), part).model == written
    (config.parent / placed).mkdir(parents=True)
    assert getattr(load(config, text), part).model == str(config.parent / placed)


@pytest.mark.parametrize(
    ("written", "placed"),
    [
        ("bundled", "bundled"),
        ("none", "none"),
        ("mine.json", "{folder}/mine.json"),
        ("sub/mine.json", "{folder}/sub/mine.json"),
        ("/var/mine.json", "/var/mine.json"),
        ("~/mine.json", "/home/ada/mine.json"),
    ],
)
def test_a_relative_calibration_is_relative_to_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch, written: str, placed: str
) -> None:
    """Whether or not the file is there; `bundled` and `none` are no files."""
    monkeypatch.setenv("HOME", "/home/ada")
    found = load(config, f"reader:\n  calibration: {written}\n").reader.calibration
    assert found == placed.format(folder=config.parent)


def test_a_folder_called_bundled_is_not_the_model(config: Path) -> None:
    """`bundled` and `none` are what comes with Byline, whatever lies beside the config."""
    for name in ("bundled", "none"):
        (config.parent / name).mkdir()
    settings = load(config, "")
    assert (settings.encoder.model, settings.reader.model) == ("bundled", "bundled")
    assert settings.reader.calibration == "bundled"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("[]", ()),
        (
            "[wiki.intern, 'docs.intern:3000', 10.1.0.0/16]",
            ("wiki.intern", "docs.intern:3000", "10.1.0.0/16"),
        ),
    ],
)
def test_private_hosts(config: Path, written: str, read: object) -> None:
    """All, none, or those that are listed."""
    assert load(config, f"web:\n  allow_private_hosts: {written}\n").web.allow_private_hosts == read


def test_settings_cannot_be_changed() -> None:
    """Nobody turns a knob behind the others' backs."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().collection = "other"
