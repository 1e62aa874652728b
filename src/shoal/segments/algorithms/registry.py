"""The methods there are, by name, in the order they are told."""

from __future__ import annotations

from shoal.segments.algorithms import (
    bisecting,
    density,
    factors,
    kmeans,
    labelled,
    minibatch,
    mixture,
    prototypes,
    rule_tree,
)
from shoal.segments.algorithms.task import Method

METHODS: dict[str, Method] = {
    module.METHOD.name: module.METHOD
    for module in (kmeans, minibatch, bisecting, mixture, density, prototypes, labelled, rule_tree, factors)
}
