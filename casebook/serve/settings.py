"""What the server allows: loopback, a token, nothing of the machine but the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casebook.warm.settings import read_at_start

LOOPBACK = "127.0.0.1"
FIRST_PORT = 8866

ALLOWED = frozenset({
    "CASEBOOK_WARM", "CASEBOOK_WARM_IDLE", "CONDA_PREFIX", "HOME", "JUPYTER_DATA_DIR",
    "JUPYTER_PATH", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "OMP_NUM_THREADS", "PATH", "PYTHONPATH",
    "SHELL", "SYSTEMROOT", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
})  # fmt: skip
"""Environment variables that the server and its kernels get; passwords are never among them."""

EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8")
"""The extensions of JupyterLab that a page needs; others are only slow to load."""

POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)
"""A page loads nothing from elsewhere; Voila's own would fetch MathJax from the web."""

_SECONDS_UNSEEN = 600  # after which the kernel of a closed page ends
_QUIET = 30  # warnings and worse


def environment(case: Path, runtime: Path, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of the server and of its kernels.

    CASEBOOK_USER is empty: several people open the link, so the page asks who answers.
    """
    kept = {name: value for name, value in given.items() if name in ALLOWED or name[:3] == "LC_"}
    return {
        **kept,
        **read_at_start(given),  # of Python and its libraries; a warm kernel has the same
        "CASEBOOK_CASE": str(case),
        "CASEBOOK_USER": "",
        "JUPYTER_RUNTIME_DIR": str(runtime),
    }


_PAGE = {  # one look, no code, no traceback, no file of the case
    "template": "lab",
    "theme": "light",
    "allow_template_override": "NO",
    "allow_theme_override": "NO",
    "file_allowlist": [],
    "show_tracebacks": False,
    "strip_sources": True,
    "extension_allowlist": list(EXTENSIONS),
    "preheat_kernel": False,
}
_KERNELS = {
    "MappingKernelManager": {
        "cull_idle_timeout": _SECONDS_UNSEEN,
        "cull_interval": 60,
        "cull_connected": False,
    },
    # Unix sockets: nobody else on the machine can connect to a kernel.
    "KernelManager": {"transport": "ipc"},
    # A kernel that died is told to the page, and not replaced by an empty one.
    "KernelRestarter": {"restart_limit": 0},
}


def settings(notebook: Path, runtime: Path, *, port: int, token: str) -> dict[str, Any]:
    """Voila's configuration, as its file holds it.

    notebook: alone in its folder. runtime: a folder of this user alone, its name short, for
    connection files and unix sockets.
    """
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    server = {
        "ip": LOOPBACK,
        "port": port,
        "port_retries": 0,
        "token": token,
        "open_browser": False,
        "log_level": _QUIET,
        "root_dir": str(notebook.parent),
        "connection_dir_root": str(runtime),
        "tornado_settings": {"xsrf_cookies": True, "headers": headers},
    }
    return {"Voila": server, "VoilaConfiguration": _PAGE, **_KERNELS}


def command(notebook: Path, folder: Path) -> list[str]:
    """The command that starts Voila; its settings, and no others, are read from a folder."""
    return [sys.executable, "-m", "voila", str(notebook), f"--Voila.config_file_paths={folder}"]
