"""The kernel every room stands on: columns, clock, errors, texts. Standard library only; imports nothing of shoal."""
