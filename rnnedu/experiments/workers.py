"""Laps in processes of their own, so that a race uses more than one core.

A worker is a new Python that imports rnnedu and nothing of the notebook. It reads errands from its input and writes
laps to its output: a line of JSON, then the arrays' bytes; nothing is pickled. It keeps no result: every errand brings
the model's state and every lap takes it back, so a worker may end at any moment. It does end when its input does,
which is also what happens when the notebook's kernel dies; an interrupt of a cell does not reach it.
"""

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
import weakref
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from rnnedu import cells, validate
from rnnedu.experiments import wire
from rnnedu.experiments.laps import Here, do

MAX_WORKERS = 8
# The parent's own way of finding modules, and nothing from the folder or the environment it happens to run in.
START = (
    "import json, sys\nsys.path[:] = json.loads(sys.argv[1])\n"
    "from rnnedu.experiments import workers\nworkers.main()"
)


def backend_for(count, entries):
    """Return (backend, why): Workers where `count` is above 1 and they can race; else Here() and the reason, or "".

    count : processes, 1 to 8; 1 trains in this process. entries : list of Entry.
    Raises ValueError or TypeError for another count.
    """
    if validate.integer("workers", count, 1, MAX_WORKERS) == 1:
        return Here(), ""
    if sys.platform == "emscripten":
        return Here(), "A browser has no other processes, so this race trains in this one, on one core."
    found = [cells.get(entry.cell) for entry in entries]
    foreign = [cell.title for cell in found if not cell.step.__module__.startswith(f"{cells.__name__}.")]
    if foreign:
        return Here(), f"Only this notebook knows {foreign[0]}, so this race trains in its process, on one core."
    return Workers(count), ""


class Workers:
    """The backend of `count` processes, which start with the first errands. See `laps.Here` for what a backend does."""

    def __init__(self, count):
        self.count, self.asked = count, {}
        self._idle = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="rnnedu race")
        workers = [Worker() for _ in range(count)]
        for worker in workers:
            self._idle.put(worker)
        self._ending = weakref.finalize(self, _end, workers, self._threads)

    @property
    def room(self):
        """Whether it takes another errand now; one more for each process, so that none waits for the page."""
        return len(self.asked) < 2 * self.count

    def ask(self, key, errand):
        """Take an Errand, under a key."""
        self.asked[key] = errand, self._threads.submit(_by_an_idle_one, self._idle, errand)

    def ready(self):
        """Wait; return (key, errand, Lap) of one that is done. It stays asked for until `release`.

        Raises RuntimeError if its process failed; it is then no longer asked for.
        """
        wait([future for _, future in self.asked.values()], return_when=FIRST_COMPLETED)
        key, (errand, future) = next(item for item in self.asked.items() if item[1][1].done())
        if future.exception() is not None:
            self.release(key)
        return key, errand, future.result()

    def release(self, key):
        """Forget an errand."""
        self.asked.pop(key, None)

    def close(self):
        """End the processes. What they had in hand was not done."""
        self._ending()


def _by_an_idle_one(idle, errand):
    worker = idle.get()
    try:
        return worker.do(errand)
    finally:
        idle.put(worker)


def _end(workers, threads):
    threads.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.end()


class Worker:
    """One process, begun when there is something to do, and again if it died."""

    def __init__(self):
        self.process, self._ended, self._lock = None, False, threading.Lock()

    def do(self, errand):
        """Return the Lap of an Errand. Raises RuntimeError if the process fails."""
        try:
            process = self._living()
            wire.write_errand(process.stdin, errand)
            return wire.lap(wire.read(process.stdout))
        except (OSError, ValueError, EOFError) as error:
            self._drop()
            raise RuntimeError(f"a process of the race failed: {error}; workers=1 does without") from error

    def _living(self):
        with self._lock:
            if self._ended:
                raise RuntimeError("the race's processes have ended")
            if self.process is None or self.process.poll() is not None:
                _close(self.process)
                self.process = _start()
            return self.process

    def _drop(self):
        """End a process that may be dying; the next errand begins another."""
        with self._lock:
            _close(self.process)
            self.process = None

    def end(self):
        """End the process, for good."""
        with self._lock:
            self._ended = True
            _close(self.process)


def _start():
    """Start a process, out of reach of the interrupts that are meant for a cell."""
    command = [sys.executable, "-I", "-c", START, json.dumps(sys.path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603


def _close(process):
    if process is None:
        return
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            pipe.close()


def serve(errands, laps):
    """Do errands from one binary stream and write laps to another, until the first ends."""
    models = {}
    while (message := wire.read(errands)) is not None:
        try:
            wire.write_lap(laps, do(wire.errand(message), models))
        except Exception as error:  # whatever it is, the parent is to hear of it
            wire.write_error(laps, error)


def main():
    """Be a worker. What anything prints goes to the error stream: the output belongs to the laps."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    laps, sys.stdout = sys.stdout.buffer, sys.stderr
    with contextlib.suppress(BrokenPipeError, EOFError):  # the parent is gone
        serve(sys.stdin.buffer, laps)
