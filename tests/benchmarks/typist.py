"""Runs a program in a terminal of its own, types into it as told, and prints what it saw, as one line of JSON.

It answers what programs ask a terminal, so that none waits. A key is seen when a letter that stands nowhere else comes
back; the terminal itself echoes nothing.

usage: python -I -S typist.py COLUMNS ROWS STEPS COMMAND...

STEPS is a JSON list of lists; each gives an entry of the result:

    ["until", TEXT, SECONDS]   ms since the start until TEXT was written
    ["typed"]                  ms since the start until a letter, typed again and again from the first output on, shows
    ["send", TEXT]             type it
    ["after", TEXT, SECONDS]   ms since the last `send` until TEXT was written after it
    ["keys", N, GAP]           ms until each of N letters shows, typed GAP ms apart and a little more each time
    ["idle", SECONDS]          {"bytes", "cpu ms", "wakeups"} a second, of the program and its threads
    ["rss"]                    MB
    ["drain", SECONDS]         read until nothing came for so long

Does not: judge anything.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

ANSWERS = (
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b[>q", b"\x1bP>|bench 1\x1b\\"),
    (b"\x1b]10;?", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
)
LETTERS = "ψξζωθκλμνπρσφχ"
AGAIN = 0.01


class Typist:
    """The other side of a pseudo-terminal."""

    def __init__(self, columns, rows, command):
        self.start = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            mode = termios.tcgetattr(0)
            mode[3] &= ~termios.ECHO
            termios.tcsetattr(0, termios.TCSANOW, mode)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execv(command[0], command)
        self.seen, self.tail, self.total, self.sent = b"", b"", 0, 0.0

    def read(self, wait):
        """Take what was written within so many seconds; whether anything was. Raises EOFError at the end."""
        if not select.select([self.fd], [], [], max(0, wait))[0]:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            raise EOFError(self.seen[-2000:].decode("utf-8", "replace")) from None
        self.total += len(data)
        self.seen += data
        joined = self.tail + data
        for query, answer in ANSWERS:
            at = joined.rfind(query)
            if at >= 0 and at + len(query) > len(self.tail):
                os.write(self.fd, answer)
        self.tail = joined[-8:]
        if len(self.seen) > 1 << 20:
            self.seen = self.seen[-4096:]
        return True

    def until(self, text, seconds):
        """Wait for a text; when it came."""
        limit = time.monotonic() + seconds
        wanted = text.encode()
        while wanted not in self.seen:
            if time.monotonic() > limit:
                raise EOFError(f"{text!r} did not come: {self.seen[-2000:].decode('utf-8', 'replace')}")
            self.read(0.2)
        self.seen = self.seen[self.seen.index(wanted) + len(wanted) :]
        return time.monotonic()

    def typed(self):
        """Type a letter until one shows."""
        while not self.total:
            self.read(1)
        wanted = LETTERS[0].encode()
        while wanted not in self.seen:
            if time.monotonic() > self.start + 20:
                raise EOFError(f"no echo: {self.seen[-2000:].decode('utf-8', 'replace')}")
            os.write(self.fd, wanted)
            due = time.monotonic() + AGAIN
            while wanted not in self.seen and time.monotonic() < due:
                self.read(due - time.monotonic())
        return (time.monotonic() - self.start) * 1e3

    def keys(self, count, gap):
        """Type letters one by one; how long each took to show."""
        found = []
        for number in range(count):
            # Not in step with anything that happens regularly.
            due = time.monotonic() + (gap + (number * 7) % 11) / 1e3
            while time.monotonic() < due:
                self.read(due - time.monotonic())
            letter = LETTERS[number % len(LETTERS)].encode()
            self.seen = b""
            began = time.monotonic()
            os.write(self.fd, letter)
            while letter not in self.seen:
                if time.monotonic() > began + 20:
                    raise EOFError(f"no echo of key {number}")
                self.read(0.5)
            found.append((time.monotonic() - began) * 1e3)
        return found

    def idle(self, seconds):
        """What the program does while nothing happens."""
        before, began = (self.total, *self.work()), time.monotonic()
        while time.monotonic() < began + seconds:
            self.read(began + seconds - time.monotonic())
        names = ("bytes", "cpu ms", "wakeups")
        now = (self.total, *self.work())
        return {name: (new - old) / seconds for name, old, new in zip(names, before, now)}  # noqa: B905

    def work(self):
        """CPU time in ms and times that a thread woke up, so far."""
        cpu = wakeups = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):  # noqa: PTH208
            with open(f"/proc/{self.pid}/task/{task}/schedstat") as file:  # noqa: PTH123
                ran, _, times = file.read().split()
            cpu, wakeups = cpu + int(ran) / 1e6, wakeups + int(times)
        return cpu, wakeups

    def drain(self, seconds):
        """Wait until it is quiet."""
        while self.read(seconds):
            pass

    def rss(self):
        """Resident memory in MB."""
        with open(f"/proc/{self.pid}/status") as file:  # noqa: PTH123
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))

    def step(self, name, *given):
        """One step's result."""
        if name == "send":
            self.seen, self.sent = b"", time.monotonic()
            return os.write(self.fd, given[0].encode())
        if name == "until":
            return (self.until(*given) - self.start) * 1e3
        if name == "after":
            return (self.until(*given) - self.sent) * 1e3
        return getattr(self, name)(*given)

    def end(self):
        """Kill it; its resources."""
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        return os.wait4(self.pid, 0)[2]


def main():
    columns, rows, steps = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    typist = Typist(columns, rows, sys.argv[4:])
    found = []
    try:
        for step in steps:
            found.append(typist.step(*step))
    except EOFError as error:
        print(json.dumps({"failed": str(error), "found": found}))
        return
    finally:
        usage = typist.end()
    print(json.dumps({"found": found, "cpu ms": (usage.ru_utime + usage.ru_stime) * 1e3}))


main()
