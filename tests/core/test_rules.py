"""What rules on commands match, and what they say of a whole script."""

import pytest

from csm.core import rules
from csm.core.policy import judge as decide
from csm.core.rules import Judgement, Rule, Rules
from csm.protocol.tools import SandboxPolicy

RULES = Rules(
    (
        Rule((("git",), ("push", "pull")), "forbidden", "use the review tool"),
        Rule((("git",), ("log",)), "prompt", "why the log?"),
        Rule((("make",),), "prompt"),
        Rule((("touch",),)),
        Rule((("rm",),)),
        Rule((("ls", "cat"),)),
        Rule((("ls",), ("-R",)), "forbidden"),
    ),
    programs={"cat": ("/opt/cat",)},
)
MEANT = ("/bin/bash", "/usr/bin/touch", "/usr/bin/cat")
READ, FREE = SandboxPolicy("read-only"), SandboxPolicy("danger-full-access")


def located(program: str) -> str:
    return program if program.startswith("/") else f"/w/{program.removeprefix('./')}"


def judged(script, found=RULES, shell="/bin/bash") -> Judgement:
    return rules.judge(found, [shell, "-lc", script], script, located, lambda path: path in MEANT)


FORBIDDEN = """\
git push
git pull --rebase
/usr/bin/git push
./git push
"git" 'push'
g\\it push
ls && git push
git push | cat
echo $(git push)
echo `git push`
echo "$(git push)"
(git push)
{ git push; }
! git push
git push > x
git push &
FOO=1 git push
for i in 1; do git push; done
if git push; then ls; fi
f() { git push; }
cat <(git push)
cat <<< "$(git push)"
bash -c 'git push'
sh -lc "ls; git push"
env git push
env -i A=1 git push
env -u HOME git push
env -S 'git push'
sudo git push
sudo -u bob git push
sudo -- git push
timeout 5 git push
timeout -k 5 10s git push
nice -n 5 git push
nohup git push
time git push
command git push
exec git push
eval git push
eval 'git push'
xargs -n 1 git push
find . -exec git push ;
sudo env A=b timeout 3 bash -c 'git push'
git $'push'
git $'pu\\x73h'
git $'\\160ush'
coproc git push
trap "git push" EXIT
alias g='git push'
bash <<< 'git push'
bash -ce 'git push'
bash -c -- 'git push'
bash -c -x 'git push'
sh -c $'git push'
flock x git push
chroot / git push
flock x sh -c 'git push'
strace -o f git push
watch git push
su bob -c 'git push'"""
#: The same over several lines.
FORBIDDEN_TOO = [
    "ls\ngit push",
    "git \\\npush",
    "git push\n)",
    "cat <<EOF\n$(git push)\nEOF",
    "cat <<EOF ; git push\nx\nEOF",
    "cat <<EOF | git push\nx\nEOF",
    "cat <<EOF && git push\nx\nEOF\nls",
    "bash <<EOF\ngit push\nEOF",
    "sudo sh -s <<'X'\ngit push\nX",
]
FREE_OF_RULES = """\
git status
git pushy
git -C . push
echo git push
echo 'git push'
cat <<< 'git push'
gitpush
"git push"
# git push

touch
touch"""
ALLOWED = """\
touch x
'touch' "a b"
touch x && rm -rf y
touch a; touch b | cat c || ls
/usr/bin/touch x
/opt/cat x"""
NOT_ALLOWED = """\
touch x > y
touch $HOME
touch *
touch x &
A=1 touch x
(touch x)
./touch x
/tmp/touch x
/usr/bin/cat x
if touch x; then ls; fi
sudo touch x
touch x # and more
"touch x
"""


@pytest.mark.parametrize("script", FORBIDDEN.splitlines() + FORBIDDEN_TOO)
def test_forbidden_wherever_it_stands(script):
    assert judged(script) == Judgement("forbidden", "use the review tool")


@pytest.mark.parametrize("script", [line for line in FREE_OF_RULES.splitlines() if "touch" not in line])
def test_other_words_are_left_to_others(script):
    assert judged(script) == Judgement()


@pytest.mark.parametrize("script", ALLOWED.splitlines())
def test_allowed_if_every_part_is(script):
    assert judged(script) == Judgement("allow")


@pytest.mark.parametrize("script", NOT_ALLOWED.splitlines())
def test_not_allowed_where_it_does_more_or_other_than_its_words(script):
    assert judged(script).decision is None


def test_strictest_wins_and_then_the_longest():
    assert judged("make; git log").decision == "prompt"
    assert judged("git log; make").reason == "a rule of yours asks: why the log?"
    assert judged("make; git push").decision == "forbidden"
    assert judged("ls -R; git log").reason == "policy forbids commands starting with `ls -R`"
    assert judged("git push; ls -R").reason == "policy forbids commands starting with `ls -R`"
    assert judged("ls -R; git push").reason == "use the review tool"
    assert judged("touch x; make") == Judgement("prompt", "a rule of yours asks")


def test_what_no_rule_allows_is_left_over():
    assert judged("touch x && stat x | wc -l") == Judgement(rest=(("stat", "x"), ("wc", "-l")))
    assert judged("stat x") == Judgement()


def test_a_shell_that_is_none_is_not_left_free():
    assert judged("touch x", shell="/tmp/bash") == Judgement()
    assert judged("git push", shell="/tmp/bash").decision == "forbidden"


