"""Windows, buffers and named layouts as commands.

Does not: hold anything here; each module's commands are imported when one of them first runs.
"""
