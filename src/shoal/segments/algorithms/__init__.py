"""One file a method. Each takes a matrix (n, d) and a number of groups and returns a fit with labels from 0."""
