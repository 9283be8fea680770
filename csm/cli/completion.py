"""Completion scripts for bash, zsh and fish, generated from the table of commands.

Does not: complete session ids or settings.
"""

from __future__ import annotations

import sys

from csm.cli.arguments import Command, Option, Parsed, Positional


def run(parsed: Parsed) -> int:
    """`csm completion [SHELL]`"""
    from csm.cli.table import ROOT

    sys.stdout.write(script(ROOT, parsed.get("shell") or "bash"))
    return 0


def script(root: Command, shell: str) -> str:
    """The script for `bash`, `zsh` or `fish`."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](root)


def _all(command: Command) -> list[Command]:
    return [command, *(inner for child in command.commands for inner in _all(child))]


def _options(command: Command) -> list[Option]:
    return [*command.options, Option("-h", "--help", help="Show help"), Option("-V", "--version", help="Show version")]


def _function(command: Command) -> str:
    return "_" + command.path.replace(" ", "_").replace("-", "_")


def _words(command: Command) -> list[str]:
    names = [name for inner in command.commands for name in (inner.name, *inner.aliases)]
    choices = [choice for place in command.positionals for choice in place.choices]
    return [*(name for option in _options(command) for name in option.names), *names, *choices]


_BASH = """_csm() {{
    local word previous at path
    COMPREPLY=()
    word="${{COMP_WORDS[COMP_CWORD]}}"
    previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    path="{root}"
    for ((at = 1; at < COMP_CWORD; at++)); do
        case "$path ${{COMP_WORDS[at]}}" in
{steps}
        esac
    done
    case "$path $previous" in
{values}
    esac
    case "$path" in
{words}
    esac
}}
complete -F _csm -o bashdefault csm
"""


def _bash(root: Command) -> str:
    steps, values, words = [], [], []
    for command in _all(root):
        for inner in command.commands:
            names = "|".join(f'"{command.path} {name}"' for name in (inner.name, *inner.aliases))
            steps.append(f'            {names}) path="{inner.path}" ;;')
        for option in command.options:
            if option.value is not None:
                names = "|".join(f'"{command.path} {name}"' for name in option.names)
                values.append(f"        {names}) {_bash_value(option)}; return ;;")
        words.append(f'        "{command.path}") COMPREPLY=($(compgen -W "{" ".join(_words(command))}" -- "$word")) ;;')
    return _BASH.format(root=root.path, steps="\n".join(steps), values="\n".join(values), words="\n".join(words))


def _bash_value(option: Option) -> str:
    if option.choices:
        return f'COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$word"))'
    kind = {"FILE": "-f", "DIR": "-d"}.get(option.value or "")
    return f'COMPREPLY=($(compgen {kind} -- "$word"))' if kind else "COMPREPLY=()"


def _zsh(root: Command) -> str:
    parts = ["#compdef csm", ""]
    parts += [_zsh_function(command) for command in _all(root)]
    return "\n".join([*parts, 'if [ "$funcstack[1]" = "_csm" ]; then _csm "$@"; else compdef _csm csm; fi', ""])


def _zsh_function(command: Command) -> str:
    specs = [spec for option in _options(command) for spec in _zsh_option(option)]
    specs += [
        f"'{'*' if place.rest else ''}:{place.name.lower()}:{_zsh_place(place.choices)}'"
        for place in _zsh_places(command)
    ]
    lines = [f"{_function(command)}() {{", "    local line state", "    _arguments -s -S -C \\"]
    lines += [f"        {spec} \\" for spec in specs]
    if not command.commands:
        return "\n".join([*lines, "        && return", "}", ""])
    lines += ["        '1: :->first' '*::arg:->rest' && return"]
    described = [
        f"'{name}:{_quote(inner.about)}'" for inner in command.commands for name in (inner.name, *inner.aliases)
    ]
    lines += ["    case $state in", f"    first) local -a found; found=({' '.join(described)})"]
    lines += ["        _describe command found ;;", "    rest) case $line[1] in"]
    lines += [f"        {'|'.join((inner.name, *inner.aliases))}) {_function(inner)} ;;" for inner in command.commands]
    return "\n".join([*lines, "        esac ;;", "    esac", "}", ""])


def _zsh_places(command: Command) -> list[Positional]:
    return [] if command.commands else list(command.positionals)


def _zsh_place(choices: tuple[str, ...]) -> str:
    return f"({' '.join(choices)})" if choices else ""


def _zsh_option(option: Option) -> list[str]:
    value = ""
    if option.value is not None:
        action = (
            f"({' '.join(option.choices)})"
            if option.choices
            else {"FILE": "_files", "DIR": "_files -/"}.get(option.value, "")
        )
        value = f":{option.value.lower()}:{action}"
    star = "*" if option.many else ""
    joined = {name: "=" if value and name.startswith("--") else "+" if value else "" for name in option.names}
    return [f"'{star}{name}{joined[name]}[{_quote(option.help)}]{value}'" for name in option.names]


def _quote(text: str) -> str:
    return text.replace("'", "").replace("[", "(").replace("]", ")").replace(":", " -")


def _fish(root: Command) -> str:
    lines = ["complete -c csm -f"]
    for command in _all(root):
        when = _fish_when(command)
        for inner in command.commands:
            lines.append(f"complete -c csm -n '{when}' -a '{inner.name}' -d '{_quote(inner.about)}'")
        for place in command.positionals:
            if place.choices:
                lines.append(f"complete -c csm -n '{when}' -a '{' '.join(place.choices)}'")
        lines += [_fish_option(option, when) for option in _options(command)]
    return "\n".join(lines) + "\n"


def _fish_when(command: Command) -> str:
    words = command.path.split(" ")[1:]
    inner = " ".join(name for child in command.commands for name in (child.name, *child.aliases))
    conditions = [f"__fish_seen_subcommand_from {word}" for word in words]
    if inner:
        conditions.append(f"not __fish_seen_subcommand_from {inner}")
    return "; and ".join(conditions) or "true"


def _fish_option(option: Option, when: str) -> str:
    parts = [f"complete -c csm -n '{when}'"]
    parts += [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.value is not None:
        parts.append(
            "-r"
            + (
                f" -a '{' '.join(option.choices)}'"
                if option.choices
                else " -F"
                if option.value in ("FILE", "DIR")
                else ""
            )
        )
    return " ".join([*parts, f"-d '{_quote(option.help)}'"])
