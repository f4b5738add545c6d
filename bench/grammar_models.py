"""Make the language models of the toy grammar that come with rnnedu, and say how good they are.

    python -m bench.grammar_models [folder] [--layers SimpleRNN LSTM GRU]

Without a folder nothing is written. They are those of seed 0 of `python -m bench.figures grammar`.
"""

import argparse
import pathlib

from bench.figures.quiet import Quiet
from bench.names_model import write
from rnnedu.experiments import grammar


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--layers", nargs="+", choices=list(grammar.UPDATES), default=list(grammar.UPDATES))
    asked = parser.parse_args()
    for layer in asked.layers:
        with Quiet() as quiet:
            made = grammar.learn(layer)
        print(f"{layer}: {grammar.excess(made, grammar.held_out()):.2%} over the entropy, {quiet.seconds:.1f} s")
        if asked.folder:
            write(made.model, asked.folder / f"{grammar.FILES[layer]}.rnnedu")


if __name__ == "__main__":
    main()
