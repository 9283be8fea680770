"""The first commands: editing, composing, turns and approvals, views, help, sessions, choosing.

Does not: hold anything here; each module's commands are imported when one of them first runs.
"""
