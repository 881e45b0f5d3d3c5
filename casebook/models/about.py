"""What is written beside a model: `model.json`, one frozen value."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from casebook import __version__
from casebook.exceptions import ModelError
from casebook.language import _

MODEL = "model.skops"
ABOUT = "model.json"
FORM = 1  # the version of model.json's form
LIBRARIES = ("scikit-learn", "numpy", "pandas", "scipy", "skops")

Cell = bool | int | float | str | None


@dataclass(frozen=True)
class About:
    """What the caller knows of a model and its data.

    candidate, title: its name in the record and as a reader sees it.
    fingerprint: of the table's content. threshold: from which probability on it is a yes.
    band: probabilities between which a person decides.
    trust: types beyond `TRUSTED` that the record allows to be loaded.
    """

    case: str
    candidate: str
    title: str = ""
    table: str = ""
    fingerprint: str = ""
    threshold: float | None = None
    band: tuple[float, float] | None = None
    trust: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One raw column that the model reads, as it was in training.

    role: number, category, text or time; `other` where only a rule reads it.
    kind: what its values are: number, text, time or boolean; empty where all were missing.
    dtype: pandas' name of its type. missing: share of rows without a value.
    low, high: between which 98 % of numbers or times lie; None for texts.
    typical: the median or the most frequent level. levels: the most frequent first.
    levels_left_out: how many more there were.
    """

    name: str
    role: str
    kind: str
    dtype: str
    missing: float = 0.0
    low: int | float | str | None = None
    high: int | float | str | None = None
    typical: Cell = None
    levels: tuple[str, ...] = ()
    levels_left_out: int = 0


@dataclass(frozen=True)
class Probe:
    """A made-up row and what the model said of it when it was saved.

    row: values in the order of the columns. said: a class or a number.
    shares: probabilities in the order of `classes`; empty for numbers.
    """

    row: tuple[Cell, ...]
    said: float | str
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class ModelFile:
    """A saved model, without the model: what it is, what it reads, and what it must say.

    classes: for two classes the positive one is last; empty for regression.
    sha256, size: of model.skops, in hex and bytes. rows: that it was fitted on.
    created: in UTC, ISO 8601.
    """

    about: About
    task: str
    classes: tuple[str, ...]
    target: str
    columns: tuple[Column, ...]
    probes: tuple[Probe, ...]
    rows: int
    seed: int
    versions: dict[str, str]
    sha256: str
    size: int
    created: str
    model: int = FORM

    @property
    def positive(self) -> str | None:
        """The class that counts as yes, for two classes."""
        return self.classes[1] if len(self.classes) == 2 else None

    @property
    def threshold(self) -> float | None:
        """From which probability on it is a yes; None where the most probable class is said."""
        return self.about.threshold

    def dump(self) -> str:
        """As indented JSON."""
        return _adapter().dump_json(self, indent=2).decode("utf-8") + "\n"


@cache
def _adapter() -> TypeAdapter[ModelFile]:
    """What checks a description; to make one takes longer than to use it."""
    return TypeAdapter(ModelFile)


def parsed(text: str | bytes, place: str) -> ModelFile:
    """A model's description from its JSON. Raises ModelError where it is of another form."""
    try:
        found = _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ModelError(
            _("this description of a model cannot be read: {field}: {error}",
              field=".".join(map(str, first["loc"])) or "JSON", error=first["msg"]),
            place=place,
            hint=_("Save the model again with casebook.models.file.save_model."),
        ) from error  # fmt: skip
    if found.model != FORM:
        raise ModelError(
            _("its form is {form}, this Casebook reads {known}", form=found.model, known=FORM),
            place=place,
        )
    return found


def read_about(folder: Path | str) -> ModelFile:
    """What `model.json` says, without a look at the model.

    Raises ModelError where there is none or it cannot be read.
    """
    path = Path(folder) / ABOUT
    try:
        return parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise ModelError(
            _("its description cannot be read: {error}", error=error.strerror or error),
            place=str(path),
            hint=_("It is saved together with the model; copy both."),
        ) from error


def versions() -> dict[str, str]:
    """Versions of what decides what a model says, here and now."""
    found = {"python": platform.python_version(), "casebook": __version__}
    return found | {name: metadata.version(name) for name in LIBRARIES}


def differing(file: ModelFile) -> str:
    """What was another version when the model was saved, in words; empty where nothing was.

    `scikit-learn 1.8.0 then, 1.9.1 now`.
    """
    here = versions()
    names = [name for name in file.versions if file.versions[name] != here.get(name)]
    said = [
        _("{name} {then} then, {now} now",
          name=name, then=file.versions[name], now=here.get(name, "–"))
        for name in names
    ]  # fmt: skip
    return "; ".join(said)
