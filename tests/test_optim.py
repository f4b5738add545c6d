"""Optimisers, schedules and clipping: 30 updates as Keras and PyTorch make them, hostile gradients, bad input."""

import json
from pathlib import Path

import numpy as np
import pytest

from rnnedu import optim

GOLDEN = np.load(Path(__file__).parent / "golden" / "optim.npz")
CASES = [json.loads(case) for case in GOLDEN["cases"]]
SCHEDULES = [json.loads(schedule) for schedule in GOLDEN["schedules"]]
ENDS = np.cumsum(GOLDEN["sizes"])
PARTS = [slice(int(end - size), int(end)) for end, size in zip(ENDS, GOLDEN["sizes"], strict=True)]
GRADIENT = GOLDEN["gradients"][0]
EVERY = [
    optim.SGD(),
    optim.SGD(momentum=0.9),
    optim.SGD(momentum=0.9, nesterov=True, weight_decay=0.1),
    optim.SGD(momentum=0.9, weight_decay=0.1, convention="torch"),
    optim.RMSprop(clipnorm=0.5),
    optim.RMSprop(centered=True, momentum=0.9),
    optim.RMSprop(centered=True, momentum=0.9, convention="torch"),
    optim.Adagrad(clipvalue=0.5),
    optim.Adagrad(convention="torch"),
    optim.Adam(global_clipnorm=0.5),
    optim.Adam(amsgrad=True, convention="torch"),
    optim.AdamW(optim.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=2)),
]


def label(case):
    config = case["optimizer"]["config"]
    return "-".join([case["optimizer"]["class_name"], case["dtype"], *(f"{k}={v}" for k, v in config.items())])[:120]


def train(optimizer, weights, gradients, parts=PARTS):
    """Return the weights after every update, (steps, N), and the last slots; two buffers swap roles."""
    weights, slots = weights.copy(), optimizer.begin(weights.size, weights.dtype)
    spare, spare_slots = np.full_like(weights, np.nan), {n: np.full_like(s, np.nan) for n, s in slots.items()}
    after = []
    for step, gradient in enumerate(gradients, start=1):
        optimizer.update(weights, gradient.copy(), slots, step, parts, spare, spare_slots)
        weights, spare, slots, spare_slots = spare, weights, spare_slots, slots
        after.append(weights.copy())
    return np.stack(after), slots


# --- agreement with the peers


@pytest.mark.parametrize("i", range(len(CASES)), ids=[label(case) for case in CASES])
def test_thirty_updates_are_those_of_the_peer(i):
    dtype = CASES[i]["dtype"]
    exact = 1e-7 if "clip" in str(CASES[i]) else 1e-13  # Keras' norms are right to about 1e-8
    tolerance = 1e-5 if dtype == "float32" else exact
    optimizer, golden = optim.get(CASES[i]["optimizer"]), GOLDEN["after"][i]
    after, _ = train(optimizer, GOLDEN["weights"].astype(dtype), GOLDEN["gradients"].astype(dtype))
    assert after.dtype == dtype
    np.testing.assert_allclose(after[GOLDEN["kept"] - 1], golden, rtol=tolerance, atol=tolerance)


def test_golden_arrays_cover_every_optimizer_in_both_conventions():
    seen = {(c["optimizer"]["class_name"].lower(), c["optimizer"]["config"]["convention"]) for c in CASES}
    assert seen == {(name, convention) for name in optim.OPTIMIZERS for convention in ("keras", "torch")}
    assert {name for name, _ in SCHEDULES} == set(optim.SCHEDULES)
    assert [version.split()[0] for version in GOLDEN["versions"]] == ["keras", "torch", "numpy"]


