"""Macros: keys recorded in any place and pressed again, by a letter, by a name, or on a key of their own.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
