"""Links: followed with the desktop's opener or copied, files opened at their line, from the cursor or out of a list.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
