"""Lesson 15: what misread weights cost, and how often the score or the numbers give them away."""

from functools import partial

from bench.lesson_figures.stated import Stated
from rnnedu.lessons.misread import MISREADINGS, harms, noticed, orders

INTERVALS = {  # misreading -> by the score, low and high of 10 and of 40
    "z and r swapped": (9, 10, 38, 40),
    "reset before the product": (8, 10, 34, 40),
    "two biases added": (0, 4, 0, 10),
}


def by_score(name, seeds):
    """Return in how many seeds the score gives a misreading away."""
    low, high = INTERVALS[name][:2] if seeds == 10 else INTERVALS[name][2:]
    costs = [harms(seed)[name] for seed in range(seeds)]
    bits, largest = ([getattr(each, what) for each in costs] for what in ("bits", "largest"))
    more = f"{min(bits):.3f} to {max(bits):.3f} bits, largest {min(largest):.2f} to {max(largest):.2f}"
    return Stated(noticed(range(seeds))[name][0], low, high, more)


def by_numbers(name, seeds):
    """Return in how many seeds a probability is off by more than 0.001: all, as the text says."""
    return Stated(noticed(range(seeds))[name][1], seeds, seeds)


def order(letters, low, high):
    """Return the bits per letter that reading the names LSTM from this order costs."""
    return Stated(orders()[letters].bits, low, high)


FIGURES = {
    "o f g i costs, in bits": partial(order, "ofgi", 0.27, 0.31),
    "i o f g costs, in bits": partial(order, "iofg", 1.58, 1.63),
    "i g f o costs, in bits": partial(order, "igfo", 2.19, 2.25),
    "the smallest of the largest differences of 23 orders": lambda: Stated(
        min(cost.largest for name, cost in orders().items() if name != "ifgo"), 0.9, 1
    ),
}
for count in (10, 40):
    for misreading in MISREADINGS:
        FIGURES[f"of {count}, {misreading}: by the score"] = partial(by_score, misreading, count)
        FIGURES[f"of {count}, {misreading}: by the numbers"] = partial(by_numbers, misreading, count)
