"""csm: a scriptable terminal shell for AI coding sessions.

Does not: import anything. `csm --version` answers from here and the standard library alone.
"""

__version__ = "0.1.0"
