"""Make the table of the bundled breast cancer case: `python data/make_breast_cancer.py`.

The measurements are real; scikit-learn ships them. Only the form is changed: an id for each
sample, the diagnosis as a word, and the diagnosis before the measurements.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sklearn.datasets import load_breast_cancer

FOLDER = Path(__file__).resolve().parent / "breast_cancer"


def samples_table() -> pd.DataFrame:
    """One row a sample in scikit-learn's order: sample_id, diagnosis, 30 measurements."""
    bunch = load_breast_cancer(as_frame=True)
    table: pd.DataFrame = bunch.data.copy()
    words = dict(enumerate(bunch.target_names))
    table.insert(0, "diagnosis", bunch.target.map(words))
    table.insert(0, "sample_id", [f"S{number:03d}" for number in range(1, len(table) + 1)])
    return table


def main(folder: Path = FOLDER) -> None:
    """Write `samples.csv` in UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "samples.csv"
    samples_table().to_csv(path, index=False, lineterminator="\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
