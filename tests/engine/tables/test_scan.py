"""What is found in the bytes of a text, and rows from all over it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.case import TableSource
from casebook.tables.drawn import drawn_rows
from casebook.tables.layout import find_layout
from casebook.tables.mend import TOO_LONG
from casebook.tables.model import no_place
from casebook.tables.scan import scan
from casebook.tables.traits import CHUNK, SOUGHT, traits_of


def test_a_last_line_that_is_too_long_is_a_reject(read):
    """Without a line feed, DuckDB drops it in silence where it is longer than its buffer."""
    got = read("a,b\n" + "12,xyzw\n" * 3_000_000 + "13," + "y" * 50_000_000)
    assert got.reading.rows == 3_000_000
    assert [(line, why) for line, why, _text in got.rejects()] == [(3_000_002, TOO_LONG)]


def test_no_line_is_longer_than_the_scan_says(tmp_path):
    path = tmp_path / "lines.csv"
    generator = np.random.default_rng(0)
    for _turn in range(20):
        lengths = generator.choice([1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK], 5)
        path.write_bytes(b"\n".join(b"x" * n for n in lengths))
        found = scan(path, "text", tmp_path).traits
        assert found == traits_of(path)
        assert max(lengths) <= found.longest <= max(lengths) + CHUNK


def test_bytes_are_found_wherever_they_are(tmp_path):
    path = tmp_path / "bytes.csv"
    for byte in SOUGHT:
        for at in (0, CHUNK - 1, CHUNK, 2 * CHUNK):
            path.write_bytes(b"a" * at + byte + b"a" * 10)
            assert traits_of(path).found == {byte}
    path.write_bytes(b"a" * 3 * CHUNK)
    assert not traits_of(path).found


def test_a_sample_is_drawn_from_all_over_the_text(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "".join(f"{n},{'x' * 20}\n" for n in range(100_000)))
    layout = find_layout(path, TableSource(source="rows.csv"), path.name, no_place)
    numbers = [int(cells[0]) for cells in drawn_rows(path, layout, traits_of(path), 2_000)]
    assert 1_000 <= len(numbers) <= 4_000
    assert numbers == sorted(set(numbers))
    gaps = pd.Series([0, *numbers, 100_000]).diff().dropna()
    assert gaps.max() < 2_000


def test_a_text_with_quotes_is_sampled_from_its_start(tmp_path):
    """Anywhere else a line may be within a value."""
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "".join(f'{n},"1\n2,3"\n' for n in range(200_000)))
    layout = find_layout(path, TableSource(source="rows.csv"), path.name, no_place)
    rows = drawn_rows(path, layout, traits_of(path), 2_000)
    assert {cells[1] for cells in rows} == {"1\n2,3"}
