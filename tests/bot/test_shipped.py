"""The files that travel with the program."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import bot.shipped
from bot.shipped import shipped
from index.settings import ArticleSettings
from index.sources.files import FileSource
from index.types import Article

CHECKOUT = Path(__file__).resolve().parents[2]


def test_in_a_checkout_they_lie_beside_the_packages() -> None:
    """The config and the sample articles of the repository are the ones that ship."""
    assert shipped("config.yaml") == CHECKOUT / "config.yaml"
    assert shipped("articles") == CHECKOUT / "articles"


def test_in_a_wheel_they_lie_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the package holds comes first, file by file."""
    monkeypatch.setattr(bot.shipped, "files", lambda package: tmp_path / package)
    (tmp_path / "bot" / "shipped").mkdir(parents=True)
    (tmp_path / "bot" / "shipped" / "config.yaml").write_text("", encoding="utf-8")
    assert shipped("config.yaml") == tmp_path / "bot" / "shipped" / "config.yaml"
    assert shipped("articles") == CHECKOUT / "articles"


def test_the_wheel_takes_them_along() -> None:
    """To the very place where an installed program looks."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["config.yaml"] == "bot/shipped/config.yaml"
    assert included["articles"] == "bot/shipped/articles"


def test_the_samples_are_whole_articles() -> None:
    """Every one has a title, a day, an author and a link of its own that leads nowhere real."""
    items = list(FileSource([shipped("articles")], ArticleSettings()))
    articles = [item for item in items if isinstance(item, Article)]
    assert [item for item in items if item not in articles] == []
    assert len(articles) == 12
    assert [article.path for article in articles if not article.title or not article.authors] == []
    assert [article.path for article in articles if article.published != article.date] == []
    assert sorted(article.url or "" for article in articles) == sorted(
        f"https://example.org/news/{path.stem}" for path in shipped("articles").glob("*.md")
    )
