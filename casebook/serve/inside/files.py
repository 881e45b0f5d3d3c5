"""Scripts and styles of the page: known by name before anybody asks, packed once, kept for long.

Voila's own handlers look paths up on the disk for each request, serve every extension that is
installed, to anybody, and never compress. Here a file that was not listed when the server started
is not there, so that there is no path to traverse; the address holds a digest of all of them, so
that a browser need not ask again.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tornado.web import HTTPError, authenticated

from casebook.serve.inside.told import Told

KINDS = frozenset({".js", ".css", ".woff", ".woff2"})
_FOR_EVER = "private, max-age=31536000, immutable"
_LEVEL = 6


class Shelf:
    """Files by the name in their address; read when asked for, packed ones kept in memory."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)
        self._packed: dict[str, bytes] = {}
        self.digest = _digest(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def starting(self, start: str) -> list[str]:
        """The names that start so."""
        return [name for name in self._files if name.startswith(start)]

    def plain(self, name: str) -> bytes:
        """The content of a file. Raises KeyError for one that is not here."""
        return self._files[name].read_bytes()

    def packed(self, name: str) -> bytes:
        """The content, compressed with gzip; the same bytes each time."""
        if name not in self._packed:
            self._packed[name] = gzip.compress(self.plain(name), _LEVEL, mtime=0)
        return self._packed[name]

    def pack_all(self) -> threading.Thread:
        """Compress every file beside what the server does meanwhile."""
        names = list(self._files)
        thread = threading.Thread(target=lambda: [self.packed(name) for name in names], daemon=True)
        thread.start()
        return thread


def listed(top: Path, prefix: str) -> dict[str, Path]:
    """The files of a folder that a page may load, by the name in their address."""
    found = (path for path in top.rglob("*") if path.suffix in KINDS and path.is_file())
    return {f"{prefix}/{path.relative_to(top).as_posix()}": path for path in sorted(found)}


def shelf(voila: Iterable[str], extensions: Mapping[str, Path], ours: Path) -> Shelf:
    """The files of Voila's page, of the extensions that it uses, and our own.

    voila: folders of which the first that has a file counts. extensions: name -> folder.
    """
    files: dict[str, Path] = {}
    for top in reversed(list(voila)):
        files |= listed(Path(top), "voila")
    for name, folder in extensions.items():
        files |= listed(folder / "static", f"extensions/{name}/static")
    return Shelf(files | listed(ours, "casebook"))


def _digest(files: Mapping[str, Path]) -> str:
    whole = hashlib.sha256()
    for name, path in files.items():
        whole.update(f"{name}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


class FileHandler(Told):
    """One file of the shelf, for who has the link."""

    def initialize(self, files: Shelf) -> None:
        """files: what may be loaded."""
        self.files = files

    def set_default_headers(self) -> None:
        """Those of every answer, and that nothing here runs as another kind than it says."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")

    @authenticated
    async def get(self, name: str) -> None:
        """The file, compressed where the browser takes it so."""
        if name not in self.files:
            raise HTTPError(404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if "font" not in kind else kind)
        self.set_header("Cache-Control", _FOR_EVER)
        self.set_header("Vary", "Accept-Encoding")
        accepted: Any = self.request.headers.get("Accept-Encoding", "")
        if "gzip" in accepted:
            self.set_header("Content-Encoding", "gzip")
            await self.finish(self.files.packed(name))
        else:
            await self.finish(self.files.plain(name))
