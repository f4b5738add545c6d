"""The checks of clip_by_norm and gradient_check."""

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, clip_checks, gradient_checks
from rnnedu.lessons.clip_checks import norm


def solved(name, *changes):
    source = EXERCISES[name].solution
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    space = {"np": np}
    exec(source, space)
    return space[name]


def told(name, fn):
    verdict = EXERCISES[name].check(fn)
    assert not verdict.ok
    return verdict.text


@pytest.mark.parametrize("sentence", clip_checks.MISTAKES)
def test_each_mistake_of_clipping_has_its_own_sentence(sentence):
    mistake = clip_checks.MISTAKES[sentence]
    assert told("clip_by_norm", lambda gradients, limit: mistake(gradients, limit)) == sentence


@pytest.mark.parametrize("sentence", gradient_checks.MISTAKES)
def test_each_mistake_of_a_difference_has_its_own_sentence(sentence):
    mistake = gradient_checks.MISTAKES[sentence]
    assert told("gradient_check", lambda f, x, eps: mistake(f, x, eps)) == sentence


def test_the_joint_norm():
    assert norm([np.array([3.0]), np.array([[4.0]])]) == 5


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([(" if norm > limit else 1.0", "")], "Below the limit the gradients are changed too"),
        ([("norm > limit", "norm < limit")], "Above the limit nothing is clipped"),
        ([("np.sqrt(sum((gradient**2).sum() for gradient in gradients))",
           "sum((gradient**2).sum() for gradient in gradients)")], "The root is missing"),
        ([("np.sqrt(sum((gradient**2).sum() for gradient in gradients))",
           "max(np.abs(gradient).max() for gradient in gradients)")], "The largest entry is taken as the norm"),
        ([("gradient * factor", "gradient / norm * min(norm, limit)")],
         "For gradients that are all 0 (a division by the norm, 0?)"),
        ([("for gradient in gradients]", "for gradient in gradients[:1]]")], "a list of 1; accepted is a list of 3"),
        ([("[gradient * factor for gradient in gradients]", "gradients[0]")], "an array of shape (4, 5); accepted"),
        ([("gradient * factor for", "gradient.ravel() * factor for")], "has shape (20,); accepted is (4, 5)"),
        ([("gradient * factor for", "gradient.__imul__(factor) for")], "changes the arrays of gradients in place"),
        ([("limit / norm", "0.7 * limit / norm")], "Above the limit: first difference at gradients[0][0, 0]: yours "),
        ([("limit / norm", "0.7 * limit / norm")], "The joint norm of yours is "),
        ([("return [gradient * factor for gradient in gradients]", "pass")], "returns None: did you forget `return`?"),
        ([(" if norm > limit else 1.0", ""), ("    return [g", "    if norm > limit:\n        return [g")],
         "Below the limit your function returns None: did you forget `return`?"),
        ([("return [gradient * factor for gradient in gradients]", "print(norm)")], "only `return` hands it back."),
        ([("sum((gradient**2).sum() for gradient in gradients)", "np.sum(gradients)")], "differ in shape, so they nei"),
        ([("(gradient**2).sum()", "gradient * gradient")], "make a number of each before you add. The shapes here"),
        ([("sum((gradient**2).sum() for gradient in gradients)", "gradients**2")], "go through its arrays one by one"),
        ([("gradient * factor for", "min(gradient, gradient * factor) for")], "of an array every entry answers."),
        ([("np.sqrt", "sqrt")], "NameError: name 'sqrt' is not defined (line 3). NumPy's is np.sqrt."),
        ([("[gradient * factor for gradient in gradients]", "gradients * factor")], "go through its arrays one by one"),
        ([("gradient**2", "gradient^2")], "A power is written `**` in Python"),
        ([("sum((gradient**2).sum() for gradient in gradients)", "sum(gradients).sum()")],
         "The shapes here are gradients [(4, 5), (5, 5), (5,)]."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_clipping_is_said(changes, part):
    fn = solved("clip_by_norm", *changes)
    with np.errstate(all="ignore"):
        assert part in told("clip_by_norm", fn)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([("(2 * eps)", "eps")], "Twice too large"),
        ([("(2 * eps)", "2 * eps")], "It is multiplied by eps where it is divided"),
        ([("below[index] -= eps", "pass"), ("(2 * eps)", "eps")], "That is the forward difference"),
        ([("f(above) - f(below)", "f(below) - f(above)")], "The sign is wrong"),
        ([("above, below = x.copy(), x.copy()", "above, below = x, x.copy()")], "changes x in place"),
        ([("above[index]", "above"), ("below[index]", "below")], "All entries are moved at once"),
        ([("gradient[index] =", "g =")], "The gradient is all 0"),
        ([("eps):", "eps):\n    eps = 1e-5")], "eps is not used"),
        ([("np.ndindex(x.shape)", "range(len(x))")], "First difference at gradient[0, 0]: yours "),
        ([("np.ndindex(x.shape)", "[(0, 0)]")], "11 of 12 entries are wrong"),
        ([("np.ndindex(x.shape)", "np.ndindex(3, 4)")], "IndexError"),
        ([("return gradient", "return gradient.ravel()")], "shape (12,); accepted is that of x, (3, 4)"),
        ([("f(above)", "f(above[index])")], "f takes an array of shape (3, 4), all of x; given is ()"),
        ([("return gradient", "return gradient.sum()")], "returns a float64; accepted is an array of shape (3, 4)"),
        ([("return gradient", "return ...")], "Nothing is written here yet."),
        ([("return gradient", "return gradient[:, :3] if x.shape == (3, 4) else gradient")], "shape (3, 3)"),
        ([("return gradient", "return gradient if x.ndim == 2 else 2 * gradient")], "Right for x of shape (3, 4), but"),
    ],
)
def test_what_is_wrong_with_a_difference_is_said(changes, part):
    assert part in told("gradient_check", solved("gradient_check", *changes))


def by_concatenation(gradients, limit):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return tuple(g * min(1.0, limit / (length + 1e-6)) for g in gradients)


def unchanged_below(gradients, limit):
    length = np.sqrt(sum(np.vdot(g, g) for g in gradients))
    return gradients if length <= limit else [limit * g / length for g in gradients]


@pytest.mark.parametrize("fn", [by_concatenation, unchanged_below])
def test_clipping_in_another_style_passes(fn):
    verdict = EXERCISES["clip_by_norm"].check(fn)
    assert verdict.ok, verdict.text


def one_copy(f, x, eps):
    x, flat = x.copy(), []
    view = x.reshape(-1)
    for n, kept in enumerate(view.tolist()):
        values = []
        for sign in (1, -1):
            view[n] = kept + sign * eps
            values.append(f(x))
        view[n] = kept
        flat.append((values[0] - values[1]) / 2 / eps)
    return np.array(flat).reshape(x.shape)


def test_differences_in_another_style_pass():
    verdict = EXERCISES["gradient_check"].check(one_copy)
    assert verdict.ok, verdict.text
