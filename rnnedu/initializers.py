"""How weights begin. All randomness comes from the generator that is passed in."""

from dataclasses import dataclass, fields

import numpy as np

from rnnedu import validate
from rnnedu.configured import Configured, unpack


def begin(D, H, seed, dtype):
    """Return D and H as Python's ints, which cannot overflow in 4 * H, and the generator that draws new parameters.

    Raises TypeError for anything but integers or a dtype other than float32 and float64, ValueError for D or H
    below 1 or a negative seed.
    """
    validate.float_dtype("dtype", dtype)
    rng = np.random.default_rng(validate.integer("seed", seed, 0))
    return validate.integer("D", D, 1), validate.integer("H", H, 1), rng


def glorot_uniform(rng, shape, dtype):
    """Return weights uniform in +-sqrt(6 / (fan_in + fan_out)), shape (fan_in, fan_out).

    Source: Glorot & Bengio (2010), eq. 16. Keras draws kernels this way.
    """
    fans = sum(shape) if len(shape) > 1 else 2 * shape[0]  # both fans of a bias (n,) are n, as in Keras
    limit = np.sqrt(6 / fans)
    return rng.uniform(-limit, limit, shape).astype(dtype)


def orthogonal(rng, shape, dtype):
    """Return a matrix with orthonormal columns or rows, whichever are fewer: its gains are all exactly 1.

    Source: Saxe, McClelland & Ganguli (2014), section 3. Keras draws recurrent kernels this way.
    """
    rows, columns = _matrix("Orthogonal", shape)
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q = q * np.sign(np.diag(r))  # makes the factorisation unique, and the draw uniform
    return (q if rows >= columns else q.T).astype(dtype)


def _matrix(name, shape):
    """Return rows and columns; ValueError for a shape that has not just these."""
    if len(shape) != 2:
        raise ValueError(f"shape is {shape}; accepted for {name} is that of a matrix, not of a bias")
    return shape


class Initializer(Configured):
    """How a variable begins: (rng, shape, dtype) -> array. Subclasses are dataclasses; their fields are numbers."""

    def __post_init__(self):
        for name, value in vars(self).items():
            validate.number(name, value, -np.inf)

    def __call__(self, rng, shape, dtype):
        """Return the array."""
        raise NotImplementedError


@dataclass(frozen=True)
class Zeros(Initializer):
    """0 everywhere."""

    def __call__(self, rng, shape, dtype):
        return np.zeros(shape, dtype)


@dataclass(frozen=True)
class Ones(Initializer):
    """1 everywhere."""

    def __call__(self, rng, shape, dtype):
        return np.ones(shape, dtype)


@dataclass(frozen=True)
class RandomUniform(Initializer):
    """Uniform between minval and maxval; Keras begins embeddings this way."""

    minval: float = -0.05
    maxval: float = 0.05

    def __post_init__(self):
        super().__post_init__()
        if self.minval > self.maxval:
            raise ValueError(f"minval is {self.minval}; accepted is a number up to maxval = {self.maxval}")

    def __call__(self, rng, shape, dtype):
        return rng.uniform(self.minval, self.maxval, shape).astype(dtype)


@dataclass(frozen=True)
class RandomNormal(Initializer):
    """Normal."""

    mean: float = 0.0
    stddev: float = 0.05

    def __post_init__(self):
        super().__post_init__()
        validate.number("stddev", self.stddev, 0)

    def __call__(self, rng, shape, dtype):
        return rng.normal(self.mean, self.stddev, shape).astype(dtype)


@dataclass(frozen=True)
class GlorotUniform(Initializer):
    """See `glorot_uniform`."""

    def __call__(self, rng, shape, dtype):
        return glorot_uniform(rng, shape, dtype)


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """See `orthogonal`; all gains are `gain`."""

    gain: float = 1.0

    def __call__(self, rng, shape, dtype):
        return orthogonal(rng, shape, dtype) * np.dtype(dtype).type(self.gain)


@dataclass(frozen=True)
class Identity(Initializer):
    """`gain` times the identity, once for each gate: a ReLU network that begins so keeps its state.

    Source: Le, Jaitly & Hinton (2015).
    """

    gain: float = 1.0

    def __call__(self, rng, shape, dtype):
        rows, columns = _matrix("Identity", shape)
        if columns % rows:
            raise ValueError(f"shape is {shape}; accepted for Identity is (H, H) or a multiple (H, G * H)")
        return np.tile(np.eye(rows, dtype=dtype), columns // rows) * np.dtype(dtype).type(self.gain)


@dataclass(frozen=True)
class Chrono(Initializer):
    """Biases of gates for memories of up to `longest` timesteps: b_f = log u, b_i = -b_f, u uniform in 1..longest-1.

    For the GRU, whose z keeps the old state, b_z = log u. Source: Tallec & Ollivier (2018), section 2.
    """

    longest: int

    def __post_init__(self):
        validate.integer("longest", self.longest, 3)

    def __call__(self, rng, shape, dtype):
        raise ValueError("Chrono is for the bias of an LSTM or a GRU; accepted there is bias_initializer=Chrono(T)")

    def for_gates(self, rng, gates, H):
        """Return the bias (G * H,) of gates such as "ifgo"."""
        kept = np.log(rng.uniform(1, self.longest - 1, H))
        begin = {"f": kept, "z": kept, "i": -kept}
        if not set(gates) & set(begin):
            raise ValueError("bias_initializer is Chrono; accepted is a cell with gates, LSTM or GRU")
        return np.concatenate([begin.get(gate, np.zeros(H)) for gate in gates])


CLASSES = (Zeros, Ones, RandomUniform, RandomNormal, GlorotUniform, Orthogonal, Identity, Chrono)
for _each in CLASSES:
    _each.settings = tuple(field.name for field in fields(_each))
NAMES = {
    "zeros": Zeros,
    "ones": Ones,
    "uniform": RandomUniform,
    "random_uniform": RandomUniform,
    "normal": RandomNormal,
    "random_normal": RandomNormal,
    "glorot_uniform": GlorotUniform,
    "orthogonal": Orthogonal,
    "identity": Identity,
} | {each.__name__: each for each in CLASSES[:-1]}


def get(name, value):
    """Return an Initializer from itself, from Keras' name for it, or from what `configured.pack` made of one.

    `name` is the argument's, for the message. Raises ValueError for an unknown name, TypeError for anything else.
    """
    if isinstance(value, Initializer):
        return value
    if isinstance(value, dict):
        return unpack(name, value, {each.__name__: each for each in CLASSES})
    if isinstance(value, str) and value.lower() == "chrono":
        raise ValueError(f"{name} is {value!r}; accepted is Chrono(longest): it needs to know the longest memory")
    return validate.named(name, value, NAMES)()
