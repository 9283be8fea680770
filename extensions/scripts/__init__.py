"""Commands that scripts and keymaps are made of: popups, key presses.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