@pytest.mark.parametrize("i", range(len(SCHEDULES)), ids=[f"{name} {config}" for name, config in SCHEDULES])
def test_schedules_are_those_of_keras(i):
    name, config = SCHEDULES[i]
    schedule = optim.SCHEDULES[name](**config)
    rates = [schedule(step) for step in range(40)]
    np.testing.assert_allclose(rates, GOLDEN["rates"][i], rtol=1e-14, atol=1e-17)
    optimizer = optim.SGD(schedule)
    assert [optimizer.rate(step) for step in range(1, 41)] == rates  # the first update has step 1, and rate 0 of Keras


def test_clipping_is_that_of_pytorch():
    gradients = [GRADIENT[part] for part in PARTS]
    np.testing.assert_array_equal(optim.clip_by_value(GRADIENT, 0.3), GOLDEN["torch_value"])
    each = np.concatenate([optim.clip_by_norm(gradient, 0.7) for gradient in gradients])
    np.testing.assert_allclose(each, GOLDEN["torch_each"], rtol=2e-6)  # PyTorch adds 1e-6 to the norm
    clipped, norm = optim.clip_by_global_norm(gradients, 0.9)
    np.testing.assert_allclose(np.concatenate(clipped), GOLDEN["torch_global"], rtol=2e-6)
    assert norm == pytest.approx(GOLDEN["torch_norm"].item(), rel=1e-14)


# --- what an update writes


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
def test_an_update_writes_new_arrays_only_and_keeps_the_dtype(optimizer, dtype):
    weights, gradient = GOLDEN["weights"].astype(dtype), GRADIENT.astype(dtype)
    slots = {name: slot + dtype(0.5) for name, slot in optimizer.begin(weights.size, dtype).items()}
    held = [weights.tobytes(), *(slot.tobytes() for slot in slots.values())]
    new, new_slots = np.full_like(weights, np.nan), {name: np.full_like(slot, np.nan) for name, slot in slots.items()}
    optimizer.update(weights, gradient, slots, 3, PARTS, new, new_slots)
    assert [weights.tobytes(), *(slot.tobytes() for slot in slots.values())] == held
    assert new.dtype == dtype
    assert np.isfinite(new).all()
    assert not np.shares_memory(new, gradient)
    assert list(new_slots) == list(optimizer.slots)
    assert all(slot.dtype == dtype and np.isfinite(slot).all() for slot in new_slots.values())


def test_the_equation_of_adam_holds_for_one_weight():
    """The docstring, line by line, for t = 1 and 2."""
    optimizer, w, m, v = optim.Adam(0.1, beta_1=0.8, beta_2=0.9, epsilon=0.3), 2.0, 0.0, 0.0
    after, _ = train(optimizer, np.array([w]), np.array([[0.5], [-0.25]]), [slice(0, 1)])
    for t, g in enumerate([0.5, -0.25], start=1):
        m = 0.8 * m + (1 - 0.8) * g
        v = 0.9 * v + (1 - 0.9) * g**2
        rate_t = 0.1 * np.sqrt(1 - 0.9**t) / (1 - 0.8**t)
        w = w - rate_t * m / (np.sqrt(v) + 0.3)
        assert after[t - 1, 0] == pytest.approx(w, rel=1e-14)


def test_settings_of_the_learning_rate_apply_from_the_next_update_on():
    optimizer = optim.SGD(0.5)
    optimizer.learning_rate = 0.25
    assert optimizer.rate(1) == 0.25
    optimizer.learning_rate = optim.ExponentialDecay(1.0, 1, 0.5)
    assert [optimizer.rate(step) for step in (1, 2, 3)] == [1.0, 0.5, 0.25]
    with pytest.raises(ValueError, match="learning_rate is nan"):
        optimizer.learning_rate = float("nan")
    assert optimizer.rate(2) == 0.5


