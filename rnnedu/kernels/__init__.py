"""The cells over a whole sequence, fast: the same numbers as `unroll`, forward and backward.

`unroll` is the text one reads; this is what trains. Tests hold the two equal in float64 to 1e-12. ``forward`` and
``backward`` here check what they are given and are `unroll`'s twins. Layers call the modules rnn, lstm and gru,
which check nothing::

    run = lstm.forward(w, x, state=None, mask=None, reverse=False, work=None)
    back = lstm.backward(run, dh=None, dlast=None, need_dx=True)

w has the attributes of the cell's parameters (W_x, W_h, b, ...); x is (T, B, D), with any strides; state, a (B, H) for
each state; where mask (T, B) is False the state is carried over, so that h_t repeats it; reverse runs from the last
timestep to the first, h stays where its x is; dh is (T, B, H), dlast a (B, H) or None for each state; work, a
`Workspace`, is memory to use again. Where numbers overflow both raise validate.Overflow, a ValueError.

What makes it fast
------------------
At these sizes a timestep costs what its calls cost and what it moves through memory; so does the whole sequence.

- *Feature-major*: buffers are (T, rows, B). A gate is a block of rows, contiguous in memory, several gates side by side
  are one block, and one call of a ufunc does them all. It is also the layout in which BLAS is fastest.
- *One matrix*: the column [h_prev, 1, x_t] times [W_h b W_x] is the whole sum before the gates; no sum, no bias to
  add. On the way back the transposed product gives [dh_prev, dx_t], and one product over all timesteps the gradient
  of all weights.
- *One tanh*: sigmoid(a) = 1/2 + tanh(a / 2) / 2, so with the sigmoids' weights halved all gates are one call.
- *Slopes first*: what dh_t and dc_t will be multiplied with on the way back is known after the forward run. It is
  worked out for all timesteps in a few large calls; the loop back has only multiplications left.
- *In place*: the third argument of a ufunc or of ``dot`` is where the result goes. Buffers, and the views of them that
  each step needs, are made once and kept in the `Workspace`.
- *Blocks of rows*: OpenBLAS copies a matrix into its own order before it multiplies, except small ones on AVX-512;
  there the product of a step is made of products that small, which is a fifth faster. Large ones are left whole where
  OpenBLAS has threads to share them (products.py).
"""

import numpy as np

from rnnedu import unroll, validate
from rnnedu.cells import cell_of
from rnnedu.kernels import gru, lstm, rnn
from rnnedu.kernels.base import Back, Fresh, Run, Workspace

__all__ = ["Back", "Run", "Workspace", "backward", "forward", "gru", "lstm", "rnn"]

KERNELS = {"rnn": rnn, "lstm": lstm, "peephole": lstm, "gru": gru}  # by the name of the cell


def forward(params, x, *, mask=None, lengths=None, reverse=False, **initial):
    """Run the cell that `params` belong to over x (T, B, D) and return a `Run`: h (T, B, H) and the last states.

    mask : (T, B) bool or None. A sequence carries its state over a timestep where it is False.
    lengths : (B,) integers from 1 to T, or None: the same as a mask that is True up to each length.
    reverse : whether to run from the last timestep to the first.
    initial : ``h0=`` and, where the cell has it, ``c0=``, each (B, H); zeros where not given.

    Raises TypeError for an unknown name or another dtype than the parameters', ValueError for another shape, T = 0,
    NaN or infinity (also when a state leaves the finite numbers: the message says at which t).
    """
    cell = cell_of(params)
    kernel = KERNELS[validate.choice("params' cell", cell.name, tuple(KERNELS))]
    sizes, names = {"D": params.D, "H": params.H}, [f"{name}0" for name in cell.state]
    x = validate.array("x", x, ("T", "B", "D"), sizes, params.dtype).copy()  # the run keeps it
    unroll.refuse_unknown(initial, names)
    state = [_given(name, initial, ("B", "H"), sizes, params.dtype) for name in names]
    mask = _mask(mask, lengths, sizes["T"], sizes["B"])
    return kernel.forward(params, x, state, mask, validate.kind("reverse", reverse, bool), Fresh())


def backward(run, **gradients):
    """Go back through a `Run` and return a `Back`: dx (T, B, D), grads by parameter, initial by state, dh (T, B, H).

    Gradients of the loss are given by name, zeros where not given: ``dh=`` (T, B, H), on every h_t, and
    ``dh_last=`` (B, H), on the last state; for the LSTM also ``dc=`` and ``dc_last=``.

    Raises TypeError for an unknown name or another dtype, ValueError for another shape, NaN or infinity (also when
    a gradient leaves the finite numbers on the way).
    """
    validate.kind("run", run, Run)
    cell, (T, B, H), dtype = cell_of(run.w), run.h.shape, run.x.dtype
    every, last = [f"d{name}" for name in cell.state], [f"d{name}_last" for name in cell.state]
    unroll.refuse_unknown(gradients, every + last)
    sizes = {"T": T, "B": B, "H": H}
    loss = {name: _given(name, gradients, ("T", "B", "H"), sizes, dtype) for name in every}
    dlast = [_given(name, gradients, ("B", "H"), sizes, dtype) for name in last]
    return KERNELS[cell.name].backward(run, dlast=dlast, **loss)


def _given(name, arguments, dims, sizes, dtype):
    """Return a checked copy of one argument, None where it is not given or None."""
    value = arguments.get(name)
    return None if value is None else validate.array(name, value, dims, sizes, dtype).copy()


def _mask(mask, lengths, T, B):
    """Return the mask as (T, B) bool, made from the lengths if these are given; None without either."""
    if mask is not None and lengths is not None:
        raise ValueError("mask and lengths are both given; accepted is one of them")
    if lengths is not None:
        lengths = validate.rectangular("lengths", lengths)
        if lengths.shape != (B,):
            raise ValueError(f"lengths has shape {lengths.shape}; accepted is (B,) = ({B},)")
        checked = [validate.integer(f"lengths[{k}]", length, 1, T) for k, length in enumerate(lengths)]
        return np.arange(T)[:, None] < np.array(checked)
    if mask is None:
        return None
    mask = validate.rectangular("mask", mask).copy()
    if mask.dtype != bool:
        raise TypeError(f"mask has dtype {mask.dtype}; accepted is bool")
    if mask.shape != (T, B):
        raise ValueError(f"mask has shape {mask.shape}; accepted is (T, B) = {(T, B)}")
    return mask
