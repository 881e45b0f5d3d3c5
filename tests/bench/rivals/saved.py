"""The saved model as somebody without Casebook's pages would use it: skops, its columns, a line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import skops.io

FOLDER = Path(os.environ["RIVAL_MODEL"])


def load() -> Any:
    """The estimator; whoever wrote the app trusts the file."""
    path = FOLDER / "model.skops"
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


def described() -> Mapping[str, Any]:
    """What `model.json` says: the columns with their usual values, the classes, the target."""
    found: Mapping[str, Any] = json.loads((FOLDER / "model.json").read_text("utf-8"))
    return found


def said(estimator: Any, about: Mapping[str, Any], values: Sequence[Any]) -> str:
    """The answer to one row, as `Churn: Yes (0.5321)`: the class and the probability of a yes."""
    row = {c["name"]: [value] for c, value in zip(about["columns"], values, strict=True)}
    yes = float(estimator.predict_proba(pd.DataFrame(row))[0, 1])
    return f"{about['target']}: {about['classes'][int(yes >= 0.5)]} ({yes:.4f})"
