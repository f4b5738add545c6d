"""The graph of a model: which nodes each layer becomes.

Every node is called "<layer>/<what>", so that a graph can be read, in a viewer too. A recurrent layer is a chain of
Transpose (to time-major), the operator, Transpose (directions behind the batch), and a merge of the directions; with
a mask also CarryOver, and Slice where time is turned round. PaddedLengths and CarryOver are functions of the model
itself, made of ONNX' own operators, so that a graph says what it means.
"""

import rnnedu
from rnnedu.interop import common, onnxweights
from rnnedu.layers import Bidirectional, Dense, Dropout, Embedding

OPSET, IR_VERSION, DOMAIN = 18, 8, "rnnedu"
ACTIVATIONS = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax"}
MERGES = {"concat": "Reshape", "sum": "ReduceSum", "mul": "ReduceProd", "ave": "ReduceMean"}

# Which symbols (B, T) are no padding, and how many; -1, which every runtime refuses, if padding is not at the end.
PADDED_LENGTHS = """
<opset_import: ["" : 18], domain: "rnnedu"> PaddedLengths (symbols) => (mask, lengths) {
    zero = Constant <value_int = 0> ()
    padding = Equal (symbols, zero)
    mask = Not (padding)
    ones = Cast <to = 7> (mask)
    axis = Constant <value_ints = [1]> ()
    count = ReduceSum <keepdims = 0> (ones, axis)
    shape = Shape (symbols)
    every = ConstantOfShape <value = int64[1] {1}> (shape)
    one = Constant <value_int = 1> ()
    places = CumSum (every, one)
    filled = Mul (ones, places)
    end = ReduceMax <keepdims = 0> (filled, axis)
    fits = Equal (count, end)
    refused = Constant <value_int = -1> ()
    checked = Where (fits, count, refused)
    lengths = Cast <to = 6> (checked)
}
"""
# all (B, T, H): ONNX gives 0 at a masked timestep; here, as in Keras, the last state (B, H) is repeated there.
CARRY_OVER = """
<opset_import: ["" : 18], domain: "rnnedu"> CarryOver (mask, all, last) => (out) {
    units = Constant <value_ints = [2]> ()
    time = Constant <value_ints = [1]> ()
    kept = Unsqueeze (mask, units)
    repeated = Unsqueeze (last, time)
    out = Where (kept, all, repeated)
}
"""


def refuse(layers):
    """Raise ValueError for a layer that ONNX cannot hold, with the reason."""
    common.follow_masks(layers, "ONNX")
    for number, layer in enumerate(layers):
        common.refuse_unlike(layer, "ONNX")
        if isinstance(layer, Embedding) and number:
            common.refuse(layer, "ONNX", "export begins with it; accepted is an Embedding as the first layer")


class Graph:
    """Nodes and weights, written one after the other; each node takes what the one before gave."""

    def __init__(self, onnx):
        self.onnx, self.nodes, self.weights = onnx, [], []

    def weight(self, name, array):
        """Add an initializer and return its name; "" for None, ONNX' way to leave an input out."""
        if array is None:
            return ""
        self.weights.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def constant(self, name, numbers):
        """Add an initializer of int64 (n,) and return its name."""
        self.weights.append(self.onnx.helper.make_tensor(name, self.onnx.TensorProto.INT64, [len(numbers)], numbers))
        return name

    def node(self, name, op, inputs, outputs=None, **attributes):
        """Add a node and return the name of its first output, which is the node's own unless `outputs` are given."""
        outputs = outputs or [name]
        self.nodes.append(self.onnx.helper.make_node(op, inputs, outputs, name=name, **attributes))
        return outputs[0]


def build(onnx, model):
    """Return the onnx.ModelProto of a model."""
    graph, now = Graph(onnx), "x"
    for layer, masked in zip(model.layers, common.follow_masks(model.layers, "ONNX"), strict=True):
        now = _write(graph, layer, now, masked)
    graph.node("y", "Identity", [now])
    helper = onnx.helper
    functions = [onnx.parser.parse_function(text) for text in (PADDED_LENGTHS, CARRY_OVER)]
    used = {node.op_type for node in graph.nodes}
    return helper.make_model(
        helper.make_graph(graph.nodes, model.name, *_ends(onnx, model), initializer=graph.weights),
        functions=[function for function in functions if function.name in used],
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)],
        ir_version=IR_VERSION,
        producer_name="rnnedu",
        producer_version=rnnedu.__version__,
    )


