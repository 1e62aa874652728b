"""Typing records beyond doubt while they are parsed; what leaves any doubt goes the careful way, in SQL."""
