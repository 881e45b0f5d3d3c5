"""What can go wrong while answers are saved, with real processes, disks and permissions."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from casebook.case import journal, load_case, read_journal, save_answers
from casebook.case.lock import locked
from casebook.exceptions import RecordError

NOBODY = 65534  # a user who is not root: root may write anywhere


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


WRITER = """
    import sys
    from casebook.case import load_case, save_answers
    from casebook.exceptions import RecordError
    folder, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for number in range(count):
        while True:
            case = load_case(folder)
            said = case.record.business.today or ""
            try:
                save_answers(case, {"business.today": f"{said} {name}{number}"}, by=name)
            except RecordError as error:
                assert "changed the record" in str(error) or "another process" in str(error)
            else:
                print(f"{name}{number}", flush=True)
                break
"""


def test_two_processes_writing_at_once_lose_no_answer(write, small):
    folder = write(small)
    writers = [python(WRITER, folder, name, 25) for name in ("ann", "bob")]
    said = [word for writer in writers for word in finished(writer).split()]
    kept = load_case(folder).record.business.today.split()
    assert len(said) == 50
    assert sorted(kept) == sorted(said)
    assert [(c.new or "").split()[-1] for c in read_journal(folder)] == kept


def test_writers_that_are_killed_leave_a_record_and_a_journal_that_agree(write, small):
    folder = write(small)
    acknowledged: list[str] = []
    for turn in range(6):
        writer = python(WRITER, folder, f"w{turn}x", 1000)
        first = writer.stdout.readline()
        time.sleep(0.02 * turn)
        writer.send_signal(signal.SIGKILL)
        acknowledged += [first.strip(), *writer.communicate()[0].split()]
    case = save_answers(load_case(folder), {"title": "after"}, by="Ann")
    kept = case.record.business.today.split()
    assert set(acknowledged) <= set(kept)
    changes = [c for c in read_journal(folder) if c.field == "business.today"]
    assert [c.new.split()[-1] for c in changes] == kept
    assert not [path for path in folder.iterdir() if path.name.startswith(".journal")]


def test_the_lock_is_waited_for_and_then_said_to_be_held(write, small):
    folder = write(small)
    with locked(folder):
        started = time.monotonic()
        with (
            pytest.raises(RecordError, match="another process is saving this case"),
            locked(folder, wait=0.2),
        ):
            pass
        assert 0.2 <= time.monotonic() - started < 5
    with locked(folder, wait=0):
        pass


def test_a_lock_whose_holder_was_killed_is_free(write, small):
    folder = write(small)
    holder = python(
        """
        import sys, time
        from pathlib import Path
        from casebook.case.lock import locked
        with locked(Path(sys.argv[1])):
            print("held", flush=True)
            time.sleep(60)
        """,
        folder,
    )
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    with locked(folder, wait=5):
        pass


FULL_DISK = """
    import os, sys
    from pathlib import Path
    from casebook.case import load_case, read_journal, save_answers
    from casebook.exceptions import RecordError
    folder = Path(sys.argv[1])
    case = save_answers(load_case(folder), {"title": "first"}, by="Ann")
    before, names = case.path.read_bytes(), sorted(os.listdir(folder))
    room = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(b"x" * (room.f_bavail * room.f_frsize - int(sys.argv[2])))
    try:
        save_answers(case, {"summary": "x" * 20_000}, by="Ann")
    except RecordError as error:
        print(error)
    else:
        raise SystemExit("the disk was not full")
    assert case.path.read_bytes() == before
    filler.unlink()
    assert sorted(os.listdir(folder)) == names, os.listdir(folder)
    assert len(read_journal(folder)) == 1
    save_answers(case, {"summary": "y" * 20_000}, by="Ann")
    assert [c.field for c in read_journal(folder)] == ["title", "summary"]
