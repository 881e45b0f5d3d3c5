"""The breast cancer table is scikit-learn's, with ids and words."""

from __future__ import annotations

import make_breast_cancer
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer


def test_committed_samples_are_what_the_script_makes(tmp_path, data_folder, capsys):
    make_breast_cancer.main(tmp_path)
    assert "samples.csv" in capsys.readouterr().out
    committed = (data_folder / "breast_cancer" / "samples.csv").read_bytes()
    assert (tmp_path / "samples.csv").read_bytes() == committed


def test_samples_read_back_as_the_source_gives_them(data_folder):
    table = pd.read_csv(data_folder / "breast_cancer" / "samples.csv")
    source = load_breast_cancer()
    assert table.shape == (569, 32)
    assert table["sample_id"].is_unique
    assert (table["diagnosis"] == source.target_names[source.target]).all()
    assert (table["diagnosis"] == "malignant").sum() == 212
    assert np.array_equal(table[list(source.feature_names)].to_numpy(), source.data)
