"""Conformal intervals hold what they promise: misses are counted over seeds."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.prototype.conformal import LEAST, half_width, halves, held, sizes, widths_of

SEEDS = 60


def drawn(n: int, seed: int, *, growing: bool) -> tuple[np.ndarray, np.ndarray]:
    """Truths and predictions whose error is a tenth to twice as large, or of one size."""
    rng = np.random.default_rng(seed)
    said = rng.uniform(1, 20, n)
    scale = said / 10 if growing else 1.0
    return said + scale * rng.standard_t(4, n), said


@pytest.mark.parametrize("n", [12, 60, 500])
@pytest.mark.parametrize("growing", [False, True])
def test_intervals_hold_nine_in_ten_of_new_rows_whatever_the_errors(n, growing):
    shares = []
    for seed in range(SEEDS):
        widths = widths_of(*drawn(n, seed, growing=growing))
        shares.append(held(widths, *drawn(400, 10_000 + seed, growing=growing)).mean())
    promised, most = 0.9, 0.9 + 5 / (n + 1)  # five sizes at most round up, each by 1 / (n + 1)
    error = np.std(shares) / np.sqrt(SEEDS)
    assert promised - 3 * error <= np.mean(shares) <= most + 3 * error


def test_where_errors_grow_every_size_is_held_and_one_width_would_not_do():
    sized, alike = np.zeros((SEEDS, 5)), np.zeros((SEEDS, 5))
    for seed in range(SEEDS):
        truth, said = drawn(1000, seed, growing=True)
        new_truth, new_said = drawn(2000, 10_000 + seed, growing=True)
        place = np.digitize(new_said, [4.8, 8.6, 12.4, 16.2])
        inside = held(widths_of(truth, said), new_truth, new_said)
        flat = np.abs(new_truth - new_said) <= half_width(np.abs(truth - said))
        for size in range(5):
            sized[seed, size], alike[seed, size] = (
                inside[place == size].mean(),
                flat[place == size].mean(),
            )
    assert np.all(np.abs(sized.mean(axis=0) - 0.9) < 0.03)
    assert alike.mean(axis=0)[0] > 0.97
    assert alike.mean(axis=0)[4] < 0.8


def test_too_few_errors_give_no_width():
    assert half_width(np.ones(8)) is None
    assert half_width(np.ones(9)) == 1
    assert half_width(np.ones(98), 0.99) is None
    assert half_width(np.arange(99.0), 0.99) == 98
    [width] = widths_of(np.ones(5), np.zeros(5))
    assert (width.half, width.rows) == (None, 5)
    assert not held([width], np.ones(3), np.ones(3)).any()


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0], [1.0, 2.0, 3.0, 50.0]])
def test_a_tree_that_says_few_numbers_has_equal_ones_in_one_size(values):
    said = np.random.default_rng(0).choice(values, 800, p=np.arange(len(values), 0, -1) /
                                           np.arange(len(values), 0, -1).sum())  # fmt: skip
    widths = widths_of(said + 1, said)
    assert all(width.rows >= LEAST for width in widths)
    assert sum(width.rows for width in widths) == 800
    assert [width.up_to is None for width in widths] == [False] * (len(widths) - 1) + [True]
    counts = [((said <= (w.up_to or np.inf)).sum()) for w in widths]
    assert list(np.cumsum([w.rows for w in widths])) == counts
    assert np.all(halves(widths, said) == 1)


def test_few_rows_have_one_size():
    assert len(sizes(np.arange(2 * LEAST - 1.0))) == 0
    assert len(sizes(np.arange(2.0 * LEAST))) == 1
