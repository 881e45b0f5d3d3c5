"""Whether a model may be used after its trial, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from casebook.exceptions import ModelError
from casebook.language import _
from casebook.models.about import ModelFile, Probe, differing
from casebook.models.trial import Answer

CLOSE = 1e-6  # what rounding may differ by between machines, of probabilities and relative


def refuse(names: Sequence[str], place: str) -> None:
    """Raises ModelError that names the types which nobody has allowed, where there are any."""
    if names:
        raise ModelError(
            _("it needs types that nobody has allowed, so nothing is loaded: {names}.",
              names=", ".join(names)),
            place=place,
            hint=_("Look at what they are; then name each one in the record, under trust of the "
                   "candidate (baseline.estimators)."),
        )  # fmt: skip


def refusal(file: ModelFile, answer: Answer) -> str:
    """Why an answer is not good enough, with the versions that differ; empty where it is."""
    other = differing(file)
    versions_said = (
        _("Saved with {versions}.", versions=other)
        if other
        else _("All versions are as they were when it was saved.")
    )
    if answer.ended:
        why = _("a process that read it on trial ended without an answer ({how}).",
                how=answer.ended)  # fmt: skip
    elif answer.error:
        why = _("it cannot be read: {error}.", error=answer.error.rstrip("."))
    else:
        why = _different(file, answer)
    return f"{why} {versions_said}" if why else ""


def _different(file: ModelFile, answer: Answer) -> str:
    for place, probe in enumerate(file.probes):
        said = answer.said[place] if place < len(answer.said) else None
        shares = answer.shares[place] if place < len(answer.shares) else ()
        if not _same(probe, said, shares):
            was = probe.shares or probe.said
            return _("it says {now} of its probe row {n}, where it said {was} when it was saved.",
                     now=shares or said, was=was, n=place + 1)  # fmt: skip
    return ""


def _same(probe: Probe, said: Any, shares: tuple[float, ...]) -> bool:
    if probe.shares:
        same = len(shares) == len(probe.shares)
        return same and bool(np.allclose(shares, probe.shares, rtol=CLOSE, atol=CLOSE))
    if isinstance(said, float) and isinstance(probe.said, int | float):
        return bool(np.isclose(said, probe.said, rtol=CLOSE))
    return bool(said == probe.said)
