"""The screen kept in a file, as a picture or as text.

Does not: hold anything here; the command is imported when it first runs.
"""
