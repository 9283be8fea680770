"""The errors csm raises for itself.

Does not: describe a tool that failed. That is a `ToolResult`; exceptions are for us.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` would take longer to import than all of this
if TYPE_CHECKING:
    from csm.protocol.model import Usage


class CsmError(Exception):
    """Something went wrong that a person can be told in one line.

    `message` says what; `hint`, if any, what to do about it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CommandError(CsmError):
    """A command could not do what it was asked; shown on the message line."""


class SettingError(CsmError):
    """A setting is unknown, malformed or out of range."""


class KeymapError(CsmError):
    """A keymap names an unknown command, chord or place."""


class ThemeError(CsmError):
    """A theme names an unknown role, colour or parent."""


class ExtensionError(CsmError):
    """An extension could not be found, imported or activated."""


class ToolError(CsmError):
    """A tool refuses a call; the message is the output that the model reads."""


class SandboxError(CsmError):
    """No sandbox can hold the command, so it is not run."""


class StoreError(CsmError):
    """A session could not be found, read, locked or written."""


class LocalProtocolError(CsmError):
    """We used a protocol wrongly."""


class RemoteProtocolError(CsmError):
    """The other side used a protocol wrongly."""


class ModelError(CsmError):
    """A model stream failed.

    `code` is the provider's own word for it, if any; `status` the HTTP status; `retry_after` seconds to wait
    before the next try; `retryable` whether another try can help; `usage` what it cost all the same, if that is known.
    """

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        retryable: bool = False,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.usage = usage
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.retryable = retryable
