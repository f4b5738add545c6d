"""Rows of results, as text."""

import statistics


def geometric_means(rows, by, value="ratio"):
    """Return {values of the keys `by`: geometric mean of `value`} over the rows that have one."""
    groups = {}
    for row in rows:
        if value in row:
            groups.setdefault(tuple(row[key] for key in by), []).append(row[value])
    return {key: statistics.geometric_mean(values) for key, values in groups.items()}


def show(title, rows, columns):
    """Print the rows under a title; `columns` is key -> (heading, format). Skipped and failed rows are named below."""
    print(f"\n{title}")
    lines = [[text(row[key], form) for key, (_, form) in columns.items()] for row in rows if "problem" not in row]
    if lines:
        lines.insert(0, [heading for heading, _ in columns.values()])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
    for row in rows:
        if "problem" in row:
            print(f"  {row['name']}: {row['problem']}")


def text(value, form):
    """Return a value as text; the values of a list side by side."""
    return " ".join(format(each, form) for each in value) if isinstance(value, list | tuple) else format(value, form)


def show_means(rows, by, targets=None):
    """Print the geometric mean of the ratios of each group, beside the aim where there is one."""
    for key, mean in geometric_means(rows, by).items():
        aim = (targets or {}).get(key)
        print(f"  geometric mean, {', '.join(key)}: {mean:.2f}x" + (f" (aim {aim}x)" if aim else ""))
