"""The controls of a Panel, each for one trait, as plain data that js/form.js shows."""


def select(trait, options, label=""):
    """Return a choice. options : values, or a mapping value -> how it reads."""
    pairs = list(options.items()) if isinstance(options, dict) else [(value, str(value)) for value in options]
    return _control("select", trait, label, options=[list(pair) for pair in pairs])


def count(trait, low, high, label=""):
    """Return a box for a whole number from low to high."""
    return _control("count", trait, label, low=low, high=high)


def slider(trait, low, high, step, label="", log=False):
    """Return a slider; with `log` it moves along powers of ten, `step` being a share of a decade."""
    return _control("slider", trait, label, low=low, high=high, step=step, log=log)


def toggle(trait, label=""):
    """Return a box to tick, for a bool."""
    return _control("toggle", trait, label)


def several(trait, options, label=""):
    """Return boxes to tick, for a list of values. options : as for `select`."""
    return select(trait, options, label) | {"kind": "several"}


def field(trait, longest, label="", lines=1):
    """Return a field for a text of at most `longest` characters."""
    return _control("field", trait, label, longest=longest, lines=lines)


def entry(control, name, value):
    """Return `control` for one entry, `name`, of a trait that is a dict. value : what it shows, a default too."""
    return control | {"entry": name, "value": value}


def action(name, label, enabled=True, primary=False):
    """Return a button that calls the widget's method `name`."""
    return {"name": name, "label": label, "enabled": bool(enabled), "primary": primary}


def _control(kind, trait, label, **more):
    return {"kind": kind, "trait": trait, "label": label or trait.replace("_", " ")} | more
