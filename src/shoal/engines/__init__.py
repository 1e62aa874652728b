"""The only rooms that import an engine's library. One SQL text runs on every engine; see `contract`."""
