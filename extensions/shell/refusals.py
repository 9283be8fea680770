"""What the model reads when a command was not started.

Does not: decide that (`approval.py`).
"""

from __future__ import annotations

import errno

from csm.api import tools as types

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
_KINDS = {errno.ENOENT: "NotFound", errno.EACCES: "PermissionDenied", errno.ENOTDIR: "NotADirectory"}

NEVER_ASKS = "approval required by policy, but AskForApproval is set to Never"
DECLINED = "rejected by user"
#: Who speaks for the user, or for nobody.
_USER = ("user", "policy", "")
#: Whose words are all that the model reads, as in Codex: those of command hooks.
_HOOKS = "hooks"


def rejected(reason: str) -> str:
    """The wrapper around a reason, in Rust's notation of values."""
    return f"exec_command failed: CreateProcess {{ message: {_debug(f'Rejected({_debug(reason)})')} }}"


def declined(answer: types.Answer, what: str = "") -> str:
    """Why nothing runs that somebody was asked about, without a wrapper; `what` stands before it."""
    if answer.by in _USER:
        return f"{what}{DECLINED}"
    if answer.by == _HOOKS and answer.text:
        return answer.text
    return f"{what}rejected by {answer.by}: {answer.text or 'no reason given'}"


def added(answer: types.Answer) -> str:
    """What the user has to say beside that, or that nobody could be asked."""
    return f"\n{answer.text}" if answer.text and answer.by in _USER else ""


def changed(script: str) -> str:
    """What the model reads of a command that the user changed before allowing it."""
    return f"\nNote: the user changed the command before allowing it, to:\n{script}\n"


def plainly(reason: str) -> str:
    """The reason as it is."""
    return reason


def not_run(error: Exception) -> str:
    """Why `shell_command` could not make a process, in Rust's notation."""
    if isinstance(error, OSError) and error.errno is not None:
        kind = _KINDS.get(error.errno, "Uncategorized")
        return f'execution error: Io(Os {{ code: {error.errno}, kind: {kind}, message: "{error.strerror}" }})'
    return f'execution error: Io(Error {{ kind: InvalidInput, message: "{_why(error)}" }})'


def not_started(error: Exception) -> str:
    """Why a process could not be made."""
    return f"Failed to create unified exec process: {_why(error)}"


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f"{error.strerror} (os error {error.errno})"
    if isinstance(error, ValueError) and "null byte" in str(error):
        return "nul byte found in provided data"
    return str(error)


def _debug(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
