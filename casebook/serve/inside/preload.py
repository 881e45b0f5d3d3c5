"""Scripts that Voila's page asks for late, named early, so that they load while the kernel works.

What `voila.js` asks for at once needs no naming: it stands in the head itself. The names are those
of Voila 0.5.13 and ipywidgets 8.1; one that another version does not have is left out, and a test
in a browser says which are missing or of no use.
"""

from __future__ import annotations

from casebook.serve.inside.files import Shelf

LATE = (
    "extensions/@jupyter-widgets/jupyterlab-manager/static/remoteEntry.",
    "extensions/@voila-dashboards/widgets-manager8/static/remoteEntry.",
    *(f"extensions/@jupyter-widgets/jupyterlab-manager/static/{n}."
      for n in (7, 32, 84, 121, 160, 170, 452, 704, 718, 967)),
    *(f"extensions/@voila-dashboards/widgets-manager8/static/{n}." for n in (496, 883)),
    *(f"voila/{n}.voila.js" for n in (
        225, 614, 1996, 2121, 2296, 2772, 2829, 4371, 4486, 4875, 5992, 6074, 6305, 7245, 7259,
        7393)),
)  # fmt: skip
"""How the names start, in the order in which they are needed."""


def preloaded(files: Shelf) -> tuple[str, ...]:
    """The names of `LATE` that are there, with the version behind them where webpack puts it."""
    return tuple(_asked_for(name) for start in LATE for name in files.starting(start))


def _asked_for(name: str) -> str:
    """A name as the page asks for it: parts of an extension carry their digest twice."""
    base, digest, _kind = [*name.rsplit("/", 1)[-1].split("."), "", ""][:3]
    plain = name.startswith("voila/") or base == "remoteEntry"
    return name if plain else f"{name}?v={digest}"
