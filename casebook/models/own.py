"""An estimator of the record's own: any class in scikit-learn's form, by its dotted path."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

from sklearn.base import is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline

from casebook.exceptions import ModelError, nearest
from casebook.language import _
from casebook.models.prepare import for_pattern
from casebook.models.setting import Own, Setting

PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)
QUIET = {"lightgbm": {"verbose": -1}}
"""Parameters that keep a library from writing into notebooks, where the record does not say."""


def make(own: Own, setting: Setting) -> Pipeline:
    """Scaled numbers, one-hot categories and hashed texts into the record's estimator.

    The columns are plain numbers without names or gaps, which every estimator takes. A classifier
    without probabilities gets them by scikit-learn's calibration (Platt 1999).
    Raises ModelError for a path that leads to no estimator of the task, or a parameter that it
    does not take.
    """
    model = _made(own, _class_of(own), setting)
    _check_task(own, model, setting)
    if setting.classes and not hasattr(model, "predict_proba"):
        model = CalibratedClassifierCV(model, cv=3)
    return Pipeline([("prepare", for_pattern(setting.features)), ("model", model)])


def _class_of(own: Own) -> type[Any]:
    place = own.places.get("path", "")
    if not PATH.fullmatch(own.path):
        raise ModelError(
            _("'{path}' is not the full path of a class, such as lightgbm.LGBMClassifier.",
              path=own.path), place=place,
        )  # fmt: skip
    module_name, _dot, name = own.path.rpartition(".")
    module = _module(own, module_name)
    found = getattr(module, name, None)
    if found is None:
        raise ModelError(
            _("there is no '{name}' in {module}.", name=name, module=module_name),
            place=place, hint=nearest(name, dir(module)),
        )  # fmt: skip
    if not (inspect.isclass(found) and hasattr(found, "fit") and hasattr(found, "predict")):
        raise ModelError(
            _("'{path}' is not an estimator: it takes a class with fit and predict.",
              path=own.path), place=place,
        )  # fmt: skip
    return found


def _module(own: Own, name: str) -> Any:
    place = own.places.get("path", "")
    package = name.partition(".")[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or name
        hint = _("Install the package that provides '{package}'.", package=missing)
        if missing != package and missing.startswith(f"{package}."):
            hint = _("'{package}' is there; the rest of the path is not.", package=package)
        raise ModelError(
            _("'{path}' cannot be imported: there is no module '{module}'.",
              path=own.path, module=missing), place=place, hint=hint,
        ) from error  # fmt: skip
    except (ImportError, OSError) as error:
        raise ModelError(
            _("'{path}' cannot be imported: {error}", path=own.path, error=error), place=place,
            hint=_("Install '{package}' again, or what it needs.", package=package),
        ) from error  # fmt: skip


def _made(own: Own, kind: type[Any], setting: Setting) -> Any:
    """The estimator with its parameters, and the seed where it takes one."""
    names, any_name = _parameters(kind)
    given = dict(own.parameters)
    for name in given:
        if name not in names and not any_name:
            raise ModelError(
                _("{path} has no parameter '{name}'; it has {allowed}.",
                  path=own.path, name=name, allowed=", ".join(names) or _("none")),
                place=own.places.get("parameters", ""), hint=nearest(name, names),
            )  # fmt: skip
    assumed = dict(QUIET.get(own.path.partition(".")[0], {}))
    if "random_state" in names:
        assumed["random_state"] = setting.seed
    return _valid(own, kind, {**assumed, **given})


def _parameters(kind: type[Any]) -> tuple[list[str], bool]:
    """The names that the class takes, and whether it takes any other."""
    found = inspect.signature(kind).parameters.values()
    named = [p.name for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    return named, any(p.kind == p.VAR_KEYWORD for p in found)


def _valid(own: Own, kind: type[Any], parameters: dict[str, Any]) -> Any:
    """Raises ModelError for values that the class refuses, before a fold is fitted."""
    try:
        model = kind(**parameters)
        if hasattr(model, "_parameter_constraints"):  # scikit-learn's; others complain at `fit`
            model._validate_params()
    except (TypeError, ValueError) as error:
        raise ModelError(
            _("{path} does not take these parameters: {error}", path=own.path, error=error),
            place=own.places.get("parameters", ""),
        ) from error
    return model


def _check_task(own: Own, model: Any, setting: Setting) -> None:
    place = own.places.get("path", "")
    if setting.classes and is_regressor(model):
        raise ModelError(
            _("{path} predicts numbers, and the target has classes.", path=own.path), place=place
        )
    if not setting.classes and is_classifier(model):
        raise ModelError(
            _("{path} predicts classes, and the target is a number.", path=own.path), place=place
        )
