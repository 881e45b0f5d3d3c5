"""Model files that are not what they seem, and saves that are killed: cases 45 to 49."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import os
import pickle  # noqa: TID251 (what is refused must be made first)
import signal
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from casebook.exceptions import ModelError
from casebook.models.about import About
from casebook.models.file import load_model, read_about, save_model
from casebook.models.labelled import Labelled, labelled
from casebook.models.prepare import for_linear
from casebook.models.registry import CANDIDATES
from casebook.tables import open_table

ABOUT = About("case", "linear", "linear model", table="rows", fingerprint="f" * 64)


@pytest.fixture
def data(make_case) -> Labelled:
    """Ninety rows of two numbers and a category, two classes."""
    return labelled_rows(make_case)


def labelled_rows(make_case, n: int = 90, **changes) -> Labelled:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "x": x,
            "수": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "plan": rng.choice(["a", "b", None], n),
            "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"),
            "y": np.where(x + rng.normal(size=n) > 0, "yes", "no"),
        }
    )
    case = make_case(
        frame.assign(**changes), target="y", roles={"수": "number", "plan": "category"}
    )
    return labelled(case, open_table(case))


def fitted(name: str, data: Labelled):
    candidate = next(c for c in CANDIDATES if c.name == name)
    with threadpool_limits(1):
        return candidate.make(data.setting).fit(data.X, data.y)


@pytest.fixture
def saved(data, tmp_path) -> Path:
    """A folder with a linear model."""
    return save(data, tmp_path / "model")


def save(data: Labelled, folder: Path, name: str = "linear") -> Path:
    folder.mkdir(exist_ok=True)
    save_model(folder, fitted(name, data), data, about=ABOUT)
    return folder


def forged(folder: Path, content: bytes, **changes) -> Path:
    """Another content with a description that fits it, as whoever made it would write it."""
    (folder / "model.skops").write_bytes(content)
    told = json.loads((folder / "model.json").read_text("utf-8"))
    told |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} | changes
    (folder / "model.json").write_text(json.dumps(told), "utf-8")
    return folder


def changed(content: bytes, change) -> bytes:
    """A skops file with each member as `change(name, bytes)` gives it."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as out:
        for name in old.namelist():
            out.writestr(name, change(name, old.read(name)))
    return new.getvalue()


