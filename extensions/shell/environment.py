"""What a command finds in its environment, after Codex's setting `shell_environment_policy`.

Unlike Codex's default, names that look like secrets are left out unless the setting says otherwise
(`ignore_default_excludes = true`); keys of model providers are never handed on unless set there by hand.

Does not: change this process's environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

#: Patterns of names that hold secrets more often than not.
SECRET_NAMES = ("*KEY*", "*SECRET*", "*TOKEN*")
#: What `inherit = "core"` keeps.
CORE_NAMES = ("HOME", "LOGNAME", "PATH", "SHELL", "USER", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TERM")
#: Programs started for a model should not page, colour or ask.
PLAIN = {
    "CODEX_CI": "1",
    "COLORTERM": "",
    "GH_PAGER": "cat",
    "GIT_PAGER": "cat",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LC_CTYPE": "C.UTF-8",
    "NO_COLOR": "1",
    "PAGER": "cat",
    "TERM": "dumb",
}
_TERMINAL = "xterm-256color"


def for_command(
    env: Mapping[str, str],
    setting: Mapping[str, Any],
    *,
    thread_id: str,
    network: bool,
    tty: bool = False,
    keys: Iterable[str] = (),
    plain: bool = True,
) -> dict[str, str]:
    """The environment of one command. `keys` are names of variables that hold providers' keys.

    Unless `plain`, programs may page, colour and speak the user's language.
    """
    given = {str(name): str(value) for name, value in _table(setting, "set").items()}
    only = _patterns(setting, "include_only")
    chosen = _chosen({**_filtered(env, setting, frozenset(keys)), **given}, only)
    chosen.update(PLAIN if plain else {})
    if tty:
        chosen["TERM"] = env["TERM"] if env.get("TERM", "dumb") != "dumb" else _TERMINAL
    if not network:
        chosen["CODEX_SANDBOX_NETWORK_DISABLED"] = "1"
    chosen["CODEX_THREAD_ID"] = thread_id
    return {**chosen, **_chosen(given, only)}


def _chosen(env: Mapping[str, str], only: Iterable[str]) -> dict[str, str]:
    """Those that `include_only` names, where it names any."""
    return {name: value for name, value in env.items() if not only or _matches(name, only)}


def _filtered(env: Mapping[str, str], setting: Mapping[str, Any], keys: frozenset[str]) -> dict[str, str]:
    inherit = setting.get("inherit", "all")
    chosen = {name: value for name, value in env.items() if _inherited(name, inherit) and name not in keys}
    if setting.get("ignore_default_excludes") is not True:
        chosen = {name: value for name, value in chosen.items() if not _matches(name, SECRET_NAMES)}
    return {name: value for name, value in chosen.items() if not _matches(name, _patterns(setting, "exclude"))}


def _inherited(name: str, inherit: object) -> bool:
    return inherit != "none" and (inherit != "core" or name.upper() in CORE_NAMES)


def _patterns(setting: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = setting.get(name)
    return tuple(str(pattern) for pattern in value) if isinstance(value, list | tuple) else ()


def _table(setting: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = setting.get(name)
    return value if isinstance(value, Mapping) else {}


def _matches(name: str, patterns: Iterable[str]) -> bool:
    """Patterns with `*` and `?`, upper and lower case alike."""
    return any(fnmatchcase(name.upper(), pattern.upper()) for pattern in patterns)
