"""What the server allows: loopback, a token, nothing of the machine but the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casebook.runs.shared import FOLDER_VARIABLE
from casebook.serve.chrome import SHARE
from casebook.serve.incidents import LOG_VARIABLE
from casebook.serve.plan import LOOPBACK, PLAN_FILE, Limits
from casebook.warm.settings import read_at_start

FIRST_PORT = 8866
SHARED = "shared"
"""The folder of findings that visitors share, in the server's own."""

ALLOWED = frozenset({
    "CASEBOOK_WARM", "CASEBOOK_WARM_IDLE", "CONDA_PREFIX", "HOME", "JUPYTER_DATA_DIR",
    "JUPYTER_PATH", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "OMP_NUM_THREADS", "PATH", "PYTHONPATH",
    "SHELL", "SYSTEMROOT", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
})  # fmt: skip
"""Environment variables that the server and its kernels get; passwords are never among them."""

EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8")
"""The extensions of JupyterLab that a page needs; others are only slow to load."""

VERSIONS = ((0, 5, 11), (0, 6))
"""Voila from the first on and before the second: older ones serve files that they should not."""

POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)
"""A page loads nothing from elsewhere; Voila's own would fetch MathJax from the web."""

_LONGEST_MESSAGE = 30_000_000  # bytes that a page may send at once; an upload of a table is one
_DEAD = 1.5  # seconds between two looks at whether a kernel lives
_QUIET = 30  # warnings and worse
_LOG_BYTES = 5_000_000
_INSIDE = "casebook.serve.inside"


def environment(
    case: Path, runtime: Path, given: Mapping[str, str] = os.environ, log: Path | None = None
) -> dict[str, str]:
    """The environment of the server and of its kernels.

    CASEBOOK_USER is empty: several people open the link, so the page asks who answers.
    """
    kept = {name: value for name, value in given.items() if name in ALLOWED or name[:3] == "LC_"}
    paths = [str(SHARE), *filter(None, [given.get("JUPYTER_PATH")])]
    return {
        **kept,
        **read_at_start(given),  # of Python and its libraries; a warm kernel has the same
        "CASEBOOK_CASE": str(case),
        "CASEBOOK_USER": "",
        LOG_VARIABLE: str(log or runtime / "app.log"),
        "JUPYTER_PATH": os.pathsep.join(paths),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        FOLDER_VARIABLE: str(runtime / SHARED),
    }


_PAGE = {  # one look, no code, no traceback, no file of the case
    "template": "casebook",
    "theme": "light",
    "allow_template_override": "NO",
    "allow_theme_override": "NO",
    "file_allowlist": [],
    "show_tracebacks": False,
    "strip_sources": True,
    "extension_allowlist": list(EXTENSIONS),
    "preheat_kernel": False,
    "progressive_rendering": False,
    "attempt_fix_notebook": True,
    "multi_kernel_manager_class": f"{_INSIDE}.kernels.Kernels",
}


def _kernels(limits: Limits) -> dict[str, Any]:
    """How many kernels there may be, how large and for how long."""
    return {
        "Kernels": {
            "most": limits.kernels,
            "away": limits.away,
            "spare": limits.spare,
            "cull_idle_timeout": max(1, round(limits.idle)),
            "cull_interval": limits.look_every(),
        },
        # Unix sockets: nobody else on the machine can connect to a kernel.
        "KernelManager": {"transport": "ipc", "shutdown_wait_time": 2.0},
        "KernelProvisionerFactory": {"default_provisioner_name": "casebook-warm"},
        "WarmProvisioner": {"memory": limits.memory, "tidy": True},
        # A kernel that died is told to the page, and not replaced by an empty one.
        "KernelRestarter": {"restart_limit": 0, "time_to_dead": _DEAD},
        "VoilaExecutor": {"timeout": limits.cell, "startup_timeout": 60},
    }


_TORNADO = {
    "xsrf_cookies": True,
    "headers": {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    },
    "compress_response": True,
    "websocket_max_message_size": _LONGEST_MESSAGE,
}


def settings(
    runtime: Path,
    *,
    port: int,
    token: str,
    ip: str = LOOPBACK,
    base_url: str = "/",
    limits: Limits | None = None,
) -> dict[str, Any]:
    """Voila's configuration, as its file holds it.

    runtime: a folder of this user alone, its name short, for connection files and unix sockets;
    `page` in it holds the notebooks that are served, and nothing else.
    """
    server = {
        "ip": ip,
        "port": port,
        "port_retries": 0,
        "token": token,
        "base_url": base_url,
        "open_browser": False,
        "log_level": _QUIET,
        "root_dir": str(runtime / "page"),
        "connection_dir_root": str(runtime),
        "kernel_websocket_connection_class": f"{_INSIDE}.channel.Connection",
        "tornado_settings": _TORNADO,
    }
    ours = {"plan_file": str(runtime / PLAN_FILE)}
    return {
        "Voila": server,
        "Server": ours,
        "VoilaConfiguration": _PAGE,
        **_kernels(limits or Limits()),
    }


def command(folder: Path) -> list[str]:
    """The command that starts Voila; its settings, and no others, are read from a folder."""
    module = f"{_INSIDE}.application"
    return [sys.executable, "-m", module, f"--Voila.config_file_paths={folder}"]


def log_of(case: Path) -> Path:
    """The log of a case's pages; a long one is put aside first."""
    path = case / "runs" / "app.log"
    path.parent.mkdir(exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path
