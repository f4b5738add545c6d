"""Forecasts against cases worked out by hand, and that nothing of the future is used."""

import numpy as np
import pytest

from rnnedu.experiments import forecast

TEN = np.arange(10.0)


def add_one(x):
    return x[:, -1] + 1


def test_the_parts_follow_in_time_and_only_the_first_sets_the_scale():
    values = np.array([1, 3, 1, 3, 1, 3, 100, 200, 300, 7, 8, 9, -5.0, 0, 5])
    split = forecast.cut(values)
    assert (split.validation, split.test, len(split)) == (9, 12, 15)
    assert split.mean == values[:9].mean()
    assert split.sd == values[:9].std()
    assert np.allclose(split.values, (values - split.mean) / split.sd)
    assert np.allclose(split.in_unit(split.values), values)
    changed = values.copy()
    changed[9:] *= 50
    assert np.array_equal(forecast.cut(changed).values[:9], split.values[:9])


def test_origins_keep_the_whole_forecast_in_the_part():
    split = forecast.cut(np.r_[TEN, TEN])
    assert (split.validation, split.test) == (12, 16)
    assert split.origins("validation", 3).tolist() == [12, 13]
    assert split.origins("test", 4).tolist() == [16]
    assert split.origins("validation", 1, first=14).tolist() == [14, 15]
    with pytest.raises(ValueError, match="horizon is 5; accepted is at most 4, the test part"):
        split.origins("test", 5)
    with pytest.raises(ValueError, match=r"part is 'tset'.*Did you mean 'test'"):
        split.origins("tset", 1)


@pytest.mark.parametrize(
    ("values", "shares", "words"),
    [
        (TEN[:, None], {}, r"values has shape \(10, 1\)"),
        (TEN, {}, "cut into 6, 2 and 2; accepted are at least 3"),
        (np.r_[TEN, np.nan], {}, "values holds nan"),
        (TEN, {"test": 1.0}, "test is 1.0"),
        (TEN, {"validation": 0.0}, "validation is 0.0"),
        (np.r_[np.ones(12), TEN[:8]], {}, "standard deviation 0"),
    ],
)
def test_what_cannot_be_cut_is_refused(values, shares, words):
    with pytest.raises(ValueError, match=words):
        forecast.cut(values, **shares)


def test_windows_and_what_follows_them():
    x, y = forecast.windows(TEN[:5], 2, 2)
    assert x[:, :, 0].tolist() == [[0, 1], [1, 2]]
    assert y.tolist() == [[2, 3], [3, 4]]
    with pytest.raises(ValueError, match="T of at least 6"):
        forecast.windows(TEN[:5], 3, 3)


def test_naive_forecasts_by_hand():
    values = np.array([5.0, 6, 7, 1, 2, 3])
    assert forecast.persistence(values, [1, 4], 2).tolist() == [[5, 5], [1, 1]]
    assert forecast.seasonal_naive(values, [3, 5], 4, 3).tolist() == [[5, 6, 7, 5], [7, 1, 2, 7]]
    assert forecast.truth(values, [1, 4], 2).tolist() == [[6, 7], [2, 3]]


def test_one_step_sees_true_values_and_a_free_run_its_own():
    values = np.array([0.0, 10, 20, 30, 40])
    predict = forecast.predictor(add_one)
    assert forecast.one_step(predict, values, 2, [2, 3, 5]).tolist() == [11, 21, 41]
    assert forecast.free_run(predict, values, 2, [2, 3], 3).tolist() == [[11, 12, 13], [21, 22, 23]]


def test_a_free_run_slides_its_window():
    fibonacci = forecast.predictor(lambda x: x.sum((1, 2)))
    assert forecast.free_run(fibonacci, [1, 1, 0, 0], 2, [2], 5).tolist() == [[2, 3, 5, 8, 13]]


def test_several_values_at_a_time_are_all_used():
    both = forecast.predictor(lambda x: x[:, -1] + np.array([1.0, 2.0]))
    assert forecast.free_run(both, TEN, 3, [3, 6], 5).tolist() == [[3, 4, 5, 6, 7], [6, 7, 8, 9, 10]]


def test_nothing_from_the_origin_on_is_looked_at():
    known = np.r_[TEN[:6], np.full(4, np.nan)]
    predict = forecast.predictor(add_one)
    for values in (known, TEN):
        assert forecast.free_run(predict, values, 3, [6], 2).tolist() == [[6, 7]]
        assert forecast.persistence(values, [6], 2).tolist() == [[5, 5]]
        assert forecast.seasonal_naive(values, [6], 2, 4).tolist() == [[2, 3]]
        assert forecast.one_step(predict, values, 3, [6]).tolist() == [6]


def test_a_model_of_sequences_is_asked_for_its_last_timestep():
    assert forecast.predictor(lambda x: x * 2)(np.ones((3, 4, 1))).tolist() == [[2], [2], [2]]


def test_another_answer_or_model_is_refused():
    with pytest.raises(ValueError, match=r"forecast has shape \(2, 1\); accepted is \(3, K\)"):
        forecast.predictor(lambda x: x[:2, 0])(np.ones((3, 4, 1)))
    with pytest.raises(ValueError, match="holds nan"):
        forecast.predictor(lambda x: x[:, 0] * np.nan)(np.ones((3, 4, 1)))
    with pytest.raises(TypeError, match="model is a int"):
        forecast.predictor(3)


@pytest.mark.parametrize("origins", [[1], [11], [], 4])
def test_places_without_a_past_are_refused(origins):
    with pytest.raises(ValueError, match="accepted are places from 2 to 10"):
        forecast.one_step(forecast.predictor(add_one), TEN, 2, origins)


def test_the_end_of_the_series_is_no_truth():
    with pytest.raises(ValueError, match=r"origins reach 10 .* accepted is at most 9"):
        forecast.truth(TEN, [8], 3)


def test_rmse_by_hand():
    assert forecast.rmse([[1, 2], [3, 4]], [[1, 2], [3, 0]]) == 2.0


def test_the_band_has_quantiles_of_each_column_and_its_coverage_is_counted():
    residuals = np.stack([np.arange(-5.0, 6), np.arange(0.0, 110, 10)], axis=1)
    low, high = forecast.band(residuals, 0.8)
    assert np.allclose(low, [-4, 10])
    assert np.allclose(high, [4, 90])
    assert forecast.coverage(residuals, low, high) == 9 / 11
    with pytest.raises(ValueError, match="share is 1"):
        forecast.band(residuals, 1)
