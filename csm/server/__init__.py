"""Serves sessions to other programs."""
