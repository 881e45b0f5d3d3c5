"""The cache: what was read once is recalled, by content and options, whole or not at all."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.case import TableSource
from casebook.exceptions import TableError
from casebook.tables import cache, read_source


@pytest.fixture
def counted(monkeypatch):
    """How often a file was hashed."""
    hashed = []
    real = cache.digest

    def digest(path):
        hashed.append(path.name)
        return real(path)

    monkeypatch.setattr(cache, "digest", digest)
    return hashed


def _age(path, seconds=60):
    """Make the last change of a file old; ctime cannot be set, so the limit is lowered."""
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns - seconds * 10**9))


def test_a_second_reading_is_recalled_without_hashing(read, tmp_path, counted, monkeypatch):
    monkeypatch.setattr(cache, "_UNSURE_NS", 0)
    first = read("a,b\n1,x\n")
    second = read()
    assert second.reading == first.reading
    assert counted == ["rows.csv"]


def test_a_file_changed_just_now_is_hashed_again(read, counted):
    read("a,b\n1,x\n")
    read()
    assert counted == ["rows.csv", "rows.csv"]


def test_changed_content_is_read_anew_even_with_the_same_size_and_time(read, tmp_path):
    read("a,b\n1,x\n")
    state = (tmp_path / "rows.csv").stat()
    (tmp_path / "rows.csv").write_text("a,b\n2,x\n")
    os.utime(tmp_path / "rows.csv", ns=(state.st_atime_ns, state.st_mtime_ns))
    assert read().column("a") == [2]


def test_other_options_are_another_reading(read):
    assert read("a,b\n01/02/2019,x\n").column("a")[0].month == 1
    assert read(day_first=True).column("a")[0].month == 2


def test_another_version_of_the_reader_reads_anew(read, monkeypatch):
    path = read("a,b\n1,x\n").reading.path
    monkeypatch.setattr(cache, "READER", cache.READER + 1)
    assert read().reading.path != path


def test_a_renamed_file_is_recalled_under_its_new_name(read, tmp_path):
    first = read("a,b\n1,x\n").reading
    (tmp_path / "rows.csv").rename(tmp_path / "new.csv")
    second = read(name="new.csv").reading
    assert second.path == first.path
    assert second.files == ("new.csv",)


@pytest.mark.parametrize("damage", ["parquet", "json", "gone"])
def test_a_damaged_cache_is_read_anew(read, tmp_path, damage):
    path = read("a,b\n1,x\n").reading.path
    if damage == "parquet":
        path.write_bytes(path.read_bytes()[:-7])
    elif damage == "json":
        path.with_suffix(".json").write_text('{"rows": 3')
    else:
        path.unlink()
    assert read().column("a") == [1]


def test_no_working_files_are_left(read, tmp_path):
    read(b"\xef\xbb\xbftitle\n\na,b\r\n1,x\r2,y\n3\n")
    with pytest.raises(TableError):
        read("a,b\n", name="empty.csv")
    assert [p.name for p in (tmp_path / ".cache").iterdir() if p.is_dir()] in ([], ["seen"])
    kinds = {p.suffix for p in (tmp_path / ".cache").iterdir() if p.is_file()}
    assert kinds == {".json", ".parquet", ".csv"}


def _read_in_process(folder: str) -> int:
    reading = read_source(TableSource(source="rows.csv"), Path(folder), Path(folder) / ".cache")
    return reading.rows


def test_two_processes_read_the_same_table_at_once(tmp_path):
    rows = "".join(f"{n},x{n}\n" for n in range(50_000))
    (tmp_path / "rows.csv").write_text("a,b\n" + rows)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_read_in_process, [str(tmp_path)] * 3) == [50_000] * 3
    assert len(list((tmp_path / ".cache").glob("*.parquet"))) == 1


def test_a_read_only_case_is_cached_elsewhere(read, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    real = Path.mkdir

    def mkdir(self, *args, **kwargs):
        if self.name == ".cache":
            raise OSError(errno.EROFS, "Read-only file system")
        real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    got = read("a,b\n1,x\n")
    assert got.reading.path.is_relative_to(tmp_path / "home" / "casebook")


def test_case_07_a_full_disk_is_said_and_nothing_is_left(read, tmp_path, monkeypatch):
    def full(path, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "_settle", full)
    with pytest.raises(TableError, match="No space left on device"):
        read("a,b\n1,x\n")
    assert list((tmp_path / ".cache").glob("*.parquet")) == []
    assert list((tmp_path / ".cache").glob("work-*")) == []


def test_the_description_can_be_read_by_people(read):
    path = read("a,b\n1,x\n2\n").reading.path.with_suffix(".json")
    kept = json.loads(path.read_text())
    assert kept["rows"] == 1
    assert kept["rejects"]["reasons"] == {"fewer columns than the header": 1}


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import casebook.tables, casebook.expressions, sys\n"
        "print({'duckdb', 'pandas', 'pyarrow', 'sqlalchemy', 'openpyxl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
