"""CTC as a loss of a model: rnnedu.ctc with batch-first outputs, padded labels and a mask."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnedu import ctc, validate
from rnnedu.losses import targets
from rnnedu.losses.base import Loss


@dataclass(frozen=True)
class CTC(Loss):
    """-log p of a label sequence that is shorter than the output, summed over all its alignments.

    The model's output is logits (B, T, V), so its last layer has no activation. The mask gives the input lengths.

    blank : the output that stands for no label. zero_infinity : whether a sequence with more labels than its timesteps
    can hold counts 0; else its value is infinite. Its slope is 0 in both cases.
    """

    name: ClassVar[str] = "ctc"
    per_step: ClassVar[bool] = False
    advice: ClassVar[str] = "Labels too long for their input cost infinity; CTC(zero_infinity=True) leaves them out"
    blank: int = 0
    zero_infinity: bool = False

    def __post_init__(self):
        validate.integer("blank", self.blank, 0)
        validate.choice("zero_infinity", self.zero_infinity, (False, True))

    def prepare(self, y_true, output_shape):
        """Return the labels (N, L) as np.intp; behind the end of a sequence stands -1.

        Raises TypeError for floats, ValueError for another shape, for labels outside 0 .. V - 1, for the blank as a
        label and for a label behind a -1.
        """
        if len(output_shape) != 3:
            raise ValueError(f"y_pred has shape {tuple(output_shape)}; accepted is (B, T, V), logits of every timestep")
        V = output_shape[-1]
        validate.integer("blank", self.blank, 0, V - 1)
        y, whole = targets.numbers(y_true)
        y = validate.ranked("y", y, ("N", "L"))
        y = targets.integers(y, whole, -1, V, f"labels from 0 to {V - 1}, and -1 behind the last")
        targets.refuse(y, y == self.blank, "labels other than the blank")
        behind = np.maximum.accumulate(y == -1, axis=1)
        targets.refuse(y, behind & (y != -1), "labels before the first -1 only")
        return y

    def values(self, y_true, y_pred, *, logits=False, mask=None):
        """Return (values (B,), slopes (B, T, V)) of sequences y_true (B, L), as `prepare` returns them.

        y_pred : (B, T, V), logits in any case. mask : bool (B, T), True and then False, or None for all T timesteps.

        Raises ValueError for a mask with holes, one without any True, or logits=True: there is no activation to fuse.
        """
        if logits:
            self._of_logits()
        lengths = None if mask is None else _lengths(mask)
        sizes = (y_true >= 0).sum(axis=1)
        values, slopes = ctc.loss(
            y_pred.transpose(1, 0, 2),
            y_true,
            input_lengths=lengths,
            target_lengths=sizes,
            blank=self.blank,
            zero_infinity=self.zero_infinity,
        )
        return values, slopes.transpose(1, 0, 2)


def _lengths(mask):
    """Return how many timesteps come first in the mask (B, T)."""
    if (mask[:, 1:] > mask[:, :-1]).any():
        raise ValueError("mask has a True behind a False; accepted is a mask whose timesteps come first")
    return mask.sum(axis=1)
