"""A graph that `export` wrote, back as a model: find the layers, then prove that they are the graph."""

from itertools import groupby

import numpy as np

from rnnedu import layers, validate
from rnnedu.interop import common, onnxgraph, onnxweights

ACCEPTED = {
    *onnxweights.OPS.values(), *onnxgraph.ACTIVATIONS.values(), *onnxgraph.MERGES.values(),
    "Gather", "MatMul", "PaddedLengths", "CarryOver", "Transpose", "Slice", "Add", "Identity",
}  # fmt: skip


def model_of(onnx, raw):
    """Return the Sequential of a serialized ModelProto; ValueError or TypeError for one that we do not write."""
    proto = _parsed(onnx, raw)
    for node in proto.graph.node:
        if node.op_type not in ACCEPTED:
            raise ValueError(f"node {node.name!r} is {node.op_type}; accepted are {', '.join(sorted(ACCEPTED))}")
    arrays = {tensor.name: _array(onnx, tensor) for tensor in proto.graph.initializer}
    found, weights = [], []
    for name, nodes in groupby(proto.graph.node, lambda node: node.name.rpartition("/")[0]):
        if name:
            layer, its = _layer(onnx, name, {node.name.rpartition("/")[2]: node for node in nodes}, arrays)
            found.append(layer)
            weights += its
    if not found:
        raise ValueError("the graph has no layer; accepted is one at least")
    model = common.assemble(found, _input_shape(proto.graph), weights, _dtype(weights), proto.graph.name)
    _compare(proto, onnxgraph.build(onnx, model))
    return model


def _parsed(onnx, raw):
    try:
        return onnx.ModelProto.FromString(raw)
    except Exception as error:  # google.protobuf.message.DecodeError is no ValueError
        raise ValueError(f"this is no ONNX file: {error}") from None


def _array(onnx, tensor):
    """Return an initializer as an array, if it is in this file, of a dtype of ours, and as large as it says."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise ValueError(f"{tensor.name!r} is kept in another file; accepted are weights in this one")
    kinds = {
        onnx.TensorProto.FLOAT: (np.float32, "float_data"),
        onnx.TensorProto.DOUBLE: (np.float64, "double_data"),
        onnx.TensorProto.INT64: (np.int64, "int64_data"),
    }
    if tensor.data_type not in kinds:
        raise ValueError(f"{tensor.name!r} has data_type {tensor.data_type}; accepted are FLOAT, DOUBLE, INT64")
    dtype, field = kinds[tensor.data_type]
    shape = tuple(validate.integer(f"{tensor.name!r} dims", size, 1) for size in tensor.dims)
    size = len(tensor.raw_data) // np.dtype(dtype).itemsize or len(getattr(tensor, field))
    if size != int(np.prod(shape, dtype=object)):
        raise ValueError(f"{tensor.name!r} has {size} numbers; accepted are those of its shape {shape}")
    return onnx.numpy_helper.to_array(tensor)


def _layer(onnx, name, nodes, arrays):
    """Return a layer without weights, and its weights, from its nodes, as `onnxgraph` calls them."""
    if "rows" in nodes:
        table = _of(arrays, name, "table", 2)
        return layers.Embedding(*table.shape, mask_zero="mask" in nodes, name=name), [table]
    if "product" in nodes:
        return _dense(name, nodes, arrays)
    if "cell" in nodes:
        given = nodes["cell"].attribute
        attributes = {each.name: _plain(onnx.helper.get_attribute_value(each)) for each in given}
        return _recurrent(name, nodes, attributes, arrays)
    raise ValueError(f"nodes {name!r} are {', '.join(nodes)}; accepted are those of one layer that export writes")


def _of(arrays, layer, key, axes):
    """Return a layer's array, of so many axes."""
    array = validate.named("initializer", f"{layer}/{key}", arrays)
    return validate.ranked(f"{layer}/{key}", array, "N" * axes)


def _plain(value):
    """Return an attribute with text for bytes."""
    if isinstance(value, bytes):
        return value.decode("ascii", "replace")
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _dense(name, nodes, arrays):
    names = {theirs: ours for ours, theirs in onnxgraph.ACTIVATIONS.items()}
    activation = validate.named("activation", nodes["activation"].op_type, names) if "activation" in nodes else None
    weights = [_of(arrays, name, "kernel", 2)] + ([_of(arrays, name, "bias", 1)] if "sum" in nodes else [])
    return layers.Dense(weights[0].shape[1], activation, use_bias="sum" in nodes, name=name), weights


def _recurrent(name, nodes, attributes, arrays):
    op = nodes["cell"].op_type
    inputs = dict(zip(("X", "W", "R", "B", "lengths", "h0", "c0", "P"), nodes["cell"].input, strict=False))
    found = {key: _of(arrays, name, key, 3 if key in "WR" else 2) for key in "WRBP" if key in "WR" or inputs.get(key)}
    options = {"use_bias": "B" in found, "return_sequences": "all" in nodes}
    options |= {"use_peepholes": "P" in found} if op == "LSTM" else {}
    merges = {theirs: ours for ours, theirs in onnxgraph.MERGES.items()}
    merge = next((merges[nodes[what].op_type] for what in ("all", "last") if what in nodes), None)
    layer = onnxweights.layer_of(op, attributes, merge, **options)
    layer.rename(name)
    _check_sizes(layer, found)
    return layer, onnxweights.weights(layer, found)


def _check_sizes(layer, found):
    """Raise ValueError unless the arrays W, R, B, P are as large as the layer's units say."""
    cell, N = common.cell_layer(layer), 1 + isinstance(layer, layers.Bidirectional)
    G, H = len(cell.gates), cell.units
    shapes = {"W": (N, G * H, found["W"].shape[-1]), "R": (N, G * H, H), "B": (N, 2 * G * H), "P": (N, 3 * H)}
    for key, array in found.items():
        validate.shaped(f"{layer.name}/{key}", array, shapes[key], array.dtype)


def _dtype(weights):
    kinds = {array.dtype for array in weights}
    if len(kinds) != 1:
        raise ValueError(f"the weights are of {sorted(map(str, kinds))}; accepted is one dtype")
    return kinds.pop()


def _input_shape(graph):
    if len(graph.input) != 1:
        raise ValueError(f"the graph has {len(graph.input)} inputs; accepted is one")
    return (None, *(size.dim_value or None for size in graph.input[0].type.tensor_type.shape.dim[1:]))


def _compare(proto, ours):
    """Raise ValueError unless both say the same, weights aside, which were checked by shape."""
    for theirs, node in zip(proto.graph.node, ours.graph.node, strict=False):
        if theirs != node:
            raise ValueError(f"node {theirs.name!r} is not written as export writes {node.op_type} {node.name!r}")
    for what, part in {
        "nodes": lambda p: len(p.graph.node),
        "initializers": lambda p: [(tensor.name, tensor.dims, tensor.data_type) for tensor in p.graph.initializer],
        "input": lambda p: list(p.graph.input),
        "output": lambda p: list(p.graph.output),
        "functions": lambda p: list(p.functions),
        "opset_import": lambda p: list(p.opset_import),
        "sparse_initializer": lambda p: list(p.graph.sparse_initializer),
    }.items():
        if part(proto) != part(ours):
            raise ValueError(f"{what} are not those that export writes for this model")
