"""A process that ends while its databases are let go ends as any other."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from casebook.expressions.locked import UNUSED

PROGRAM = """
import sys, time
from pathlib import Path
from casebook.expressions.locked import connect_locked
path = Path(sys.argv[1])
with connect_locked([path]) as connection:
    connection.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    path = tmp_path_factory.mktemp("end") / "rows.parquet"
    pd.DataFrame({"x": range(10)}).to_parquet(path)
    return path


@pytest.mark.parametrize("beside", [-UNUSED, -0.004, -0.002, 0.0, 0.002, 0.004, 0.01])
def test_a_process_ends_well_whenever_its_databases_go(parquet, beside):
    """DuckDB's threads were ended within its own code, and the process was aborted."""
    command = [sys.executable, "-c", PROGRAM, str(parquet), str(UNUSED + beside)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


BARS = """
from pathlib import Path
from casebook.expressions.locked import connect, connect_locked
for opened in (connect(Path("spill")), connect_locked([])):
    with opened as connection:
        print(connection.execute("SELECT current_setting('enable_progress_bar')").fetchall())
"""


def test_a_long_query_draws_no_bar_of_its_own_into_a_notebook(tmp_path):
    """DuckDB does where the program has no file, as a kernel and `python -c` have none."""
    command = [sys.executable, "-c", BARS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["[(False,)]", "[(False,)]"]
