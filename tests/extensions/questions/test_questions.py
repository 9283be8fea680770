"""request_user_input: who may ask, what is told where nobody can be asked, questions answered in the shell."""

import asyncio

import pytest

from csm.api import Offer, ToolError, codec, model, ops, tools
from csm.api.testing import Bench, FakeToolContext, ResponsesServer, ScreenDriver, bundled
from csm.host import settings as layers
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start

CHOICES = [{"label": "Red", "description": "like fire"}, {"label": "Blue", "description": "like the sky"}]
COLOUR = {"id": "colour", "header": "Colour", "question": "Which colour shall it be?", "options": CHOICES}
SIZE = {"id": "size", "header": "Size", "question": "How large?", "options": CHOICES[:1]}
CLOSED = "request_user_input is unavailable in Default mode"
DEFAULT_TOO = {"features.default_mode_request_user_input": True}


@pytest.fixture
def tool():
    return bundled("questions").tools()[0]


def without(name):
    return {key: value for key, value in COLOUR.items() if key != name}


def run(tool, cx, arguments):
    return asyncio.run(cx.call(tool, arguments)).output


@pytest.mark.parametrize("arguments", ["{bad", {"questions": [COLOUR]}, {"questions": []}])
def test_outside_plan_mode_nothing_is_even_read(tool, tmp_path, arguments):
    for headless in (False, True):
        cx = FakeToolContext(tmp_path, headless=headless)
        with pytest.raises(ToolError) as caught:
            run(tool, cx, arguments)
        assert (caught.value.message, cx.asks) == (CLOSED, [])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("{}", "missing field `questions` at line 1 column 2"),
        ("{bad", "key must be a string at line 1 column 2"),
        ('{"questions": "x"}', 'invalid type: string "x", expected a sequence at line 1 column 17'),
        (
            '{"questions": [5]}',
            "invalid type: integer `5`, expected struct RequestUserInputQuestion at line 1 column 16",
        ),
        ('{"questions": [{"id": 5}]}', "invalid type: integer `5`, expected a string at line 1 column 23"),
        ('{"questions": [{"id": "a"}]}', "missing field `header` at line 1 column 26"),
        (
            '{"questions": [{"options": ["a"]}]}',
            'invalid type: string "a", expected struct RequestUserInputQuestionOption at line 1 column 31',
        ),
        ('{"questions": [{"options": [{"label": "a"}]}]}', "missing field `description` at line 1 column 42"),
    ],
)  # fmt: skip
def test_arguments_that_are_none(tool, tmp_path, arguments, complaint):
    with pytest.raises(ToolError) as caught:
        run(tool, FakeToolContext(tmp_path, collaboration="plan"), arguments)
    assert caught.value.message == f"failed to parse function arguments: {complaint}"


@pytest.mark.parametrize("question", [without("options"), {**COLOUR, "options": []}, {**COLOUR, "options": None}])
def test_every_question_needs_answers_to_choose_from(tool, tmp_path, question):
    with pytest.raises(ToolError) as caught:
        run(tool, FakeToolContext(tmp_path, collaboration="plan"), {"questions": [COLOUR, question]})
    assert caught.value.message == "request_user_input requires non-empty options for every question"


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (tools.Answer("", "accept", answers={"colour": ("Red",), "size": ("user_note: huge",)}),
         {"colour": {"answers": ["Red"]}, "size": {"answers": ["user_note: huge"]}}),
        (tools.Answer("", "accept"), {}),
        (tools.Answer("", "decline"), {}),
        (tools.Answer("", "decline", " as you like "), {"colour": {"answers": ["user_note: as you like"]}}),
    ],
)  # fmt: skip
def test_answers_as_the_model_reads_them(tool, tmp_path, answer, read):
    cx = FakeToolContext(tmp_path, collaboration="plan", answer=lambda ask: answer)
    assert codec.decode(run(tool, cx, {"questions": [COLOUR, SIZE], "strange": 1})) == {"answers": read}
    (ask,) = cx.asks
    assert (ask.kind, [question.id for question in ask.questions]) == ("questions", ["colour", "size"])
    assert ask.questions[0].choices[1] == tools.Choice("Blue", "like the sky")


def test_where_nobody_is_there_no_answer_is_given(tool, tmp_path):
    script = [{"call": ("request_user_input", {"questions": [COLOUR]})}, {"text": "so be it"}]
    for settings, output in (({}, CLOSED), (DEFAULT_TOO, '{"answers":{}}')):
        with Bench(tmp_path, script, tools=[tool], settings=settings) as bench:
            bench.turn(bench.start(headless=True), "go")
            assert bench.outputs() == [output]


def test_no_questions_are_answered_at_once(tool, tmp_path):
    cx = FakeToolContext(tmp_path, collaboration="plan")
    assert (run(tool, cx, {"questions": []}), cx.asks) == ('{"answers":{}}', [])


@pytest.mark.parametrize(("setting", "there"), [({}, True), ({"enabled": True}, True), ({"enabled": False}, False)])
def test_the_settings_may_take_it_away(tool, tmp_path, setting, there):
    with Bench(tmp_path, settings={"tools.experimental_request_user_input": setting}) as bench:
        offer = Offer(model.ModelInfo("m"), bench.host.settings, tools.SandboxPolicy())
        assert (tool.offered(offer) is not None) is there
    told = codec.decode(bytes(tool.spec.raw))
    assert told["parameters"]["properties"]["questions"]["items"]["required"] == ["id", "header", "question", "options"]


