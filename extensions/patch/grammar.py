"""What the model is told: the grammar that holds its patches to the format, and a few words on using it.

Does not: parse (`parse`); that must bear with more than the grammar allows.
"""

from __future__ import annotations

import msgspec

from csm.api import tools

NAME = "apply_patch"

_GRAMMAR = r"""start: "*** Begin Patch" NL section+ "*** End Patch" NL?

?section: add | delete | update
add: "*** Add File: " PATH NL added+
delete: "*** Delete File: " PATH NL
update: "*** Update File: " PATH NL move? chunk+
move: "*** Move to: " PATH NL

chunk: place* change+ last?
place: "@@" NL | "@@ " TEXT NL
change: added | removed | kept
added: "+" TEXT? NL
removed: "-" TEXT? NL
kept: " " TEXT? NL
last: "*** End of File" NL

PATH: /[^\r\n]+/
TEXT: /[^\r\n]+/
NL: /\r?\n/
"""

_DESCRIPTION = """Change files with one patch, given as plain text (no JSON, no shell quoting).

Paths are relative to the working directory. In an update, each chunk shows lines of the file: with `-` those that go, \
with `+` those that come, with a space those that stay and say where. Give about three unchanged lines before and \
after; where they occur more than once, put a line `@@ some line above` (a function or class header) before the chunk, \
or several such lines from the outermost in. Chunks of a file follow its order. A file may be named once in a patch. \
Nothing is written unless every part of the patch fits."""


def spec() -> tools.ToolSpec:
    """The tool as the request's `tools` array holds it."""
    shape = {"type": "grammar", "syntax": "lark", "definition": _GRAMMAR}
    raw = {"type": "custom", "name": NAME, "description": _DESCRIPTION, "format": shape}
    return tools.ToolSpec(NAME, msgspec.Raw(msgspec.json.encode(raw)))
