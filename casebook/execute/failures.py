"""Why a cell failed, as one plain sentence."""

from __future__ import annotations

import signal

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from casebook.execute.kernels import exit_code
from casebook.execute.session import Session
from casebook.execute.stop import Stopped, StopReason
from casebook.formats import number
from casebook.language import _
from casebook.runs.manifest import ErrorKind, PhaseError

_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
ASKED = "StdinNotImplementedError"  # a cell called input()


def explain(
    error: BaseException, session: Session, kernel: AsyncKernelManager | None, cell: int
) -> PhaseError:
    """The error of a phase for an exception that ended one of its cells."""
    if isinstance(error, Stopped):
        return _stopped(session, cell)
    if isinstance(error, CellExecutionError):
        return _of_cell(error.ename, error.evalue, error.traceback, cell)
    if isinstance(error, CellTimeoutError):
        sentence = _("the cell took longer than its limit of {limit}", limit=seconds(session.cell_timeout))
        return PhaseError(ErrorKind.CELL_TIMEOUT, "CellTimeout", sentence, sentence, cell)
    code = exit_code(kernel) if kernel else None
    if isinstance(error, DeadKernelError) or code is not None:
        sentence = death(code)
        return PhaseError(ErrorKind.KERNEL, "KernelDied", sentence, sentence, cell)
    name = type(error).__name__
    return PhaseError(ErrorKind.WORKER, name, str(error), f"{name}: {error}", cell)


def _of_cell(name: str, message: str, traceback: str, cell: int) -> PhaseError:
    if name == ASKED:
        sentence = _("a scheduled notebook cannot ask; make it a parameter")
    elif traceback.strip() == message.strip():  # Casebook's own errors: the message says it all
        sentence = message
    else:
        sentence = f"{name}: {message}" if message else name
    return PhaseError(ErrorKind.CELL, name, message, sentence, cell)


def _stopped(session: Session, cell: int) -> PhaseError:
    kind = ErrorKind.STOPPED
    match session.stop.reason:
        case StopReason.RUN_TIMEOUT:
            kind = ErrorKind.RUN_TIMEOUT
            sentence = run_timeout(session.run_timeout)
        case StopReason.INTERRUPTED:
            sentence = _("stopped by Ctrl-C")
        case StopReason.ORPHANED:
            sentence = _("stopped: the process that ran it has ended")
        case _other:
            sentence = _("stopped: asked to end (SIGTERM)")
    return PhaseError(kind, "Stopped", sentence, sentence, cell)


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
    return _("{n} s", n=number(limit))
