"""A model file is first read by a child process with limits; what ends it ends nothing else.

A crafted file can crash the reader, loop for ever or unpack without end. The child reads it, looks
at its trees and predicts the probe rows. A fork of this process has everything imported already
and takes a moment. But a fork of a process with threads may get stuck where nothing is wrong with
the file: where one gives no answer, a process that is started anew is asked.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from threadpoolctl import threadpool_limits

from casebook.models import blob as blobs
from casebook.models import sound
from casebook.models.about import ModelFile, parsed
from casebook.models.trusted import allowed, beyond
from casebook.models.usual import frame_of

FORK_SECONDS = 5.0
SECONDS = 60.0
MEMORY = 2**30  # bytes beside what a process has before it reads, and 20 times the file's size


@dataclass(frozen=True)
class Answer:
    """What the child found.

    said: (n_probes,) classes or numbers, shares: (n_probes, n_classes) or empty.
    untrusted: types that are not allowed; then nothing was loaded.
    error: why it could not be read or predict; ended: how the child ended without an answer.
    """

    said: tuple[Any, ...] = ()
    shares: tuple[tuple[float, ...], ...] = ()
    untrusted: tuple[str, ...] = ()
    error: str = ""
    ended: str = ""


def tried(
    blob: bytes, file: ModelFile, trust: Sequence[str] = (), *, seconds: float = SECONDS
) -> Answer:
    """What a model says of its probe rows, found out in a child process.

    Raises ModelError where `trust` names no types.
    """
    allowed(trust)
    if sys.platform == "linux":
        answer = _forked(blob, file, trust, min(seconds, FORK_SECONDS))
        if not answer.ended:
            return answer
    return _started(blob, file, trust, seconds)


def answered(blob: bytes, file: ModelFile, trust: Sequence[str]) -> Answer:
    """Read the model and predict, in this very process: what the child does.

    Types are looked at before anything is brought to life.
    """
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(BytesIO(blob)).infolist())
        if unpacked > blobs.MOST_UNPACKED:
            return Answer(error=f"{unpacked} bytes unpacked, more than {blobs.MOST_UNPACKED}")
        untrusted = beyond(blobs.types_in(blob), trust)
        if untrusted:
            return Answer(untrusted=untrusted)
        estimator = blobs.loaded(blob, trust)
        sound.check(estimator)
        return said_by(estimator, file)
    except Exception as error:  # noqa: BLE001 (a crafted file may raise anything; it is told)
        return Answer(error=f"{type(error).__name__}: {str(error)[:500]}")


def said_by(estimator: Any, file: ModelFile) -> Answer:
    """What an estimator says of the probe rows."""
    frame = frame_of([probe.row for probe in file.probes], file.columns)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other versions warn; what counts is what is said
        said = estimator.predict(frame)
        if not file.classes:
            return Answer(tuple(float(value) for value in said))
        if not hasattr(estimator, "predict_proba"):
            return Answer(tuple(str(value) for value in said))
        shares = estimator.predict_proba(frame)
        places = [[str(name) for name in estimator.classes_].index(n) for n in file.classes]
    rows = tuple(tuple(float(row[place]) for place in places) for row in shares)
    return Answer(tuple(str(value) for value in said), rows)


def _forked(blob: bytes, file: ModelFile, trust: Sequence[str], seconds: float) -> Answer:
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: see the module's docstring
        pid = os.fork()
    if pid == 0:
        _as_child(theirs, blob, file, trust)
    os.close(theirs)
    try:
        text = _read(ours, time.monotonic() + seconds)
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
    return _answer(text, os.waitstatus_to_exitcode(status))


def _as_child(pipe: int, blob: bytes, file: ModelFile, trust: Sequence[str]) -> NoReturn:
    try:
        _limit(len(blob))
        with os.fdopen(pipe, "wb", closefd=False) as out:
            out.write(json.dumps(asdict(answered(blob, file, trust))).encode() + b"\n")
    finally:
        os._exit(0)


def _read(pipe: int, deadline: float) -> bytes:
    """The line that comes through a pipe; nothing where it does not come before the deadline."""
    line = b""
    while (left := deadline - time.monotonic()) > 0 and not line.endswith(b"\n"):
        if not select.select([pipe], [], [], left)[0]:
            break
        part = os.read(pipe, 1 << 16)
        if not part:
            break
        line += part
    return line if line.endswith(b"\n") else b""


def _started(blob: bytes, file: ModelFile, trust: Sequence[str], seconds: float) -> Answer:
    head = json.dumps({"file": file.dump(), "trust": list(trust)}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "casebook.models.trial"],  # -P: not from this folder
            input=len(head).to_bytes(8, "big") + head + blob,
            capture_output=True,
            timeout=seconds,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.TimeoutExpired:
        return Answer(ended=f"{seconds:g} s")
    return _answer(done.stdout, done.returncode)


def _answer(text: bytes, status: int) -> Answer:
    if not text:
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        return Answer(ended=name)
    return answer_in(text)


def answer_in(text: bytes | str) -> Answer:
    """An answer that was written as JSON."""
    found = json.loads(text)
    return Answer(
        tuple(found["said"]),
        tuple(tuple(row) for row in found["shares"]),
        tuple(found["untrusted"]),
        found["error"],
        found["ended"],
    )


def _limit(size: int) -> None:
    """No core file, no word on the standard streams, and so much memory and no more."""
    faulthandler.disable()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:  # not Linux: the deadline alone limits it
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY + 20 * size
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def main() -> None:
    """The child that is started anew: a head with its length, then the model, on standard input."""
    stream, out = sys.stdin.buffer, os.dup(1)
    head = json.loads(stream.read(int.from_bytes(stream.read(8), "big")))
    blob = stream.read()
    _limit(len(blob))
    answer = answered(blob, parsed(head["file"], "model.json"), head["trust"])
    with os.fdopen(out, "wb") as answers:
        answers.write(json.dumps(asdict(answer)).encode())


if __name__ == "__main__":
    main()
