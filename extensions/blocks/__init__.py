"""The transcript by its parts: going to the next prompt, answer, error or listing, copying and selecting them.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
