"""Never more segments offered than the proof supports: the proof goes in, the settings of the segmentation come out.

The one thing to know: only what shoal may choose is limited. A number that was asked for is made, and the verdict says
what it is worth.
"""

from __future__ import annotations

from dataclasses import replace

from shoal.proof.result import Proof
from shoal.segments.result import Segments
from shoal.segments.settings import SegmentSettings
from shoal.show.blocks import Finding
from shoal.words.language import Texts

texts = Texts("shoal.study")


def limit(asked: SegmentSettings, proof: Proof | None) -> int | None:
    """The most segments that may be offered; None where there is no limit, or where shoal does not choose."""
    own = asked.k == "auto" and asked.algorithm != "labelled"
    return proof.supports if proof is not None and own else None


def within(asked: SegmentSettings, proof: Proof | None) -> SegmentSettings:
    """The settings with no more numbers to choose from than the proof supports."""
    most = limit(asked, proof)
    if most is None:
        return asked
    if most < 2:
        return replace(asked, k=1, algorithm="kmeans")
    return replace(asked, k_max=min(asked.k_max, most))


def told(found: Segments, asked: SegmentSettings, proof: Proof | None) -> Segments:
    """The segments, saying so where the proof left one, or fewer than a method found by itself."""
    most = limit(asked, proof)
    if most is not None and 1 < most < len(found.segments):
        return _beyond(found, most)
    if most != 1:
        return found
    said = Finding("segments.unsupported", "warning", texts("offer.one"), texts("offer.one_do"))
    choice = replace(found.choice, asked="auto", reason=texts("offer.reason"))
    return replace(found, choice=choice, findings=(*found.findings, said))


def _beyond(found: Segments, most: int) -> Segments:
    """The segments of a method that takes no number, saying that they are more than the proof supports."""
    said = texts("offer.beyond", found=len(found.segments), supported=most)
    return replace(
        found, findings=(*found.findings, Finding("segments.beyond", "warning", said, texts("offer.beyond_do")))
    )
