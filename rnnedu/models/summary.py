"""A model as a table: layers, output shapes, numbers of weights."""

import html
from dataclasses import dataclass

COLUMNS = ("Layer (type)", "Output Shape", "Param #")


@dataclass(frozen=True)
class Summary:
    """Rows of (name and type, output shape, weights) as text, and the total number of weights (None: not built)."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    total: int | None
    size: int

    @classmethod
    def of(cls, model):
        """Return the Summary of a model. Before it is built, shapes and numbers are "?"."""
        if not model.built:
            rows = [(_label(layer), "?", "0 (unbuilt)") for layer in model.layers]
            return cls(model.name, tuple(rows), None, 0)
        _, shape, rows = model.home, model.input_shape, []
        for layer in model.layers:
            shape = layer.output_shape(shape)
            rows.append((_label(layer), str(shape), f"{layer.count_params():,}"))
        return cls(model.name, tuple(rows), model.count_params(), model.dtype.itemsize)

    def __str__(self):
        widths = [max(len(row[k]) for row in (COLUMNS, *self.rows)) for k in range(3)]
        lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in (COLUMNS, *self.rows)]
        rule = "-" * (sum(widths) + 4)
        return "\n".join([f'Model: "{self.title}"', rule, lines[0], rule, *lines[1:], rule, self._totals()])

    def _totals(self):
        if self.total is None:
            return "Total params: 0 (unbuilt)"
        return f"Total params: {self.total:,} ({self.total * self.size / 1024:,.1f} KB)"

    def html(self):
        """Return the table as HTML; names are escaped."""
        head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in COLUMNS)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        caption = f"<caption>{html.escape(self.title)}. {html.escape(self._totals())}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _label(layer):
    return f"{layer.name} ({type(layer).__name__})"
