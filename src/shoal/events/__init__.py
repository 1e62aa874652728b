"""From a shop's files to one clean event log in the engine, with every record accounted for."""
