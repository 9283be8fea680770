"""Themes and colours of code: chosen by name or from lists in which each is tried on.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
