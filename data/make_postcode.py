"""Make the table of the bundled postcode case: `python data/make_postcode.py`.

A postcode of a country that does not exist: its first three digits name the depot, the other two
the street. What is to be found from an address is the depot. The same seed makes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "postcode"
SEED = 3
PARCELS = 3000
AREAS = 60
DEPOTS = ("North Gate", "Harbour", "Old Town", "Mill Bank", "Airport", "East Field")
WRONG = 0.002
FIRST_DAY = "2026-01-05"
DAYS = 120


def parcels_table(seed: int = SEED, parcels: int = PARCELS) -> pd.DataFrame:
    """One row a parcel: its postcode, weight and day, and the depot that it went out from.

    Neighbouring areas belong to different depots, so no range of postcodes does.
    """
    rng = np.random.default_rng(seed)
    areas = rng.choice(np.arange(10, 1000), AREAS, replace=False)
    depot_of = rng.integers(0, len(DEPOTS), AREAS)
    area = rng.integers(0, AREAS, parcels)
    depot = np.where(rng.random(parcels) < WRONG, rng.integers(0, len(DEPOTS), parcels),
                     depot_of[area])  # fmt: skip
    minutes = np.sort(rng.integers(0, DAYS * 24 * 60, parcels))
    return pd.DataFrame(
        {
            "accepted_at": pd.Timestamp(FIRST_DAY) + pd.to_timedelta(minutes, unit="min"),
            "postcode": [
                f"{areas[a]:03d}{street:02d}"
                for a, street in zip(area, rng.integers(0, 100, parcels), strict=True)
            ],
            "weight_kg": rng.gamma(2, 1.2, parcels).round(1),
            "depot": np.array(DEPOTS)[depot],
        }
    )


def main(folder: Path = FOLDER) -> None:
    """Write `parcels.csv` in UTF-8; postcodes keep the zeros that they begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "parcels.csv"
    parcels_table().to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
