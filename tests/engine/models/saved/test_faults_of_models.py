"""Files that are no model, foreign types, other versions, killed saves: cases 45, 46, 48, 49."""

from __future__ import annotations

import gzip
import importlib
import io
import json
import os
import pickle  # noqa: TID251 (what is refused must be made first)
import resource
import signal
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from casebook.exceptions import ModelError
from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import Labelled

ABOUT = About("case", "linear", "linear model", table="rows", fingerprint="f" * 64)


class Payload:
    """A pickle of it makes a file when it is read."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("pack", ["plain", "oldest", "gzip", "joblib", "joblib zlib", "joblib xz"])
def test_case_45_a_pickle_by_another_name_is_refused_and_not_read(pack, saved, tmp_path, forged):
    marker = tmp_path / "it was read"
    path = saved / "model.skops"
    joblib = importlib.import_module("joblib")
    match pack.split():
        case ["plain"]:
            content = pickle.dumps(Payload(marker))
        case ["oldest"]:
            content = pickle.dumps(Payload(marker), protocol=0)
        case ["gzip"]:
            content = gzip.compress(pickle.dumps(Payload(marker)))
        case [_joblib, *packed]:
            joblib.dump(Payload(marker), path, compress=(packed[0], 3) if packed else 0)
            content = path.read_bytes()
    forged(saved, content)
    with pytest.raises(ModelError, match=r"model\.skops: this is not read as a model: it is a"):
        load_model(saved)
    (saved / "model.json").unlink()
    with pytest.raises(ModelError, match="this is not read as a model"):
        load_model(saved)
    assert not marker.exists()
    pickle.loads(pickle.dumps(Payload(marker)))
    assert marker.exists(), "the payload of this test does what it is feared for"


def test_case_45_a_pickle_inside_of_a_skops_file_is_not_read_either(saved, tmp_path, forged):
    marker = tmp_path / "it was read"
    array = io.BytesIO()
    np.save(array, np.array([Payload(marker)], dtype=object), allow_pickle=True)

    def swap(name: str, content: bytes) -> bytes:
        return array.getvalue() if name.endswith(".npy") else content

    forged(saved, swap)
    with pytest.raises(ModelError, match=r"it cannot be read: .*allow_pickle"):
        load_model(saved)
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"PK\x05\x06" + bytes(18)])
def test_case_45_nothing_else_is_taken_for_a_model(content, saved, forged):
    forged(saved, content)
    with pytest.raises(ModelError, match=r"model\.skops: this .*(not read as|not used)"):
        load_model(saved)


def test_case_46_types_that_nobody_allowed_are_named_and_nothing_is_loaded(
    data, saved, tmp_path, fitted, forged
):
    marker = tmp_path / "it ran"
    harmful = make_pipeline(
        FunctionTransformer(os.system, kw_args={"command": f"touch '{marker}'"}),
        fitted("linear", data),
    )
    forged(saved, skops.io.dumps(harmful))
    with pytest.raises(
        ModelError, match=r"nobody has allowed, so nothing is loaded: posix\.system"
    ):
        load_model(saved)
    for everything in ("all", "*", "posix.*", ""):
        with pytest.raises(ModelError, match="is not the full name of a type"):
            load_model(saved, trust=[everything])
    assert not marker.exists()


OWN = """
from pathlib import Path
from sklearn.base import BaseEstimator, ClassifierMixin

