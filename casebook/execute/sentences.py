"""What ended a cell, a kernel, a worker or a run, as one plain sentence."""

from __future__ import annotations

import signal

from casebook.execute.stop import StopReason
from casebook.language import _
from casebook.runs.manifest import ErrorKind, PhaseError

_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


def stopped(reason: StopReason | None, limit: float | None, cell: int | None = None) -> PhaseError:
    """The error of a notebook that was asked to end; limit of the run in seconds."""
    kind = ErrorKind.STOPPED
    match reason:
        case StopReason.RUN_TIMEOUT:
            kind = ErrorKind.RUN_TIMEOUT
            sentence = run_timeout(limit)
        case StopReason.INTERRUPTED:
            sentence = _("stopped by Ctrl-C")
        case StopReason.ORPHANED:
            sentence = _("stopped: the process that ran it has ended")
        case _other:
            sentence = _("stopped: asked to end (SIGTERM)")
    return PhaseError(kind, "Stopped", sentence, sentence, cell)


def worker_death(code: int) -> PhaseError:
    """The error of a worker process that ended without a word; code as of a Popen."""
    if code < 0:
        sentence = _("its worker process died (signal {signal})", signal=-code)
    else:
        sentence = _("its worker process ended too early (exit status {code})", code=code)
    return PhaseError(ErrorKind.WORKER, "WorkerDied", sentence, sentence)


def run_timeout(limit: float | None) -> str:
    """The sentence for a run that took too long; limit in seconds."""
    return _("the run took longer than its limit of {limit}", limit=seconds(limit))


def death(code: int | None) -> str:
    """The sentence for a kernel that ended by itself.

    code: as of a Popen, negative for a signal.

    >>> death(-9)
    'kernel died (signal 9; memory?)'
    """
    if code is None:
        return _("kernel died")
    if code >= 0:
        return _("kernel died (exit status {code})", code=code)
    if -code == signal.SIGKILL:
        return _("kernel died (signal {signal}; memory?)", signal=-code)
    if -code in _CRASHES:
        return _("kernel died (signal {signal}; a crash in compiled code?)", signal=-code)
    return _("kernel died (signal {signal})", signal=-code)


def seconds(limit: float | None) -> str:
    """A limit as people read it.

    >>> seconds(90)
    '90 s'
    """
    return _("{n} s", n=f"{limit or 0:g}")
