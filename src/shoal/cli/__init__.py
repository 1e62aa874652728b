"""The command line: read arguments, call, print the result. Nothing is computed here."""
