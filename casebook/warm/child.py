"""What a forked process does first: become as an ordinary start would have made it."""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import locale
import logging
import multiprocessing
import os
import random
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from casebook.warm import limits, loaded, wire
from casebook.warm.settings import THREADS

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(message: wire.Message, fds: list[int], entry: str, keeper: int) -> NoReturn:
    """Take over streams, environment and limits of the request, and run the entry to its end."""
    status = 1
    try:
        _die_with(keeper)
        os.setsid()
        _reset_signals()
        _take_streams(fds)
        _take_environment(message, keeper)
        _draw_anew()
        gc.enable()
        limits.set_memory(os.getpid(), message.get("memory"))
        status = _run(loaded.function(entry), message["arguments"])
    except BaseException:  # noqa: BLE001 (whatever it is, it is printed where its client's errors go)
        traceback.print_exc()
    finally:
        _leave(status)


def _die_with(keeper: int) -> None:
    """Have the system kill this process when its keeper ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != keeper:
        os._exit(1)


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _take_streams(fds: list[int]) -> None:
    """Put the descriptors that came with the request in place of the standard ones."""
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
    for fd in fds:
        if fd > 2:
            os.close(fd)
    names = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
    for number, (name, mode) in enumerate(names):
        stream = open(number, mode, encoding=getattr(sys, name).encoding,  # noqa: SIM115 (it is a standard stream)
                      errors=getattr(sys, name).errors, closefd=False)  # fmt: skip
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _take_environment(message: wire.Message, keeper: int) -> None:
    os.environ.clear()
    os.environ.update(message["environment"])
    if message.get("parent"):
        os.environ["JPY_PARENT_PID"] = str(keeper)  # ipykernel ends when it changes
    os.chdir(message["cwd"])
    os.umask(message["umask"])
    os.sched_setaffinity(0, message["affinity"])
    for name, (soft, hard) in message["limits"].items():
        number = getattr(resource, name)
        if resource.getrlimit(number) != (soft, hard):
            resource.setrlimit(number, (soft, hard))
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")
    if not message.get("quiet"):
        _set_threads(message["environment"])


def _set_threads(environment: Mapping[str, str]) -> None:
    """Let OpenMP and BLAS use what the environment says, all cores where it says nothing."""
    control = sys.modules.get("threadpoolctl")
    if control is None:
        return
    cores = len(os.sched_getaffinity(0))
    asked = [int(value) for name in THREADS if (value := environment.get(name, "")).isdigit()]
    openmp = environment.get("OMP_NUM_THREADS", "")
    threads = {
        "blas": _blas_threads(environment) or cores,
        "openmp": int(openmp) if openmp.isdigit() else cores,
    }
    if asked or cores > 1:
        control.threadpool_limits(limits=threads)  # for good: nobody restores them


def _blas_threads(environment: Mapping[str, str]) -> int | None:
    """What OpenBLAS reads, in its own order."""
    order = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
    values = (environment.get(name, "") for name in order)
    return next((int(value) for value in values if value.isdigit()), None)


def _draw_anew() -> None:
    """Give this process random states of its own."""
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    multiprocessing.current_process().authkey = os.urandom(32)
    importlib.invalidate_caches()
    root = logging.getLogger()
    for handler in list(root.handlers):  # the template's own log
        root.removeHandler(handler)
    root.setLevel(logging.WARNING)


def _run(function: Callable[[list[str]], Any], arguments: list[str]) -> int:
    """The exit status of a call, as the interpreter would give it."""
    try:
        return int(function(arguments) or 0)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    except KeyboardInterrupt:  # the interpreter ends by the same signal
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        return 128 + signal.SIGINT


def _leave(status: int) -> NoReturn:
    """End as the interpreter does, but for taking every module apart."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads that are not daemons
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 (a broken pipe, an interrupt: it ends all the same)
        status = status or 120  # what the interpreter says then
    os._exit(status & 0xFF)
