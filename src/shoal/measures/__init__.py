"""Pure functions on arrays, each with its source. Nothing here knows a shop."""
