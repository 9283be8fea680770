"""Roles of the user: where they are found, what they may say, what is wrong with them, and what an agent has of one."""

import json

import pytest

from csm.api import events, items
from csm.api.testing import bundled

COMPLETE = 'name = "scout"\ndescription = "Looks {}."\ndeveloper_instructions = "You scout."\n'
HOME, PROJECT = "home/.codex", "work/.codex"


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def known(play, tmp_path):
    """The roles of a bench whose folder holds files: names with what they are for, and what is wrong with others."""

    def found(files, *, trusted=True, settings=None):
        write(tmp_path, files)
        if trusted:
            with (tmp_path / HOME / "config.toml").open("a") as config:
                config.write(f'\n[projects."{tmp_path}/work"]\ntrust_level = "trusted"\n')
        bench = play({}, settings=settings or {})
        found = bundled("agents", "roles").roles(bench.host.settings)
        own = ("default", "explorer", "worker")
        told = [fault.removeprefix("Ignoring malformed agent role definition: ") for fault in found.faults]
        return {name: role for name, role in found.known.items() if name not in own or role.file}, told

    (tmp_path / HOME).mkdir(parents=True)
    return found


def test_a_role_has_settings_names_and_the_last_word(play, tmp_path):
    write(
        tmp_path,
        {
            f"{HOME}/scout.toml": (
                'name = "scout"\nmodel = "gpt-5.4"\nmodel_reasoning_effort = "low"\n'
                'sandbox_mode = "danger-full-access"\ndeveloper_instructions = "You scout."\n'
            ),
            f"{HOME}/config.toml": (
                '[agents.scout]\ndescription = "Looks ahead."\nconfig_file = "scout.toml"\n'
                'nickname_candidates = ["Zeb", "Yak"]\n'
            ),
        },
    )
    spawn = ("spawn_agent", {"message": "kid", "agent_type": "scout", "model": "gpt-5.2", "reasoning_effort": "high"})
    bench = play(
        {"parent": [play.calls(spawn, spawn, spawn), play.WAIT, *[{"text": "done"}] * 3], "kid": [{"text": "seen"}]}
    )
    found = play.go(bench)
    names = [one["nickname"] for one in play.told(bench)[:3]]
    assert {*names[:2]} == {"Zeb", "Yak"} and names[2] in ("Zeb 2", "Yak 2")
    request = bench.cast.requests("kid")[0]
    assert (request.model, request.effort) == ("gpt-5.4", "low")
    assert any(b"You scout." in raw for raw in request.input)
    kid = bench.port.attach(bench.cast.roles["kid"][0]).snapshot
    assert kid.sandbox.mode == "read-only"
    assert {event.body.role for event in found if isinstance(event.body, events.ThreadSpawned)} == {"scout"}
    (space,) = [json.loads(bytes(tool.raw)) for tool in bench.cast.requests("parent")[0].tools]
    (spec,) = [tool for tool in space["tools"] if tool["name"] == "spawn_agent"]
    told = spec["parameters"]["properties"]["agent_type"]["description"]
    assert "- scout: Looks ahead. (always with model `gpt-5.4`, effort `low`)" in told and "- worker: " in told


def test_role_files_need_no_table(known):
    roles, faults = known(
        {
            f"{HOME}/agents/deep/down/a.toml": COMPLETE.format("far") + 'nickname_candidates = ["A b", "c-D_1"]\n',
            f"{HOME}/agents/other.md": "no role",
            f"{HOME}/agents/z.toml": COMPLETE.format("near").replace("scout", "default"),
        }
    )
    assert faults == []
    assert {name: (role.about, role.nicknames) for name, role in roles.items()} == {
        "scout": ("Looks far.", ("A b", "c-D_1")),
        "default": ("Looks near.", ()),
    }