def test_a_rule_on_the_shell_is_for_what_is_no_plain_script():
    free = Rules((Rule((("bash",), ("-lc",))),))
    assert judged("touch x", free) == Judgement()
    assert judged("touch x > y", free) == Judgement("allow")
    barred = Rules((Rule((("/bin/bash",),), "forbidden", "no"),))
    assert judged("touch x", barred) == Judgement()
    assert judged("touch x > y", barred).decision == "forbidden"


def test_commands_without_a_shell():
    def words(*argv):
        return rules.judge(RULES, argv, None, located, lambda path: path in MEANT)

    assert words("git", "push").decision == "forbidden"
    assert words("touch", "a b") == Judgement("allow")
    assert words("sudo", "git", "push").decision == "forbidden"
    assert words() == Judgement()


def test_with_a_fault_all_is_asked_and_nothing_allowed():
    torn = rules.merged([RULES, Rules(faults=("/x.rules:1: torn",))])
    for script in ("touch x", "stat x", "make"):
        found = judged(script, torn)
        assert found.decision == "prompt" and "/x.rules:1: torn" in found.reason
    assert judged("git push", torn).decision == "forbidden"


@pytest.mark.parametrize(
    "script", ["\x00", "a" * 100_000, "(" * 5000, "$(" * 500, "\ud800", "eval " * 500, "sudo " * 500]
)
def test_odd_scripts_do_not_break_the_judge(script):
    assert judged(script).decision is None


def test_matching_by_name_needs_the_right_place():
    def found(*words):
        return [(match.prefix, match.program) for match in rules.matches(RULES, words, located)]

    assert found("/opt/cat", "x") == [(("cat",), "/opt/cat")]
    assert found("/usr/bin/cat", "x") == []
    assert found("/any/touch", "x") == [(("touch",), "/any/touch")]
    assert found("touch") == [(("touch",), None)]
    assert rules.matches(RULES, ["/opt/cat"]) == [] and rules.matches(RULES, []) == []


def test_of_the_places_of_a_program_the_last_word_counts():
    both = rules.merged([Rules(programs={"git": ("/a/git",)}), Rules(programs={"git": ("/b/git",)})])
    assert both.programs == {"git": ("/b/git",)}


@pytest.mark.parametrize(
    ("prefix", "sensible"),
    [
        ((), False),
        (("bash",), False),
        (("/usr/bin/python3",), False),
        (("bash", "-lc"), False),
        (("git",), False),
        (("",), False),
        (("git", "push"), True),
        (("make",), True),
        (("python3", "-m", "pytest"), True),
    ],
)
def test_rules_that_would_allow_everything(prefix, sensible):
    assert rules.sensible(prefix) is sensible


def test_the_text_of_a_rule():
    assert rules.text(["touch", "c2"]) == 'prefix_rule(pattern=["touch", "c2"], decision="allow")'
    assert rules.text(['a"b\\', "ü\n"]) == 'prefix_rule(pattern=["a\\"b\\\\", "ü\\n"], decision="allow")'


@pytest.mark.parametrize(
    ("script", "approval", "sandbox", "kind"),
    [
        ("git push", "on-request", READ, "deny"),
        ("git push", "never", FREE, "deny"),
        ("git log", "on-request", READ, "ask"),
        ("git log", "never", READ, "ask"),
        ("git log", "never", FREE, "ask"),
        ("touch x", "never", READ, "run_unsandboxed"),
        ("touch x", "untrusted", READ, "run_unsandboxed"),
        ("rm -rf x", "never", READ, "run_unsandboxed"),
        ("touch x && stat y", "untrusted", READ, "run"),
        ("touch x && sed -i s/a/b/ y", "untrusted", READ, "ask"),
        ("touch x && \\rm -rf y > z", "never", READ, "deny"),
        ("stat x", "never", READ, "run"),
    ],
)
def test_the_policy_hears_the_rules_first(script, approval, sandbox, kind):
    verdict = decide(script, approval, sandbox, ruled=judged(script))
    assert verdict.kind == kind
    assert verdict.by_rule is (kind == "ask" and script == "git log")


def test_nobody_may_leave_the_sandbox_by_a_rule_where_nobody_can_be_asked():
    assert decide("touch x", "never", READ, escalate=True, ruled=judged("touch x")).kind == "deny"
    assert decide("touch x", "on-request", READ, escalate=True, ruled=judged("touch x")).kind == "run_unsandboxed"


def test_a_question_by_rule_leads_out_of_the_sandbox_only_if_that_was_asked_for():
    inside = decide("git log", "on-request", READ, ruled=judged("git log"))
    outside = decide("git log", "on-request", READ, escalate=True, ruled=judged("git log"))
    assert (inside.escalated, outside.escalated) == (False, True)
    assert inside.reason == "a rule of yours asks: why the log?" and not inside.lasting


@pytest.mark.parametrize(
    ("script", "approval", "escalate", "lasting"),
    [
        ("touch x", "untrusted", False, True),
        ("touch x", "on-request", True, True),
        ("rm -rf x", "on-request", True, False),
    ],
)
def test_only_what_does_not_destroy_may_be_allowed_for_good(script, approval, escalate, lasting):
    assert decide(script, approval, READ, escalate=escalate).lasting is lasting