@pytest.mark.parametrize("approval", ["never", "on-request"])
def test_the_approval_policy_does_not_matter_and_the_answer_is_kept(tool, tmp_path, approval):
    script = [{"call": ("request_user_input", {"questions": [COLOUR]})}, {"text": "ok"}]
    settings = {"approval_policy": approval, "csm.collaboration": "plan"}
    with Bench(tmp_path, script, tools=[tool], settings=settings) as bench:
        thread = bench.start()
        watcher = bench.port.attach(thread)
        bench.submit(thread, ops.Submit("go"))
        asked = bench.until(watcher, lambda event: type(event.body).__name__ == "Asked")[-1].body
        answer = ops.AnswerAsk(asked.ask.id, "accept", answers={"colour": ("Blue",)})
        assert bench.submit(thread, answer).accepted
        settled = bench.until(watcher, lambda event: type(event.body).__name__ == "Answered")[-1].body
        bench.until(watcher, lambda event: type(event.body).__name__ == "TurnCompleted")
        assert settled.answers == {"colour": ("Blue",)}
        assert bench.outputs() == ['{"answers":{"colour":{"answers":["Blue"]}}}']


@pytest.fixture
def shell(tmp_path):
    """A shell whose model asks two questions in plan mode."""
    home, work = tmp_path / "home", tmp_path / "work"
    (home / ".codex").mkdir(parents=True)
    work.mkdir()
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}
    script = [{"call": ("request_user_input", {"questions": [COLOUR, SIZE]})}, {"text": "As you wish."}]
    with ResponsesServer(script) as server:
        config = f'model_provider = "scripted"\n[model_providers.scripted]\nbase_url = "{server.url}"\n'
        (home / ".codex" / "config.toml").write_text(f'{config}[projects."{work}"]\ntrust_level = "trusted"\n')
        host = Host.open(layers.load(cwd=work, env=env), env, init=False)
        port = LocalPort(host)
        with ScreenDriver(host, port, Start(cwd=str(work)), columns=100, rows=24) as driver:
            driver.server = server
            yield driver
        port.close()
        host.close()


def ask(driver):
    driver.wait(lambda: driver.shell.session.thread_id)
    driver.shell.run("mode.toggle-plan")
    driver.wait(lambda: driver.shell.session.thread.collaboration == "plan")
    driver.type("paint it")
    driver.keys("enter")
    return driver.wait_for("Which colour shall it be?")


def told(driver):
    driver.wait_for("As you wish.")
    (output,) = driver.server.requests[-1].outputs().values()
    return {name: value["answers"] for name, value in codec.decode(output)["answers"].items()}


def test_questions_are_answered_by_number_and_in_words(shell):
    screen = ask(shell)
    rows = [row.strip() for row in screen.split("\n")]
    at = rows.index("Colour  1 of 2")
    assert rows[at : at + 7] == [
        "Colour  1 of 2", "", "Which colour shall it be?", "",
        "› 1  Red   like fire", "2  Blue  like the sky", "o  Something else",
    ]  # fmt: skip
    shell.keys("7")
    assert "there is no answer 7" in shell.screen()
    shell.keys("2")
    assert "How large?" in shell.screen() and "Colour  Blue" in shell.screen()
    shell.keys("backspace 1 o")
    shell.type("huge")
    shell.keys("enter")
    assert told(shell) == {"colour": ["Red"], "size": ["user_note: huge"]}


def test_yes_is_no_answer_and_esc_stops(shell):
    ask(shell)
    shell.keys("y")
    assert shell.shell.session.thread.asks
    assert "this cannot be answered so" in shell.screen()
    shell.keys("esc")
    shell.wait(lambda: shell.shell.session.thread.running is None)
    assert shell.shell.session.thread.turns[-1].status == "interrupted"


def test_commands_without_questions_say_so(shell):
    shell.wait(lambda: shell.shell.session.thread_id)
    for line in ("question.choose 1", "question.say", "question.back"):
        shell.shell.run(line)
        assert "the model has asked nothing" in shell.screen()
    shell.shell.run("mode.plan")
    shell.wait(lambda: [text for line in shell.shell.segments.lines for _, text in line] == ["plan mode"])
    shell.shell.run("mode.default")
    shell.wait(lambda: shell.shell.session.thread.collaboration == "default")


def test_a_small_screen_keeps_the_answers(shell):
    shell.rows = 12
    shell.columns = 30
    rows = ask(shell).split("\n")
    at = rows.index("  Colour  1 of 2")
    assert [row.strip() for row in rows[at + 1 : at + 5]] == [
        "Which colour shall it be?", "› 1  Red   like fire", "2  Blue  like the sky", "o  Something else",
    ]  # fmt: skip


def test_no_is_an_answer_too(shell):
    ask(shell)
    shell.keys("n")
    shell.type("any")
    shell.keys("enter")
    assert told(shell) == {"colour": ["user_note: any"]}


def test_the_chosen_answer_is_taken_with_enter(shell):
    ask(shell)
    shell.keys("down")
    assert "› 2" in shell.screen()
    shell.keys("down up down up enter")  # round and round
    assert "› 1" in shell.screen()
    shell.keys("enter")
    assert told(shell) == {"colour": ["Blue"], "size": ["Red"]}
