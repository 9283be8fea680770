"""Lists to choose from: permissions, features, settings, what the status line and the title tell, messages.

Does not: hold anything here; each module's commands are imported when one of them first runs.
"""
