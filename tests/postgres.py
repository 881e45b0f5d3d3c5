"""A PostgreSQL of the tests' own: from the distribution, unprivileged, over a unix socket alone."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

ROLE = "casebook"


def binaries() -> Path | None:
    """The folder of the newest server that the distribution has installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3])
    return found[-1].parent if found else None


class PostgresServer:
    """A server in a temporary folder; `stop` and `start` as often as one likes, then `remove`.

    durable: whether it waits for the disk; only a power cut would tell the difference.
    """

    def __init__(self, programs: Path, *, durable: bool = True) -> None:
        self._programs = programs
        self._fsync = "on" if durable else "off"
        self._user: dict[str, Any] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="cbpg-", dir="/tmp"))
        if os.geteuid() == 0:  # a server refuses to run as root
            user = _unprivileged()
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", "data", "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C",
                  "--no-sync")  # fmt: skip
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ["-D", "data", "-k", str(self.folder), "-c", "listen_addresses=",
                   "-c", f"fsync={self._fsync}"]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", *options],
                cwd=self.folder, stdout=log, stderr=log, **self._user,
            )  # fmt: skip
        while self._run("pg_isready", "-h", str(self.folder), "-q", check=False):
            if self._server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text("utf-8"))

    def stop(self) -> None:
        """End it; transactions that are open are rolled back."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(60)
            self._server = None

    def remove(self) -> None:
        """End it at once and remove what it held."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(60)
        shutil.rmtree(self.folder)

    def create(self, database: str) -> str:
        """A new database; its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", ROLE, database)
        return f"postgresql://{ROLE}@/{database}?host={self.folder}"

    def create_schema(self, database: str, schema: str) -> str:
        """A schema of a database, and a URL that sees it alone: quicker than a database."""
        self.sql(database, f"CREATE SCHEMA {schema}")
        path = f"-csearch_path%3D{schema}"
        return f"postgresql://{ROLE}@/{database}?host={self.folder}&options={path}"

    def sql(self, database: str, statement: str, *, schema: str = "public") -> None:
        """Run a statement as the owner of everything."""
        statement = f"SET search_path TO {schema}; {statement}"
        self._run("psql", "-h", str(self.folder), "-U", ROLE, "-d", database, "-q", "-X",
                  "-v", "ON_ERROR_STOP=1", "-c", statement)  # fmt: skip

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, **self._user
        )
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.returncode


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