"""


@pytest.mark.parametrize("room", [0, 8192, 24 * 1024])
def test_case_07_disk_full(tmp_path, small, room):
    """Full before anything, while the change is kept aside, and while the record is written."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk takes more rights; the limit on file size stands in")
    try:
        (disk / "case.yaml").write_text(small)
        out = finished(python(FULL_DISK, disk, room))
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert out == "case.yaml: the answers cannot be saved: the disk is full\n"


def test_case_07_a_record_past_the_limit_on_file_size_stays_as_it_was(write, small):
    folder = write(small)
    case = load_case(folder)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
    try:
        with pytest.raises(RecordError, match="larger than the system allows"):
            save_answers(case, {"summary": "x" * 5000}, by="Ann")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert (folder / "case.yaml").read_text() == small
    assert read_journal(folder) == ()


def test_a_journal_that_is_full_after_the_record_was_saved_is_completed_later(write, small):
    """The journal meets the limit on file size; the record and what is kept aside do not."""
    folder = write(small)
    case = load_case(folder)
    for number in range(20):
        case = save_answers(case, {"title": f"title {number}"}, by="Ann")
    size = (folder / "journal.jsonl").stat().st_size
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, limit[1]))
    try:
        case = save_answers(case, {"title": "last but one"}, by="Ann")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert (folder / journal.PENDING_NAME).exists()
    assert read_journal(folder)[-1].new == "last but one"
    save_answers(case, {"title": "last"}, by="Ann")
    lines = (folder / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line)["new"] for line in lines[-2:]] == ["last but one", "last"]
    assert len(lines) == 22
    assert not (folder / journal.PENDING_NAME).exists()


def test_a_change_kept_aside_for_a_record_that_was_never_saved_is_forgotten(write, small):
    folder = write(small)
    case = load_case(folder)
    made = journal.changes({}, {"title": "never"}, "Ann", "other")
    journal.prepare(folder, case.version, made)  # and here the machine stops
    save_answers(case, {"title": "saved"}, by="Bob")
    assert [change.new for change in read_journal(folder)] == ["saved"]


READ_ONLY = """
    import os, sys
    from casebook.case import load_case, save_answers
    from casebook.exceptions import RecordError
    case = load_case(sys.argv[1])
    if os.getuid() == 0:
        os.setgid(int(sys.argv[2]))
        os.setuid(int(sys.argv[2]))
    try:
        save_answers(case, {"title": "x"}, by="Ann")
    except RecordError as error:
        print(error)
"""


@pytest.fixture
def shared(write, small, tmp_path):
    """A case that every user may read and write."""
    folder = write(small)
    (folder / "case.yaml").chmod(0o666)
    folder.chmod(0o777)
    while tmp_path != tmp_path.parent and os.getuid() == 0:
        if tmp_path.stat().st_uid == 0 and "pytest" in str(tmp_path):
            tmp_path.chmod(tmp_path.stat().st_mode | 0o055)
        tmp_path = tmp_path.parent
    return folder


def test_a_folder_that_is_read_only_is_said_so(shared, small):
    shared.chmod(0o555)
    try:
        out = finished(python(READ_ONLY, shared, NOBODY))
    finally:
        shared.chmod(0o777)
    assert out == ".case.lock: the answers cannot be saved: permission is missing\n"
    assert (shared / "case.yaml").read_text() == small


def test_a_journal_that_cannot_be_written_stops_the_save_before_it_starts(shared, small):
    (shared / "journal.jsonl").touch()
    (shared / "journal.jsonl").chmod(0o444)
    out = finished(python(READ_ONLY, shared, NOBODY))
    assert out == "journal.jsonl: the answers cannot be saved: permission is missing\n"
    assert (shared / "case.yaml").read_text() == small


def test_a_journal_that_somebody_spoilt_is_named_and_stops_the_save(write, small):
    folder = write(small)
    (folder / "journal.jsonl").write_text('{"when": \n')
    with pytest.raises(RecordError, match=r"journal.jsonl, line 1: this is not a change"):
        save_answers(load_case(folder), {"title": "x"}, by="Ann")
    assert (folder / "case.yaml").read_text() == small
