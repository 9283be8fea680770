"""The public test kit: a scripted model, a store in memory, a scripted Responses server over real HTTP, contexts.

    from csm.api.testing import FakeModel, Gate, MemoryStore, ResponsesServer

    model = FakeModel([{"call": ("exec_command", {"cmd": "ls"})}, {"text": "done"}])

    with ResponsesServer([{"text": "hello"}]) as server:
        settings = server.overrides()          # points csm at it
        ...
        assert server.requests[0].json["model"] == "gpt-5.5"

    tool = extension(Path("my-root/extensions/weather")).tools(host=None)[0]
    result = asyncio.run(FakeToolContext(tmp_path).call(tool, {"town": "Bonn"}))

    with ScreenDriver(bench.host, bench.port, Start(cwd=...)) as driver:
        driver.keys("h i enter")
        driver.wait_for("done")

`FakeModel` and `ResponsesServer` read the same scripts; `csm.api.testing.script` describes them.

Does not: replace anything in the product. Names are fetched on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.api.testing.bench import Bench as Bench
    from csm.api.testing.contexts import FakeModelContext as FakeModelContext
    from csm.api.testing.contexts import FakeToolContext as FakeToolContext
    from csm.api.testing.loading import bundled as bundled
    from csm.api.testing.loading import extension as extension
    from csm.api.testing.model import FakeModel as FakeModel
    from csm.api.testing.recorded import Recorded as Recorded
    from csm.api.testing.script import Gate as Gate
    from csm.api.testing.server import ResponsesServer as ResponsesServer
    from csm.api.testing.store import MemoryStore as MemoryStore

_WHERE = {
    "Bench": "csm.api.testing.bench",
    "FakeModel": "csm.api.testing.model",
    "FakeModelContext": "csm.api.testing.contexts",
    "FakeToolContext": "csm.api.testing.contexts",
    "Gate": "csm.api.testing.script",
    "MemoryStore": "csm.api.testing.store",
    "Recorded": "csm.api.testing.recorded",
    "ResponsesServer": "csm.api.testing.server",
    "ScreenDriver": "csm.ui.driver",
    "bundled": "csm.api.testing.loading",
    "extension": "csm.api.testing.loading",
}

__all__ = sorted(_WHERE)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'csm.api.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
