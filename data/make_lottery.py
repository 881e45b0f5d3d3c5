"""Make the table of the bundled lottery case: `python data/make_lottery.py`.

Every draw takes seven of 45 balls by chance; nothing that was drawn before says anything of it.
The columns hold what players look at. The same seed makes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "lottery"
SEED = 2
DRAWS = 1600
FIRST_DRAW = "1995-01-07"
BALLS, DRAWN = 45, 7
HOT_WINDOW = 20


def draws_table(seed: int = SEED, draws: int = DRAWS) -> pd.DataFrame:
    """One row a weekly draw: what was seen before it, and whether its bonus ball is odd.

    The six balls in order, then the bonus ball; `last_*` are those of the draw before.
    """
    rng = np.random.default_rng(seed)
    chance = rng.random((draws + 1, BALLS)).argsort(axis=1)[:, :DRAWN] + 1
    six, bonus = np.sort(chance[:, :6], axis=1), chance[:, 6]
    odd = bonus % 2 == 1
    before = pd.Series(odd.astype(float))
    table = pd.DataFrame({"drawn_on": pd.date_range(FIRST_DRAW, periods=draws, freq="7D")})
    for place in range(6):
        table[f"last_ball_{place + 1}"] = six[:-1, place]
    table["last_bonus"] = bonus[:-1]
    table["last_sum"] = six[:-1].sum(axis=1)
    table["odd_of_last_20"] = before.rolling(HOT_WINDOW, min_periods=1).mean()[:-1].round(2)
    table["draws_since_odd"] = _since(odd)[:-1]
    table["bonus_is_odd"] = np.where(odd[1:], "yes", "no")
    return table


def _since(odd: np.ndarray) -> np.ndarray:
    """How many draws ago the bonus ball was odd last, counted at each draw."""
    places = np.arange(len(odd))
    return places - np.maximum.accumulate(np.where(odd, places, 0))


def main(folder: Path = FOLDER) -> None:
    """Write `draws.csv` in UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "draws.csv"
    draws_table().to_csv(path, index=False, lineterminator="\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
