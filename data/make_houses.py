"""Make the table of the bundled house price case: `python data/make_houses.py`.

Prices follow a formula with steps, curves and products that no rule of thumb holds: `price` says
it. What is left over is noise of 10 %. The same seed makes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "houses"
SEED = 5
HOUSES = 3600
FIRST_DAY = "2023-01-02"
DAYS = 3 * 365
NOISE = 0.10
CENTRES = ((2.0, 3.0, 0.7), (8.0, 6.5, 0.5))
"""East and north of a centre in km, and how much it adds to the logarithm of a price beside it."""


def houses_table(seed: int = SEED, houses: int = HOUSES) -> pd.DataFrame:
    """One row a sale, in order of time; the price in thousands."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "sold_on": pd.Timestamp(FIRST_DAY)
            + pd.to_timedelta(np.sort(rng.integers(0, DAYS, houses)), unit="D"),
            "east_km": rng.uniform(0, 10, houses).round(2),
            "north_km": rng.uniform(0, 10, houses).round(2),
            "floor_area": rng.gamma(9, 11, houses).clip(25, 280).round(0),
            "rooms": 0,
            "built": rng.integers(1900, 2023, houses),
            "garden": rng.random(houses) < 0.45,
            "condition": rng.choice(
                ["poor", "fair", "good", "new"], houses, p=[0.1, 0.4, 0.4, 0.1]
            ),
        }
    )
    table["rooms"] = np.clip(np.round(table["floor_area"] / 25 + rng.normal(0, 0.6, houses)), 1, 10)
    noise = rng.normal(0, NOISE, houses)
    table["price"] = (price(table) * np.exp(noise)).round(1)
    return table.assign(
        garden=np.where(table["garden"], "yes", "no"), rooms=table["rooms"].astype(int)
    )


def price(table: pd.DataFrame) -> pd.Series:
    """The price without noise: the area counts for more near a centre, a garden far from one.

    Houses from before 1930 are sought, those from 1955 to 1980 are not.
    """
    near = sum(
        size * np.exp(-((table["east_km"] - east) ** 2 + (table["north_km"] - north) ** 2) / 4)
        for east, north, size in CENTRES
    )
    area = (0.75 + 0.25 * near) * np.log(table["floor_area"] / 100)
    age = np.select([table["built"] < 1930, table["built"].between(1955, 1980)], [0.15, -0.18], 0.0)
    garden = np.where(table["garden"], 0.14 * (near < 0.25), 0.0)
    state = table["condition"].map({"poor": -0.25, "fair": -0.05, "good": 0.05, "new": 0.2})
    return 320 * np.exp(near + area + age + garden + state)


def main(folder: Path = FOLDER) -> None:
    """Write `sales.csv` in UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sales.csv"
    houses_table().to_csv(path, index=False, lineterminator="\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
