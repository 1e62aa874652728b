"""Recommendations within a run: made, kept for serving, and judged at an earlier cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shoal.events.result import EventLog
from shoal.proof.recommendations import prove_recommendations
from shoal.proof.result import Proof
from shoal.recommend.keep import keep
from shoal.recommend.recommend import RecommendSettings, recommend
from shoal.segments.result import Segments
from shoal.segments.settings import SegmentSettings

FOLDER = "model/recommender"


def offer(
    log: EventLog,
    segments: Segments,
    proof: Proof | None,
    how: SegmentSettings,
    settings: RecommendSettings,
    folder: Path,
) -> Proof | None:
    """Write every customer's products into the study being built; the proof with the judgement of them added."""
    made = recommend(log, segments, settings)
    made.result.write(folder)
    if made.offers is not None:
        names = made.known.names(made.seen.product_ids)
        keep(folder / FOLDER, made.offers, made.seen.product_ids, names, int(made.seen.now.max()))
    if proof is None:
        return None
    proof = replace(proof, recommendations=prove_recommendations(log, how, settings))
    proof.write(folder)
    return proof
