"""What a server lets in, found out by asking it: which addresses answer without a login."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence

from casebook.exceptions import RunError
from casebook.language import _

KNOWN = (
    "api", "api/status", "api/contents", "api/contents/case.yaml", "api/kernels", "api/kernelspecs",
    "api/sessions", "api/terminals", "api/me", "files/case.yaml", "lab", "logout", "metrics",
    "notebooks", "nbconvert", "static/style/style.min.css", "tree", "view", "voila/api/contents/",
    "voila/api/themes/@jupyterlab/theme-light-extension/index.css", "voila/execution/x",
    "voila/files/case.yaml", "voila/files/x.png", "voila/labextensions/", "voila/query/x",
    "voila/render/x.ipynb", "voila/static/voila.js", "voila/templates/lab/static/voila-style.js",
    "voila/tree",
)  # fmt: skip
"""Addresses of Voila and Jupyter Server: none of them is served here, and each is tried."""

_SECONDS = 20
_OK = range(200, 300)


def open_paths(host: str, port: int, base: str, token: str) -> tuple[str, ...]:
    """The paths that answer who has no token, of all that are served and all that are known.

    Raises RunError where the server does not answer as it should.
    """
    served = asked(host, port, f"{base}casebook/paths", token)
    if served[0] != 200:
        raise RunError(
            _("the server does not answer its own token (status {status})", status=served[0])
        )
    paths: Sequence[str] = json.loads(served[1])
    tried = dict.fromkeys([*paths, *KNOWN])
    return tuple(f"{base}{path}" for path in tried if asked(host, port, base + path)[0] in _OK)


def asked(
    host: str, port: int, path: str, token: str = "", seconds: float = _SECONDS
) -> tuple[int, bytes]:
    """The status and the content of one answer; redirections are not followed."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        headers = {"Authorization": f"token {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read() if token else b""
    except OSError as error:
        raise RunError(_("the server does not answer: {error}", error=error)) from error
    finally:
        connection.close()
