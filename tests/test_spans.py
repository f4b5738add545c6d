"""Units that stand out over a span, and the places where one is as active."""

import numpy as np
import pytest

from rnnedu.experiments import spans


def test_contrast_is_the_correlation_with_being_inside():
    values = np.random.default_rng(0).standard_normal((9, 4)) * [1, 10, 0.1, 3] + [0, 5, 0, -2]
    inside = spans.within(9, 2, 5)
    found = spans.contrast(values, 2, 5)
    share = inside.mean()
    expected = [np.corrcoef(values[:, j], inside)[0, 1] for j in range(4)]
    assert np.allclose(found * np.sqrt(share * (1 - share)), expected)


def test_scale_and_offset_do_not_matter():
    values = np.random.default_rng(1).standard_normal((7, 3))
    assert np.allclose(spans.contrast(values, 0, 2), spans.contrast(values * 1e-3 + 4, 0, 2))


def test_a_unit_that_never_changes_stands_out_nowhere():
    values = np.full((5, 2), 0.1)
    values[3, 1] = 0.5
    assert spans.contrast(values, 3, 4)[0] == 0
    assert spans.contrast(values, 3, 4)[1] > 2


def test_ranks_go_by_magnitude():
    assert spans.ranked(np.array([0.5, -2.0, 1.0, -0.5])).tolist() == [1, 2, 0, 3]


def test_places_as_active():
    unit = np.array([0.9, 0.1, 0.7, 0.8, 0.2, 0.6, 0.3])
    assert spans.as_active(unit, 2, 4).tolist() == [0, 5]  # above 0.585, between the means 0.75 and 0.42
    assert spans.as_active(-unit, 2, 4).tolist() == [0, 5]
    assert spans.as_active(unit, 0, 1).tolist() == [2, 3]
    assert spans.as_active(np.ones(3), 1, 2).tolist() == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spans.contrast(np.ones((4, 2)), 0, 4), "all there is"),
        (lambda: spans.contrast(np.ones((4, 2)), 2, 2), "stop is 2"),
        (lambda: spans.contrast(np.ones((4, 2)), 4, 5), "start is 4"),
        (lambda: spans.contrast(np.ones((4, 2)), 0, 5), "stop is 5"),
        (lambda: spans.contrast(np.ones(4), 0, 1), r"accepted is \(T, H\)"),
        (lambda: spans.contrast([[np.nan], [1]], 0, 1), "values holds nan"),
        (lambda: spans.as_active(np.ones(3), 0, 3), "all there is"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
