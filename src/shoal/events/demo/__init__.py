"""A made-up shop with known truth: for tests, for a first look, for trying things out."""
