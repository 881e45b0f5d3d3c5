"""Atomic writes: the old content or the new, on any failure."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from casebook.atomic import create_bytes, write_bytes, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


def test_an_existing_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o600)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_folder_that_is_not_there_is_an_error_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "none" / "a.txt", "text")
    assert names(tmp_path) == []


def test_case_07_a_file_past_the_limit_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
    try:
        with pytest.raises(OSError, match="large"):
            write_bytes(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


FULL_DISK = """
    import errno, os, sys
    from pathlib import Path
    from casebook.atomic import write_text
    path = Path(sys.argv[1]) / "a.txt"
    write_text(path, "old")
    try:
        write_text(path, "x" * 2_000_000)
    except OSError as error:
        assert error.errno == errno.ENOSPC, error
    else:
        raise SystemExit("the disk was not full")
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["a.txt"], os.listdir(path.parent)
"""


def test_case_07_disk_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk takes more rights; the limit on file size stands in")
    try:
        code = textwrap.dedent(FULL_DISK)
        done = subprocess.run(
            [sys.executable, "-c", code, str(disk)],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert done.returncode == 0, done.stderr


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    contents = {bytes([n]) * 300_000 for n in range(3)}
    write_bytes(path, min(contents))

    def write() -> None:
        for content in sorted(contents) * 5:
            write_bytes(path, content)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        assert path.read_bytes() in contents
    writer.join()
    assert names(tmp_path) == ["a.bin"]


def test_of_many_who_make_a_file_one_does_and_the_others_are_told(tmp_path: Path) -> None:
    path, start, made = tmp_path / "a", threading.Barrier(8), []

    def make(n: int) -> None:
        start.wait()
        made.append((create_bytes(path, str(n).encode() * 1000), n))

    threads = [threading.Thread(target=make, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [n for is_new, n in made if is_new]
    assert path.read_bytes() == str(winner).encode() * 1000
    assert names(tmp_path) == ["a"]


def test_a_file_is_made_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "as on a memory stick")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert create_bytes(tmp_path / "a", b"x")
    assert names(tmp_path) == ["a"]


def test_a_file_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        create_bytes(tmp_path / "none" / "a", b"x")
    assert names(tmp_path) == []
