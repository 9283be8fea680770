"""Emacs's rectangles and registers, filling paragraphs, and replacing with a question for each match.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