class Payload:
    """A pickle of it makes a file when it is read."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


def test_a_model_comes_back_and_says_the_same_of_raw_rows(data, tmp_path):
    for candidate in CANDIDATES:
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


def test_the_threshold_of_the_file_decides(data, tmp_path):
    model = fitted("linear", data)
    save_model(tmp_path, model, data, about=About("case", "linear", threshold=0.2))
    again = load_model(tmp_path)
    yes = model.predict_proba(data.X)[:, list(model.classes_).index("yes")]
    assert ((again.predict(data.X) == "yes") == (yes >= 0.2)).all()


def test_a_rule_asks_only_for_the_columns_of_its_conditions(make_case, tmp_path):
    frame = pd.DataFrame({"x": np.arange(90.0), "z": np.tile([1.5, 2.5, 3.5], 30)})
    frame["y"] = np.where(frame["x"] > 40, "yes", "no")
    rules = {"rules": [{"if": "x > 40", "then": "yes"}], "default": "no"}
    case = make_case(frame, target="y", baseline=rules)
    data = labelled(case, open_table(case))
    save_model(tmp_path, fitted("rule", data), data, about=ABOUT)
    model = load_model(tmp_path)
    assert [column.name for column in model.file.columns] == ["x"]
    assert list(model.predict(pd.DataFrame({"x": [40, 41]}))) == ["no", "yes"]


@pytest.mark.parametrize("pack", ["plain", "oldest", "gzip", "joblib", "joblib zlib", "joblib xz"])
def test_case_45_a_pickle_by_another_name_is_refused_and_not_read(pack, saved, tmp_path):
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


def test_case_45_a_pickle_inside_of_a_skops_file_is_not_read_either(saved, tmp_path):
    marker = tmp_path / "it was read"
    array = io.BytesIO()
    np.save(array, np.array([Payload(marker)], dtype=object), allow_pickle=True)

    def swap(name: str, content: bytes) -> bytes:
        return array.getvalue() if name.endswith(".npy") else content

    forged(saved, changed((saved / "model.skops").read_bytes(), swap))
    with pytest.raises(ModelError, match=r"it cannot be read: .*allow_pickle"):
        load_model(saved)
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"PK\x05\x06" + bytes(18)])
def test_case_45_nothing_else_is_taken_for_a_model(content, saved):
    forged(saved, content)
    with pytest.raises(ModelError, match=r"model\.skops: this .*(not read as|not used)"):
        load_model(saved)


def test_case_46_types_that_nobody_allowed_are_named_and_nothing_is_loaded(data, saved, tmp_path):
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


def test_case_47_a_truncated_file_is_refused(saved):
    content = (saved / "model.skops").read_bytes()
    (saved / "model.skops").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="its content is not what was saved"):
        load_model(saved)
    forged(saved, content[: len(content) // 2])
    with pytest.raises(ModelError, match="not used: it cannot be read: BadZipFile"):
        load_model(saved)


def test_case_47_a_depth_without_end_is_refused(saved):
    deep = b"[" * 1_000_000 + b"]" * 1_000_000

    def dig(name: str, content: bytes) -> bytes:
        return deep if name == "schema.json" else content

    forged(saved, changed((saved / "model.skops").read_bytes(), dig))
    with pytest.raises(ModelError, match="not used: it cannot be read: RecursionError"):
        load_model(saved)


def test_case_47_a_bomb_fills_the_child_only(saved):
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
        out.open("schema.json", "w", force_zip64=True) as member,
    ):
        for _chunk in range(80):
            member.write(b" " * 2**24)
    assert len(bomb.getvalue()) < 2**23
    forged(saved, bomb.getvalue())
    with pytest.raises(ModelError, match="not used: it cannot be read: MemoryError"):
        load_model(saved)


def test_case_47_a_bomb_that_says_so_is_not_even_unpacked(saved):
    content = (saved / "model.skops").read_bytes()
    place = content.rindex(b"PK\x01\x02") + 24  # the unpacked size of the last member
    forged(saved, content[:place] + (2**32 - 2).to_bytes(4, "little") + content[place + 4 :])
    with pytest.raises(ModelError, match=r"not used: it cannot be read: \d+ bytes unpacked"):
        load_model(saved)


def test_case_47_shapes_that_crash_the_reader_end_the_child_only(data, saved):
    """A support vector machine has a billion vectors of one class, minus as many of the other."""
    machine = Pipeline([("prepare", for_linear(data.features)), ("model", SVC())])
    machine.fit(data.X, data.y)

    def lie(name: str, content: bytes) -> bytes:
        if not name.endswith(".npy"):
            return content
        array = np.load(io.BytesIO(content), allow_pickle=False)
        if array.dtype == np.int32 and array.shape == (2,):
            array += np.array([2**30, -(2**30)], dtype=np.int32)
        out = io.BytesIO()
        np.save(out, array, allow_pickle=False)
        return out.getvalue()

    forged(saved, changed(skops.io.dumps(machine), lie))
    with pytest.raises(ModelError, match=r"ended without an answer \(SIGSEGV\)"):
        load_model(saved)


@pytest.mark.parametrize(
    ("field", "value"),
    [("left_child", 2**40), ("right_child", 0), ("left_child", -7), ("feature", 99)],
)
def test_case_47_a_branch_that_leads_out_of_its_tree_or_back_is_found(field, value, data, tmp_path):
    folder = save(data, tmp_path / "rule", "rule")
    forged(folder, changed((folder / "model.skops").read_bytes(), _bent(field, value)))
    with pytest.raises(ModelError, match="it cannot be read: ValueError: its tree has a"):
        load_model(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("left", 2**31),
        ("right", 0),
        ("feature_idx", 99),
        ("bitset_idx", 2**30),
        ("is_categorical", 1),
    ],
)
def test_case_47_the_same_in_boosted_trees(field, value, data, tmp_path):
    folder = save(data, tmp_path / "boosting", "boosting")
    forged(folder, changed((folder / "model.skops").read_bytes(), _bent(field, value)))
    with pytest.raises(ModelError, match="it cannot be read: ValueError: its tree has a"):
        load_model(folder)


def _bent(field: str, value: int):
    """Change one field of every split of every tree."""

    def bend(name: str, content: bytes) -> bytes:
        if not name.endswith(".npy"):
            return content
        array = np.load(io.BytesIO(content), allow_pickle=False)
        if field not in (array.dtype.names or ()):
            return content
        if field == "bitset_idx":
            array["is_categorical"][:] = 1
        if field == "is_categorical":
            array[field] = array["feature_idx"] > 0
        else:
            array[field][0] = value
        out = io.BytesIO()
        np.save(out, array, allow_pickle=False)
        return out.getvalue()

    return bend


def test_case_47_a_reader_that_comes_to_no_end_is_stopped(saved):
    with pytest.raises(ModelError, match=r"ended without an answer \(0\.001 s\)"):
        load_model(saved, seconds=0.001)


def test_case_48_other_versions_are_named_and_tolerated_while_probes_agree(saved):
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


def test_case_48_a_model_that_says_something_else_is_refused(data, saved):
    def heavier(name: str, content: bytes) -> bytes:
        if not name.endswith(".npy"):
            return content
        array = np.load(io.BytesIO(content), allow_pickle=False)
        out = io.BytesIO()
        np.save(out, array * 1.01 if array.dtype == float else array, allow_pickle=False)
        return out.getvalue()

    forged(saved, changed((saved / "model.skops").read_bytes(), heavier))
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


def test_case_49_a_save_that_is_killed_leaves_the_old_model_or_the_new_one(data, saved):
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


def test_case_49_a_first_save_that_is_killed_leaves_no_model_or_a_whole_one(data, tmp_path):
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


def test_case_49_a_full_disk_leaves_the_old_model(data, saved):
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    saved.chmod(0o500)
    try:
        if os.access(saved, os.W_OK):
            pytest.skip("nothing is read-only for this user")
        with pytest.raises(OSError, match="denied"):
            save_model(saved, fitted("boosting", data), data, about=ABOUT)
    finally:
        saved.chmod(0o700)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
