"""The types that a model file may bring to life: a literal list, never "all".

skops knows the public types of NumPy, SciPy and scikit-learn. What our own candidates need beyond
them stands here, by name; what a candidate of the record needs stands in the record, by name.
"""

from __future__ import annotations

from collections.abc import Iterable

from casebook.exceptions import ModelError
from casebook.language import _

TRUSTED = (
    "casebook.models.boosting.EmptyToZero",
    "casebook.models.features.RawColumns",
    "casebook.models.quick.Prepared",
    "casebook.models.rule.RuleClassifier",
    "casebook.models.rule.RuleRegressor",
    "casebook.models.said.SaidClassifier",
    "casebook.models.said.SaidRegressor",
    # What skops does not know of NumPy's and scikit-learn's own.
    "functools.partial",
    "numpy.dtype",
    "sklearn.utils.validation.check_array",
    "sklearn.tree._tree.Tree",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.MultinomialLogit",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfMultinomialLoss",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)


def allowed(trust: Iterable[str]) -> list[str]:
    """Our own types and those that somebody named.

    Raises ModelError for what is not the full name of one type, such as `all` or `lightgbm.*`.
    """
    named = list(trust)
    for name in named:
        parts = name.split(".")
        if len(parts) < 2 or not all(part.isidentifier() for part in parts):
            raise ModelError(
                _("'{name}' is not the full name of a type, such as lightgbm.sklearn.LGBMModel.",
                  name=name),
                hint=_("Each type that may be loaded is named by itself."),
            )  # fmt: skip
    return [*TRUSTED, *named]


def beyond(names: Iterable[str], trust: Iterable[str]) -> tuple[str, ...]:
    """Those of a file's types that nobody has allowed."""
    known = set(allowed(trust))
    return tuple(sorted(name for name in set(names) if name not in known))
