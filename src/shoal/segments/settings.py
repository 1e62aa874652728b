"""What can be asked of the stage, checked once: nothing asked is silently replaced."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.segments.algorithms.registry import METHODS
from shoal.segments.spaces import SPACES
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.segments")
CRITERIA = (
    *("auto", "out_of_time", "silhouette", "elbow", "calinski_harabasz", "davies_bouldin"),
    *("gap", "prediction_strength", "jaccard"),
)
ALGORITHMS = (*METHODS, "auto")
INITS = ("k-means++", "random")


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    """How to segment.

    `space` is ``auto`` or a space by name, `k` a number of segments or a criterion (``auto``, ``out_of_time``,
    ``silhouette``, ``elbow``, ``calinski_harabasz``, ``davies_bouldin``, ``gap``, ``prediction_strength``, ``jaccard``)
    over 2 to `k_max`. `algorithm` is a method by name, or ``auto`` for the one that suits the data. The rest is
    scikit-learn's k-means. Customers with fewer than `min_orders` orders do not shape the segments and are placed in
    them afterwards.

    Raises
    ------
    UsageError
        For a name or number that cannot be.

    Examples
    --------
    >>> SegmentSettings(k="6").k, SegmentSettings(space="tastes").algorithm
    (6, 'kmeans')
    """

    space: str = "auto"
    k: int | str = "auto"
    k_max: int = 15
    algorithm: str = "kmeans"
    max_iter: int = 300
    tol: float = 1e-4
    init: str = "k-means++"
    n_init: int = 10
    seed: int = 0
    min_orders: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.k, str) and self.k.strip().isdigit():
            object.__setattr__(self, "k", int(self.k))
        check_one_of("space", self.space, ("auto", *SPACES, "predictive"))
        check_one_of("algorithm", self.algorithm, ALGORITHMS)
        check_one_of("init", self.init, INITS)
        if isinstance(self.k, str):
            check_one_of("k", self.k, CRITERIA)
        for name, least in (
            ("k", 1),
            ("k_max", 2),
            ("max_iter", 1),
            ("n_init", 1),
            ("tol", 0),
            ("seed", 0),
            ("min_orders", 0),
        ):
            _at_least(name, getattr(self, name), least)


def check_one_of(setting: str, value: object, known: tuple[str, ...]) -> None:
    """Raises `UsageError` unless the value of a setting is one of those known."""
    if value not in known:
        raise error(UsageError, texts, "no_such_setting", setting=setting, value=value, known=", ".join(known))


def _at_least(setting: str, value: object, least: int) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool) and not value >= least:
        raise error(UsageError, texts, "too_small", setting=setting, value=value, least=least)
