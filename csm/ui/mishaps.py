"""What breaks outside the loop while the shell runs: in a thread of ours or an extension's, or in the interpreter.

Does not: show anything. The host's messages and reports of crashes do.
"""

from __future__ import annotations

import threading
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.host.crashes import Faults
    from csm.host.host import Host


class Mishaps:
    """Opened when the first frame is shown; closed with the shell."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._faults: Faults | None = None
        self._before: Any = None

    def open(self) -> None:
        """Begin to watch."""
        from csm.host.crashes import Faults

        self._faults = Faults(self._host.settings.state_dir)
        self._faults.open()
        self._before, threading.excepthook = threading.excepthook, self._threw

    def close(self) -> None:
        """End; what was there before is put back."""
        if self._faults is not None:
            self._faults.close()
            threading.excepthook, self._faults = self._before, None

    def _threw(self, given: threading.ExceptHookArgs) -> None:
        name = given.thread.name if given.thread is not None else "a thread"
        told = "".join(traceback.format_exception(given.exc_type, given.exc_value, given.exc_traceback))
        self._host.report("error", f"{name} ended: {given.exc_type.__name__}: {given.exc_value}\n{told}")
