"""Themes: fallback, inheritance, problems; and csm's own: every role resolved, every word readable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from csm.host import roots, themes
from csm.host.themes import Style, Theme
from csm.protocol.errors import ThemeError
from csm.ui.styles import Styles, sixteen
from csm.view.colours import contrast
from csm.view.looks import resolve
from csm.view.roles import ROLES

OWN = roots.find(config_dir=Path("/nonexistent"))
NAMES = roots.names(OWN, "themes")
#: Themes that are there because somebody will like them.
OF_TASTE = ["dusk", "ember", "forest", "harbor", "linen", "meadow", "mist", "rosehip", "signal", "slate"]
#: Backgrounds that people have, by darkness.
USUAL = {
    True: ("#000000", "#1e1e1e", "#282c34", "#1a1b26", "#002b36", "#2e3440"),
    False: ("#ffffff", "#fafafa", "#fdf6e3", "#eff1f5"),
}
#: Lines and the like: no words, so 2:1 is enough to be seen.
DRAWN = frozenset(
    "quote.bar table.border rule code.border border composer.border status.separator picker.scrollbar".split()
)
#: Roles that the screen puts on one another, the last one's colours on top.
STACKED = [
    (f"{panel}.selected", f"{panel}.{part}")
    for panel, parts in {"palette": "match detail key", "picker": "match detail"}.items()
    for part in parts.split()
]


#: What lies over any words, with colours of its own.
OVERLAYS = ("selection", "search.match", "search.current", "cursor.line")


def own(name: str) -> Theme:
    return themes.load(name, OWN)


def test_contrast_is_reckoned_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_csm_brings_its_themes() -> None:
    assert sorted(["ansi", "contrast", "contrast-light", "dark", "light", "mono", *OF_TASTE]) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_theme_resolves_every_role(name: str) -> None:
    theme = own(name)
    assert theme.problems == []
    assert [role for role in ROLES if not theme.resolves(role)] == []
    assert theme.name == name


@pytest.mark.parametrize(
    ("name", "least"),
    [("dark", 4.5), ("light", 4.5), ("contrast", 7.0), ("contrast-light", 7.0), *((name, 4.5) for name in OF_TASTE)],
)
def test_words_are_readable_on_usual_backgrounds(name: str, least: float) -> None:
    theme = own(name)
    poor: list[tuple[str, str, str, float]] = []
    for role in ROLES:
        style = theme.style(role)
        wanted = 2.0 if role in DRAWN else least
        for behind in (style.bg,) if style.bg else USUAL[theme.dark]:
            if style.fg.startswith("#") and behind.startswith("#") and contrast(style.fg, behind) < wanted:
                poor.append((role, style.fg, behind, round(contrast(style.fg, behind), 2)))
    assert poor == []


@pytest.mark.parametrize("name", ["dark", "light", "contrast", "contrast-light", *OF_TASTE])
@pytest.mark.parametrize(("under", "over"), STACKED)
def test_words_on_a_chosen_row_are_readable(name: str, under: str, over: str) -> None:
    theme = own(name)
    assert contrast(theme.style(over).fg, theme.style(under).bg) >= 4.5


@pytest.mark.parametrize("over", OVERLAYS)
@pytest.mark.parametrize(
    ("name", "least"),
    [("dark", 4.5), ("light", 4.5), ("contrast", 7.0), ("contrast-light", 7.0), *((name, 4.5) for name in OF_TASTE)],
)
def test_words_that_are_selected_or_found_are_readable(name: str, least: float, over: str) -> None:
    theme = own(name)
    poor: list[tuple[str, str, str, float]] = []
    for role in ROLES.keys() - DRAWN:
        look = resolve(theme, f"{role} {over}")
        if look.fg.startswith("#") and look.bg.startswith("#") and "reverse" not in look.flags:
            found = contrast(look.fg, look.bg)
            poor += [(role, look.fg, look.bg, round(found, 2))] if found < least else []
    assert poor == []


@pytest.mark.parametrize("name", ["dark", "light", "contrast", "contrast-light", *OF_TASTE])
def test_what_is_marked_stands_out_from_usual_backgrounds(name: str) -> None:
    theme = own(name)
    for role in ("selection", "search.match", "search.current"):
        assert all(contrast(theme.style(role).bg, behind) >= 1.05 for behind in USUAL[theme.dark]), role
    for role in ("palette.selected", "picker.selected"):  # which are bold besides
        assert theme.style(role).bold
        assert sum(contrast(theme.style(role).bg, behind) >= 1.05 for behind in USUAL[theme.dark]) >= 3, role


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("name", ["dark", "light", "contrast", "contrast-light", *OF_TASTE])
def test_words_stay_readable_with_fewer_colours(name: str, bits: int) -> None:
    theme = own(name)
    shown = Styles(sixteen(theme, own("ansi")) if bits == 4 else theme, bits)
    poor: list[tuple[str, str, str]] = []
    for role in ROLES.keys() - DRAWN:
        given = dict(part.split(":", 1) for part in shown.renderer(role).split() if part.startswith(("fg:", "bg:")))
        if bits == 4:
            assert "#" not in "".join(given.values())
        else:
            front, behind = given.get("fg", ""), given.get("bg", "")
            for page in (behind,) if behind else USUAL[theme.dark][:2]:
                if front.startswith("#") and page.startswith("#") and contrast(front, page) < 4.0:
                    poor.append((role, front, page))
    assert poor == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("diff.added", "diff.removed"),
        ("diff.added", "diff.added.word"),
        ("command.ok", "command.failed"),
        ("user.text", "agent.text"),
        ("notice.warning", "notice.error"),
        ("palette", "palette.selected"),
        ("text", "selection"),
        ("composer", "composer.placeholder"),
        ("search.match", "search.current"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_what_must_be_told_apart_looks_different(name: str, one: str, two: str) -> None:
    assert own(name).style(one) != own(name).style(two)


def test_mono_has_no_colour() -> None:
    theme = own("mono")
    assert {theme.style(role).fg + theme.style(role).bg for role in ROLES} == {""}


def test_ansi_uses_the_sixteen_colours_alone() -> None:
    theme = own("ansi")
    used = {colour for role in ROLES for colour in (theme.style(role).fg, theme.style(role).bg)}
    assert used <= {"", *themes.ANSI}
    hardly = {"black", "blue", "white", "cyan"}  # on a black, or a white, page as most terminals show them
    words = {role for role in ROLES if theme.style(role).fg in hardly and not theme.style(role).bg}
    assert {role for role in words if not role.startswith("ansi.")} == set()


def test_a_role_falls_back_to_its_parent_attribute_by_attribute(write, open_host) -> None:
    write(
        "themes/mine.toml",
        """
        name = "mine"
        code = "vim"
        dark = false
        [palette]
        leaf = "#00aa00"
        good = "leaf"
        [style]
        "diff.added" = { fg = "good", italic = true }
        "diff.added.word" = { bg = "black", italic = false }
        [style.notice]
        error = "bright-red"
        """,
    )
    theme = open_host(overrides={"csm.theme": "mine"}).theme
    assert (theme.name, theme.code, theme.dark, theme.problems) == ("mine", "vim", False, [])
    assert theme.style("diff.added") == Style(fg="#00aa00", italic=True)
    assert theme.style("diff.added.word") == Style(fg="#00aa00", bg="black")
    assert theme.style("notice.error") == Style(fg="bright-red")
    assert theme.style("status") == Style()
    assert not theme.resolves("status")


def test_a_theme_extends_the_one_of_its_name_below(write, open_host) -> None:
    write("themes/dark.toml", 'inherits = "dark"\n[style]\nrule = "red"\n')
    theme = open_host(bundled=True).theme
    assert theme.style("rule") == Style(fg="red")
    assert theme.style("notice.error") == own("dark").style("notice.error")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[style]\n"diff.aded" = "red"', "there is no role diff.aded; did you mean diff.added"),
        ('[style]\nstatus = "gren"', "[style] status: there is no colour gren; did you mean green"),
        ('[style]\nstatus = { fg = "#12345" }', "there is no colour #12345"),
        ("[style]\nstatus = 3", "[style] status: a colour or a table is needed"),
        ("[style]\nstatus = { blod = true }", "there is no attribute blod; did you mean bold?"),
        ('[style]\nstatus = { bold = "yes" }', "bold: true or false is needed"),
        ("[palette]\nred = 1", "[palette] red: a colour is needed"),
        ('palete = "x"', "there is nothing called palete in a theme; did you mean palette?"),
        ("code = 3", "code: a str is needed"),
        ('[palette]\na = "b"\nb = "a"\n[style]\nstatus = "a"', "there is no colour"),
    ],
)
def test_what_is_wrong_is_told_and_left_out(write, open_host, text: str, problem: str) -> None:
    path = write("themes/odd.toml", text + "\n")
    host = open_host(overrides={"csm.theme": "odd"})
    assert host.theme.style("status").fg == ""
    (told,) = host.messages
    assert problem in told.text
    assert str(path) in told.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[style\n", "odd.toml:1:7: "),
        ('inherits = "odd"', "inherits odd, which leads back to itself"),
        ('inherits = "drak"', "there is no theme drak; did you mean dark"),
        ("inherits = 3", "inherits: a name is needed"),
    ],
)
def test_a_theme_that_cannot_be_read_gives_way_to_dark(write, open_host, text: str, message: str) -> None:
    write("themes/odd.toml", text)
    host = open_host(bundled=True, overrides={"csm.theme": "odd"})
    assert host.theme.name == "dark"
    assert message in host.messages[0].text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "is nested too deeply"),
        ("[style]\n" + ".".join(["a"] * 3000) + " = 1", "is nested too deeply"),
        ("[style]\nstatus = " + "{a=" * 3000 + "1" + "}" * 3000, "is nested too deeply"),
        ("\0", "odd.toml:1:1"),
        ("\ufeffname = 'odd'", "odd.toml:1:1"),
        ("#" * 2_100_000, "is larger than 2 MB"),
        ("inherits = '../../odd'", "there is no theme ../../odd"),
        ("inherits = ''", "there is no theme "),
        (f"inherits = '{'x' * 5000}'", "there is no theme xxx"),
    ],
)
def test_hostile_files_give_way_to_dark(write, open_host, text: str, message: str) -> None:
    write("themes/odd.toml", text)
    host = open_host(bundled=True, overrides={"csm.theme": "odd"})
    assert host.theme.name == "dark"
    assert message in host.messages[0].text


@pytest.mark.parametrize("name", ["../odd", "/etc/passwd", "x" * 5000, "a\0b", "folder", "loop", "pipe", " "])
def test_names_of_no_file_give_way_to_dark(write, open_host, name: str) -> None:
    folder = write("themes/../odd.toml", "dark = false").parent / "themes"
    (folder / "folder.toml").mkdir(parents=True)
    (folder / "loop.toml").symlink_to(folder / "loop.toml")
    os.mkfifo(folder / "pipe.toml")
    assert open_host(bundled=True, overrides={"csm.theme": name}).theme.name == "dark"


def test_what_is_wrong_is_told_up_to_a_point(write, open_host) -> None:
    write("themes/odd.toml", "[style]\n" + "\n".join(f"r{at} = 'red'" for at in range(5000)))
    host = open_host(overrides={"csm.theme": "odd"})
    assert host.theme.name == "odd"
    assert len(host.messages) == themes.MOST_TOLD + 1
    assert host.messages[-1].text.endswith("odd.toml: more is wrong than is told")


def test_the_last_good_theme_stays(write, open_host) -> None:
    path = write("themes/mine.toml", '[style]\nstatus = "red"\n')
    host = open_host(overrides={"csm.theme": "mine"})
    before = host.theme
    path.write_text("[style")
    assert host.reload_theme() is before
    path.write_text('[style]\nstatus = "blue"\n')
    assert host.reload_theme().style("status") == Style(fg="blue")
    assert len(host.messages) == 1


def test_no_color_takes_the_colour_away(open_host, env: dict[str, str]) -> None:
    env["NO_COLOR"] = "1"
    assert open_host(bundled=True).theme.name == "mono"


def test_without_any_theme_everything_is_plain(open_host) -> None:
    host = open_host()
    assert host.theme.style("notice.error") == Style()
    assert "there is no theme dark" in host.messages[0].text


def test_an_unknown_theme_is_an_error() -> None:
    with pytest.raises(ThemeError, match="there is no theme drak") as caught:
        own("drak")
    assert caught.value.hint == "did you mean dark?"
