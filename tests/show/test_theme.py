"""The palette: legible on both grounds, apart for colour-blind readers, the same number the same colour."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.show import theme

WHITE, DARK = "#ffffff", "#14171c"

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SEEN_BY = {
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
}


def _linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    light, dark = sorted((float(_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _oklab(linear: np.ndarray) -> np.ndarray:
    """Ottosson (2020), from linear sRGB."""
    lms = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
    lab = np.array([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.808675766]])  # fmt: skip
    return lab @ np.cbrt(np.clip(lms @ linear, 0, None))


@pytest.mark.parametrize("ground", [WHITE, DARK])
@pytest.mark.parametrize("colour", sorted({*theme.PALETTE, *theme.SERIES[:2], theme.ACCENT, theme.HIGH, theme.LOW}))
def test_colours_of_data_stand_out_on_both_grounds(colour: str, ground: str) -> None:
    assert _contrast(colour, ground) >= 2.9


@pytest.mark.parametrize("reader", SEEN_BY)
def test_the_first_eight_segments_stay_apart_for_colour_blind_readers(reader: str) -> None:
    seen = [_oklab(np.clip(SEEN_BY[reader] @ _linear(colour), 0, 1)) for colour in theme.PALETTE[:8]]
    nearest = min(np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i])
    assert nearest >= 0.06


def test_fifteen_segments_have_fifteen_colours_and_the_sixteenth_starts_again() -> None:
    assert len({theme.segment_colour(number) for number in range(1, 16)}) == 15
    assert theme.segment_colour(16) == theme.segment_colour(1)


@pytest.mark.parametrize("ink", [theme.INK, theme.SOFT_INK])
def test_what_is_written_reads_on_white(ink: str) -> None:
    assert _contrast(ink, WHITE) >= 4.5


def test_the_fonts_name_chinese_faces() -> None:
    for face in ("Noto Sans CJK SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC"):
        assert face in theme.FONT
