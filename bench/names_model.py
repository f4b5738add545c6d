"""Make the language model of first names that comes with rnnedu, and say how good it is.

    python -m bench.names_model [path] [--seeds 1]

Without a path nothing is written. With more seeds, models of further seeds are trained too, to see how much the figure
varies; the one that is written has seed 0.
"""

import argparse
import time

from rnnedu.experiments import language, texts
from rnnedu.models import Sequential

EPOCHS, BATCH = 15, 64


def train(seed=0, epochs=EPOCHS):
    """Return a LanguageModel of names, trained on nine tenths of them."""
    training, held_out = language.names_split()
    model = language.network(len(language.NAMES), seed=seed)
    x, y, weights = texts.training_set(training, language.NAMES)
    model.fit(x, y, batch_size=BATCH, epochs=epochs, sample_weight=weights, verbose=0)
    return language.LanguageModel(model, language.NAMES, texts=training, held_out=held_out)


def write(model, path):
    """Write the layers and weights of a model; what the optimiser remembers and what a layer carries stay behind."""
    bare = Sequential([_bare(layer) for layer in model.layers], model.name, model.seed)
    bare.build(model.input_shape)
    bare.set_weights(model.get_weights())
    bare.save(path)


def _bare(layer):
    """Return a layer of the same options that begins every text from the zero state."""
    config = layer.get_config()
    return type(layer).from_config(config | ({"stateful": False} if "stateful" in config else {}))


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?")
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args()
    for seed in range(asked.seeds):
        began = time.perf_counter()
        made = train(seed)
        took = time.perf_counter() - began
        print(
            f"seed {seed}: {made.bits(made.held_out):.4f} bits per symbol held out, "
            f"{made.bits(made.texts):.4f} in training, {took:.1f} s"
        )
        if asked.path and seed == 0:
            write(made.model, asked.path)


if __name__ == "__main__":
    main()
