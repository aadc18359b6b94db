"""The sections of `config.yaml` that `index` reads."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from .sources.web.address import Reach


class Section(BaseModel):
    """A part of the config: immutable, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ArticleSettings(Section):
    """What may be read as an article."""

    max_bytes: int = Field(20 * 1024 * 1024, gt=0)


class ChunkingSettings(Section):
    """How articles are cut into passages."""

    max_tokens: int = Field(240, ge=32)
    overlap_sentences: int = Field(1, ge=0)


class EncoderSettings(Section):
    """Which model embeds questions and passages."""

    model: str = "bundled"
    query_prompt: str = ""
    passage_prompt: str = ""
    allow_download: bool = False
    batch_size: int = Field(16, gt=0)


class StoreSettings(Section):
    """How the vector file is kept."""

    save_every_seconds: float = Field(60.0, ge=0)


class RetrievalSettings(Section):
    """How dense and BM25 candidates become one list."""

    candidates: int = Field(100, gt=0)
    dense_weight: float = Field(0.5, ge=0)
    bm25_weight: float = Field(1.0, ge=0)
    title_weight: float = Field(1.0, ge=0)
    recency_weight: float = Field(0.35, ge=0)
    proximity_weight: float = Field(0.8, ge=0)
    duplicate_similarity: float = Field(0.8, gt=0, le=1)


def _hosts(value: object) -> object:
    """Check the hosts and networks of a list, so that a slip is told when the config is read."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        raise PydanticCustomError("hosts", "Input should be true, false or a list of hosts and networks")
    try:
        Reach.of(tuple(value))
    except ValueError as error:
        raise PydanticCustomError("hosts", "{problem}", {"problem": str(error)}) from None
    return tuple(value)


class WebSettings(Section):
    """What is fetched from the web, and how gently."""

    allow_private_hosts: Annotated[bool | tuple[str, ...], BeforeValidator(_hosts)] = False
    user_agent: str = Field("Byline (reads the articles it is given links to)", pattern=r"^[!-~][ -~]*$")
    pause_seconds: float = Field(1.0, ge=0)
    timeout_seconds: float = Field(30.0, gt=0)
    max_bytes: int = Field(10 * 1024 * 1024, gt=0)
    max_redirects: int = Field(5, ge=0)
