"""Make the tables of the bundled ride service: `python data/make_rides.py`.

The tables are simulated, with known truths planted; `rides/README.md` states them, and
`rides_simulator/truth.py` holds them as one value. The same seed makes the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from rides_simulator import PLANTED, simulate  # noqa: E402

SEED = 9  # of 1 to 12 one in which the share rises three months in a row, as it is expected to
FOLDER = HERE / "rides"


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table as `<name>.csv` in UTF-8; times to the minute, missing as nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M")
        paths.append(path)
    return paths


def main(folder: Path = FOLDER) -> None:
    """Simulate the service with the seed of the case and write its tables."""
    for path in write_tables(simulate(SEED, PLANTED), folder):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
