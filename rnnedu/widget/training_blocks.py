"""A training as blocks of a panel: loss, metrics, gradient norm, learning rate, what it took, a sample."""

from rnnedu.experiments.training import thinned, trailing_mean
from rnnedu.widget import blocks

BINS = 600  # of all curves of updates together: a message stays below 100 kB however long the training
SO_FAR = {"paused": "Paused: ", "stopped": "Stopped: ", "failed": "Failed: "}


def measures(training, state):
    """Return a chart of the loss and of every metric."""
    names = ["loss", *training.model.metrics]
    measured = [_measure(training.history, name, _most(training)) for name in names]
    measured[0]["title"] = said(training, state, measured[0])
    return measured


def updates(training):
    """Return a chart of the gradient's norm and of the learning rate."""
    history, most = training.history, _most(training)
    return [_gradient(training, history, most), _rate(history, most)]


def _most(training):
    return BINS // (len(training.model.metrics) + 2)


def said(training, state, chart):
    """Return how far the training is, in one sentence; after a divergence, that it diverged."""
    if not training.updates.count:
        return "The loss will be seen here: nothing is learned yet"
    if training.problem:
        return f"Diverged: {training.problem}"
    parts = [f"After {training.updates.count} updates the training loss is {chart['lines'][1]['y'][-1]:.3g}"]
    if training.epochs.count:
        parts.append(f"the validation loss {training.epochs.arrays()['val_loss'][-1]:.3g}")
    return SO_FAR.get(state, "") + ", ".join(parts)


def _measure(history, name, most):
    step = history["step"]
    x, mean, low, high = thinned(step, history[name], most)
    bins = max(1, len(x) // 25)  # of one average; a bin holds `size` updates
    size = max(1, -(-len(step) // most))
    smooth = trailing_mean(mean, bins)
    lines = [
        blocks.line("each update", x, mean, 0, faint=True, band=(low, high)),
        blocks.line(f"mean of {bins * size} updates" if bins * size > 1 else "running mean", x, smooth, 0, width=2.5),
    ]
    checked = history[f"val_{name}"]
    if len(checked):
        x, y, _, _ = thinned(history["val_step"], checked, most)
        lines.append(blocks.line("validation", x, y, 1, dots=len(x) < 30, width=2.5))
    return blocks.chart(name, _named(name, smooth, checked), lines, "update", name, height=260)


def _named(name, smooth, checked):
    now = f" is {smooth[-1]:.3g}" if len(smooth) else ": nothing is learned yet"
    return f"{name} of the training data{now}" + (f", of the validation data {checked[-1]:.3g}" if len(checked) else "")


def _gradient(training, history, most):
    norms, limit = history["gradient_norm"], training.model.optimizer.global_clipnorm
    x, mean, low, high = thinned(history["step"], norms, most)
    band = (low, high) if len(low) and low.min() > 0 else None
    title = f"The gradient's norm is at most {norms.max():.3g}" if len(norms) else "The gradient's norm"
    rules = []
    if limit is not None:
        rules = [blocks.rule(limit, f"clipped at {limit:g}")]
        title += f"; {(norms > limit).sum()} of {len(norms)} updates were clipped"
    line = blocks.line("all weights, before clipping", x, mean, 3, dash=0, band=band)
    return blocks.chart("gradient", title, [line], "update", "norm", log_y=True, rules=rules, height=220)


def _rate(history, most):
    rates = history["learning_rate"]
    x, mean, _, _ = thinned(history["step"], rates, most)
    title = f"The learning rate is {rates[-1]:.3g}" if len(rates) else "The learning rate"
    line = blocks.line("learning rate", x, mean, 2, dash=0)
    return blocks.chart("rate", title, [line], "update", "learning rate", log_y=True, height=180)


def progress(training, state):
    """Return what the training took, as a table."""
    count, seconds = training.updates.count, training.seconds
    speed = f"{count / seconds:.0f}" if count and seconds else "–"
    columns = ["state", "epochs", "of", "updates", "seconds", "updates a second"]
    reached = max(training.goal, training.epoch)
    row = ["diverged" if training.problem else state, training.epoch, reached, count, f"{seconds:.1f}", speed]
    return blocks.table("progress", "So far", columns, [row])
