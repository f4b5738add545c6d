"""A model in company: errors, band and coverage against cases worked out by hand."""

import numpy as np
import pytest

from rnnedu.experiments import forecast
from rnnedu.experiments.forecast_study import Company, Study, refuse_long, spread

SAW = np.tile([0.0, 1, 2, 3], 10)


def knowing(x):
    """Forecast the saw: what came four steps before the next value."""
    return x[:, -4, 0]


def test_company_by_name_and_what_it_needs():
    assert list(Company.of().named) == ["persistence"]
    assert Company.of().first == 1
    company = Company.of(knowing, "mine", 6, 4)
    assert (list(company.named), company.first) == (["mine", "persistence", "seasonal naive"], 6)
    assert Company.of(season=9).first == 9


def test_errors_on_a_saw_by_hand():
    split = forecast.cut(SAW)
    study = Study(split, Company.of(knowing, "mine", 6, 4), 4)
    assert study.subject == "mine"
    assert np.allclose(study.errors["mine"], 0)
    assert np.allclose(study.errors["seasonal naive"], 0)
    assert np.allclose(study.errors["persistence"][0] * split.sd, np.sqrt((3 * 1 + 9) / 4))
    assert study.places.tolist() == list(range(32, 40))
    assert study.origins.tolist() == list(range(32, 37))
    assert np.allclose(study.at(33)["mine"], split.values[33:37])
    assert np.allclose(study.at(33)["persistence"], split.values[32])
    assert (study.band, study.covered) == (None, None)


def test_the_band_comes_from_validation_and_its_coverage_from_test():
    values = SAW.copy()
    values[32:] += 0.5  # the test part is off by more than the validation part ever was
    split = forecast.cut(values)
    study = Study(split, Company.of(knowing, "mine", 6), 1, 0.8)
    assert np.allclose(study.band, 0)
    assert study.covered == 0.5  # the first season is off, the second one follows it
    assert Study(forecast.cut(SAW), Company.of(knowing, "mine", 6), 2, 0.8).covered == 1


def test_many_places_are_thinned_and_a_long_wait_is_refused():
    assert spread(np.arange(1000), 3).tolist() == [0, 500, 999]
    assert spread(np.arange(5)).tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="3000000 windows of 10 values"):
        refuse_long(3_000_000, 10)
    split = forecast.cut(np.tile(SAW, 500))
    with pytest.raises(ValueError, match="windows of 1000 values; accepted is"):
        Study(split, Company.of(lambda _: 1 / 0, length=1000), 5)
