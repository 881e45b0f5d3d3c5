"""A model in a folder: it comes back, and what is told of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.models.about import About
from casebook.models.file import load_model, read_about, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.tables import open_table

ABOUT = About("case", "linear", "linear model", table="rows", fingerprint="f" * 64)


def test_a_model_comes_back_and_says_the_same_of_raw_rows(data, tmp_path, fitted, save):
    for candidate in CANDIDATES:
        if candidate.lacking(data.setting):
            continue
        estimator = fitted(candidate.name, data)
        folder = save(data, tmp_path / candidate.name, candidate.name)
        model = load_model(folder)
        assert (model.predict(data.X) == estimator.predict(data.X)).all()
        assert (model.predict_proba(data.X) == estimator.predict_proba(data.X)).all()
        assert model.notes == ()
        assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.skops"]


def test_what_is_told_of_a_model(data, saved):
    file = read_about(saved)
    assert (file.task, file.classes, file.positive) == ("two classes", ("no", "yes"), "yes")
    assert (file.target, file.rows, file.about) == ("y", 90, ABOUT)
    assert set(file.versions) >= {"python", "casebook", "scikit-learn", "numpy", "pandas", "skops"}
    columns = {column.name: column for column in file.columns}
    assert set(columns) == {"x", "수", "plan", "on"}, "the target is not among them"
    assert columns["plan"].levels == tuple(data.X["plan"].value_counts().index)
    assert columns["수"].missing == data.X["수"].isna().mean()
    assert data.X["x"].min() <= columns["x"].low < columns["x"].high <= data.X["x"].max()
    assert columns["on"].low.startswith("2026-01-0")
    assert len(file.probes) == 5
    rows = {tuple(map(str, row)) for row in data.X[list(columns)].itertuples(index=False)}
    assert not rows & {tuple(map(str, probe.row)) for probe in file.probes}, "nobody's own row"


def test_the_threshold_of_the_file_decides(data, tmp_path, fitted):
    model = fitted("linear", data)
    save_model(tmp_path, model, data, about=About("case", "linear", threshold=0.2))
    again = load_model(tmp_path)
    yes = model.predict_proba(data.X)[:, list(model.classes_).index("yes")]
    assert ((again.predict(data.X) == "yes") == (yes >= 0.2)).all()


def test_a_rule_asks_only_for_the_columns_of_its_conditions(make_case, tmp_path, fitted):
    frame = pd.DataFrame({"x": np.arange(90.0), "z": np.tile([1.5, 2.5, 3.5], 30)})
    frame["y"] = np.where(frame["x"] > 40, "yes", "no")
    rules = {"rules": [{"if": "x > 40", "then": "yes"}], "default": "no"}
    case = make_case(frame, target="y", baseline=rules)
    data = labelled(case, open_table(case))
    save_model(tmp_path, fitted("rule", data), data, about=ABOUT)
    model = load_model(tmp_path)
    assert [column.name for column in model.file.columns] == ["x"]
    assert list(model.predict(pd.DataFrame({"x": [40, 41]}))) == ["no", "yes"]
