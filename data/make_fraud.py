"""Make the table of the bundled fraud case: `python data/make_fraud.py`.

A shop opened four months ago. A fraud is known when the card's owner complains, five to eleven
weeks later, and nothing is known of the newest payments. The same seed makes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "fraud"
SEED = 4
PAYMENTS = 5000
FIRST_DAY = "2026-02-01"
DAYS = 120
SETTLED = 80
"""Days after which a payment that nobody complained of counts as good."""
RATE = 0.006


def payments_table(seed: int = SEED, payments: int = PAYMENTS) -> pd.DataFrame:
    """One row a payment, in order of time; the label is empty where it is not known yet.

    A fraud is dearer, more often at night and with a new customer: a pattern is there.
    """
    rng = np.random.default_rng(seed)
    minutes = np.sort(rng.integers(0, DAYS * 24 * 60, payments))
    fraud = rng.random(payments) < RATE
    amount = rng.lognormal(3.4 + 0.9 * fraud, 0.8).round(2)
    hour = (minutes // 60) % 24
    night = (hour < 6) & (rng.random(payments) < np.where(fraud, 0.9, 0.35))
    paid_at = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(minutes, unit="min")
    delay = np.where(fraud, rng.integers(35, 78, payments), SETTLED)
    known_on = paid_at.normalize() + pd.to_timedelta(delay, unit="D")
    today = pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=DAYS)
    settled = known_on <= today
    return pd.DataFrame(
        {
            "payment_id": [f"P{number:05d}" for number in range(1, payments + 1)],
            "paid_at": paid_at,
            "amount": amount,
            "items": rng.poisson(2 + fraud) + 1,
            "customer": np.where(rng.random(payments) < np.where(fraud, 0.8, 0.45), "new", "known"),
            "country": rng.choice(["home", "abroad"], payments, p=[0.85, 0.15]),
            "at_night": np.where(night, "yes", "no"),
            "known_on": known_on.where(settled),
            "fraud": np.where(settled, np.where(fraud, "yes", "no"), ""),
        }
    )


def main(folder: Path = FOLDER) -> None:
    """Write `payments.csv` in UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "payments.csv"
    payments_table().to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
