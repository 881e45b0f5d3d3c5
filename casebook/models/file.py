"""A model in a folder: `model.skops` with `model.json` beside it, both or neither.

    file = save_model(folder, estimator, data, about=About("telco", "linear"))
    model = load_model(folder)
    model.predict_proba(rows)

`model.json` names the sha256 of its `model.skops` and is put into place first; until the model
itself follows, it waits beside under its own hash, where reading finds it. So a crash at any moment
leaves the old pair or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from casebook.atomic import sync_folder, write_bytes
from casebook.exceptions import CasebookError, ModelError
from casebook.expressions import check
from casebook.language import _
from casebook.models import blob as blobs
from casebook.models import trial
from casebook.models.about import (
    ABOUT,
    MODEL,
    About,
    ModelFile,
    Probe,
    differing,
    read_about,
    versions,
)
from casebook.models.labelled import Labelled
from casebook.models.trusted import beyond
from casebook.models.usual import checked, described, made_up
from casebook.models.verdict import refusal, refuse

MOST_TRIED = 50  # rows on which it is seen which columns a model reads


@dataclass(frozen=True, eq=False)
class SavedModel:
    """A model that was read from its file, and says of its probe rows what it said when saved.

    notes: sentences on what is different here, such as versions.
    """

    file: ModelFile
    estimator: Any = field(repr=False)
    notes: tuple[str, ...] = ()

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """(n_rows,) classes or numbers of raw rows; by the threshold, where the file has one.

        Raises ModelError for a column that is missing or of another kind than in training.
        """
        threshold, positive = self.file.threshold, self.file.positive
        if threshold is None or positive is None:
            return np.asarray(self.estimator.predict(checked(X, self.file.columns)))
        yes = self.predict_proba(X)[:, 1] >= threshold
        return np.where(yes, positive, self.file.classes[0])

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """(n_rows, n_classes) probabilities in the order of `file.classes`.

        Raises ModelError as `predict` does, and where the model predicts numbers.
        """
        if not self.file.classes:
            raise ModelError(_("this model predicts a number, which has no probability."))
        if not hasattr(self.estimator, "predict_proba"):
            raise ModelError(_("this model says a class, and no probability of it."))
        shares = np.asarray(self.estimator.predict_proba(checked(X, self.file.columns)))
        names = [str(name) for name in self.estimator.classes_]
        return shares[:, [names.index(name) for name in self.file.classes]]


def save_model(folder: Path | str, estimator: Any, data: Labelled, *, about: About) -> ModelFile:
    """Save an estimator that was fitted on all labelled rows; the folder must be there.

    Raises ModelError where skops has no form for it, where it needs types that nobody has
    allowed, and where it cannot be read back and say the same; OSError where the disk is full.
    The old model is then as it was.
    """
    content = blobs.dumped(estimator)
    refuse(beyond(blobs.types_in(content), about.trust), about.candidate)
    with threadpool_limits(1):  # a few rows; on busy cores threads would wait for each other
        file = _described(estimator, data, about, content)
    answer = trial.tried(content, file, about.trust)
    if why := refusal(file, answer):
        raise ModelError(
            _("the model of '{name}' cannot be saved: read back, {why}",
              name=about.candidate, why=why)
        )  # fmt: skip
    with _alone(Path(folder)):
        _write(Path(folder), content, file)
    return file


def load_model(
    folder: Path | str, *, trust: Sequence[str] = (), seconds: float = trial.SECONDS,
    tried: Callable[..., trial.Answer] = trial.tried,
) -> SavedModel:  # fmt: skip
    """The model in a folder, once a child process has read it without harm.

    trust: types beyond our own that the reader (not the file) allows; the record's list.
    seconds: that the child may take. tried: asks the child, or who knows what one has said.
    Raises ModelError, with the reason: no model, a pickle, another content than was saved, types
    that nobody has allowed, a reader that crashed or came to no end, other predictions.
    """
    file, content, place = _read(Path(folder))
    answer = tried(content, file, trust, seconds=seconds)
    refuse(answer.untrusted, place)
    if why := refusal(file, answer):
        raise ModelError(
            _("this model is not used: {why}", why=why),
            place=place,
            hint=_("Save it again from a run of this Casebook."),
        )
    other = differing(file)
    notes = (_("Saved with other versions ({versions}); its probe rows say the same.",
               versions=other),) if other else ()  # fmt: skip
    return SavedModel(file, blobs.loaded(content, trust), notes)


def _described(estimator: Any, data: Labelled, about: About, content: bytes) -> ModelFile:
    target = str(data.y.name)
    columns = described(data.X, columns_read(estimator, data), data.features)
    file = ModelFile(
        about=about,
        task=data.task,
        classes=data.classes,
        target=target,
        columns=columns,
        probes=tuple(Probe(row, "") for row in made_up(data.X, columns)),
        rows=len(data.y),
        seed=data.setting.seed,
        versions=versions(),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    try:
        answer = trial.said_by(estimator, file)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(
            _("the model of '{name}' cannot say anything of rows that it has not seen: {error}",
              name=about.candidate, error=error)
        ) from error  # fmt: skip
    shares = answer.shares or ((),) * len(answer.said)
    told = zip(file.probes, answer.said, shares, strict=True)
    return replace(file, probes=tuple(Probe(p.row, said, share) for p, said, share in told))


def columns_read(estimator: Any, data: Labelled) -> tuple[str, ...]:
    """The fewest raw columns with which the model says the same as with all of them."""
    rows = data.X.head(MOST_TRIED)
    everything = [str(name) for name in data.X.columns if name != data.y.name]
    texts = getattr(estimator, "conditions", ())
    rules = [c for text in texts for c in check(text, everything, aggregate=False).columns]
    features = list(data.features.names)
    expected = np.asarray(estimator.predict(rows))
    for names in (list(dict.fromkeys(rules)), features, list(dict.fromkeys(features + rules))):
        try:
            if names and np.array_equal(np.asarray(estimator.predict(rows[names])), expected):
                return tuple(names)
        except (CasebookError, KeyError, ValueError, TypeError):
            continue  # it reads more than these
    return tuple(everything)


def _read(folder: Path) -> tuple[ModelFile, bytes, str]:
    """Description and content that belong together."""
    path = folder / MODEL
    for _try in range(2):  # a save at this very moment may put a new pair into place
        content = _content(path)
        if content is not None:
            blobs.check_form(content, str(path))
        elif not (folder / ABOUT).exists():
            raise _missing(path)
        file = read_about(folder)
        waiting = _content(_waiting(folder, file))  # where a crash kept it from its place
        for found in (content, waiting):
            if found is not None and hashlib.sha256(found).hexdigest() == file.sha256:
                return file, found, str(path)
    if content is None:
        raise _missing(path)
    raise ModelError(
        _("its content is not what was saved: the sha256 in {about} is another one.", about=ABOUT),
        place=str(path),
        hint=_("Copy both files again, or save the model again."),
    )


def _missing(path: Path) -> ModelError:
    return ModelError(
        _("there is no model here."),
        place=str(path),
        hint=_("Run the baseline notebook; it saves one into the run."),
    )


def _content(path: Path) -> bytes | None:
    """The content of a file, None where there is none."""
    try:
        if path.stat().st_size > blobs.MOST_BYTES:
            raise ModelError(_("it is larger than {n} bytes.", n=blobs.MOST_BYTES), place=str(path))
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(
            _("it cannot be read: {error}.", error=error.strerror or error), place=str(path)
        ) from error


def _waiting(folder: Path, file: ModelFile) -> Path:
    return folder / f".model-{file.sha256}.tmp"


def _write(folder: Path, content: bytes, file: ModelFile) -> None:
    waiting = _waiting(folder, file)
    write_bytes(waiting, content)
    write_bytes(folder / ABOUT, file.dump().encode("utf-8"))  # from here on it is the new one
    waiting.replace(folder / MODEL)
    for left in folder.glob(".model-*.tmp"):  # by saves that were killed
        left.unlink(missing_ok=True)
    sync_folder(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One save at a time in a folder; the system frees the lock when its holder dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
