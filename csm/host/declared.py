"""Settings that extensions declare by the hook `settings`: what they may hold, and what they are.

They stand in `settings.toml` in a table of the extension's name: `weather.place` is `place` in `[weather]`.

Does not: know csm's own settings (`csm.host.setting_keys`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host.commands import did_you_mean, nearest

if TYPE_CHECKING:
    from csm.host.host import Host

_KINDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


class Declared(msgspec.Struct, frozen=True):
    """One setting. `kind` is a type of `str int float bool list dict`, or the words that are allowed."""

    owner: str
    name: str
    kind: Any
    default: Any
    doc: str

    @property
    def wanted(self) -> str:
        """What it holds, in words."""
        return "|".join(self.kind) if isinstance(self.kind, tuple) else _KINDS[self.kind]

    def fits(self, value: Any) -> bool:
        """Whether a value is one."""
        if isinstance(self.kind, tuple):
            return value in self.kind
        if isinstance(value, bool) and self.kind is not bool:
            return False
        return isinstance(value, (int, float)) if self.kind is float else isinstance(value, self.kind)


def every(host: Host) -> list[Declared]:
    """All of them, by name. Malformed ones are told of and left out."""
    found: dict[str, Declared] = {}
    for one in host.provided("settings"):
        try:
            name, kind, default, doc = one.value
            kind = tuple(kind) if isinstance(kind, (tuple, list)) else kind
            if not isinstance(kind, tuple) and kind not in _KINDS:
                raise TypeError(f"{kind!r} is no kind of setting")
            if not str(name).startswith(f"{one.owner}."):
                raise ValueError(f"its name begins with {one.owner}.")
            found[name] = Declared(one.owner, name, kind, default, str(doc))
        except (TypeError, ValueError) as error:
            _once(host, f"extension {one.owner}: the setting {one.value!r} is malformed: {error}")
    return [found[name] for name in sorted(found)]


def value(host: Host, name: str, default: Any = None) -> Any:
    """A setting's value; where there is none, or one that does not fit, the default it declares, else `default`."""
    given = _at(host.options, name)
    about = next((one for one in every(host) if one.name == name), None) if "." in name else None
    if about is None:
        return default if given is None else given
    if given is not None and about.fits(given):
        return given
    return about.default if default is None else default


def problems(host: Host) -> Iterator[str]:
    """What is wrong with what the user gave to extensions that declare settings."""
    known = every(host)
    for one in known:
        given = _at(host.options, one.name)
        if given is not None and not one.fits(given):
            yield f"settings.toml: {one.name}: {one.wanted} is needed, not {given!r}; {one.default!r} is taken"
    for owner in {one.owner for one in known}:
        names = [one.name for one in known if one.owner == owner]
        for name in _names(host.options.get(owner), owner):
            if name not in names and not any(other.startswith(f"{name}.") for other in names):
                inside = any(name.startswith(f"{other}.") for other in names)
                hint = did_you_mean(nearest(name, names, 1))
                if not inside:
                    yield f"settings.toml: there is no setting {name}" + (f"; {hint}" if hint else "")


def check(host: Host) -> int:
    """Report what is wrong, each thing once; how much is."""
    found = list(problems(host))
    for text in found:
        _once(host, text)
    return len(found)


def _once(host: Host, text: str) -> None:
    if all(message.text != text for message in host.messages):
        host.report("warning", text)


def _at(values: Any, name: str) -> Any:
    for part in name.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _names(values: Any, path: str) -> Iterator[str]:
    if isinstance(values, Mapping):
        for key, inner in values.items():
            yield f"{path}.{key}"
            yield from _names(inner, f"{path}.{key}")
