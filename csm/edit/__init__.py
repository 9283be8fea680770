"""The editor as data: text, cursors, undo, registers, motions, operators, keys."""
