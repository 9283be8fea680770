"""Panes: running commands as windows. Their terminal as it looks, keys typed into it, signals, background.

Does not: run commands; the tools do, and are reached by the op `Reach`.
"""
