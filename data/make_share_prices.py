"""Make the table of the bundled share price case: `python data/make_share_prices.py`.

The logarithm of the price is a random walk whose steps change in size from time to time, as those
of real shares do, and in direction never. The same seed makes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "share_prices"
SEED = 2
DAYS = 2600
WARM_UP = 60
FIRST_DAY = "2015-01-05"
QUIET, WILD = 0.008, 0.02


def days_table(seed: int = SEED, days: int = DAYS) -> pd.DataFrame:
    """One row a trading day: what a chart shows up to its close, and whether the next one rises."""
    rng = np.random.default_rng(seed)
    n = days + WARM_UP + 1
    wild = np.cumsum(rng.random(n) < 0.02) % 2 == 1
    steps = rng.normal(0, np.where(wild, WILD, QUIET))
    price = pd.Series(100 * np.exp(np.cumsum(steps)))
    volume = rng.lognormal(10 + 0.4 * wild, 0.3)
    table = pd.DataFrame(
        {
            "close": price.round(2),
            "return_1d": price.pct_change(),
            "return_5d": price.pct_change(5),
            "return_20d": price.pct_change(20),
            "above_mean_50d": price / price.rolling(50).mean() - 1,
            "swing_20d": price.pct_change().rolling(20).std(),
            "volume": volume.round(-1),
            "rises_tomorrow": np.where(price.shift(-1) > price, "yes", "no"),
        }
    )
    kept = table.iloc[WARM_UP:-1].round(4).reset_index(drop=True)
    kept.insert(0, "day", pd.bdate_range(FIRST_DAY, periods=days))
    return kept


def main(folder: Path = FOLDER) -> None:
    """Write `days.csv` in UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "days.csv"
    days_table().to_csv(path, index=False, lineterminator="\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