class Majority(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        self.kept_ = Kept()
        return self

    def predict(self, X):
        return [self.classes_[0]] * len(X)

    def predict_proba(self, X):
        return [[1.0, 0.0]] * len(X)

class Kept:
    def __setstate__(self, state):
        self.__dict__.update(state)
        (Path(__file__).parent / "loaded").touch()

    def __getstate__(self):
        return {"a": 1}
"""


def test_case_46_a_model_of_ones_own_is_saved_once_its_types_are_in_the_record(
    data, saved, tmp_path, monkeypatch
):
    (tmp_path / "our_majority.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    before = (saved / "model.skops").read_bytes()
    estimator = importlib.import_module("our_majority").Majority().fit(data.X, data.y)
    with pytest.raises(ModelError, match=r"our_majority\.Kept, our_majority\.Majority\..*trust"):
        save_model(saved, estimator, data, about=ABOUT)
    assert (saved / "model.skops").read_bytes() == before
    trust = ("our_majority.Kept", "our_majority.Majority")
    save_model(saved, estimator, data, about=About("case", "own", trust=trust))
    (tmp_path / "loaded").unlink()
    with pytest.raises(ModelError, match=r"our_majority\.Kept, our_majority\.Majority"):
        load_model(saved)
    assert not (tmp_path / "loaded").exists(), "what the file says of itself allows nothing"
    assert list(load_model(saved, trust=trust).predict(data.X.head(2))) == ["no", "no"]


def test_case_48_other_versions_are_named_and_tolerated_while_probes_agree(saved, forged):
    told = json.loads((saved / "model.json").read_text("utf-8"))
    told["versions"] |= {"scikit-learn": "1.2.0"}
    content = (saved / "model.skops").read_bytes()
    forged(saved, content, versions=told["versions"])
    (note,) = load_model(saved).notes
    assert "scikit-learn 1.2.0 then, " in note
    probes = told["probes"]
    probes[3]["shares"] = [0.5, 0.5]
    forged(saved, content, versions=told["versions"], probes=probes)
    with pytest.raises(
        ModelError, match=r"of its probe row 4, .*scikit-learn 1\.2\.0 then, .* now"
    ):
        load_model(saved)


def test_case_48_a_model_that_says_something_else_is_refused(data, saved, forged):
    def heavier(name: str, content: bytes) -> bytes:
        if not name.endswith(".npy"):
            return content
        array = np.load(io.BytesIO(content), allow_pickle=False)
        out = io.BytesIO()
        np.save(out, array * 1.01 if array.dtype == float else array, allow_pickle=False)
        return out.getvalue()

    forged(saved, heavier)
    with pytest.raises(
        ModelError, match=r"it says .* of its probe row 1, where it said .* All versi"
    ):
        load_model(saved)


def test_case_48_other_columns_and_types_are_refused_by_name(data, saved):
    model = load_model(saved)
    with pytest.raises(ModelError, match=r"needs the column '수'"):
        model.predict(data.X.drop(columns="수"))
    with pytest.raises(ModelError, match=r"Did you mean 'Plan'"):
        model.predict(data.X.rename(columns={"plan": "Plan"}))
    with pytest.raises(ModelError, match=r"'plan' holds numbers; the model learned it from texts"):
        model.predict(data.X.assign(plan=1))
    with pytest.raises(ModelError, match=r"'x' holds texts; the model learned it from numbers"):
        model.predict(data.X.assign(x="1"))
    with pytest.raises(ModelError, match=r"'on' holds texts; the model learned it from times"):
        model.predict(data.X.assign(on="2026-01-01"))
    with pytest.raises(ModelError, match=r"'x' is there more than once"):
        model.predict(pd.concat([data.X, data.X[["x"]]], axis=1))
    row = data.X.head(1)
    assert model.predict(row.assign(x=1, new=5)) == model.predict(row.assign(x=1.0))
    assert model.predict(row.assign(plan=None, 수=np.nan)).shape == (1,)
    assert model.predict(row[list(reversed(row.columns))]) == model.predict(row)


def killed_at(step: int, folder: Path, data: Labelled, estimator) -> bool:
    """Save in a process that is killed before its nth step in the folder; whether it was."""
    pid = os.fork()
    if pid == 0:
        left = [step]

        def hook(event: str, args: tuple) -> None:
            if event in {"open", "os.rename", "os.remove"} and str(folder) in str(args[0]):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            save_model(folder, estimator, data, about=ABOUT)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def test_case_49_a_save_that_is_killed_leaves_the_old_model_or_the_new_one(data, saved, fitted):
    old, new = fitted("linear", data), fitted("dummy", data)
    said = {name: m.predict_proba(data.X).tolist() for name, m in [("old", old), ("new", new)]}
    seen, step = [], 0
    while killed_at(step := step + 1, saved, data, new):
        now = load_model(saved).predict_proba(data.X).tolist()
        seen.append(next(name for name, shares in said.items() if shares == now))
        assert [path.name for path in saved.glob("*.skops")] == ["model.skops"]
        save_model(saved, old, data, about=ABOUT)
        assert sorted(path.name for path in saved.glob("[!.]*")) == ["model.json", "model.skops"]
        assert not list(saved.glob(".model-*"))
    assert load_model(saved).predict_proba(data.X).tolist() == said["new"]
    assert seen == sorted(seen, reverse=True), "from one moment on it is the new one"
    assert set(seen) == {"old", "new"}
    assert len(seen) >= 5


def test_case_49_a_first_save_that_is_killed_leaves_no_model_or_a_whole_one(data, tmp_path, fitted):
    step, model = 0, fitted("linear", data)
    found = []
    while killed_at(step := step + 1, tmp_path, data, model):
        if (tmp_path / "model.json").exists():
            found.append(load_model(tmp_path).file.rows)
        else:
            found.append(0)
            with pytest.raises(ModelError, match="there is no model here"):
                load_model(tmp_path)
        for path in tmp_path.glob("*model*"):
            path.unlink(missing_ok=True)
    assert found == sorted(found)
    assert set(found) == {0, 90}


def test_case_49_a_full_disk_leaves_the_old_model(data, saved, fitted):
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            save_model(saved, fitted("rule", data), data, about=ABOUT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
