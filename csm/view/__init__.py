"""The screen as data: buffers, windows, styled lines, renderers."""