def test_nearer_folders_count_more_and_untrusted_ones_not(known, tmp_path):
    files = {
        f"{HOME}/agents/a.toml": COMPLETE.format("home") + 'nickname_candidates = ["A"]\n',
        f"{PROJECT}/agents/b.toml": COMPLETE.format("here"),
    }
    assert known(files, trusted=False)[0]["scout"].about == "Looks home."
    (role,) = known({})[0].values()
    assert (role.about, role.nicknames) == ("Looks here.", ("A",)) and role.file.startswith(str(tmp_path / PROJECT))


def test_a_table_counts_more_than_a_folder_and_lacks_nothing_that_one_has(known, tmp_path):
    table = '[agents.scout]\ndescription = "Looks here."\n'
    (role,) = known({f"{HOME}/agents/a.toml": COMPLETE.format("far"), f"{HOME}/config.toml": table})[0].values()
    assert (role.about, role.file) == ("Looks here.", str(tmp_path / HOME / "agents/a.toml"))
    assert role.settings() == {"developer_instructions": "You scout."}


def test_the_command_line_may_name_a_role(known):
    (role,) = known({}, settings={"agents.zed.description": "Z."})[0].values()
    assert (role.name, role.about, role.settings()) == ("zed", "Z.", {})


def test_a_named_file_may_say_less_and_give_another_name(known, tmp_path):
    files = {
        f"{HOME}/config.toml": (
            '[agents.zed]\ndescription = "Z."\nconfig_file = "agents/z.toml"\n'
            '[agents.two]\ndescription = "T."\nconfig_file = "two.toml"\n'
        ),
        f"{HOME}/agents/z.toml": 'model = "gpt-5.4"\nmodel_instructions_file = "base.md"\n',
        f"{HOME}/two.toml": 'name = "three"\ndescription = "Own."\n',
    }
    roles, faults = known(files)
    assert faults == [] and {name: role.about for name, role in roles.items()} == {"zed": "Z.", "three": "Own."}
    base = str(tmp_path / HOME / "agents/base.md")
    assert roles["zed"].settings() == {"model": "gpt-5.4", "model_instructions_file": base}


FILE = "agent role file at FILE"
BAD_FILES = {
    'name = "scout"\ndescription = "x"\n': f"{FILE} must define `developer_instructions`",
    'name = "scout"\ndeveloper_instructions = "x"\n': "agent role `scout` must define a description",
    'description = "x"\ndeveloper_instructions = "x"\n': f"{FILE} must define a non-empty `name`",
    'name = " "\ndescription = "x"\ndeveloper_instructions = "x"\n': f"{FILE} must define a non-empty `name`",
    COMPLETE + "frobnicate = 3\n": "failed to deserialize agent role file at FILE: unknown field `frobnicate`",
    COMPLETE + 'model_verbosity = "loud"\n': (
        "failed to deserialize agent role file at FILE: unknown variant `loud`, expected one of `low`, `medium`, `high`"
        " in `model_verbosity`"
    ),
    COMPLETE.replace("You scout.", " "): f"{FILE}.developer_instructions cannot be blank",
    COMPLETE.replace("Looks {}.", " "): "agent role file FILE.description cannot be blank",
    "name =\n": "failed to parse agent role file at FILE: Invalid value (at line 1, column 7)",
    "name = '\udce4'\n": "failed to parse agent role file at FILE: 'utf-8' codec can't decode byte 0xe4 in position 8",
}
BAD_TABLES = {
    'nickname_candidates = ["a"]': "agent role `zed` must define a description",
    'description = " "': "agents.zed.description cannot be blank",
    'description = "x"\nnickname_candidates = []': "agents.zed.nickname_candidates must contain at least one name",
    'description = "x"\nnickname_candidates = ["a", " "]': "agents.zed.nickname_candidates cannot contain blank names",
    'description = "x"\nnickname_candidates = ["a", "a "]': "agents.zed.nickname_candidates cannot contain duplicates",
    'description = "x"\nnickname_candidates = ["a$"]': (
        "agents.zed.nickname_candidates may only contain ASCII letters, digits, spaces, hyphens, and underscores"
    ),
    'description = "x"\nconfig_file = "none.toml"': (
        "agents.zed.config_file must point to an existing file at HOME/none.toml: No such file or directory"
        " (os error 2)"
    ),
    'description = "x"\nconfig_file = "agents"': "agents.zed.config_file must point to a file: HOME/agents",
}


