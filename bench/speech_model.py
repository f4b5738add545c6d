"""Train the network that writes down spoken digits, and say how good it is.

    python -m bench.speech_model [path] [--seed 0] [--one-way] [--updates 1800]

Without a path nothing is written. A line of JSON says what was measured: errors in percent, seconds of a quiet machine.
"""

import argparse
import json
import time

from bench.figures.quiet import Quiet
from bench.names_model import write
from rnnedu.datasets.speech import load_digits
from rnnedu.speech import compose, learn, recognise

KNOWN, EACH = 200, 50  # strings: of the voices trained on, of each group held out
WATCHED, OFTEN = 5, 20  # strings that are read during training, once in so many updates
READABLE = 1 / 3  # of the letters wrong, at most: then one can tell what is meant


def train(seed=0, *, bidirectional=True, updates=learn.UPDATES):
    """Return (model, processor seconds until it spelt readably or None), trained on all voices not held out."""
    began = time.process_time()
    recordings = load_digits().of(part="training")
    watched = compose.examples(recordings, WATCHED, seed=99)
    model, readable = learn.network(bidirectional=bidirectional, updates=updates, seed=seed), None
    for step in learn.steps(model, compose.Bank(recordings), updates, seed=seed):
        if readable is None and step.step % OFTEN == 0 and recognise.errors(model, watched).letters <= READABLE:
            readable = time.process_time() - began
    return model, readable


def measured(model):
    """Return name -> Errors: of strings never heard, by voices trained on ("known") and by each group held out."""
    everything = load_digits()
    held_out = everything.of(part="held out")
    sets = {"known": (everything.of(part="training"), KNOWN)}
    sets |= {group: (held_out.of(group=group), EACH) for group in dict.fromkeys(held_out.groups)}
    return {
        name: recognise.errors(model, compose.examples(recordings, count, seed=1))
        for name, (recordings, count) in sets.items()
    }


def run(seed=0, *, bidirectional=True, updates=learn.UPDATES):
    """Return (model, a dict of what was measured)."""
    load_digits()
    with Quiet() as quiet:
        model, readable = train(seed, bidirectional=bidirectional, updates=updates)
    found = {"seed": seed, "bidirectional": bidirectional, "updates": updates, "seconds": quiet.seconds}
    found["readable"] = None if readable is None else readable / quiet.slower
    errors = measured(model)
    found |= {f"{name} letters": 100 * each.letters for name, each in errors.items()}
    found |= {f"{name} digits": 100 * each.digits for name, each in errors.items()}
    return model, found


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one-way", action="store_true")
    parser.add_argument("--updates", type=int, default=learn.UPDATES)
    asked = parser.parse_args()
    model, found = run(asked.seed, bidirectional=not asked.one_way, updates=asked.updates)
    print(json.dumps(found), flush=True)
    if asked.path:
        write(model, asked.path)


if __name__ == "__main__":
    main()
