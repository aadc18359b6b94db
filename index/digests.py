"""What tells whether an article, or a text that was embedded, is still the same."""

from __future__ import annotations

import hashlib
import json

from .types import Article


def content_hash(article: Article) -> bytes:
    """Of all that people see of an article; where it was read from is no part of it."""
    fields = [article.text, article.title, article.url, article.published, *article.authors]
    return hashlib.blake2b(json.dumps(fields).encode(), digest_size=16).digest()


def vector_hash(text: str) -> bytes:
    """Of what the encoder reads of a passage: the same text has the same vector."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
