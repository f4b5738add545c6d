"""What the player works out of the engine's numbers, for the drawing and the equations: in Node, to rounding."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from rnnedu.cells import CELLS
from rnnedu.widget import StepPlayer
from tests.test_equations import evaluate

NODE = shutil.which("node")
KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]
RUN = """
const { data, trees, t } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const model = { get: (name) => ({ data, mode: "backward", t, unit: 1 })[name] };
console.log(JSON.stringify(trees.map((tree) => new Run(model).value(tree))));
"""


@pytest.mark.skipif(not NODE, reason="needs Node")
@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
@pytest.mark.parametrize("more", [{}, {"text": "anna"}], ids=["series", "text"])
def test_expressions_are_worked_out_as_python_does(name, options, more, tmp_path):
    player, t = StepPlayer(cell=name, options=options, **more), 3
    data, trace = player.data, player.trace
    wiring = data["wiring"] or {"nodes": [], "wires": []}
    trees = [line["tree"] for line in data["forward"] + data["backward"]]
    trees += [tree for node in wiring["nodes"] for tree in (node.get("value"), node.get("factor")) if tree]
    trees += [tree for wire in wiring["wires"] for tree in (wire["value"], wire["back"]) if tree]
    script = tmp_path / "player.cjs"
    script.write_text(player._esm.partition("export default")[0] + RUN, encoding="utf-8")
    given = json.dumps({"data": data, "trees": trees, "t": t})
    done = subprocess.run([NODE, script], input=given, capture_output=True, text=True, check=True)
    names = vars(trace.params.blocks) | {symbol: trace[symbol][t - 1] for symbol in trace}
    for tree, seen in zip(trees, json.loads(done.stdout), strict=True):
        np.testing.assert_allclose(seen, np.ravel(evaluate(tree, names)), rtol=1e-12, atol=1e-14, err_msg=str(tree))
