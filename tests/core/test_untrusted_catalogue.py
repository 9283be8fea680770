"""What looks like reading and is not: under `untrusted` every one of these is asked about."""

import pytest

from csm.core import policy
from csm.protocol.tools import SandboxPolicy

MODES = ("read-only", "workspace-write", "danger-full-access")
#: One a line; a line break within one is written \\n, an escape \\e, a NUL \\0.
CATALOGUE = """\
git log --output=f
git log --output f
git log -p --output=../f
git diff --ext-diff
git diff --textconv
git -c core.pager=x log
git -c alias.status=!id status
git --config-env=core.pager=X log
git -C /elsewhere status
git --git-dir=/x status
git --exec-path=/tmp log
git -p log
git --paginate log
git branch -D x
git branch -d x
git branch -m x y
git branch -f x
git branch x
git branch --edit-description
git branch --set-upstream-to=x
git branch -u x
git branch --unset-upstream
git branch --delete x
git branch --move x
git co x
git lg
git stash
git fetch
git show --ext-diff
git show --textconv x
git grep -O x
git grep --open-files-in-pager=sh x
git config x y
rg --pre x
rg --pre=x y
rg --pre x y
rg -z x
rg -zl x
rg -lz x
rg --search-zip x
rg --hostname-bin=x y
rg --hostname-bin x y
find . -exec id ;
find . -execdir id ;
find . -ok id ;
find . -okdir id ;
find . -delete
find . -fprint f
find . -fprint0 f
find . -fprintf f x
find . -fls f
sed -n '1e id'
sed -n 1e id
sed -n '1e id' x
sed -n 'w f' x
sed -n '1w f' x
sed -n 's/x/id/ep' x
sed -n '1,2p;1e id' x
sed -i s/a/b/ x
sed -i.bak -n 1p x
sed -n -i 1p x
sed -n 1p -i x
sed --in-place -n 1p x
sed -n 1p -s x
sed -nf x y
sed s/a/b/ x
sed -n --file=x 1p
sed -n 1p --in-place
awk 'BEGIN{system("id")}'
awk '{print > "f"}' x
gawk x
sort -o f x
sort -of x
sort --output=f x
sort --compress-program=sh x
sort x
uniq in out
uniq -c in out
tee f
base64 -o f x
base64 x
xargs
xargs ls
env
env ls
env -i ls
nohup ls
time ls
command ls
command -v ls
exec ls
eval ls
builtin cd
FOO=1 ls
PATH=.:$PATH ls
LD_PRELOAD=x ls
FOO=1
./ls
../ls
/tmp/ls
/path/ls
bin/ls
~/ls
~/bin/ls
(ls)
{ ls; }
ls $(id)
ls `id`
ls "$(id)"
ls "`id`"
ls ${IFS}x
ls$IFS-la
$LS
${x:-ls}
ls <(id)
cat <(ls)
cat <<EOF\\nx\\nEOF
cat <<'EOF'\\nx\\nEOF
cat <<< x
ls > f
ls >> f
ls 2> f
ls &> f
ls >| f
ls >& f
ls 2>&1
cat < f
> f
ls &
ls & id
ls\\nid
ls\\\\\\n-la
ls \\\\\\n-la
ls\\r
l\\\\s
\\\\ls
"l"s
l''s
'l's
l"s" -la
$'ls'
$"ls"
echo bHM= | base64 -d | sh
echo ls | sh
echo ls | bash
alias ls=id
alias ls=id; ls
ls() { id; }; ls
function ls { id; }
unalias ls
set -x
source f
. f
trap id EXIT
export PATH=.
hash -p /tmp/x ls
enable -f x y
bash -c ls
bash -lc 'ls && pwd'
bash -c id
bash -c 'ls > f'
bash -lc 'touch f'
bash -c 'ls' x
bash f
sh -c id
zsh -c id
dash -c id
python -c pass
python3 -c pass
perl -e 1
node -e 1
ruby -e 1
ls \u202e
echo \u202etxt.sh
echo \\e[2J
ls \\e]0;x
ls #comment
ls # comment
# ls
ls ; # x
ls ||
ls &&
ls |
| ls
&& ls
;
;;
ls ;;
l\u0455
\uff4cs
ls\u00a0-la
ls\u2009x
ls\u3000x
\u200bls
ls \\0
ls\\0id
ls "unterminated
ls 'unterminated
ls $(unterminated
ls `unterminated
"ls
'
"
(
)
if true; then ls; fi
while ls; do ls; done
for x in a; do ls; done
case x in x) ls;; esac
[[ -f x ]]
[ -f x ]
! ls
time -p ls
coproc ls
ls *
ls ?
ls [a]
ls {a,b}
ls ~
echo $HOME
echo "$HOME"
echo $((1+1))
date -s now
date --set=now
date 01010101
date -d tomorrow
date -f x
file -C -m x
file --compile
diff --to-file=x -o y
printf -v PATH x
read x
yes
cp a b
mv a b
ln -s a b
mkdir x
touch x
chmod x y
dd if=a of=b
curl x
wget x
ssh x
nc x
make
npm test
cargo test
pytest
docker ps
kill 1
sudo ls
su -c ls
cd x && rm y
cd x && git status
ls; touch x
ls && touch x
ls || touch x
ls | tee x
ls | touch x
cat x | xargs id""".splitlines()
#: Reading, and known as such: asking about these would teach people to say yes to everything.
READING = """\
ls
ls -la src
cat a b
pwd
wc -l x
head -n 5 x
tail -20 x
grep -rn x .
rg x src
rg -n -C 3 "two words" src
find . -name '*.py'
sed -n 3p x
sed -n 3,9p x
git status
git status --short
git log --oneline -5
git diff
git diff HEAD~1 -- x
git show HEAD
git branch
git branch -a
git branch --show-current
git blame x
cat x | head -5
ls && pwd
ls; pwd
ls || true
echo hello
echo 'a b' "c"
stat x
which python3
whoami
date
date +%F
uniq x
id
uname -a""".splitlines()


def script(line: str) -> str:
    """Two backslashes stand for one."""
    names = {"n": "\n", "e": "\x1b", "0": "\0", "r": "\r"}
    parts = line.split("\\\\")
    for at, part in enumerate(parts):
        for name, char in names.items():
            part = part.replace(f"\\{name}", char)
        parts[at] = part
    return "\\".join(parts)


@pytest.mark.parametrize("line", CATALOGUE)
def test_asked(line):
    for mode in MODES:
        assert policy.judge(script(line), "untrusted", SandboxPolicy(mode)).kind == "ask"


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "ls " + "x" * 100_000, "ls " * 20_000 + "> f", "(" * 1000 + "ls" + ")" * 1000]
)
def test_asked_whatever_its_size(text):
    assert policy.judge(text, "untrusted", SandboxPolicy()).kind == "ask"


@pytest.mark.parametrize("line", READING)
def test_not_asked(line):
    for mode in MODES:
        wanted = "run_unsandboxed" if mode == "danger-full-access" else "run"
        assert policy.judge(line, "untrusted", SandboxPolicy(mode)).kind == wanted


@pytest.mark.parametrize("line", CATALOGUE)
def test_in_the_sandbox_nothing_of_it_is_asked_on_request(line):
    """Only what destroys is, and none of these does for sure."""
    assert policy.judge(script(line), "on-request", SandboxPolicy()).kind == "run"
