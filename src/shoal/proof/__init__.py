"""Each claim judged on later weeks that no step has seen, beside plain baselines."""
