"""Codex's actions by the names that `[tui.keymap]` has for them: what each is here, or why there is none.

Does not: read settings or bind anything (`csm.host.codex_keys`).
"""

from __future__ import annotations

from typing import NamedTuple


class Action(NamedTuple):
    """`keys` are Codex's own. `binds` are `(place, mode, command line)`; without any, `why` says what is missing.

    `keymap` is the one that the action belongs to: `vim`, or empty for all.
    """

    keys: tuple[str, ...]
    binds: tuple[tuple[str, str | None, str], ...]
    why: str = ""
    keymap: str = ""


_PLACES = {
    "global": "global", "chat": "composer", "composer": "composer", "editor": "editor", "pager": "pager",
    "list": "list", "agents": "agents", "approval": "approval",
    "vim_normal": "editor.normal", "vim_search": "editor.normal", "vim_operator": "editor.operator",
    "vim_text_object": "editor.operator",
}  # fmt: skip

#: Context and action, Codex's keys, lines: `place: line` where it is another place, `-` and why where there is none.
_TABLE = """
global open_agents             |                                   | - agents are listed by agent.list, /agents
global open_transcript         | ctrl-t                            | tool.toggle-all
global find_transcript         | f3                                | search.transcript
global select_transcript       | leader [                          | view.cursor
global focus_activity          | f4                                | focus.transcript
global open_external_editor    | ctrl-g                            | composer.edit-externally
global copy                    | ctrl-o                            | copy.answer
global clear_terminal          | ctrl-l                            | shell.redraw
global toggle_vim_mode         |                                   | keymap.toggle-vim
global toggle_fast_mode        |                                   | - there is no faster tier to ask for
global toggle_raw_output       | alt-r                             | view.raw
global toggle_side_conversation | ctrl-/                           | - there are no side chats; ctrl-/ undoes
global leader                  | ctrl-x                            | leader
chat interrupt_turn            | esc                               | turn.interrupt
chat decrease_reasoning_effort | alt-, shift-down                  | effort.lower
chat increase_reasoning_effort | alt-. shift-up                    | effort.raise
chat previous_permission_mode  |                                   | - permissions are chosen when csm starts
chat next_permission_mode      |                                   | - permissions are chosen when csm starts
chat edit_queued_message       | shift-left alt-up                 | composer.take-back
chat prompt_stack_back | shift-right alt-down | - one draft is kept at a time; undo and history have the rest
chat skip_question             | ctrl-]                            | - a question is left with esc
chat toggle_voice              | f8                                | - there is no voice
chat toggle_voice_mute         | f9                                | - there is no voice
chat open_presets              | leader p                          | - macros do that; leader p opens running commands
composer submit                | enter                             | composer.submit
composer queue                 | tab                               | composer.queue
composer toggle_shortcuts      | ? shift-?                         | help.open-or-insert ?
composer history_search_previous | ctrl-r                          | composer.history-search
composer history_search_next   | ctrl-s                            | composer.find-newer
editor insert_newline          | ctrl-j ctrl-m enter shift-enter alt-enter | composer: composer.newline
editor move_left               | left ctrl-b                       | move.left
editor move_right              | right ctrl-f                      | move.right
editor move_up                 | up ctrl-p                         | composer: composer.line-up; move.row-up
editor move_down               | down ctrl-n                       | composer: composer.line-down; move.row-down
editor move_word_left          | alt-b alt-left ctrl-left          | move.word-left
editor move_word_right         | alt-f alt-right ctrl-right        | move.word-right
editor move_line_start         | home ctrl-a super-left            | move.line-start
editor move_line_end           | end ctrl-e super-right            | move.line-end
editor delete_backward         | backspace shift-backspace ctrl-h  | delete.char-backward
editor delete_forward | delete shift-delete ctrl-d | delete.char-forward; delete.char; composer: shell.delete-or-quit
editor delete_backward_word    | alt-backspace ctrl-backspace ctrl-shift-backspace ctrl-w ctrl-alt-h | kill.word-left
editor delete_forward_word     | alt-delete ctrl-delete ctrl-shift-delete alt-d | kill.word-right
editor kill_line_start         | ctrl-u super-backspace            | kill.line-start
editor kill_whole_line         |                                   | kill.line
editor kill_line_end           | ctrl-k                            | kill.line-end
editor yank                    | ctrl-y                            | edit.yank
vim_normal enter_insert        | i                                 | mode.insert
vim_normal append_after_cursor | a                                 | mode.insert after
vim_normal append_line_end     | shift-a                           | mode.insert line-end
vim_normal insert_line_start   | shift-i                           | mode.insert first-nonblank
vim_normal open_line_below     | o                                 | mode.open-below
vim_normal open_line_above     | shift-o                           | mode.open-above
vim_normal enter_replace_mode  | shift-r                           | mode.replace
vim_normal move_left           | h left                            | *move.char-left
vim_normal move_right          | l right                           | *move.char-right
vim_normal move_up             | k                                 | *move.up
vim_normal move_down           | j                                 | *move.down
vim_normal move_word_forward   | w                                 | *move.word-forward
vim_normal move_word_backward  | b                                 | *move.word-backward
vim_normal move_word_end       | e                                 | *move.word-end
vim_normal move_line_start     | 0                                 | *move.zero
vim_normal move_line_end       | $ shift-$                         | *move.line-end
vim_normal find_forward        | f                                 | *move.find-forward
vim_normal find_backward       | shift-f                           | *move.find-backward
vim_normal till_forward        | t                                 | *move.till-forward
vim_normal till_backward       | shift-t                           | *move.till-backward
vim_normal jump_top            | g g                               | *move.first-line
vim_normal jump_bottom         | shift-g                           | *move.last-line
vim_normal delete_char         | x                                 | operator.apply delete char-right
vim_normal replace_char        | r                                 | *edit.replace-char
vim_normal repeat_last_change  | .                                 | edit.repeat
vim_normal substitute_char     | s                                 | operator.apply change char-right
vim_normal delete_to_line_end  | shift-d                           | operator.apply delete line-end
vim_normal change_to_line_end  | shift-c                           | operator.apply change line-end
vim_normal yank_line           | shift-y                           | operator.apply yank lines
vim_normal paste_after         | p                                 | *register.put
vim_normal start_delete_operator | d                               | *operator.start delete
vim_normal start_yank_operator | y                                 | *operator.start yank
vim_normal start_change_operator | c                               | *operator.start change
vim_normal undo                | u                                 | edit.undo
vim_normal redo                | ctrl-r                            | edit.redo
vim_normal cancel_operator     | esc                               | mode.normal
vim_search forward             | /                                 | *search.start
vim_search backward | ? shift-? | composer.normal: search.start backward; composer.visual: search.start backward
vim_search next                | n                                 | *move.search-again
vim_search previous            | shift-n                           | *move.search-again-reverse
vim_operator delete_line       | d                                 | *operator.start delete
vim_operator yank_line         | y                                 | *operator.start yank
vim_operator motion_left       | h                                 | *move.char-left
vim_operator motion_right      | l                                 | *move.char-right
vim_operator motion_up         | k                                 | *move.up
vim_operator motion_down       | j                                 | *move.down
vim_operator motion_word_forward | w                               | *move.word-forward
vim_operator motion_word_backward | b                              | *move.word-backward
vim_operator motion_word_end   | e                                 | *move.word-end
vim_operator motion_line_start | 0                                 | *move.zero
vim_operator motion_line_end   | $ shift-$                         | *move.line-end
vim_operator motion_find_forward | f                               | *move.find-forward
vim_operator motion_find_backward | shift-f                        | *move.find-backward
vim_operator motion_till_forward | t                               | *move.till-forward
vim_operator motion_till_backward | shift-t                        | *move.till-backward
vim_operator motion_jump_top   | g g                               | *move.first-line
vim_operator motion_jump_bottom | shift-g                          | *move.last-line
vim_operator select_inner_text_object | i | - i begins every inner object; each object has a binding
vim_operator select_around_text_object | a                         | - a begins every object around; each has a binding
vim_operator cancel            | esc                               | mode.normal
vim_text_object word           | w                                 | ~word
vim_text_object big_word       | shift-w                           | ~big-word
vim_text_object parentheses    | ( shift-( ) shift-) b             | ~parentheses
vim_text_object brackets       | [ ]                               | ~brackets
vim_text_object braces         | { shift-{ } shift-} shift-b       | ~braces
vim_text_object double_quote   | " shift-"                         | ~double-quotes
vim_text_object single_quote   | '                                 | ~single-quotes
vim_text_object backtick       | `                                 | ~backticks
vim_text_object cancel         | esc                               | mode.normal
pager scroll_up                | up k                              | view.scroll -1
pager scroll_down              | down j                            | view.scroll 1
pager page_up                  | page-up shift-space ctrl-b        | view.scroll page-up; global: view.scroll page-up
pager page_down | page-down space ctrl-f | view.scroll page-down; global: view.scroll page-down
pager half_page_up             | ctrl-u                            | view.scroll half-up
pager half_page_down           | ctrl-d                            | view.scroll half-down
pager jump_top                 | home                              | view.scroll top
pager jump_bottom              | end                               | view.scroll bottom
pager close                    | q ctrl-c                          | buffer.close
pager close_transcript | ctrl-t | - ctrl-t folds in place: nothing opens that would need closing
pager find                     | f3 /                              | search.start; global: search.transcript
list move_up                   | up ctrl-p ctrl-k k                | list.previous
list move_down                 | down ctrl-n ctrl-j j              | list.next
list move_left | left ctrl-h | - lists are filtered by typing: these keys edit what is typed
list move_right | right ctrl-l | - lists are filtered by typing: these keys edit what is typed
list page_up                   | page-up ctrl-b                    | list.previous 10
list page_down                 | page-down ctrl-f                  | list.next 10
list jump_top                  | home                              | list.previous 100000
list jump_bottom               | end                               | list.next 100000
list accept                    | enter                             | list.accept
list cancel                    | esc                               | list.cancel
agents resume                  | o                                 | - agents are listed by agent.list
agents search                  | f3 /                              | - agents are listed by agent.list
agents new_task                | n                                 | - agents are listed by agent.list
agents new_worktree            | w                                 | - `csm --worktree` begins one
agents fork                    | f                                 | - /fork does
agents rename                  | r                                 | - /rename does
agents stop                    | x                                 | - agents are listed by agent.list
agents archive                 | a                                 | - /archive does
agents delete                  | backspace                         | - /delete does
agents hide                    | h                                 | - agents are listed by agent.list
agents toggle_grouping         | g                                 | - agents are listed by agent.list
approval open_fullscreen       | ctrl-a ctrl-shift-a               | approval.open
approval open_thread           | o                                 | approval.open-agent
approval approve               | y                                 | approval.accept
approval approve_for_session   | a                                 | approval.accept-session
approval approve_for_prefix    | p                                 | approval.accept-rule
approval deny                  | d                                 | approval.decline
approval decline               | esc n                             | approval.decline-and-say
approval cancel                | c                                 | approval.cancel
"""
_MODES = ("normal", "visual")


