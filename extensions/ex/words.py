"""Vim's words for what csm has a command for, each with the shortest beginning that means it.

Does not: run anything.
"""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """`line` is a command line, in which `{}` is what follows the word; `title` says what it does.

    `needs`: whether something must follow. Without `{}` nothing may.
    """

    line: str
    title: str
    needs: bool = False


_TABLE = """
b[uffer]        buffer.choose {}            show a buffer
bn[ext]         buffer.next                 next buffer
bp[revious]     buffer.previous             buffer before
bN[ext]         buffer.previous             buffer before
bd[elete]       buffer.kill {}              close a buffer for good
bw[ipeout]      buffer.kill {}              close a buffer for good
ls              buffer.choose               buffers
buffers         buffer.choose               buffers
files           buffer.choose               buffers
sp[lit]         window.split-below {}       split, one below the other
new             window.split-below {}       split, one below the other
vs[plit]        window.split-right {}       split, side by side
vne[w]          window.split-right {}       split, side by side
clo[se]         window.close                close the window
on[ly]          window.only                 close all other windows
winc[md]        ex.window {}                a window command, by the key after C-w
qa[ll]          shell.quit                  leave csm
quita[ll]       shell.quit                  leave csm
wqa[ll]         shell.quit                  leave csm
xa[ll]          shell.quit                  leave csm
cq[uit]         shell.quit                  leave csm
wq              ex.quit                     close the window, or leave csm
x[it]           ex.quit                     close the window, or leave csm
q[uit]          ex.quit                     close the window, or leave csm
e[dit]          ex.edit {}                  edit a file, or the draft, in $EDITOR
w[rite]         ex.write {}                 write the draft, or what is read, to a file
r[ead]          ex.read {}                  insert a file
noh[lsearch]    search.clear                mark matches no more
se[t]           ex.set {}                   set an option
map             ex.map {}                   list bindings
nm[ap]          ex.map {}                   list bindings
vm[ap]          ex.map {}                   list bindings
im[ap]          ex.map {}                   list bindings
reg[isters]     ex.registers {}             registers
di[splay]       ex.registers {}             registers
marks           ex.marks                    marks
ju[mps]         ex.jumps                    jump list
undol[ist]      ex.undo-list                states of the text
h[elp]          ex.help {}                  help on a word, a command or a key
mes[sages]      message.show                messages
his[tory]       ex.history                  lines typed before
colo[rscheme]   theme.use {}                use a theme
so[urce]        config.reload               read settings, keys and scripts anew
pw[d]           ex.where                    tell the folder
ve[rsion]       session.status              tell version and state
macros          macro.list                  macros
"""


def _read(table: str) -> dict[str, Word]:
    found: dict[str, Word] = {}
    for row in table.strip().splitlines():
        name, line, title = (part.strip() for part in (row[:16], row[16:44], row[44:]))
        short, _, rest = name.partition("[")
        rest = rest.removesuffix("]")
        for length in range(len(rest) + 1):
            found.setdefault(short + rest[:length], Word(line, title))
    return found


#: Every word and each of its beginnings that means it.
WORDS = _read(_TABLE)
