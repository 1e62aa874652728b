"""Segments: features in, groups of customers out, each explained, with a frozen model that assigns new customers."""
