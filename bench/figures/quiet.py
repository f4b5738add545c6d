"""Seconds of a quiet machine: processor time, scaled by how slow a plain loop is beside it.

Others on the machine take turns with us (which processor time does not count) and share caches and clock with us (which
it does): a plain loop, timed before and after, says by how much.
"""

import time

LOOPS = 5_000_000
QUIET = 0.15  # seconds of the loop on the machine of the README's figures when nothing else runs


class Quiet:
    """A context that measures itself: `seconds` when it is over, `slower` the loop's time over QUIET."""

    seconds = slower = 0.0

    def __enter__(self):
        self._loop = loop()
        self._began = time.process_time()
        return self

    def __exit__(self, *_):
        spent = time.process_time() - self._began
        self.slower = max(1.0, (self._loop + loop()) / 2 / QUIET)
        self.seconds = spent / self.slower


def loop():
    """Return the processor seconds of a plain loop at the top level, where a variable is looked up by its name."""
    began = time.process_time()
    exec(f"for i in range({LOOPS}): pass", {})
    return time.process_time() - began
