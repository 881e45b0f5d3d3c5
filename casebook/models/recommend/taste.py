"""What a recommender's factory is told of the case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Taste:
    """The record's wishes, for the factories of recommenders.

    k: how many things are offered. pairs: (liked, offered), in order, as item names.
    card: lists of items of one kind, in order, each followed by the next; empty where the rule
    is not to go by a list.
    """

    k: int = 10
    repeats: bool = True
    pairs: tuple[tuple[str, str], ...] = ()
    card: tuple[tuple[str, ...], ...] = ()
    seed: int = 0


def at_once(wanted: int, items: int) -> int:
    """How many things are offered: fewer than wanted where a list would hold them all.

    >>> at_once(10, 50), at_once(10, 8), at_once(10, 1)
    (10, 4, 1)
    """
    return wanted if wanted < items else max(1, items // 2)
