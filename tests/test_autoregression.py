"""AR(p): exact where the rule is linear, each step by itself, the order chosen without a look at the test part."""

import numpy as np
import pytest

from rnnedu.experiments import forecast
from rnnedu.experiments.autoregression import Autoregression, choose


def made_by_a_rule(T=60, noise=0.0):
    rng = np.random.default_rng(0)
    x = list(rng.standard_normal(2))
    for _ in range(T - 2):
        x.append(0.3 + 1.6 * x[-1] - 0.9 * x[-2] + noise * rng.standard_normal())
    return np.array(x)


def test_a_linear_rule_is_found():
    model = Autoregression.fit(made_by_a_rule(), 2)
    assert model.order == 2
    assert np.allclose(model.weights[:, 0], [0.3, -0.9, 1.6])


def test_steps_ahead_are_those_of_the_rule_run_on():
    values = made_by_a_rule()
    model = Autoregression.fit(values[:30], 2, horizon=4)
    assert model.weights.shape == (3, 4)
    assert np.allclose(model.predict(values[None, 28:32, None]), values[None, 32:36])


def test_it_is_the_normal_equations_solution():
    values = made_by_a_rule(noise=1.0)
    x, y = forecast.windows(values, 3, 2)
    A = np.concatenate([np.ones((len(x), 1)), x[:, :, 0]], axis=1)
    assert np.allclose(Autoregression.fit(values, 3, 2).weights, np.linalg.solve(A.T @ A, A.T @ y))


def test_the_order_is_chosen_on_validation_and_fitted_on_training():
    values = np.tile([0.0, 3, 1, 7, 2], 20)
    split = forecast.cut(values)
    assert choose(split, (1, 2, 5)).order in (2, 5)
    changed = values.copy()
    changed[split.test :] = np.random.default_rng(0).standard_normal(20)
    assert np.array_equal(choose(forecast.cut(changed), (1, 2, 5)).weights, choose(split, (1, 2, 5)).weights)
    assert choose(split, (1, 1000)).order == 1  # what the training part is too short for is left out


def test_what_is_refused():
    with pytest.raises(ValueError, match="T of at least 6"):
        Autoregression.fit(np.arange(5.0), 5)
    with pytest.raises(ValueError, match="order is 0"):
        Autoregression.fit(np.arange(5.0), 0)
    with pytest.raises(ValueError, match=r"x has shape \(1, 2, 1\); accepted is \(B, L, 1\) with L of at least 3"):
        Autoregression.fit(made_by_a_rule(), 3).predict(np.zeros((1, 2, 1)))
    with pytest.raises(ValueError, match=r"orders is \[50\]; accepted is one of at most 17"):
        choose(forecast.cut(made_by_a_rule()), (50,))
