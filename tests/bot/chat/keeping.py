"""Answers to keep, for tests of what is remembered."""

from __future__ import annotations

from bot.chat.keep.kept import KeptAnswer, Offer, Place

ASKED_AT = 1_700_000_000.25
"""14 November 2023, 22:13 UTC."""
DAY = 86_400.0
SERVER = 1_050_000_000_000_000_001
CHANNEL = 1_050_000_000_000_000_002
ADA = 1_050_000_000_000_000_003
BEN = 1_050_000_000_000_000_004
CLEO = 1_050_000_000_000_000_005

PLACE = Place("a", "7", 100, 130, 0, 11, 2.5, "0123456789abcdef0123456789abcdef")


def answered(answer_id: str = "a1", **fields: object) -> KeptAnswer:
    """An answer to Ada; keyword arguments override its fields."""
    values: dict[str, object] = {
        "id": answer_id,
        "question": "Who directed the film?",
        "asker": ADA,
        "channel": CHANNEL,
        "message": None,
        "asked_at": ASKED_AT,
        "private": False,
        "locale": "en-GB",
        "since": None,
        "until": None,
        "article_id": None,
        "answer": "Ilsa Marrow",
        "confidence": 0.875,
        "citations": (PLACE,),
        "closest": (),
        "alternatives": (Offer("Oda Trevell", 0.25, PLACE),),
        "conflicts": (),
        "previous": None,
        **fields,
    }
    return KeptAnswer(**values)  # type: ignore[arg-type]