@pytest.mark.parametrize("text", BAD_FILES)
def test_files_that_are_no_roles(known, tmp_path, text):
    path = tmp_path / HOME / "agents/a.toml"
    path.parent.mkdir()
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    roles, (fault,) = known({})
    assert not roles and fault.replace(str(path), "FILE").startswith(BAD_FILES[text])


@pytest.mark.parametrize("text", BAD_TABLES)
def test_tables_that_are_no_roles(known, tmp_path, text):
    (tmp_path / HOME / "agents").mkdir()
    roles, (fault,) = known({f"{HOME}/config.toml": f"[agents.zed]\n{text}\n"})
    assert not roles and fault.replace(str(tmp_path / HOME), "HOME") == BAD_TABLES[text]


def test_of_two_with_one_name_the_first_file_counts(known, tmp_path):
    files = {f"{HOME}/agents/{name}.toml": COMPLETE.format(name) for name in "ab"}
    roles, faults = known(files)
    assert roles["scout"].about == "Looks a."
    assert faults == [f"duplicate agent role name `scout` discovered in {tmp_path / HOME / 'agents'}"]


def test_links_are_not_followed(known, tmp_path):
    write(tmp_path, {"elsewhere/a.toml": COMPLETE.format("away")})
    (tmp_path / HOME / "agents").mkdir()
    (tmp_path / HOME / "agents/a.toml").symlink_to(tmp_path / "elsewhere/a.toml")
    (tmp_path / HOME / "agents/more").symlink_to(tmp_path / "elsewhere")
    assert known({}) == ({}, [])


def test_a_file_that_is_too_large_is_no_role(known, tmp_path):
    write(tmp_path, {f"{HOME}/agents/a.toml": COMPLETE.format("far") + "#" * (1 << 20)})
    roles, (fault,) = known({})
    assert not roles and fault.endswith("agents/a.toml is larger than 1 MB")


def test_what_is_wrong_is_told_when_a_thread_opens_and_the_role_is_unknown(play, tmp_path):
    write(tmp_path, {f"{HOME}/agents/a.toml": 'name = "scout"\n'})
    bench = play(
        {"parent": [play.calls(("spawn_agent", {"message": "kid", "agent_type": "scout"})), {"text": "alone"}]}
    )
    play.go(bench)
    assert play.told(bench) == ["unknown agent_type 'scout'"]
    (told,) = notices(bench)
    assert told.startswith("Ignoring malformed agent role definition: agent role file at ")


def notices(bench):
    """What was told in the parent's thread."""
    shown = (body.item for _, body in bench.store.read(bench.cast.roles["parent"][0]) if hasattr(body, "item"))
    return [item.message for item in shown if isinstance(item, items.Notice)]


def test_a_file_that_went_while_the_thread_was_open(play, tmp_path):
    path = tmp_path / HOME / "agents/a.toml"
    write(tmp_path, {f"{HOME}/agents/a.toml": COMPLETE.format("far")})
    spawn = play.calls(("spawn_agent", {"message": "kid", "agent_type": "scout"}))

    def gone(request):
        path.unlink()
        return spawn(request)

    bench = play({"parent": [spawn, gone, {"text": "done"}], "kid": [{"text": "k"}]})
    play.go(bench)
    begun, refused = play.told(bench)
    assert begun["agent_id"] and refused == "unknown agent_type 'scout'"
    assert any(b"You scout." in raw for raw in bench.cast.requests("kid")[0].input)
