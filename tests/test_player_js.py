"""What the player works out of the engine's numbers, for the drawing and the equations: in Node, to rounding."""

import base64
import json
import shutil
import subprocess

import numpy as np
import pytest

from rnnedu.cells import CELLS
from rnnedu.widget import StepPlayer
from rnnedu.widget.places import spelled
from tests.test_equations import evaluate

NODE = shutil.which("node")
KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]
RUN = """
const { data, trees, t } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const model = { get: (name) => ({ data, mode: "backward", t, unit: 1 })[name] };
console.log(JSON.stringify(trees.map((tree) => new Run(model).value(tree))));
"""
ADD_UP = """
const { data, sent, block, t } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const odd = (text) => {  // as a kernel's message may hold it: not at a multiple of eight bytes
  const all = Buffer.concat([Buffer.alloc(1), Buffer.from(text, "base64")]);
  return new DataView(all.buffer, all.byteOffset + 1, all.length - 1);
};
const views = Object.fromEntries(Object.entries(sent).map(([name, text]) => [name, odd(text)]));
const shares = new Shares({ sizes: data.sizes }, views);
console.log(JSON.stringify([[...shares.share(block, t)], [...shares.sum(block, t)], shares.most()]));
"""
needs_node = pytest.mark.skipif(not NODE, reason="needs Node")


def in_node(player, program, given, folder):
    """Run the player's module and a program behind it over `given`; return what it prints."""
    script = folder / "player.cjs"
    script.write_text(player._esm.partition("export default")[0] + program, encoding="utf-8")
    done = subprocess.run([NODE, script], input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@needs_node
@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
@pytest.mark.parametrize("more", [{}, {"text": "anna"}], ids=["series", "text"])
def test_expressions_are_worked_out_as_python_does(name, options, more, tmp_path):
    player, t = StepPlayer(cell=name, options=options, **more), 3
    data, trace = player.data, player.trace
    wiring = data["wiring"] or {"nodes": [], "wires": []}
    trees = [line["tree"] for line in data["forward"] + data["backward"] + data["sum_lines"]]
    trees += [tree for node in wiring["nodes"] for tree in (node.get("value"), node.get("factor")) if tree]
    trees += [tree for wire in wiring["wires"] for tree in (wire["value"], wire["back"]) if tree]
    found = in_node(player, RUN, {"data": data, "trees": trees, "t": t}, tmp_path)
    names = vars(trace.params.blocks) | {symbol: trace[symbol][t - 1] for symbol in trace}
    for tree, seen in zip(trees, found, strict=True):
        np.testing.assert_allclose(seen, np.ravel(evaluate(tree, names)), rtol=1e-12, atol=1e-14, err_msg=str(tree))


@needs_node
@pytest.mark.parametrize("block", ["W_xi", "W_hf", "b_o"])
@pytest.mark.parametrize("t", [0, 4, 5])
def test_shares_are_added_up_from_the_end(block, t, tmp_path):
    player = StepPlayer(cell="lstm", units=3, length=6, loss="every")
    sent = {name: base64.b64encode(content).decode() for name, content in player.shares.items()}
    share, total, most = in_node(player, ADD_UP, {"data": player.data, "sent": sent, "block": block, "t": t}, tmp_path)
    each = {name: np.frombuffer(content, "<f8").reshape(6, -1) for name, content in player.shares.items()}
    sums = {name: np.cumsum(values[::-1], axis=0)[::-1] for name, values in each.items()}
    assert np.array_equal(share, each[block][t])
    np.testing.assert_allclose(total, sums[block][t], rtol=1e-13)
    highest = max(np.abs(values).max() for values in (*each.values(), *sums.values()))
    assert most == pytest.approx(highest, rel=1e-13)


@needs_node
def test_every_letter_can_be_seen(tmp_path):
    letters = [" ", "\n", "\t", "\x07", "\u202e", "\u2028", "\u200d", "a", "<", "é", "😀", "1700-01", ""]
    program = 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(visible)));'
    seen = in_node(StepPlayer(length=2), program, letters, tmp_path)
    assert seen == [spelled(each) if len(each) == 1 else each for each in letters]
    assert seen[4] == "U+202E"
