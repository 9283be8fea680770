"""What there is here: modes, hooks, settings, buffers, themes, roles, bindings; what is wrong in files of one's own.

Does not: hold anything here; the commands are imported when one of them first runs.
"""
