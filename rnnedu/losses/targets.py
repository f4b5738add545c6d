"""Checks of what a model is trained towards: y, in the shape of the output, and the weights of its rows.

output_shape is the shape of y_pred, (B, V) or (B, T, V). Its B is not compared with the N rows of y, which may be a
whole data set.
"""

import numpy as np

from rnnedu import validate


def axes(shape, symbols):
    """Return the symbols of an array with a row for every sequence, or for every timestep if it has three axes."""
    return tuple(symbols) if len(shape) == 3 else (symbols[0], symbols[-1])


def numbers(y):
    """Return y as floats, and whether they came as integers (or booleans). Beyond 2**53 integers are rounded.

    Raises TypeError for anything but numbers, ValueError for ragged rows, masked entries, NaN or infinity.
    """
    found = validate.rectangular("y", y).dtype
    return validate.real("y", y, found if found in validate.DTYPES else np.float64), found.kind in "biu"


def rows(y, output_shape):
    """Return floats y checked to be of the output's shape but for the number of rows."""
    if y.ndim == len(output_shape) - 1 and output_shape[-1] == 1:
        y = y[..., None]
    return _shaped(y, axes(output_shape, "NTV"), output_shape)


def labels(y, whole, output_shape):
    """Return what `numbers` returned as np.intp, checked to be labels of the output's rows."""
    if y.ndim == len(output_shape) and y.shape[-1] == 1:
        y = y[..., 0]
    y, V = _shaped(y, axes(output_shape, "NTV")[:-1], output_shape), output_shape[-1]
    return integers(y, whole, 0, V, f"labels from 0 to {V - 1}, one for each of the {V} outputs")


def integers(y, whole, low, V, accepted):
    """Return what `numbers` returned as np.intp in low..V-1; TypeError if they came as floats, else ValueError."""
    if not whole:
        raise TypeError("y holds floats; accepted are integer labels (convert whole numbers with .astype(int))")
    refuse(y, (y < low) | (y >= V), accepted)  # first: what does not fit into np.intp is undefined there
    return y.astype(np.intp)


def _shaped(y, symbols, output_shape):
    sizes = dict(zip(symbols[1:], output_shape[1:], strict=False))  # labels have no last axis
    return validate.array("y", y, symbols, sizes)


def refuse(y, wrong, accepted):
    """Raise a ValueError that names the first entry of y where `wrong` is True, if there is one."""
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"y holds {y[where]:g} at index {where}; accepted are {accepted}")


def weights(sample_weight, shape):
    """Return the weights as floats that multiply values of `shape`; None is 1.

    Raises TypeError and ValueError as `numbers` does, naming sample_weight, and ValueError for another shape.
    """
    if sample_weight is None:
        return np.ones(shape)
    each = validate.real("sample_weight", sample_weight, np.float64)
    if each.shape not in {shape, shape[:1]}:
        raise ValueError(f"sample_weight has shape {each.shape}; accepted is {shape[:1]} or {shape}")
    return each.reshape(each.shape + (1,) * (len(shape) - each.ndim))
