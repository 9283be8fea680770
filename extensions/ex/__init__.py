"""Vim's `:` line: ranges and commands on lines of the draft, and Vim's words for windows, buffers and files.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
