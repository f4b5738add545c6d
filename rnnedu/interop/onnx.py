"""Models to and from ONNX, and ONNX' recurrent operators on our kernels.

What stands where in ONNX' operators RNN, LSTM and GRU, for a layer with G gates; the first axis is the direction,
of size 1 or 2, forward before backward:

- W is (directions, G*H, D), R is (directions, G*H, H): stored (out, in) and used transposed, so W[0] is kernel.T and
  R[0] is recurrent_kernel.T.
- LSTM gates stand i, o, f, c, here i, f, g, o. GRU gates stand z, r, h, here z, r, n: the same order.
- B is (directions, 2*G*H): all biases of the input's product, then all of the recurrent product. In RNN and LSTM only
  their sum matters, so ours comes first and zeros follow. A GRU with reset_after has both.
- P, the LSTM's peepholes, is (directions, 3*H) in the order i, o, f; here i, f, o.
- linear_before_reset=1 is reset_after=True: h~_t = tanh(W_h x_t + Wb_h + r_t * (R_h h_(t-1) + Rb_h)). ONNX' default 0
  is reset_after=False: h~_t = tanh(W_h x_t + Wb_h + R_h (r_t * h_(t-1)) + Rb_h).
- z keeps the old state, as here: h_t = (1 - z_t) * h~_t + z_t * h_(t-1).
- X is (T, B, D); Y is (T, directions, B, H), all h_t; Y_h and Y_c are (directions, B, H), the last states.
- sequence_lens (B,) is how long each sequence is. Beyond it Y is 0, and the last states are those at the length; the
  backward direction begins there.

Sources: the operators' page of the ONNX specification, RNN-22, LSTM-22, GRU-22.
"""

import os
from pathlib import Path

from rnnedu import validate
from rnnedu.interop import common, onnxgraph, onnxread
from rnnedu.interop.onnxops import run_node
from rnnedu.models import ModelFileError, files

__all__ = ["export", "load", "run_node"]

PACKAGES = ("onnx", "onnxruntime")


def export(model, path=None):
    """Return a built Sequential as an onnx.ModelProto that gives the output of `predict`, and write it to `path`.

    The input is called "x": int64 (batch, time) for an Embedding, else the model's dtype, (batch, time, D) or (batch,
    D); the output is called "y". Batch and time may have any size. onnxruntime runs float32 only. Dropout is left
    out. With mask_zero the padding has to be at the end: the graph counts the symbols other than 0, and onnxruntime
    refuses ("Invalid value/s in sequence_lens") a sequence with a 0 before its last symbol, rather than
    give another number.

    Raises ImportError without the package onnx; TypeError for another model; ValueError for one that is not built
    and for what ONNX cannot hold: stateful, Lags, go_backwards with return_sequences after mask_zero, an Embedding
    that is not the first layer, weights of 2 GiB.
    """
    onnxgraph.refuse(common.built(model).layers)
    onnx = common.need("onnx", *PACKAGES)
    proto = onnxgraph.build(onnx, model)
    if proto.ByteSize() >= 2**31:
        raise ValueError(f"model has {proto.ByteSize()} bytes; accepted are less than 2 GiB in one ONNX file")
    if path is not None:
        Path(path).write_bytes(proto.SerializeToString())
    return proto


def load(path, max_bytes=files.MAX_BYTES):
    """Return the Sequential that `export` wrote to `path`.

    Only graphs that `export` writes are read: the layers are found in the graph, all sizes are compared, the model is
    exported again, and the two graphs must be the same node by node. Nothing else in the file is looked at, no other
    file is opened, and memory stays near the size of the file.

    Raises ImportError without the package onnx; ModelFileError (a ValueError) for every other file, with the name of
    the operator that is not accepted; FileNotFoundError where there is none.
    """
    max_bytes = validate.integer("max_bytes", max_bytes, 1)
    onnx, path = common.need("onnx", *PACKAGES), files.regular(path)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            raise ModelFileError(f"{path}: the file has {size} bytes; accepted are at most max_bytes = {max_bytes}")
        raw = file.read(max_bytes)
    try:
        return onnxread.model_of(onnx, raw)
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelFileError(f"{path} holds no model that rnnedu wrote: {error}") from None
