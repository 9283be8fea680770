"""Extensions from folders: found without importing, loaded when needed, shadowed, unloaded, reloaded."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from csm.host import manifest
from csm.host.context import Context
from csm.host.extensions import _survey
from csm.host.roots import Root
from csm.protocol.errors import CommandError, ExtensionError

TOOL = """
    "An extension."
    from csm.api import hook
    @hook
    def tools(host):
        return ["tool"]
"""
COMMAND = """
    from csm.api import command
    @command("greet.say-hello", title="Hello", slash=("hello", "hi"), places=("composer",), cli="greet")
    def hello(cx, name: str = "you"):
        "Say hello."
        return f"hello {name}"
"""


def imported(name: str) -> bool:
    return any(module.startswith(("csm_extensions", "csm_project")) and module.endswith(name) for module in sys.modules)


def test_nothing_is_imported_before_it_is_needed(write, open_host) -> None:
    write("extensions/lazy_tool/__init__.py", TOOL)
    write("extensions/lazy_tool/commands.py", COMMAND)
    host = open_host()
    assert not imported(".lazy_tool")
    assert host.commands.get("greet.say-hello").doc == "Say hello."
    assert host.commands.get("/hi").title == "Hello"
    assert list(host.commands.cli()) == ["greet"]
    assert not imported(".lazy_tool")
    assert host.commands.run("greet.say-hello world", Context(host)) == "hello world"
    assert imported(".lazy_tool.commands")
    assert host.provide("tools") == ["tool"]
    assert host.messages == []


def test_the_second_start_parses_nothing(write, open_host, monkeypatch: pytest.MonkeyPatch) -> None:
    write("extensions/kept/__init__.py", TOOL)
    open_host()
    monkeypatch.setattr("csm.host.scan.extension", lambda *_: pytest.fail("parsed again"))
    assert list(open_host().extensions.known) == ["kept"]


def test_what_comes_with_csm_is_parsed_once_for_all_homes(tmp_path: Path) -> None:
    folder = tmp_path / "csm/extensions"
    (folder / "given").mkdir(parents=True)
    source = folder / "given/__init__.py"
    source.write_text(dedent(COMMAND))
    roots = [Root("bundled", tmp_path / "csm", 0), Root("user", tmp_path / "user", 1)]

    def seen(home: str) -> str:
        (one,) = _survey(roots, tmp_path / home / "manifest.json", with_packages=False)
        return one.found.commands[0].doc

    assert seen("first") == "Say hello."
    book = manifest.load(tmp_path / "first/manifest.json")
    book.extensions["elsewhere"] = book.extensions[str(folder / "given")]
    manifest.share(book, folder)
    kept = folder / "__pycache__/manifest.json"
    assert list(manifest.load(kept).extensions) == [str(folder / "given")]
    kept.write_text(kept.read_text().replace("Say hello.", "Not parsed."))
    assert seen("second") == "Not parsed."
    assert seen("first") == "Say hello."
    source.write_text(dedent(COMMAND).replace("Say hello.", "Say more than hello."))
    assert seen("third") == "Say more than hello."
    kept.write_text("no json")
    assert seen("fourth") == "Say more than hello."


def test_a_changed_file_and_a_removed_one_are_noticed(write, open_host) -> None:
    path = write("extensions/changing/__init__.py", TOOL)
    write("extensions/leaving.py", TOOL)
    assert sorted(open_host().extensions.known) == ["changing", "leaving"]
    path.write_text("from csm.api import hook\n@hook\ndef models(host):\n    return ['model']\n")
    (path.parents[1] / "leaving.py").unlink()
    host = open_host()
    assert list(host.extensions.known) == ["changing"]
    assert host.extensions.known["changing"].found.hooks == ("models",)


def test_a_manifest_that_is_garbage_costs_only_time(write, open_host) -> None:
    write("extensions/one/__init__.py", TOOL)
    state = open_host().settings.state_dir
    (state / "manifest.json").write_bytes(b"\xff\x00 no json")
    assert list(open_host().extensions.known) == ["one"]
    assert manifest.load(state / "manifest.json").extensions


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise RuntimeError('no luck')", "RuntimeError: no luck"),
        ("import nothing_of_this_name", "No module named 'nothing_of_this_name'"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
    ],
)
def test_an_extension_that_cannot_be_imported_is_named(write, open_host, source: str, message: str) -> None:
    write("extensions/broken/__init__.py", f"{source}\nfrom csm.api import hook\n@hook\ndef tools(host): return []\n")
    write("extensions/fine/__init__.py", TOOL)
    host = open_host()
    assert host.provide("tools") == ["tool"]
    (told,) = host.messages
    assert told.level == "error"
    assert message in told.text
    assert "broken/__init__.py:1" in told.where


def test_source_that_is_no_python_is_named_with_its_line(write, open_host) -> None:
    write("extensions/bad/__init__.py", "def (:\n")
    (told,) = open_host().messages
    assert "extension bad" in told.text
    assert "__init__.py:1" in told.where


def test_a_module_that_would_replace_a_hook_is_named(write, open_host) -> None:
    source = "from csm.api import hook\n\n@hook\ndef tools(host):\n    return []\n"
    path = write("extensions/clash/__init__.py", source)
    write("extensions/clash/tools.py", "")
    write("extensions/fine/__init__.py", "from .tools import tools\n")
    write("extensions/fine/tools.py", source)
    [message] = open_host().messages
    assert (message.level, message.where) == ("error", f"{path}:4")
    assert message.text == (
        "extension clash: the hook tools is lost as soon as tools.py is imported; give that file another name"
    )


def test_an_unknown_hook_is_an_error_of_the_extension(write, open_host) -> None:
    write("extensions/odd/__init__.py", "from csm.api import hook\n@hook\ndef tols(host): ...\n@hook\ndef tools(): ...")
    host = open_host()
    assert host.provide("tools") == []
    assert host.messages[0].text == "odd: there is no hook named tols"


def test_activate_and_deactivate_run_once_a_host(write, open_host) -> None:
    write(
        "extensions/lively/__init__.py",
        """
        from csm.api import hook
        @hook
        def activate(host): host.state["lively"]["on"] = host.state["lively"].get("on", 0) + 1
        @hook
        def deactivate(host): host.report("info", "bye")
        """,
    )
    host = open_host()
    assert host.state["lively"] == {"on": 1}
    host.close()
    assert [message.text for message in host.messages] == ["bye"]


def test_threads_may_need_hooks_at_once(write, open_host) -> None:
    for name in ("one", "two", "three"):
        write(
            f"extensions/{name}/__init__.py",
            """
            from csm.api import hook
            @hook
            def tools(host): return [__name__.rpartition(".")[2]]
            @hook
            def models(host):
                host.provide("tools")
                host.report("info", "asked")
                return [__name__]
            """,
        )
    host = open_host()
    start = threading.Barrier(8)

    def ask(number: int) -> list[str]:
        start.wait(5)
        return host.provide("models" if number % 2 else "tools")

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result(10) for future in [pool.submit(ask, number) for number in range(8)]]
    assert sorted(answers[0]) == ["one", "three", "two"]
    assert all(len(answer) == 3 for answer in answers)
    assert len(host.messages) == 3


def test_a_folder_comes_before_a_file_of_its_name(write, open_host) -> None:
    write("extensions/twice/__init__.py", TOOL)
    write("extensions/twice.py", TOOL.replace("tool", "file"))
    host = open_host()
    assert (host.provide("tools"), host.messages) == (["tool"], [])


def test_an_extension_whose_source_does_not_tell_is_imported_at_start(write, open_host) -> None:
    write("extensions/dynamic/__init__.py", "from csm.api import hook\nglobals()['tools'] = hook(lambda: ['made'])\n")
    host = open_host()
    assert host.extensions.known["dynamic"].state == "loaded"
    assert host.provide("tools") == ["made"]


def test_a_higher_root_shadows_with_a_warning(write, open_host, tmp_path: Path) -> None:
    write("extensions/same/__init__.py", TOOL)
    above = tmp_path / "above/extensions/same"
    above.mkdir(parents=True)
    (above / "__init__.py").write_text("from csm.api import hook\n@hook\ndef tools(): return ['above']\n")
    host = open_host(extra_roots=[tmp_path / "above"])
    assert host.provide("tools") == ["above"]
    assert "takes the place of" in host.messages[0].text


def test_a_project_extends_csm_only_where_it_is_trusted(open_host, env: dict[str, str], worktree: Path) -> None:
    folder = worktree / ".csm/extensions/own"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from csm.api import hook\n@hook\ndef tools(): return [__name__]\n")
    assert open_host(cwd=worktree).provide("tools") == []
    config = Path(env["CODEX_HOME"]) / "config.toml"
    config.write_text(f'[projects."{worktree}"]\ntrust_level = "trusted"\n')
    (name,) = open_host(cwd=worktree).provide("tools")
    assert name.startswith("csm_project_")


def test_reload_takes_the_new_source_and_leaves_nothing_of_the_old(write, open_host) -> None:
    path = write("extensions/turning/__init__.py", TOOL + "    from .own import VALUE\n")
    write("extensions/turning/own.py", "VALUE = 1\n")
    write("extensions/turning/commands.py", COMMAND)
    host = open_host()
    host.provide("tools")
    write("extensions/turning/own.py", "VALUE = 2\n")
    write("extensions/turning/commands.py", COMMAND.replace("say-hello", "say-adieu"))
    path.write_text("from csm.api import hook\nfrom .own import VALUE\n@hook\ndef tools(): return [VALUE]\n")
    assert host.reload("turning")
    assert host.provide("tools") == [2]
    assert "greet.say-adieu" in host.commands
    assert "greet.say-hello" not in host.commands
    host.unload("turning")
    assert host.provide("tools") == []
    assert "greet.say-adieu" not in host.commands
    with pytest.raises(ExtensionError, match="no extension turning"):
        host.unload("turning")


def test_a_command_whose_module_is_broken_says_so_when_it_runs(write, open_host) -> None:
    write("extensions/late/__init__.py", TOOL)
    write("extensions/late/commands.py", "import nothing_of_this_name\n" + COMMAND.replace("\n    ", "\n"))
    host = open_host()
    with pytest.raises(CommandError, match="nothing_of_this_name"):
        host.commands.run("greet.say-hello", Context(host))


def test_what_the_source_must_spell_out_is_told(write, open_host) -> None:
    write("extensions/clever/__init__.py", TOOL)
    write(
        "extensions/clever/commands.py",
        "from csm.api import command\nN = 'a.b'\n@command(N)\ndef f(cx): ...\n@command('Bad')\ndef g(cx): ...\n",
    )
    texts = [message.text for message in open_host().messages]
    assert any("must be written out" in text for text in texts)
    assert any("'Bad' is no command name" in text for text in texts)


def test_pip_packages_join_and_are_looked_for_only_when_something_was_installed(
    open_host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    (site / "fake_csm_thing-1.0.dist-info").mkdir(parents=True)
    (site / "fake_csm_thing.py").write_text("from csm.api import hook\n@hook\ndef tools(): return ['from pip']\n")
    (site / "fake_csm_thing-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: fake-csm-thing\nVersion: 1\n"
    )
    (site / "fake_csm_thing-1.0.dist-info/entry_points.txt").write_text("[csm.extensions]\nthing = fake_csm_thing\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # which would touch the folder: something new to look for
    host = open_host()
    assert "fake_csm_thing" not in sys.modules
    assert host.provide("tools") == ["from pip"]
    assert host.extensions.known["thing"].kind == "pip"
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: pytest.fail("looked for again"))
    assert open_host().provide("tools") == ["from pip"]
    sys.modules.pop("fake_csm_thing")


def test_a_pip_package_that_is_gone_is_named(open_host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "site-packages/gone-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gone\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[csm.extensions]\ngone = module_that_is_gone\n")
    monkeypatch.syspath_prepend(str(info.parent))
    (told,) = open_host().messages
    assert "module_that_is_gone cannot be imported" in told.text


PARTIAL = """
    "Only where it is wanted."
    from csm.api import hook
    ONLY_WITH = ("weather", "weather.json")
    @hook
    def tools(host):
        return ["umbrella"]
"""


def test_one_that_nobody_has_a_use_for_is_not_asked(write, open_host) -> None:
    write("extensions/partial/__init__.py", PARTIAL)
    write("extensions/partial/commands.py", COMMAND)
    host = open_host()
    assert host.provide("tools") == []
    assert not imported(".partial")
    assert host.commands.get("greet.say-hello").title == "Hello"


def test_a_setting_or_a_file_has_it_take_part(write, open_host) -> None:
    write("extensions/partial/__init__.py", PARTIAL)
    assert open_host(overrides={"weather.place": "here"}).provide("tools") == ["umbrella"]
    host = open_host()
    host.settings.codex_home.mkdir(parents=True, exist_ok=True)
    (host.settings.codex_home / "weather.json").write_text("{}")
    assert host.provide("tools") == []
    host.reload_settings()
    assert host.provide("tools") == ["umbrella"]


def test_what_it_is_for_must_be_written_out(write, open_host) -> None:
    write("extensions/odd/__init__.py", PARTIAL.replace('("weather", "weather.json")', "tuple(sorted([]))"))
    assert open_host().provide("tools") == ["umbrella"]
