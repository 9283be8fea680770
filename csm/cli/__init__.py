"""The command line: puts the other packages together."""
