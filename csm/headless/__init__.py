"""Runs without a terminal interface."""
