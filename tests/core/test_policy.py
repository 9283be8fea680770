"""Which commands run, which are asked about, which are refused."""

import pytest

from csm.core import policy, reading, risk, scripts
from csm.protocol.tools import SandboxPolicy

READ, WRITE, FREE = (SandboxPolicy(mode) for mode in ("read-only", "workspace-write", "danger-full-access"))

#: As Codex 0.169 judges them, in any sandbox.
DANGEROUS = """\
rm -rf x
rm -f x
rm --force x
rm -fr x
rm -Rf x
rm x -f
echo a; rm -f x
cd . && rm -rf x
echo a > b; rm -rf b
echo $(rm -rf x)
echo `rm -rf x`
bash -c 'rm -rf x'
sh -lc "echo a && rm -rf x"
env rm -rf x
env A=1 rm -rf x
sudo -n rm -rf x
/bin/rm -rf x
if true; then rm -rf x; fi
for f in *; do rm -f "$f"; done
A=1 rm -rf x
'rm' -rf x
r\\m -rf x
(rm -rf x)
f() { rm -rf x; }
rm -rf x &
time rm -rf x"""
HARMLESS = """\
rm x
rm -r x
rm -- -f
echo rm -rf x
echo "rm -rf x"
git rm a.txt
git reset --hard
sudo ls
find . -name zz -delete
echo a | xargs rm -f
git clean -fdx
mkfs.ext4 /dev/null
dd if=/dev/null of=zz
git push -f
cat <<< 'rm -rf x'
alarm -f x"""
READERS = """\
ls -la
cat a.txt b.txt
git status
git log --oneline
git diff HEAD
git branch
rg needle src
grep -rn "two words" .
head -n 5 a && tail -n 5 b
cat a | sort | uniq -c
wc -l 'a file'
sed -n 1,5p a.txt
find . -name x.py"""
MORE_THAN_READERS = """\
ls > out
cat $(which x)
echo $HOME
ls *.py
rm x
git commit -m x
git branch new
git log --output=x
git -c core.pager=x log
find . -delete
find . -exec ls
sed -i s/a/b/ x
sed -n 'w out' x
rg --pre cmd x
A=1 ls
ls &
ls; python x
cat <<EOF
if true; then ls; fi
(ls)
! ls
date -s now
bash script.sh
bash -c ls x
"l's"
ls "$(touch x)"
sort a -o b
"""


@pytest.mark.parametrize("script", DANGEROUS.splitlines())
def test_surely_dangerous(script):
    assert risk.danger(script)


@pytest.mark.parametrize("script", HARMLESS.splitlines())
def test_not_surely_dangerous(script):
    assert risk.danger(script) == ""


@pytest.mark.parametrize("script", [line for line in READERS.splitlines() if "sort" not in line])
def test_surely_reads_only(script):
    assert reading.only_reads(script)


@pytest.mark.parametrize("script", [line for line in MORE_THAN_READERS.splitlines() if line] + ["", " ", "\n", "'"])
def test_may_do_more_than_read(script):
    assert not reading.only_reads(script)


def test_words_are_judged_like_scripts():
    assert risk.danger(["bash", "-lc", "rm -rf x"]) and risk.danger(["rm", "-f", "x"])
    assert reading.only_reads(["bash", "-lc", "ls; pwd"]) and not reading.only_reads(["bash", "-lc", "ls", "x"])
    assert reading.only_reads(["ls", "a b"]) and not reading.only_reads(["touch", "a"]) and not reading.only_reads([])


@pytest.mark.parametrize("script", ["\x00", "a" * 100_000, "(" * 5000, "$(" * 500, "\ud800 rm -f x", "rm -f 'ü\n"])
def test_odd_scripts_do_not_break_the_judge(script):
    risk.danger(script)
    assert not reading.only_reads(script)


def test_commands_of_a_script():
    assert list(scripts.commands("a 'b c' \"d\"; e | f $(g h)")) == [
        ["a", "b c", "d"],
        ["e"],
        ["f", "$(g h)"],
        ["g", "h"],
    ]


TABLE = [
    # script, approval, sandbox, escalate -> kind, escalated
    ("touch x", "never", WRITE, False, "run", False),
    ("touch x", "on-request", READ, False, "run", False),
    ("touch x", "on-failure", READ, False, "run", False),
    ("touch x", "on-request", FREE, False, "run_unsandboxed", False),
    ("touch x", "never", FREE, True, "run_unsandboxed", False),
    ("touch x", "on-request", WRITE, True, "ask", True),
    ("touch x", "untrusted", WRITE, True, "ask", True),
    ("touch x", "never", WRITE, True, "deny", False),
    ("touch x", "untrusted", WRITE, False, "ask", False),
    ("touch x", "untrusted", FREE, False, "ask", True),
    ("ls", "untrusted", WRITE, False, "run", False),
    ("rm -rf x", "never", WRITE, False, "deny", False),
    ("rm -rf x", "never", FREE, False, "deny", False),
    ("rm -rf x", "on-request", WRITE, False, "ask", False),
    ("rm -rf x", "on-request", FREE, False, "ask", True),
]


@pytest.mark.parametrize(("script", "approval", "sandbox", "escalate", "kind", "escalated"), TABLE)
def test_verdicts(script, approval, sandbox, escalate, kind, escalated):
    verdict = policy.judge(script, approval, sandbox, escalate=escalate)
    assert (verdict.kind, verdict.escalated) == (kind, escalated)
    assert bool(verdict.reason) is (kind in ("ask", "deny"))


def test_refusals_in_codexs_words():
    assert policy.judge("rm -f x", "never", WRITE).reason == (
        "rm -f style commands are not permitted. Use a safer approach"
    )
    assert policy.judge("ls", "never", WRITE, escalate=True).reason == (
        "approval policy is Never; reject command — you cannot ask for escalated permissions "
        "if the approval policy is Never"
    )


def test_what_was_allowed_before_is_not_asked_again():
    assert policy.judge("rm -rf x", "on-request", WRITE, allowed=True).kind == "run"
    assert policy.judge("ls", "on-request", WRITE, escalate=True, allowed=True).kind == "run_unsandboxed"
    assert policy.judge("ls", "never", WRITE, escalate=True, allowed=True).kind == "deny"
