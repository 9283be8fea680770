"""Messages: only so many are kept, and who asks what was new is told right."""

from __future__ import annotations

from csm.host import host as hosts
from csm.host import settings
from csm.host.host import Host


def test_the_oldest_messages_go_and_the_new_ones_are_told(env, worktree):
    host = Host(settings.load(cwd=worktree, env=env), env, [])
    most = hosts._MESSAGES + hosts._SPARE
    for number in range(2 * most):
        before = host.told
        host.report("info", str(number))
        host.report("info", "again")
        assert [one.text for one in host.since(before)] == [str(number), "again"]
        assert len(host.messages) <= most
    assert host.since(host.told) == []
    assert host.since(0) == host.messages and host.messages[-2].text == str(2 * most - 1)
