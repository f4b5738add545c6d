"""Temperature, entropy, and texts that a language model writes."""

import numpy as np
import pytest

from rnnedu.experiments import language, sampling
from rnnedu.experiments.sampling import Sampler, entropy, sample, tempered
from tests.test_language import toy

P = np.array([0.5, 0.2, 0.2, 0.1])


@pytest.fixture(scope="module")
def names():
    return language.load_names_model()


def test_temperature_is_a_power_of_the_probabilities():
    assert np.allclose(tempered(np.log(P)), P)
    assert np.allclose(tempered(np.log(P), 0.5), P**2 / (P**2).sum())
    assert np.allclose(tempered(np.log(P), 2), P**0.5 / (P**0.5).sum())


def test_cold_is_the_likeliest_and_hot_is_anything():
    for temperature in (0, 1e-300, 1e-3):
        assert tempered(np.log(P), temperature).tolist() == [1, 0, 0, 0]
    assert tempered(np.zeros(3), 0).tolist() == [1, 0, 0]
    assert np.allclose(tempered(np.log(P), sampling.HOTTEST), 0.25, atol=1e-5)
    assert np.isfinite(tempered(np.array([-1e300, 0.0, 1e300]), 1e-300)).all()


def test_top_keeps_the_likeliest():
    assert np.allclose(tempered(np.log(P), top=2), [5 / 7, 2 / 7, 0, 0])
    assert tempered(np.log(P), 3.0, top=1).tolist() == [1, 0, 0, 0]


def test_entropy_in_bits():
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(3)
    assert str(entropy([0, 1, 0])) == "0.0"
    assert entropy([0.5, 0.25, 0.25]) == pytest.approx(1.5)


def test_drawing_reads_what_it_drew():
    model = toy(end="")
    sampler = Sampler(model, "ab", rng=3)
    for _ in range(6):
        assert np.allclose(sampler.log_p, model.log_probabilities(sampler.text)[-1], atol=1e-6)
        sampler.draw()
    assert sampler.text[:2] == "ab"
    assert len(sampler.text) == 8


def test_draws_say_their_probabilities():
    sampler = Sampler(toy(), "a", rng=0)
    before = sampler.log_p
    draw = sampler.draw(temperature=0.3, top=3)
    place = sampler.language.vocabulary.symbols.index(draw.symbol)
    assert draw.p == tempered(before, 0.3, 3)[place]
    assert draw.natural == np.exp(before[place])
    assert draw.bits == pytest.approx(sampler.language.surprisal("a" + draw.symbol)[1], rel=1e-5)


def test_symbols_are_as_frequent_as_they_are_probable():
    model, rng = toy(), np.random.default_rng(0)
    drawn = [Sampler(model, "a", rng).draw(2.0).symbol for _ in range(600)]
    expected = tempered(model.log_probabilities("a")[-1], 2.0)
    found = [drawn.count(symbol) / 600 for symbol in model.vocabulary.symbols]
    assert np.abs(found - expected).max() < 0.07  # 3.4 standard errors at most


def test_the_seed_says_all(names):
    assert sample(names, "ma", seed=5) == sample(names, "ma", seed=5)
    assert len({sample(names, seed=seed) for seed in range(20)}) > 15


def test_cold_names_are_one_name(names):
    assert len({sample(names, "ka", temperature=0, seed=seed) for seed in range(5)}) == 1


def test_a_text_comes_to_its_end_or_to_the_limit(names):
    sampler = Sampler(names, "mar", rng=2)
    text = sampler.finish(most=30)
    assert sampler.ended
    assert text.startswith("mar")
    assert "\n" not in text
    assert np.allclose(sampler.log_p, names.log_probabilities(text)[-1], atol=1e-5)  # what the end was drawn from
    with pytest.raises(ValueError, match="has ended"):
        sampler.draw()
    endless = Sampler(toy(end=""), rng=0)
    assert len(endless.finish(most=12)) == 12
    assert not endless.ended


def test_even_by_hand_a_text_has_a_limit(monkeypatch):
    monkeypatch.setattr(sampling, "MOST", 3)
    sampler = Sampler(toy(end=""))
    for _ in range(3):
        sampler.draw()
    with pytest.raises(ValueError, match="has ended"):
        sampler.draw()


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: tempered(np.log(P), -1), ValueError, "temperature is -1"),
        (lambda: tempered(np.log(P), np.nan), ValueError, "temperature is nan"),
        (lambda: tempered(np.log(P), top=5), ValueError, "top is 5"),
        (lambda: tempered([[0.0]]), ValueError, "log_p has shape"),
        (lambda: tempered([0.0, -np.inf]), ValueError, "log_p holds -inf"),
        (lambda: Sampler("names"), TypeError, "language is a str"),
        (lambda: Sampler(toy(), "a\nb"), ValueError, "which has ended"),
        (lambda: Sampler(toy(), "x"), ValueError, "character 'x'"),
        (lambda: sample(toy(), seed=-1), ValueError, "seed is -1"),
        (lambda: sample(toy(), most=0), ValueError, "most is 0"),
    ],
)
def test_what_is_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