# --- hostile gradients


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
def test_finite_gradients_of_any_size_give_finite_weights_without_a_warning(optimizer, dtype):
    """Huge, then tiny, then none: the averages of squares must neither overflow nor divide 0 by 0."""
    with np.errstate(all="warn"):
        huge = np.where(np.arange(25) % 3, 1e30, -1e-30).astype(dtype)
        gradients = [huge, huge, huge * dtype(1e-60), np.zeros(25, dtype), GRADIENT.astype(dtype)]
        after, slots = train(optimizer, GOLDEN["weights"].astype(dtype), gradients)
    assert np.isfinite(after).all()
    assert all(np.isfinite(slot).all() for slot in slots.values())


@pytest.mark.parametrize("convention", ["keras", "torch"])
@pytest.mark.parametrize("name", ["adam", "rmsprop", "adagrad"])
def test_a_weight_recovers_from_one_huge_gradient(name, convention):
    """Where the square overflows, division by an infinite root would hold the weight still for good."""
    optimizer = optim.OPTIMIZERS[name](convention=convention)
    (first,), _ = train(optimizer, np.ones(1, np.float32), np.full((1, 1), 1e30, np.float32), [slice(0, 1)])
    (same,), _ = train(optimizer, np.ones(1), np.full((1, 1), 1e12), [slice(0, 1)])
    np.testing.assert_allclose(1 - first, 1 - same, rtol=1e-4)


def test_a_centered_variance_that_rounding_makes_negative_counts_as_zero():
    """A gradient that is always the same has variance 0; in float32 the difference is now above it, now below."""
    for convention in ("keras", "torch"):
        optimizer = optim.RMSprop(centered=True, rho=0.5, convention=convention)
        after, _ = train(optimizer, np.zeros(99, np.float32), [np.linspace(1, 1e4, 99, dtype=np.float32)] * 60)
        assert np.isfinite(after).all()


def test_weights_that_overflow_do_so_without_a_warning():
    optimizer, weights = optim.SGD(1e3, momentum=0.9), np.full(25, 3e38, np.float32)
    after, _ = train(optimizer, weights, [np.full(25, -3e38, np.float32)] * 3)
    assert not np.isfinite(after[-1]).any()


@pytest.mark.parametrize("size", [1e-42, 1e-25, 1.0, 1e30])
def test_norms_neither_overflow_nor_vanish_in_float32(size):
    gradients = {"a": np.full((2, 3), size, np.float32), "b": np.full(3, size, np.float32)}
    held = {name: gradient.copy() for name, gradient in gradients.items()}
    exact = float(np.float32(size))
    clipped, norm = optim.clip_by_global_norm(gradients, exact / 2)
    assert norm == pytest.approx(3 * exact, rel=1e-6)
    assert list(clipped) == ["a", "b"]
    assert all(array.dtype == np.float32 for array in clipped.values())
    tolerance = 1e-3 if size == 1e-42 else 1e-6  # float32 has few digits left there
    np.testing.assert_allclose(clipped["a"], exact / 6, rtol=0.1 if size == 1e-42 else tolerance)
    np.testing.assert_allclose(optim.clip_by_norm(gradients["b"], exact), exact / np.sqrt(3), rtol=tolerance)
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, held[name])


def test_what_is_below_the_limit_is_left_as_it_is():
    clipped, norm = optim.clip_by_global_norm([GRADIENT, np.zeros((2, 2))], 1e9)
    assert norm == np.linalg.norm(GRADIENT)
    np.testing.assert_array_equal(clipped[0], GRADIENT)
    assert clipped[0] is not GRADIENT
    np.testing.assert_array_equal(optim.clip_by_norm(GRADIENT, 1e9), GRADIENT)
    np.testing.assert_array_equal(optim.clip_by_value(GRADIENT.astype(np.float32), 1e300), GRADIENT.astype(np.float32))
    assert optim.clip_by_global_norm([np.zeros(3)], 1.0)[1] == 0


# --- settings there and back


@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
def test_settings_travel_through_json(optimizer):
    packed = json.loads(json.dumps(optim.serialize(optimizer)))
    again = optim.get(packed)
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config()
    assert repr(again) == repr(optimizer)
    assert json.loads(json.dumps(type(optimizer).from_config(packed["config"]).get_config())) == packed["config"]


