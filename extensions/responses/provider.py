"""The provider: settings and key of one server of the Responses API.

Does not: import what speaks HTTP before the first request.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING

from csm.api import ModelContext, ModelError, ProviderSettings, Settings, credentials, model

from . import request as requests

if TYPE_CHECKING:
    from .client import Call
    from .wire import Lines


class ResponsesProvider:
    """Streams from the server of one `model_providers` entry."""

    def __init__(self, provider: ProviderSettings, settings: Settings, env: Mapping[str, str]) -> None:
        self.id = provider.id
        self.name = provider.name or provider.id
        self._provider = provider
        self._settings = settings
        self._env = env
        #: Seconds before another try, after so many; None for the usual ones.
        self.pause: Callable[[int], float] | None = None
        #: Seconds that an answer may take to begin; None for the usual ones.
        self.patience: float | None = None
        self._lines: Lines | None = None
        self._lock = threading.Lock()

    def problem(self) -> str | None:
        """What is missing: a key, or an address."""
        if not self._provider.base_url:
            return f"model_providers.{self.id}.base_url is not set."
        return credentials.problem(self._provider, self._settings, self._env)

    async def stream(self, request: model.ModelRequest, cx: ModelContext) -> AsyncIterator[model.ModelPart]:
        """The answer's parts. Raises ModelError; SettingError where the key file is bad."""
        problem = self.problem()
        if problem is not None:
            raise ModelError(problem, code="no_credentials")
        from . import client

        call = self._call(request, cx)
        stream = client.parts(call, self._open_lines(call))
        try:
            async for part in stream:
                yield part
        finally:
            await stream.aclose()

    def _call(self, request: model.ModelRequest, cx: ModelContext) -> Call:
        from .client import Call, backoff

        key = credentials.key(self._provider, self._settings, self._env)
        for secret in (*([key.value] if key else []), *requests.secrets(self._provider, cx.env)):
            cx.secret(secret)
        return Call(
            url=requests.url(self._provider),
            query=self._provider.query_params,
            headers=requests.headers(request, self._provider, key.value if key else None, cx),
            body=requests.body(request),
            tries=self._provider.request_max_retries,
            idle_seconds=self._provider.stream_idle_timeout_ms / 1000,
            pause=self.pause or backoff,
        )

    def _open_lines(self, call: Call) -> Lines:
        from .transport import HEAD_SECONDS
        from .wire import Lines

        patience = HEAD_SECONDS if self.patience is None else self.patience
        with self._lock:
            if self._lines is None:
                self._lines = Lines(call.url, call.idle_seconds, self._env, patience)
            return self._lines
