"""Hooks, commands, keymaps, themes, settings, roots and trust."""
