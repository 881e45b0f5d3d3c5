"""Findings to JSON and back: frozen dataclasses, checked on the way in."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Any, Protocol

from pydantic import TypeAdapter

from casebook.phases.registry import PHASES, Phase

Upstream = Mapping[str, Mapping[str, Any]]
"""Findings of other phases as read from a run: stem -> plain JSON values."""


class Findings(Protocol):
    """What a phase computed: frozen, with the sentences that a reader should take away."""

    @property
    def headline(self) -> tuple[str, ...]:
        """The sentences to take away, in the case's language."""


def phase_named(stem: str) -> Phase:
    """The phase with this stem.

    Raises KeyError for a stem that is not in the table.
    """
    return {phase.stem: phase for phase in PHASES}[stem]


def module_of(phase: Phase) -> ModuleType:
    """The module with the phase's `Findings` and `examine`, imported when first asked for."""
    return importlib.import_module(f"casebook.phases.{phase.stem}")


def dump(findings: Any) -> str:
    """Findings as indented JSON; a number that is not finite is written as null."""
    of: Any = type(findings)
    plain = _adapter(of).dump_python(findings, mode="json")
    return json.dumps(_finite(plain), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load(phase: Phase, text: str) -> Any:
    """The findings of a phase from their JSON.

    Raises pydantic.ValidationError when the text is not of this version's form.
    """
    return _adapter(module_of(phase).Findings).validate_json(text)


@cache
def _adapter(of: type) -> TypeAdapter[Any]:
    """What checks findings of a type; to make one takes longer than to use it."""
    return TypeAdapter(of)


def known(value: float | None) -> float | None:
    """The number, or None where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return known(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
