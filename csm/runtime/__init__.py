"""Runs sessions: performs effects, writes logs, fans events out."""