@pytest.mark.parametrize(("name", "config"), SCHEDULES)
def test_schedules_travel_through_json(name, config):
    optimizer = optim.Adam(optim.SCHEDULES[name].from_config(config))
    again = optim.Adam.from_config(json.loads(json.dumps(optimizer.get_config())))
    assert [again.rate(step) for step in range(1, 30)] == [optimizer.rate(step) for step in range(1, 30)]


def test_names_are_those_of_keras_in_any_case():
    assert [type(optim.get(name)).__name__ for name in ("sgd", "RMSprop", "Adam", "adamw", "Adagrad")] == [
        "SGD", "RMSprop", "Adam", "AdamW", "Adagrad",
    ]  # fmt: skip
    adam = optim.Adam(0.5)
    assert optim.get(adam) is adam


def test_arguments_stand_in_the_order_of_keras():
    assert optim.SGD(0.1, 0.9, True).get_config() | {"momentum": 0.9, "nesterov": True} == (
        optim.SGD(learning_rate=0.1, momentum=0.9, nesterov=True).get_config()
    )
    assert repr(optim.Adam(0.1, 0.2, 0.3, 0.4, True)).startswith(
        "Adam(learning_rate=0.1, beta_1=0.2, beta_2=0.3, epsilon=0.4, amsgrad=True"
    )
    assert repr(optim.RMSprop(0.1, 0.2, 0.3, 0.4, True)).startswith(
        "RMSprop(learning_rate=0.1, rho=0.2, momentum=0.3, epsilon=0.4, centered=True"
    )
    adamw = optim.AdamW(0.1, 0.2, 0.3)
    assert (adamw.weight_decay, adamw.beta_1, adamw.beta_2) == (0.2, 0.3, 0.999)


def test_a_schedule_of_ones_own():
    class Halving(optim.Schedule):
        settings = ("start",)

        def __init__(self, start):
            self.start = start

        def at(self, step):
            return self.start / 2**step

    optimizer = optim.SGD(Halving(8.0))
    assert [optimizer.rate(step) for step in (1, 2, 3)] == [8.0, 4.0, 2.0]
    assert optimizer.get_config()["learning_rate"] == {"class_name": "Halving", "config": {"start": 8.0}}
    with pytest.raises(ValueError, match=r"learning_rate at step 1 is -1\.0; accepted is a number in \[0, inf\)"):
        optim.SGD(Halving(-1.0)).rate(1)


def test_a_rate_that_grows_beyond_the_floats_is_refused():
    with pytest.raises(ValueError, match="learning_rate at step 5001 is inf"):
        optim.SGD(optim.ExponentialDecay(0.1, 1, 2.0)).rate(5001)


def test_parts_that_a_subclass_must_write():
    with pytest.raises(NotImplementedError, match="Schedule defines no at"):
        optim.Schedule()(0)
    with pytest.raises(NotImplementedError, match="Optimizer defines no _change"):
        train(optim.Optimizer(0.1), GOLDEN["weights"], [GRADIENT])


# --- bad input

