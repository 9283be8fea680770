"""The marks that pluggy finds hook specifications and implementations by, made without importing pluggy.

Every start reads the specifications, and needs no more of pluggy until the first extension is registered. A test holds
that the marks are those of pluggy's own markers.

Does not: register or call anything (`csm.host.implementations`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])


def spec(function: F) -> F:
    """Mark a function as the specification of the hook of its name."""
    options = {"firstresult": False, "historic": False, "warn_on_impl": None, "warn_on_impl_args": None}
    setattr(function, "csm_spec", options)  # noqa: B010
    return function


@overload
def hook(function: F) -> F: ...
@overload
def hook(
    *,
    tryfirst: bool = False,
    trylast: bool = False,
    optionalhook: bool = False,
    specname: str | None = None,
    hookwrapper: bool = False,
    wrapper: bool = False,
) -> Callable[[F], F]: ...


def hook(function: Any = None, **options: Any) -> Any:
    """Mark a function as an implementation of the hook of its name, or of `specname`.

    `tryfirst` and `trylast` move it to an end of the order. Wrappers are refused when the extension is registered.
    """
    marked = dict.fromkeys(("wrapper", "hookwrapper", "optionalhook", "tryfirst", "trylast"), False)
    unknown = options.keys() - {*marked, "specname"}
    if unknown:
        raise TypeError(f"hook() got an unexpected keyword argument {min(unknown)!r}")

    def mark(function: F) -> F:
        setattr(function, "csm_impl", {**marked, "specname": None, **options})  # noqa: B010
        return function

    return mark if function is None else mark(function)