def _ends(onnx, model):
    """Return the graph's inputs and outputs: names, dtypes, shapes with free sizes for batch and time."""
    number = onnx.helper.np_dtype_to_tensor_dtype(model.dtype)
    symbols = isinstance(model.layers[0], Embedding)
    ends = []
    for name, shape, dtype in (
        ("x", model.input_shape, onnx.TensorProto.INT64 if symbols else number),
        ("y", model.output_shape, number),
    ):
        last = () if symbols and name == "x" else (shape[-1],)
        sizes = ("batch", "time")[: len(shape) - len(last)] + last
        ends.append([onnx.helper.make_tensor_value_info(name, dtype, sizes)])
    return ends


def _write(graph, layer, x, masked):
    """Add a layer's nodes and return the name of its output."""
    if isinstance(layer, Dropout):  # which does nothing in a model that is used
        return x
    if isinstance(layer, Embedding):
        return _embedding(graph, layer, x)
    return _dense(graph, layer, x) if isinstance(layer, Dense) else _recurrent(graph, layer, x, masked)


def _embedding(graph, layer, x):
    if layer.mask_zero:
        graph.node(f"{layer.name}/mask", "PaddedLengths", [x], ["mask", "lengths"], domain=DOMAIN)
    table = graph.weight(f"{layer.name}/table", layer.params["embeddings"])
    return graph.node(f"{layer.name}/rows", "Gather", [table, x], axis=0)


def _dense(graph, layer, x):
    name = layer.name
    now = graph.node(f"{name}/product", "MatMul", [x, graph.weight(f"{name}/kernel", layer.params["kernel"])])
    if layer.use_bias:
        now = graph.node(f"{name}/sum", "Add", [now, graph.weight(f"{name}/bias", layer.params["bias"])])
    if layer.activation == "linear":
        return now
    axis = {"axis": -1} if layer.activation == "softmax" else {}
    return graph.node(f"{name}/activation", ACTIVATIONS[layer.activation], [now], **axis)


def _recurrent(graph, layer, x, masked):
    cell, both, name = common.cell_layer(layer), isinstance(layer, Bidirectional), layer.name
    W, R, B, *P = (graph.weight(f"{name}/{key}", array) for key, array in onnxweights.tensors(layer))
    inputs = [graph.node(f"{name}/time_first", "Transpose", [x], perm=[1, 0, 2]), W, R, B]
    inputs += ["lengths" if masked else "", "", "", *P]
    while not inputs[-1]:  # what is left out at the end is not written
        inputs.pop()
    op = onnxweights.OPS[type(cell)]
    outputs = [f"{name}/Y", f"{name}/Y_h"]
    graph.node(f"{name}/cell", op, inputs, outputs, **onnxweights.attributes(layer))
    if not cell.return_sequences:
        return _merged(graph, layer, "last", [1, 0, 2])
    now = _merged(graph, layer, "all", [2, 0, 1, 3])
    if masked and not both:
        last = _merged(graph, layer, "last", [1, 0, 2])
        now = graph.node(f"{name}/carried", "CarryOver", ["mask", now, last], domain=DOMAIN)
    if not both and layer.go_backwards:
        ends = (("from", [-1]), ("to", [-(2**63)]), ("axis", [1]), ("step", [-1]))
        now = graph.node(f"{name}/turned", "Slice", [now, *(graph.constant(f"{name}/{k}", v) for k, v in ends)])
    return now


def _merged(graph, layer, what, perm):
    """Bring Y or Y_h to (B, [T,] directions, H) and merge the directions."""
    name, mode = layer.name, layer.merge_mode if isinstance(layer, Bidirectional) else "concat"
    output = {"all": f"{name}/Y", "last": f"{name}/Y_h"}[what]
    now = graph.node(f"{name}/{what}_by_batch", "Transpose", [output], perm=perm)
    numbers = [*[0] * (len(perm) - 2), -1] if mode == "concat" else [-2]  # a shape (0: as it was), or an axis
    options = {} if mode == "concat" else {"keepdims": 0}
    return graph.node(f"{name}/{what}", MERGES[mode], [now, graph.constant(f"{name}/{what}_how", numbers)], **options)
