"""The bundled Hangul font: a fallback for figures, registered when a figure is first drawn."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib import font_manager

FOLDER = Path(__file__).parent / "fonts"
REGULAR = FOLDER / "Pretendard-Regular.otf"
BOLD = FOLDER / "Pretendard-Bold.otf"


@cache
def families() -> tuple[str, ...]:
    """The font families of a figure: matplotlib's own first, then the bundled Hangul font.

    Registers the bundled files with matplotlib's font manager, once a process; nothing else of
    matplotlib's state changes.
    """
    for path in (REGULAR, BOLD):
        font_manager.fontManager.addfont(str(path))
    return ("DejaVu Sans", "Pretendard")
