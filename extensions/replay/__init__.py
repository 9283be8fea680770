"""Replay: a stored session stepped through, event by event; its screens printed and proved; its turns run again.

Does not: hold anything here; each module's commands are imported when one of them first runs.
"""
