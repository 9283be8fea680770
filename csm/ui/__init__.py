"""The terminal shell: what is on the screen, which keys reach which commands, and the terminal's own state.

`entry.run` is the way in. The shell itself (`shell.Shell`) knows no terminal: it takes chords and gives frames, so that
the same one is painted full screen, inline or into a test.
"""
