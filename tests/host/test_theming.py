"""The theme of a host: after the terminal's background, with changes and colours of code from the settings."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.host import renewal, theming
from csm.host.host import Host
from csm.host.themes import Style

Open = Callable[..., Host]
Write = Callable[[str, str], Path]
Keep = Callable[..., Path]


@pytest.fixture
def keep(home: Path, env: dict[str, str]) -> Keep:
    """Write a `.tmTheme` whose keywords have a colour, below a folder of the home."""

    def write(name: str, colour: str = "#ff8800", folder: str = ".config/csm/themes") -> Path:
        path = home / folder / f"{name}.tmTheme"
        path.parent.mkdir(parents=True, exist_ok=True)
        listed = [
            {"settings": {"foreground": "#dddddd", "background": "#222222"}},
            {"scope": "keyword", "settings": {"foreground": colour}},
        ]
        path.write_bytes(plistlib.dumps({"settings": listed}))
        return path

    return write


def errors(host: Host) -> list[str]:
    return [one.text for one in host.messages if one.level == "error"]


# The terminal's background


@pytest.mark.parametrize(
    ("colours", "name"),
    [("", "dark"), ("15;0", "dark"), ("0;15", "light"), ("0;7", "light"), ("15;default;0", "dark"), ("0;8", "dark"),
     ("12;default", "dark"), (";", "dark"), ("0;99999999", "light")],
)  # fmt: skip
def test_auto_begins_with_what_the_environment_says(
    open_host: Open, env: dict[str, str], colours: str, name: str
) -> None:
    env["COLORFGBG"] = colours
    theme = open_host(bundled=True, overrides={"csm.theme": "auto"}).theme
    assert (theme.name, theme.asked, theme.follows) == (name, "auto", True)


def test_auto_follows_what_the_terminal_answers(open_host: Open) -> None:
    host = open_host(
        bundled=True, overrides={"csm.theme": "auto", "csm.theme_light": "linen", "csm.theme_dark": "dusk"}
    )
    assert host.theme.name == "dusk"
    host.tell_background(False)
    assert host.theme.name == "linen"
    before = host.theme
    host.tell_background(False)
    assert host.theme is before
    host.tell_background(True)
    assert (host.theme.name, host.messages) == ("dusk", [])


def test_another_theme_stays_whatever_the_terminal_answers(open_host: Open) -> None:
    host = open_host(bundled=True)
    before = host.theme
    host.tell_background(False)
    assert host.theme is before
    assert not before.follows
    assert host.reload_theme("auto").name == "light"


def test_colours_of_code_stay_when_the_background_changes(open_host: Open) -> None:
    host = open_host(bundled=True, overrides={"csm.theme": "auto"})
    host.reload_theme("auto", "monokai")
    host.tell_background(False)
    assert (host.theme.name, host.theme.code) == ("light", "monokai")


@pytest.mark.parametrize("name", ["auto", "", "nowhere"])
def test_auto_that_leads_nowhere_gives_way_to_dark(open_host: Open, name: str) -> None:
    host = open_host(bundled=True, overrides={"csm.theme": "auto", "csm.theme_dark": name})
    assert host.theme.name == "dark"
    assert bool(errors(host)) == (name == "nowhere")


@pytest.mark.parametrize("kind", ["NO_COLOR", "TERM", "csm.colors"])
def test_without_colours_there_is_nothing_to_follow(open_host: Open, env: dict[str, str], kind: str) -> None:
    over = {"csm.theme": "auto", "csm.code_theme": "monokai"}
    if kind == "csm.colors":
        over[kind] = "none"
    else:
        env[kind] = "vt220" if kind == "TERM" else "1"
    theme = open_host(bundled=True, overrides=over).theme
    assert (theme.name, theme.follows, theme.asked) == ("mono", False, "mono")


# Colours of code


def test_a_pygments_style_takes_the_place_of_the_theme_s_code(open_host: Open) -> None:
    host = open_host(bundled=True, overrides={"csm.code_theme": "monokai"})
    theme, own = host.theme, open_host(bundled=True).theme
    assert (theme.code, theme.style("code.keyword").fg, theme.style("code").fg) == ("monokai", "#66d9ef", "#f8f8f2")
    assert theme.style("code.inline") == own.style("code.inline")
    assert theme.style("diff.added") == own.style("diff.added")
    assert own.code == ""


def test_files_are_found_in_themes_folders_and_by_path(open_host: Open, keep: Keep, tmp_path: Path) -> None:
    keep("mine")
    keep("codexs", "#00ff88", ".codex/themes")
    keep("mine", "#0000ff", ".codex/themes")
    host = open_host(bundled=True, overrides={"csm.code_theme": "mine"})
    assert host.theme.style("code.keyword").fg == "#ff8800"
    assert host.reload_theme("dark", "codexs").style("code.keyword").fg == "#00ff88"
    path = keep("far", "#8888ff", "elsewhere")
    assert host.reload_theme("dark", str(path)).style("code.keyword").fg == "#8888ff"
    assert theming.code_names(host)[:4] == ["own", "codexs", "mine", "abap"]
    assert errors(host) == []


def test_codex_s_setting_counts_where_csm_s_own_is_not_there(open_host: Open, keep: Keep) -> None:
    keep("neon", "#ff00aa", ".codex/themes")
    for name, code, keyword in [("neon", "neon", "#ff00aa"), ("dracula", "dracula", "#ff79c6")]:
        theme = open_host(bundled=True, overrides={"tui.theme": name}).theme
        assert (theme.code, theme.style("code.keyword").fg) == (code, keyword)
    mine = open_host(bundled=True, overrides={"tui.theme": "dracula", "csm.code_theme": "own"})
    assert (mine.theme.code, mine.messages) == ("", [])


@pytest.mark.parametrize(
    ("name", "told"), [("nosuch", "nosuch"), ("", ""), ("../../x", ""), ("/etc/passwd", ""), ("x" * 3000, "x" * 80)]
)
def test_what_codex_has_and_csm_has_not_is_told(open_host: Open, name: str, told: str) -> None:
    host = open_host(bundled=True, overrides={"tui.theme": name})
    assert host.theme.code == ""
    wanted = (
        f"tui.theme: the colours of code {told} are not known here; csm.code_theme names others, theme.code lists them"
    )
    assert [message.text for message in host.messages] == ([wanted] if told else [])


@pytest.mark.parametrize(
    "name",
    "1337 coldark-cold coldark-dark dark-neon github inspired-github monokai-extended-light two-dark base16".split(),
)
def test_colours_of_codex_are_the_nearest_that_are_known(open_host: Open, name: str) -> None:
    host = open_host(bundled=True, overrides={"tui.theme": name})
    assert (host.theme.code, host.messages) == (name, [])
    assert host.theme.style("code.keyword").fg


@pytest.mark.parametrize(
    ("settings", "sides"),
    [
        ({}, ("dark", "light")),
        ({"csm.theme_dark": "contrast"}, ("contrast", "contrast-light")),
        ({"csm.theme_light": "contrast-light"}, ("contrast", "contrast-light")),
        ({"csm.theme_dark": "contrast", "csm.theme_light": "linen"}, ("contrast", "linen")),
        ({"csm.theme_dark": "auto", "csm.theme_light": ""}, ("dark", "light")),
    ],
)
def test_auto_keeps_to_high_contrast_on_either_background(open_host: Open, settings: Any, sides: Any) -> None:
    host = open_host(bundled=True, overrides={"csm.theme": "auto", **settings})
    assert theming.sides(host) == sides
    host.background_dark = False
    assert host.reload_theme("auto").name == sides[1]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("monokia", "there are no colours of code called monokia; did you mean monokai?"),
        ("bad", "bad.tmTheme: is no property list"),
        ("huge", "huge.tmTheme: is larger than 1 MB"),
        ("folder", "folder.tmTheme: is no file"),
        ("/nowhere/x.tmTheme", "/nowhere/x.tmTheme: there is no such file"),
    ],
)
def test_broken_colours_of_code_leave_the_theme_s_own(open_host: Open, keep: Keep, name: str, problem: str) -> None:
    folder = keep("good").parent
    (folder / "bad.tmTheme").write_text("<plist>")
    (folder / "huge.tmTheme").write_bytes(b" " * 1_100_000)
    (folder / "folder.tmTheme").mkdir()
    host = open_host(bundled=True, overrides={"csm.code_theme": name})
    assert (host.theme.name, host.theme.code) == ("dark", "")
    assert host.theme.style("code.keyword") == open_host(bundled=True).theme.style("code.keyword")
    assert [one for one in errors(host) if problem in one]


def test_a_theme_names_its_colours_of_code(open_host: Open, write: Write, keep: Keep) -> None:
    keep("beside")
    write(
        "themes/paper.toml",
        """
        inherits = "dark"
        code = "beside"
        [style]
        "code.comment" = "#abcdef"
        """,
    )
    write("themes/over.toml", 'inherits = "paper"\ncode = "./beside.tmTheme"')
    write("themes/wrong.toml", 'inherits = "dark"\ncode = "monokia"')
    theme = open_host(bundled=True, overrides={"csm.theme": "paper"}).theme
    assert (theme.style("code.keyword").fg, theme.style("code.comment").fg) == ("#ff8800", "#abcdef")
    over = open_host(bundled=True, overrides={"csm.theme": "over"}).theme
    assert (over.problems, over.style("code.comment").fg) == ([], "#dddddd")
    host = open_host(bundled=True, overrides={"csm.theme": "wrong"})
    assert host.theme.name == "wrong"
    assert "wrong.toml: code: there are no colours of code called monokia" in errors(host)[0]


def test_colours_that_could_not_be_read_are_moved(open_host: Open, keep: Keep) -> None:
    keep("pale", "#fefefe")
    light = open_host(bundled=True, overrides={"csm.theme": "light", "csm.code_theme": "pale"}).theme
    dark = open_host(bundled=True, overrides={"csm.theme": "dark", "csm.code_theme": "pale"}).theme
    assert dark.style("code.keyword").fg == "#fefefe"
    assert light.style("code.keyword").fg < "#888888"


# Changes in the settings


def test_settings_change_one_theme_or_all(open_host: Open, write: Write) -> None:
    write(
        "settings.toml",
        """
        theme = "dusk"
        [themes."*".style]
        status = { dim = true }
        "diff.added" = "leaf"
        [themes.dusk]
        palette = { leaf = "#00aa00" }
        code = "monokai"
        style = { "code.comment" = "#123456", "diff.added.word" = { underline = true } }
        [themes.dark.style]
        status = "red"
        """,
    )
    host = open_host(bundled=True)
    theme = host.theme
    assert (errors(host), theme.style("status").dim, theme.style("status").fg) == ([], True, "")
    assert theme.style("diff.added").fg == "#00aa00"
    assert theme.style("diff.added.word") == Style(fg="#00aa00", underline=True)
    assert (theme.code, theme.style("code.comment").fg, theme.style("code.keyword").fg) == (
        "monokai",
        "#123456",
        "#66d9ef",
    )
    coded = host.reload_theme("dusk", "dracula")
    assert (coded.style("code.comment").fg, coded.style("code.keyword").fg) == ("#123456", "#ff79c6")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"dark": 3}, "csm.themes.dark: a table is needed"),
        ({"dark": {"inherits": "light"}}, "csm.themes.dark: there is nothing called inherits here"),
        (
            {"dark": {"style": {"stauts": "red"}}},
            "csm.themes.dark: [style]: there is no role stauts; did you mean status",
        ),
        (
            {"*": {"style": {"status": "gren"}}},
            "csm.themes.*: [style] status: there is no colour gren; did you mean green",
        ),
        ({"dark": {"style": 3}}, "csm.themes.dark: style: a dict is needed"),
        ({"dark": {"palette": {"a": "b", "b": "a"}, "style": {"status": "a"}}}, "there is no colour"),
        ({"dark": {"code": "x"}}, "csm.themes.dark: code: there are no colours of code called x"),
    ],
)
def test_wrong_changes_are_told_and_left_out(open_host: Open, values: dict[str, Any], problem: str) -> None:
    host = open_host(bundled=True, overrides={"csm.themes": values})
    assert host.theme.name == "dark"
    assert host.theme.style("heading").bold
    (told,) = errors(host)
    assert problem in told


# Taking up changes


def test_a_file_of_colours_is_taken_up_or_left(open_host: Open, keep: Keep) -> None:
    path = keep("mine")
    host = open_host(bundled=True, overrides={"csm.code_theme": "mine"})
    before = host.theme
    path.write_text("<plist>")
    outcome = renewal.renew(host, [path])
    assert (outcome.parts, host.theme) == ((), before)
    assert "is no property list" in outcome.faults[0]
    keep("mine", "#00ccff")
    assert renewal.renew(host, [path]).parts == ("theme",)
    assert host.theme.style("code.keyword").fg == "#00ccff"


def test_changed_settings_are_taken_up_or_left(open_host: Open, write: Write) -> None:
    path = write("settings.toml", 'theme = "auto"\n')
    host = open_host(bundled=True)
    host.tell_background(False)
    assert host.theme.name == "light"
    write("settings.toml", 'theme = "auto"\ntheme_light = "linen"\n')
    assert renewal.renew(host, [path]).parts == ("settings", "theme")
    assert (host.theme.name, host.theme.follows) == ("linen", True)
    write("settings.toml", 'theme = "auto"\ntheme_light = "linen"\ncode_theme = "monokai"\n')
    assert "theme" in renewal.renew(host, [path]).parts
    assert host.theme.code == "monokai"
    good = host.theme
    write("settings.toml", 'theme = "auto"\ntheme_light = "linnen"\n')
    assert "there is no theme linnen" in renewal.renew(host, [path]).faults[0]
    assert host.theme is good


def test_what_was_chosen_while_it_ran_stays_when_a_file_changes(open_host: Open, write: Write) -> None:
    path = write("themes/mine.toml", 'inherits = "dark"\n')
    host = open_host(bundled=True)
    assert host.reload_theme("mine", "monokai").code == "monokai"
    write("themes/mine.toml", 'inherits = "dark"\n[style]\nstatus = "red"\n')
    renewal.renew(host, [path])
    assert (host.theme.name, host.theme.code, host.theme.style("status").fg) == ("mine", "monokai", "red")
