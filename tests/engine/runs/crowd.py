"""A crowd of real processes at one store, some of them killed: python crowd.py CASE TASK ...

One process imports what is needed and forks the crowd, as kernels are forked. Each child writes a
line of its own into the file of acknowledgements after a receipt, never before. Victims go on until
they are killed with SIGKILL, by preference while they hold the database's lock.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from casebook.case import Case, load_case
from casebook.runs import store_engine
from casebook.runs.feedback import Feedback, drain, keep_feedback, read_feedback


def comment(key: str) -> str:
    """What is said under an id: long enough for a page of its own."""
    return f"{key} 의견 " * 40


def give(case: Case, turn: str, patience: float) -> str:
    """Say something of one's own."""
    said = Feedback(turn, "wrong", comment=comment(turn), inputs={"x": 1}, output=0.5)
    receipt = keep_feedback(case, said, patience=patience)
    return f"{receipt.id} {receipt.kept}"


def same(case: Case, turn: str, patience: float) -> str:
    """Say what the others say in this turn, as a page does that was connected again."""
    said = Feedback(f"same-{turn.partition('-')[2]}", "right")
    receipt = keep_feedback(case, said, patience=patience)
    return f"{receipt.id} {receipt.at.isoformat()}"


def empty(case: Case, turn: str, patience: float) -> str:
    """Drain the spool."""
    return f"{turn} {drain(case).stored}"


def read(case: Case, turn: str, patience: float) -> str:
    """Read the feedback."""
    return f"{turn} {len(read_feedback(case))}"


TASKS = {"give": give, "same": same, "drain": empty, "read": read}


def child(case: Case, number: int, options: argparse.Namespace, gate: int) -> int:
    """One of the crowd: wait for the others, then do the task; the exit status."""
    os.read(gate, 1)  # ends when the parent closes the other end
    parent = os.getppid()
    acks = os.open(options.acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    turns = range(options.each) if number >= options.kill else itertools.count()
    try:
        for turn in itertools.takewhile(lambda _: os.getppid() == parent, turns):
            line = TASKS[options.task](case, f"{number}-{turn}", options.patience)
            os.write(acks, f"{line}\n".encode())  # at once: a kill never leaves half a line
    except Exception:  # noqa: BLE001 (a child must never return into the parent's code)
        traceback.print_exc()
        return 1
    return 0


def holders() -> set[int]:
    """Processes that hold a lock for writing; none where the system does not tell."""
    if not Path("/proc/locks").exists():
        return set()
    lines = [line.split() for line in Path("/proc/locks").read_text("ascii").splitlines()]
    return {int(words[4]) for words in lines if words[1] == "POSIX" and words[3] == "WRITE"}


def kill_victims(crowd: dict[int, int | None], options: argparse.Namespace) -> int:
    """Kill one after the other as acknowledgements come in; how many held a lock."""
    victims, holding = set(list(crowd)[: options.kill]), 0
    for turn in range(options.kill):
        while told(options.acks) < turn * options.count * options.each // (2 * options.kill):
            time.sleep(0.001)
        looks = range(10_000 if options.holders else 0)
        victim = next((pid for _ in looks for pid in holders() & victims), None)
        holding += victim is not None
        victim = victim or min(victims)
        os.kill(victim, signal.SIGKILL)
        crowd[victim] = os.waitpid(victim, 0)[1]
        victims.remove(victim)
    return holding


def told(path: Path) -> int:
    """Receipts so far."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def alive(crowd: dict[int, int | None]) -> set[int]:
    """Those that have not ended, once the ended ones are noted."""
    for pid, status in crowd.items():
        if status is None:
            with contextlib.suppress(ChildProcessError):
                ended, found = os.waitpid(pid, os.WNOHANG)
                crowd[pid] = found if ended else None
    return {pid for pid, status in crowd.items() if status is None}


def main() -> None:
    """Fork the crowd, let it go, kill the victims, wait for all; the result is one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("acks", type=Path)
    for name, default in (("count", 50), ("each", 4), ("kill", 0), ("holders", 0), ("warm", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--patience", type=float, default=5.0)
    parser.add_argument("--journal", default="")
    options = parser.parse_args()
    if options.journal:  # on this SQLite, whatever its version
        store_engine.journal_mode = lambda _path: options.journal
    case = load_case(options.case)
    if options.warm:  # as a template of kernels might have done
        give(case, "warm", options.patience)
    gate, opened = os.pipe()
    crowd: dict[int, int | None] = {}
    for number in range(options.count):
        pid = os.fork()
        if pid == 0:
            os.close(opened)
            os._exit(child(case, number, options, gate))
        crowd[pid] = None
    os.close(opened)
    holding = kill_victims(crowd, options)
    while alive(crowd):
        time.sleep(0.005)
    ended = [os.waitstatus_to_exitcode(status) for status in crowd.values() if status is not None]
    sys.stdout.write(json.dumps({"ended": ended, "holding": holding}) + "\n")


if __name__ == "__main__":
    main()
