"""The model of a run: fitted again on all labelled rows, saved with its card."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from casebook import __version__, language
from casebook.atomic import write_text
from casebook.case import Case
from casebook.exceptions import RunError
from casebook.language import _
from casebook.models.about import About, ModelFile, read_about, versions
from casebook.models.file import SavedModel, load_model, save_model
from casebook.models.labelled import Labelled
from casebook.models.trial import Answer, answer_in, tried
from casebook.pages.base import Html, bullets, join, link, notice
from casebook.pages.model_card import Facts, card
from casebook.pages.model_card_views import to_html, to_markdown
from casebook.runs.model_files import CARD, CARD_TEXT, links
from casebook.runs.shared import once

Make = Callable[[ModelFile, Any], Facts]


@dataclass(frozen=True)
class ToSave:
    """A model to be fitted and saved.

    estimator: an unfitted estimator, or the factory of a candidate, which is given the setting.
    facts: from the saved file and the fitted estimator to what its card says of them.
    """

    estimator: Any
    data: Labelled
    about: About
    facts: Make


def keep(folder: Path, case: Case, wanted: ToSave) -> ModelFile:
    """Fit the model on all labelled rows and save it with its card into a run's folder.

    Raises ModelError where it cannot be saved, RunError where the folder cannot be written.
    """
    about = replace(
        wanted.about, trust=(*wanted.about.trust, *trusted(case, wanted.about.candidate))
    )
    made = wanted.estimator
    if not hasattr(made, "fit"):
        made = made(wanted.data.setting)
    fitted = made.fit(wanted.data.X, wanted.data.y)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = save_model(folder, fitted, wanted.data, about=about)
        with language.using(case.record.language):
            said = card(case.record, wanted.facts(file, fitted))
        write_text(folder / CARD, to_html(said))
        write_text(folder / CARD_TEXT, to_markdown(said))
    except OSError as error:
        raise RunError(
            _("the model cannot be saved: {error}", error=error.strerror or error),
            place=str(folder),
            hint=_("Is the disk full, or the folder read-only?"),
        ) from error
    return file


def trusted(case: Case, candidate: str) -> tuple[str, ...]:
    """The types that the record allows to be loaded for a candidate of one's own."""
    own = (one.trust for one in case.record.baseline.estimators if one.name == candidate)
    return tuple(dict.fromkeys(name for names in own for name in names))


def saved_model(folder: Path, case: Case) -> SavedModel:
    """The model of a run, with the types that the case's record allows; see `load_model`.

    Visitors of one server share what the trial of the very same file has said.
    """
    trust = trusted(case, read_about(folder).about.candidate)
    return load_model(folder, trust=trust, tried=_tried_once)


class _NotKept(Exception):
    """An answer that only who asked for it is given: another trial may go better."""


def _tried_once(blob: bytes, file: ModelFile, trust: Sequence[str], *, seconds: float) -> Answer:
    """Of this content, this description and these types; only a trial that ended well is kept."""

    def compute() -> str:
        answer = tried(blob, file, trust, seconds=seconds)
        if answer.ended or answer.error or answer.untrusted:
            raise _NotKept(answer)
        return json.dumps(asdict(answer))

    whole = [__version__, versions(), hashlib.sha256(blob).hexdigest(), file.dump(), *trust]
    key = hashlib.sha256(json.dumps(whole).encode()).hexdigest()
    try:
        return answer_in(once(key, compute, os.environ))
    except _NotKept as given:
        answer: Answer = given.args[0]
        return answer


def fragment(folder: Path, file: ModelFile) -> Html:
    """What a notebook shows once the model is saved."""
    said = _("The {name} was fitted on all {n} labelled rows and saved in the run.",
             name=file.about.title or file.about.candidate, n=file.rows)  # fmt: skip
    shown = bullets(link(name, f"{name}: {what}") for name, what in links(folder))
    return join(notice("ok", said), shown)