NAN, INF = float("nan"), float("inf")
BAD_RATES = [
    (0, ValueError), (0.0, ValueError), (-0.1, ValueError), (NAN, ValueError), (INF, ValueError), (True, TypeError),
    ("0.1", TypeError), ([0.1], TypeError), (np.array(0.1), TypeError), (1j, TypeError), (lambda: 0.1, TypeError),
]  # fmt: skip
BAD_FRACTION = [
    (1, ValueError), (1.0, ValueError), (-0.1, ValueError), (NAN, ValueError), (True, TypeError), ("a", TypeError),
]  # fmt: skip
BAD_EPSILON = [
    (0, ValueError), (-1e-7, ValueError), (1e-50, ValueError), (NAN, ValueError), (INF, ValueError), (True, TypeError),
]  # fmt: skip
BAD_FLAG = [(1, TypeError), ("yes", TypeError), (None, TypeError)]
FRACTIONS = [
    (optim.SGD, "momentum"), (optim.RMSprop, "momentum"), (optim.RMSprop, "rho"), (optim.Adam, "beta_1"),
    (optim.Adam, "beta_2"), (optim.AdamW, "beta_1"),
]  # fmt: skip
BAD = [
    *((cls, "learning_rate", *bad) for cls in (optim.SGD, optim.Adam) for bad in BAD_RATES),
    *((optim.Adam, name, *bad) for name in ("clipnorm", "clipvalue", "global_clipnorm") for bad in BAD_RATES),
    *((cls, name, *bad) for cls, name in FRACTIONS for bad in BAD_FRACTION),
    *((cls, "epsilon", *bad) for cls in (optim.Adam, optim.RMSprop, optim.Adagrad) for bad in BAD_EPSILON),
    *((optim.AdamW, "weight_decay", *bad) for bad in [(-0.1, ValueError), (NAN, ValueError), (True, TypeError)]),
    *((optim.Adagrad, "initial_accumulator_value", *bad) for bad in [(-0.1, ValueError), (INF, ValueError)]),
    *((optim.SGD, "nesterov", *bad) for bad in BAD_FLAG),
    *((optim.RMSprop, "centered", *bad) for bad in BAD_FLAG),
    *((optim.Adam, "amsgrad", *bad) for bad in BAD_FLAG),
    *((optim.Adam, "convention", *bad) for bad in [("pytorch", ValueError), (None, ValueError)]),
]


@pytest.mark.parametrize(("cls", "name", "value", "error"), BAD)
def test_bad_settings_are_refused_by_name(cls, name, value, error):
    with pytest.raises(error, match=f"^{name} is .*; accepted is ") as caught:
        cls(**{name: value})
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "clipnorm and clipvalue are given together"),
        ({"clipvalue": 1.0, "global_clipnorm": 1.0}, "clipvalue and global_clipnorm are given together"),
        ({"clipnorm": 1.0, "clipvalue": 0.5, "global_clipnorm": 2.0}, "clipnorm and clipvalue and global_clipnorm"),
    ],
)
def test_two_ways_of_clipping_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        optim.SGD(**options)


