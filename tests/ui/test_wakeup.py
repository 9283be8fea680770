"""A signal that another thread gets still has its handler run while the loop sleeps."""

from __future__ import annotations

import asyncio
import signal
import threading

from csm.ui.wakeup import Wakeup


def test_the_loop_wakes_for_a_signal_of_another_thread() -> None:
    async def run() -> bool:
        loop = asyncio.get_running_loop()
        seen = asyncio.Event()
        wakeup = Wakeup(loop)
        before = signal.signal(signal.SIGUSR1, lambda *_: loop.call_soon(seen.set))
        asleep = threading.Event()

        def strike() -> None:
            asleep.wait(5)
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

        thread = threading.Thread(target=strike)
        thread.start()
        try:
            loop.call_soon(asleep.set)
            await asyncio.wait_for(seen.wait(), 5)
            return True
        finally:
            thread.join()
            signal.signal(signal.SIGUSR1, before)
            wakeup.close()

    assert asyncio.run(run())
