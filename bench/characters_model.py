"""Make the character models that come with rnnedu, and say how good they are.

    python -m bench.characters_model topics [path] [--seed 0]

Without a path nothing is written. The text is that of the running Python: another version makes another model.
"""

import argparse
from dataclasses import replace

from bench.figures.quiet import Quiet
from bench.names_model import write
from rnnedu.experiments import characters


def train(corpus, recipe):
    """Return (LanguageModel, quiet seconds, loss after each pass on the validation part)."""
    learning = characters.Learning(corpus, recipe, patience=3)
    with Quiet() as quiet:
        language = learning.finish()
    return language, quiet.seconds, learning.validated


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", choices=characters.RECIPES)
    parser.add_argument("path", nargs="?")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    corpus = characters.corpus_of(asked.corpus)
    recipe = replace(characters.RECIPES[asked.corpus], seed=asked.seed)
    language, seconds, _ = train(corpus, recipe)
    bits = language.surprisal(corpus.held_out).mean()
    print(f"seed {asked.seed}: {bits:.4f} bits per character held out, {seconds:.1f} quiet seconds")
    if asked.path:
        write(language.model, asked.path)


if __name__ == "__main__":
    main()