@pytest.mark.parametrize(
    ("identifier", "error", "words"),
    [
        ("adm", ValueError, "optimizer is 'adm'; accepted is one of .*Did you mean 'adam'"),
        ("RMSProb", ValueError, "Did you mean 'rmsprop'"),
        ("lion", ValueError, "optimizer is 'lion'"),
        (None, TypeError, "optimizer is a NoneType"),
        (optim.Adam, TypeError, "optimizer is a type"),
        ({"class_name": "Adam"}, ValueError, r"optimizer has the keys \['class_name'\]"),
        ({"class_name": "Adam", "config": {}, 3: 4}, ValueError, "optimizer has the keys"),
        ({"class_name": "Adan", "config": {}}, ValueError, r"optimizer\['class_name'\] is 'Adan'"),
        ({"class_name": ["Adam"], "config": {}}, TypeError, r"optimizer\['class_name'\] is a list"),
        ({"class_name": "Adam", "config": []}, TypeError, "config is a list"),
        ({"class_name": "Adam", "config": {"beta1": 0.9}}, ValueError, "Did you mean 'beta_1'"),
        ({"class_name": "SGD", "config": {"momentum": "0.9"}}, TypeError, "momentum is '0.9'"),
        ({"class_name": "SGD", "config": {"learning_rate": {}}}, ValueError, "learning_rate has the keys"),
        (
            {"class_name": "SGD", "config": {"learning_rate": {"class_name": "SGD", "config": {}}}},
            ValueError,
            r"learning_rate\['class_name'\] is 'SGD'",
        ),
        (
            {"class_name": "SGD", "config": {"learning_rate": {"class_name": "CosineDecay", "config": {"decay": 1}}}},
            ValueError,
            "a setting of CosineDecay is 'decay'",
        ),
    ],
)
def test_get_refuses_what_it_does_not_know(identifier, error, words):
    with pytest.raises(error, match=words) as caught:
        optim.get(identifier)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: optim.ExponentialDecay(0.0, 1, 0.5), ValueError, "initial_learning_rate is 0.0"),
        (lambda: optim.ExponentialDecay(0.1, 0, 0.5), ValueError, "decay_steps is 0"),
        (lambda: optim.ExponentialDecay(0.1, 1, -0.5), ValueError, "decay_rate is -0.5"),
        (lambda: optim.ExponentialDecay(0.1, 1, 0.5, 1), TypeError, "staircase is a int"),
        (lambda: optim.InverseTimeDecay(NAN, 1, 0.5), ValueError, "initial_learning_rate is nan"),
        (lambda: optim.InverseTimeDecay(0.1, "10", 0.5), TypeError, "decay_steps is '10'"),
        (lambda: optim.CosineDecay(0.0, 10), ValueError, r"initial_learning_rate is 0.0; accepted .* \(0, inf\)"),
        (lambda: optim.CosineDecay(0.1, 10, 1.5), ValueError, "alpha is 1.5"),
        (lambda: optim.CosineDecay(0.1, 10, warmup_target=0.0), ValueError, "warmup_target is 0.0"),
        (lambda: optim.CosineDecay(0.1, 10, warmup_steps=2.5), TypeError, "warmup_steps is 2.5"),
        (lambda: optim.PiecewiseConstantDecay([5, 5], [1, 2, 3]), ValueError, "boundaries is .* that increase"),
        (lambda: optim.PiecewiseConstantDecay([5], [1]), ValueError, "values has 1 numbers"),
        (lambda: optim.PiecewiseConstantDecay([5], [1, 0]), ValueError, r"values\[1\] is 0"),
        (lambda: optim.PiecewiseConstantDecay(5, [1, 2]), TypeError, "boundaries is a int"),
        (lambda: optim.CosineDecay(0.1, 10)(-1), ValueError, "step is -1"),
        (lambda: optim.CosineDecay(0.1, 10)(1.5), TypeError, "step is 1.5"),
        (lambda: optim.clip_by_norm(GRADIENT, 0), ValueError, "limit is 0"),
        (lambda: optim.clip_by_value(GRADIENT, True), TypeError, "limit is True"),
        (lambda: optim.clip_by_value(np.array([1.0, NAN]), 1), ValueError, r"gradient holds nan at index \(1,\)"),
        (lambda: optim.clip_by_norm([1, 2], 1), TypeError, "dtype of gradient is int64"),
        (lambda: optim.clip_by_norm([[1.0], [1.0, 2.0]], 1), ValueError, "gradient is not a rectangular array"),
        (lambda: optim.clip_by_norm(np.ma.array([1.0, 2.0], mask=[0, 1]), 1), ValueError, "gradient has masked"),
        (lambda: optim.clip_by_global_norm(GRADIENT, 1), TypeError, "gradients is a ndarray; accepted is a list"),
        (lambda: optim.clip_by_global_norm({"W": np.array([INF])}, 1), ValueError, r"gradients\['W'\] holds inf"),
        (lambda: optim.serialize("adam"), TypeError, "optimizer is a str; accepted is a Optimizer"),
    ],
)
def test_bad_schedules_gradients_and_limits_are_refused(make, error, words):
    with pytest.raises(error, match=words) as caught:
        make()
    assert type(caught.value) is error


def test_real_numbers_of_any_kind_are_taken_as_floats():
    for value in (np.float32(0.5), np.float64(0.5), 0.5):
        assert type(optim.SGD(value).learning_rate) is float
    assert type(optim.SGD(np.int64(1)).learning_rate) is float
