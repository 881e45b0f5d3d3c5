"""Files made to crash, to hang or to fill whoever reads them: case 47."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from casebook.exceptions import ModelError
from casebook.models import trial
from casebook.models.about import About
from casebook.models.file import load_model
from casebook.models.prepare import for_linear

ABOUT = About("case", "linear", "linear model", table="rows", fingerprint="f" * 64)


def test_case_47_a_truncated_file_is_refused(saved, forged):
    content = (saved / "model.skops").read_bytes()
    (saved / "model.skops").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="its content is not what was saved"):
        load_model(saved)
    forged(saved, content[: len(content) // 2])
    with pytest.raises(ModelError, match="not used: it cannot be read: BadZipFile"):
        load_model(saved)


def test_case_47_a_depth_without_end_is_refused(saved, forged):
    deep = b"[" * 1_000_000 + b"]" * 1_000_000

    def dig(name: str, content: bytes) -> bytes:
        return deep if name == "schema.json" else content

    forged(saved, dig)
    with pytest.raises(ModelError, match="not used: it cannot be read: RecursionError"):
        load_model(saved)


def test_case_47_a_bomb_fills_the_child_only(saved, forged, monkeypatch):
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
        out.open("schema.json", "w", force_zip64=True) as member,
    ):
        for _chunk in range(24):
            member.write(b" " * 2**24)
    assert len(bomb.getvalue()) < 2**23
    forged(saved, bomb.getvalue())
    monkeypatch.setattr(trial, "MEMORY", 2**27)
    with pytest.raises(ModelError, match="not used: it cannot be read: MemoryError"):
        load_model(saved)


def test_case_47_a_bomb_that_says_so_is_not_even_unpacked(saved, forged):
    content = (saved / "model.skops").read_bytes()
    place = content.rindex(b"PK\x01\x02") + 24  # the unpacked size of the last member
    forged(saved, content[:place] + (2**32 - 2).to_bytes(4, "little") + content[place + 4 :])
    with pytest.raises(ModelError, match=r"not used: it cannot be read: \d+ bytes unpacked"):
        load_model(saved)


def test_case_47_shapes_that_crash_the_reader_end_the_child_only(data, saved, forged):
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

    (saved / "model.skops").write_bytes(skops.io.dumps(machine))
    forged(saved, lie)
    with pytest.raises(ModelError, match=r"ended without an answer \(SIGSEGV\)"):
        load_model(saved)


@pytest.mark.parametrize(
    "bent",
    [("left_child", 2**40), ("right_child", 0), ("left_child", -7), ("feature", 99)],
)
def test_case_47_a_branch_that_leads_out_of_its_tree_or_back_is_found(
    bent, data, tmp_path, save, forged
):
    folder = save(data, tmp_path / "rule", "rule")
    forged(folder, _bent(*bent))
    with pytest.raises(ModelError, match="it cannot be read: ValueError: its tree has a"):
        load_model(folder)


@pytest.mark.parametrize(
    "bent",
    [
        ("left", 2**31),
        ("right", 0),
        ("feature_idx", 99),
        ("bitset_idx", 2**30),
        ("is_categorical", 1),
    ],
)
def test_case_47_the_same_in_boosted_trees(bent, data, tmp_path, save, forged):
    folder = save(data, tmp_path / "boosting", "boosting")
    forged(folder, _bent(*bent))
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