def _bind(context: str, text: str) -> list[tuple[str, str | None, str]]:
    place, colon, line = text.partition(": ")
    where, line = (place, line) if colon else (_PLACES[context], text)
    name, _, mode = where.partition(".")
    if line.startswith("~"):
        return [
            (name, one, f"object.select {kind}-{line[1:]}")
            for kind in ("inner", "around")
            for one in ("operator", "visual")
        ]
    if line.startswith("*"):
        return [(name, one, line[1:]) for one in _MODES]
    return [(name, mode or None, line)]


def _sequences(context: str, text: str) -> tuple[str, ...]:
    """Codex's keys: `leader p` and `g g` are two strokes each."""
    if text.startswith("leader ") or text == "g g":
        return (text,)
    return tuple(text.split())


def _read() -> dict[tuple[str, str], Action]:
    found: dict[tuple[str, str], Action] = {}
    for row in _TABLE.strip().splitlines():
        name, keys, rest = (part.strip() for part in row.split(" | ", 2)) if row.count(" | ") == 2 else _uneven(row)
        context, action = name.split()
        vim = "vim" if context.startswith("vim_") else ""
        if rest.startswith("- "):
            found[context, action] = Action(_sequences(context, keys), (), rest[2:], vim)
            continue
        binds = [one for part in rest.split("; ") for one in _bind(context, part)]
        found[context, action] = Action(_sequences(context, keys), tuple(binds), "", vim)
    return found


def _uneven(row: str) -> tuple[str, str, str]:
    """A row whose keys are empty."""
    name, _, rest = row.partition("|")
    keys, _, line = rest.partition("|")
    return name.strip(), keys.strip(), line.strip()


#: By context and action.
ACTIONS = _read()
