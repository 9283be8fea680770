"""The tutor's provider before anybody asks it something: most programs have it and never do.

Does not: know a lesson.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from csm.api import Host, ModelContext, model

    from .provider import Tutor


class LateTutor:
    """See `provider.Tutor`, which is loaded with the first question about a model, before any lesson begins."""

    id = "tutor"
    name = "Tutor"

    def __init__(self, host: Host) -> None:
        self._host = host
        self._tutor: Tutor | None = None
        if host.settings.model_provider == self.id:
            self._whole()  # it watches from the beginning on

    def problem(self) -> str | None:
        """None: the tutor always works."""
        return None

    def info(self, slug: str) -> model.ModelInfo:
        """Facts of the model made of rules."""
        return self._whole().info(slug)

    def stream(self, request: model.ModelRequest, cx: ModelContext) -> AsyncIterator[model.ModelPart]:
        """The next piece of the lesson."""
        return self._whole().stream(request, cx)

    def _whole(self) -> Tutor:
        if self._tutor is None:
            from .provider import Tutor
            from .world import Watcher

            watcher = Watcher(self._host)
            self._tutor = Tutor(watcher.look, begin=watcher.begin)
        return self._tutor
