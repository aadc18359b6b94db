"""`config.yaml`: where it is found, and what may stand in it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Field, ValidationError

from index.encode import BUNDLED
from index.settings import (
    ArticleSettings,
    ChunkingSettings,
    EncoderSettings,
    RetrievalSettings,
    Section,
    StoreSettings,
    WebSettings,
)

from .errors import ConfigError
from .shipped import shipped

NO_CALIBRATION = "none"


class ReaderSettings(Section):
    """The model that points at the words that answer."""

    model: str = BUNDLED
    calibration: str = BUNDLED
    allow_download: bool = False
    max_answer_tokens: int = Field(20, gt=0, le=200)


class AnsweringSettings(Section):
    """When an answer is good enough, and how much is looked at."""

    passages: int = Field(10, gt=0)
    threshold: float = Field(0.58, ge=0, le=1)
    alternatives: int = Field(3, ge=0)
    max_question_characters: int = Field(2000, gt=0)


class DiscordSettings(Section):
    """The Discord bot; its token comes from `DISCORD_TOKEN` and is never written here."""

    shared_collection: str = ""
    prefix: str = Field("!", min_length=1, max_length=16)
    message_content: bool = False
    max_open_collections: int = Field(64, gt=0)
    queue_size: int = Field(16, gt=0)
    user_cooldown_seconds: float = Field(3.0, ge=0)
    server_questions_per_minute: int = Field(60, ge=0)
    max_articles: int = Field(2000, ge=0)
    max_text_mib: float = Field(50, ge=0)
    max_unpacked_mib: float = Field(10, gt=0)
    max_feeds: int = Field(20, ge=0)
    feed_minutes: float = Field(30, ge=0)
    retention_days: int = Field(30, ge=0)
    forget_after_days: int = Field(7, ge=0)
    log_questions: bool = False
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = ""
    cdn_url: str = "https://cdn.discordapp.com"


class MetricsSettings(Section):
    """Figures for Prometheus, on loopback."""

    port: int = Field(0, ge=0, le=65535)


class Settings(Section):
    """The whole of `config.yaml`."""

    data: Path = Path("data")
    collection: str = "articles"
    articles: ArticleSettings = ArticleSettings()
    web: WebSettings = WebSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    encoder: EncoderSettings = EncoderSettings()
    store: StoreSettings = StoreSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reader: ReaderSettings = ReaderSettings()
    answering: AnsweringSettings = AnsweringSettings()
    discord: DiscordSettings = DiscordSettings()
    metrics: MetricsSettings = MetricsSettings()


def find_config(option: Path | None, environment: Mapping[str, str], folder: Path) -> Path:
    """The config in use: `--config`, else `$BYLINE_CONFIG`, else `./config.yaml`, else the shipped one."""
    if option is not None:
        return option
    if environment.get("BYLINE_CONFIG"):
        return Path(environment["BYLINE_CONFIG"])
    local = folder / "config.yaml"
    return local if local.is_file() else shipped("config.yaml")


def load_settings(config: Path, data: Path | None, environment: Mapping[str, str], folder: Path) -> Settings:
    """Read a config file; ConfigError says in one line what is wrong with it.

    Relative paths in it are relative to the file, or to `folder` where it is the shipped one,
    because nothing is ever written beside the program. `data` (`--data`) and `$BYLINE_DATA` win over
    the file.
    """
    values = _read_yaml(config)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{config}: {_explain(error)}") from None
    base = folder if config.resolve() == shipped("config.yaml").resolve() else config.resolve().parent
    chosen = data or (Path(environment["BYLINE_DATA"]) if environment.get("BYLINE_DATA") else None)
    placed = folder / chosen.expanduser() if chosen else base / settings.data.expanduser()
    model = base / Path(settings.encoder.model).expanduser()
    is_folder = settings.encoder.model != BUNDLED and model.is_dir()
    encoder = settings.encoder.model_copy(update={"model": str(model)}) if is_folder else settings.encoder
    return settings.model_copy(
        update={"data": placed, "encoder": encoder, "reader": _placed_reader(settings.reader, base)}
    )


def _placed_reader(reader: ReaderSettings, base: Path) -> ReaderSettings:
    """The reader's settings with its paths made absolute; a model that is no folder is a hub's name."""
    update = {}
    model = base / Path(reader.model).expanduser()
    if reader.model != BUNDLED and model.is_dir():
        update["model"] = str(model)
    if reader.calibration not in {BUNDLED, NO_CALIBRATION}:
        update["calibration"] = str(base / Path(reader.calibration).expanduser())
    return reader.model_copy(update=update)


def _read_yaml(config: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the config {config} cannot be read ({error.strerror}); check --config") from None
    except UnicodeDecodeError:
        raise ConfigError(f"the config {config} is not UTF-8 text; save it as UTF-8") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise ConfigError(f"the config {config} is not valid YAML{where}; mend that line") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"the config {config} must be `key: value` lines")
    # A section whose keys are all commented out is left at its defaults.
    return {key: value for key, value in values.items() if value is not None}


def _explain(error: ValidationError) -> str:
    """The first problem in one line; an unknown key is answered with the nearest known one."""
    problem = error.errors()[0]
    location = [str(part) for part in problem["loc"]]
    if problem["type"] != "extra_forbidden":
        return f"`{'.'.join(location)}` is wrong: {problem['msg'].lower()}, not {problem['input']!r}"
    known = known_keys()
    near = difflib.get_close_matches(".".join(location), known, n=1, cutoff=0.0)
    return f"there is no key `{'.'.join(location)}`; the nearest is `{near[0]}`"


def known_keys(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    """Every key of the config in dotted form, the sections' included."""
    keys = []
    for name, field in model.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += known_keys(field.annotation, f"{prefix}{name}.")
    return keys
