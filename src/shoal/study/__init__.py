"""A study: every result of one run, bound together and published in one rename."""
