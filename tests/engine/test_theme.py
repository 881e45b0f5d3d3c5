"""The tokens: readable in every mode, and told apart by eyes that see fewer colours."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from casebook import theme

MODES: tuple[theme.Mode, ...] = ("light", "dark", "print")
HUES = theme.SERIES

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
SIMULATIONS = {
    "normal": np.eye(3),
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    lights = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour: str, simulation: str) -> np.ndarray:
    seen = np.clip(np.array(SIMULATIONS[simulation]) @ linear(colour), 0, 1)
    scaled = XYZ @ seen / (XYZ @ np.ones(3))
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_contrast_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["ink", "muted", *(f"{hue}-text" for hue in HUES)])
def test_every_text_colour_reads_on_paper_and_wash(text: str, mode: theme.Mode) -> None:
    for ground in ("paper", "wash"):
        assert contrast(theme.colour(text, mode), theme.colour(ground, mode)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("hue", ["blue", "vermillion", "green", "orange", "purple"])
def test_words_read_on_the_tint_of_their_notice(hue: str, mode: theme.Mode) -> None:
    tint = theme.colour(f"{hue}-wash", mode)
    for text in ("ink", "muted", f"{hue}-text", "blue-text"):
        assert contrast(theme.colour(text, mode), tint) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["blue", "vermillion", "green", "axis"])
def test_marks_that_carry_the_point_stand_out(name: str, mode: theme.Mode) -> None:
    assert contrast(theme.colour(name, mode), theme.colour("paper", mode)) >= 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("simulation", SIMULATIONS)
def test_the_palette_is_told_apart(simulation: str, mode: theme.Mode) -> None:
    colours = [lab(theme.colour(name, mode), simulation) for name in theme.SERIES]
    gaps = [np.linalg.norm(a - b) for a, b in itertools.combinations(colours, 2)]
    assert min(gaps) > 11


def test_one_light_value_means_one_thing() -> None:
    """A figure is drawn in light values and turned into variables: they must not be ambiguous."""
    values = [token.light for token in theme.COLOURS if token.light != "#ffffff"]
    assert len(values) == len(set(values))
    assert theme.ACCENT in theme.SERIES


@pytest.mark.parametrize("mode", MODES)
def test_every_token_is_a_variable_in_every_mode(mode: theme.Mode) -> None:
    declared = dict(re.findall(r"--cb-([\w-]+):(#[0-9a-f]{6});", theme.variables(mode)))
    assert declared == {token.name: theme.colour(token.name, mode) for token in theme.COLOURS}


def test_a_fragment_follows_jupyterlab_and_not_the_system() -> None:
    css = theme.fragment_variables()
    assert '[data-jp-theme-light="false"] .cb' in css
    assert "--jp-content-font-color1" in css
    assert "prefers-color-scheme" not in css
