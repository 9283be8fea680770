"""Renderers: items, Markdown, code, patches and terminal output to styled lines."""
