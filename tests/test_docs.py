"""What the documents say of the code is so."""

import pathlib
import re
from dataclasses import fields

import numpy as np
import pytest

from rnnedu.cells import CELLS, gru, lstm
from rnnedu.view import colours

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTATION = (ROOT / "rnnedu" / "NOTATION.md").read_text(encoding="utf-8")


PAGES = (
    "README.md", "CONTRIBUTING.md", "data/README.md", "notebooks/README.md", "rnnedu/NOTATION.md",
    "rnnedu/widget/README.md",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [t for t in targets if not t.startswith("http") and not (path.parent / t).exists()] == []


def test_what_the_readme_says_to_look_for_is_on_the_page_it_names():
    rows = re.findall(r"\]\((rnnedu/cells/\w+\.py)\) \| `([^`]+)`", README)
    assert len(rows) == 3
    for page, line in rows:
        assert line in (ROOT / page).read_text(encoding="utf-8"), page


def test_every_symbol_of_every_cell_is_in_the_notation():
    for cell in CELLS.values():
        params = cell.init(2, 3)
        step = cell.step(params, np.ones((1, 2)), *(np.ones((1, 3)) for _ in cell.state))
        back = cell.step_back(params, step, *(np.ones((1, 3)) for _ in cell.state))
        for symbol in [f.name for f in (*fields(step), *fields(back))]:
            assert f"`{symbol}`" in NOTATION, symbol
        for array in params.arrays():
            assert re.search(rf"\b{array} \(", NOTATION) or f"| {array} |" in NOTATION, array


def test_the_gate_order_is_the_notations():
    assert f"| b (4H,) | {', '.join(lstm.LSTMParams.gates)} |" in NOTATION
    assert f"| b (3H,), b_hn (H,) | {', '.join(gru.GRUParams.gates)} |" in NOTATION


def test_the_readmes_example_runs(capsys):
    code = README.split("```python\n")[1].split("```")[0]
    exec(compile(code, "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert "right" in out
    assert "WRONG" not in out


def test_the_readmes_training_learns():
    code = README.split("```python\n")[2].split("```")[0].replace("epochs=10", "epochs=10, verbose=0")
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["model"].history.history["accuracy"][-1] > 0.9


def contrast(a, b):
    """Return the contrast of two hex colours, 1 to 21 (WCAG 2.2)."""

    def luminance(colour):
        parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("pair", [*colours.LETTERS.values(), *colours.OTHERS])
def test_symbols_can_be_read_on_light_and_dark_pages(pair):
    assert contrast(pair[0], "#f6f7f8") >= 4.5
    assert contrast(pair[1], "#202327") >= 4.5
