"""What the gradient bench shows of a Flow: charts, a table, and their titles."""

import numpy as np

from rnnedu.cells import get
from rnnedu.view import colours
from rnnedu.widget import blocks as seen

STEPS_BACK = "steps back k"
NAMED = (10, 50)  # of the table's columns; the last is the first timestep


def blocks(flow, kept, back):
    """Return the blocks of a Flow; kept : Flows laid beside it; back : k of the singular values."""
    return [through_time(flow, kept), table(flow, kept), spectrum(flow), at(flow, back), *values(flow)]


def overflown(message):
    """Return what is shown in place of numbers beyond the floats."""
    return seen.text("overflow", "This run has left the numbers that a computer can write: it explodes", message)


def through_time(flow, kept):
    """Return the chart of norms against steps back."""
    k = np.arange(len(flow.norm))
    lines = [_beside(run, place) for place, run in enumerate(kept)]
    lines.append(seen.line("exact norm ‖∂h_T/∂h_t‖", k, flow.norm, colour=colours.of("h_t"), dash=0, width=4.0))
    for name, gradient in flow.gradients.items():
        hue, dash = (None, 0) if name == "h" else (colours.of(f"{name}_t"), 3)
        lines.append(seen.line(f"measured ‖∂L/∂{name}_t‖", k, gradient, 0, colour=hue, dash=dash))
    lines.append(seen.line("bound: product of norms", k, flow.bound, 1, dash=1))
    lines.append(seen.line("ρᵏ", k, flow.power, 2, dash=2, width=2.5))
    return seen.chart("time", title(flow), lines, STEPS_BACK, "norm", log_y=True, height=340)


def _beside(run, place):
    k = np.arange(len(run.norm))
    return seen.line(described(run.setting), k, run.gradients["h"], place + 3, dash=place, faint=True)


def title(flow):
    """Return what the numbers say, in one line."""
    k, rho = len(flow.norm) - 1, f"{flow.setting.rho:g}"
    if flow.follows_power:
        return f"The norm is {rho}^k but for rounding: {said(flow.norm[k])} at k = {k}"
    return f"{_back(k)} the gradient is {said(flow.ratio[k])} times as long; ρᵏ says {said(flow.power[k])}"


def _back(k):
    return f"{k} step{'s' * (k > 1)} back"


def table(flow, kept):
    """Return the gradients that are left, of this run and the kept ones."""
    rows = [_row(run) for run in (flow, *(run for run in kept if run is not flow))]
    columns = ["‖∂L/∂h_(T−k)‖ / ‖∂L/∂h_T‖", *(f"k = {k}" for k in NAMED), "k = T−1", "bound there", "ρᵏ there"]
    return seen.table("table", "What is left of the gradient", columns, rows)


def _row(run):
    last = len(run.norm) - 1
    left = [said(run.ratio[k]) if k <= last else "–" for k in (*NAMED, last)]
    return [described(run.setting), *left, said(run.bound[last]), said(run.power[last])]


def spectrum(flow):
    """Return the chart of the largest, the middle and the smallest singular value against steps back."""
    found = flow.singular_values
    k, H = np.arange(len(found)), found.shape[1]
    named = {"largest": 0, "middle": (H - 1) // 2, "smallest": H - 1}
    lines = [seen.line(name, k, found[:, at], place + 4, dash=place) for place, (name, at) in enumerate(named.items())]
    seen_to = np.flatnonzero(np.isfinite(found[:, -1]))[-1]
    end = "" if seen_to == k[-1] else f"; the smallest is lost below 16 digits of the largest after k = {seen_to}"
    heading = f"Singular values of ∂h_T/∂h_t{end}"
    return seen.chart("spectrum", heading, lines, STEPS_BACK, "singular value", log_y=True, height=240)


def at(flow, back):
    """Return the chart of all singular values at one number of steps back."""
    found = flow.singular_values[back]
    there = found[np.isfinite(found) & (found > 0)]
    span = f"from {said(there[0])} to {said(there[-1])}" if len(there) else "all 0"
    lost = len(found) - len(there) if len(there) else 0  # of a product that is 0 nothing is lost
    heading = f"All {len(found)} at k = {back}: {span}" + (f"; {lost} below 16 digits of the largest" * bool(lost))
    line = seen.line("", np.arange(1, len(found) + 1), found, 4, dots=len(found) <= 40)
    return seen.chart("at", heading, [line], "place, largest first", "singular value", log_y=True, height=200)


def values(flow):
    """Return the chart of how the gates' values are spread, or the states' of a cell without gates."""
    lines = [
        seen.line(each.symbol, each.centres, each.shares, place, colour=colours.of(each.symbol))
        for place, each in enumerate(flow.values)
    ]
    means = ", ".join(f"{each.symbol} is {each.mean:.2f}" for each in flow.values)
    first = flow.values[0]
    heading = f"On average {means}" if first.function == "sigmoid" else _slope(first)
    label, high = "value, all units and timesteps", 1.05 * max(each.shares.max() for each in flow.values)
    return [seen.chart("values", heading, lines, label, "share", y_range=(0, high), height=200)]


def _slope(each):
    return f"{each.symbol} over all units and timesteps: the slope of {each.function} is {each.slope:.2f} on average"


def sentence(flow):
    """Return the numbers at the first timestep as text."""
    k = len(flow.norm) - 1
    return (
        f"{described(flow.setting)}. {_back(k)}: exact norm {said(flow.norm[k])}, bound {said(flow.bound[k])}, "
        f"ρ^k {said(flow.power[k])}, measured gradient {said(flow.gradients['h'][k])}."
    )


def described(setting):
    """Return a setting in a few words: what differs from what it usually is."""
    options = (value if isinstance(value, str) else f"{name} {value}" for name, value in setting.options.items())
    words = [get(setting.cell).title, *options, f"ρ {setting.rho:g}"]
    words.append(f"input {setting.input_scale:g}" if setting.input_scale else "no input")
    words += [f"bias {gate} {bias:g}" for gate, bias in setting.biases.items()]
    usual = {"units": 64, "length": 100, "seed": 0}
    words += [f"{name} {getattr(setting, name)}" for name, value in usual.items() if getattr(setting, name) != value]
    words += [setting.initializer] * (setting.initializer != "orthogonal")
    words += ["loss at every step"] * (setting.loss == "every")
    return ", ".join(words)


def said(value):
    """Return a number in two digits: 0.35, 5.2e−3, 3.9e9."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "beyond the floats"
    if 0.01 <= abs(value) < 1000:
        return (f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}").replace("-", "−")
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}e{int(power)}".replace("-", "−")
