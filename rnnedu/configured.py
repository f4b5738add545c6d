"""Settings that travel: an object's constructor arguments as a dict that JSON can write, and back."""

import inspect

from rnnedu import validate


class Configured:
    """An object that is made again from its settings.

    settings : the names of the constructor's arguments; each is also an attribute.
    """

    settings = ()

    def __new__(cls, *positional, **named):
        """Refuse what Python would refuse, such as a missing argument, and say then which name was unknown."""
        try:
            inspect.signature(cls.__init__).bind(None, *positional, **named)
        except TypeError:
            validate.refuse_unknown(cls.__name__, named, cls.arguments())
        return super().__new__(cls)

    @classmethod
    def arguments(cls):
        """Return the names of all arguments that the constructor takes, those that it hands on included."""
        found = {}
        for each in cls.__mro__:
            given = inspect.signature(each.__init__).parameters.values() if "__init__" in vars(each) else ()
            found |= {p.name: None for p in list(given)[1:] if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        return tuple(found)

    def get_config(self):
        """Return {name: value} of every setting, JSON-able: what `from_config` takes."""
        return {name: getattr(self, name) for name in self.settings}

    @classmethod
    def from_config(cls, config):
        """Return the object that `config`, a dict as `get_config` returns it, describes.

        What is left out has its default. Raises ValueError for a name that is no setting, TypeError when `config`
        is no dict, and whatever the constructor raises for a bad value.
        """
        for name in validate.kind("config", config, dict):
            validate.named(f"a setting of {cls.__name__}", name, dict.fromkeys(cls.settings))
        return cls(**config)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.settings)})"


def pack(thing):
    """Return {"class_name": ..., "config": ...} of a Configured object, as Keras writes it."""
    return {"class_name": type(thing).__name__, "config": thing.get_config()}


def unpack(name, packed, register):
    """Return the object that `pack` packed; `register` maps class names to classes.

    Raises ValueError for other keys than "class_name" and "config", for an unknown class or setting; TypeError for
    values of another kind.
    """
    if set(validate.kind(name, packed, dict)) != {"class_name", "config"}:
        raise ValueError(f"{name} has the keys {sorted(map(str, packed))}; accepted are 'class_name' and 'config'")
    return validate.named(f"{name}['class_name']", packed["class_name"], register).from_config(packed["config"])
