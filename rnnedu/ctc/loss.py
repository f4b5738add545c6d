"""CTC: the loss of an unsegmented label sequence, its exact gradient, and the lattice of alignments behind both.

Source: Graves, Fernandez, Gomez & Schmidhuber (2006), "Connectionist temporal classification"; the backward variable
is that of Graves (2012), "Supervised sequence labelling", section 7.3, which leaves frame t itself out. So
p = sum over s of alpha_t(s) beta_t(s) holds at every t without a division.

An alignment names one symbol a frame; `collapse` turns it into labels. The lattice has one state s for every label and
for every blank before, between and behind them (S = 2L + 1), and y_t(s) is the probability of its symbol at frame t.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.ctc import inputs

NEVER = -1e300  # the log of probability zero, finite: NEVER - NEVER is 0 where -inf - -inf would be NaN


@dataclass(frozen=True, eq=False)
class Lattice:
    """All alignments of one target, frame by frame. T frames, S = 2L + 1 states; every float is float64.

    labels : (S,) integers, blank, l_1, blank, l_2, ..., l_L, blank.
    skip : (S,) bool, whether state s can be reached from s-2: it is a label, and another one than the label before.
    log_y : (T, S), log probability of the state's symbol at the frame.
    log_alpha : (T, S), of all ways from the first frame to state s at frame t, y_t(s) included; -inf where none leads.
    log_beta : (T, S), of all ways from state s at frame t to the end, y_t(s) not included; -inf where none leads.
    posterior : (T, S), probability of being in state s at frame t given the target; a frame's sum is 1.
    log_p : float, log probability of the target; -inf, and `posterior` 0, where T frames are too few for it.
    """

    labels: np.ndarray
    skip: np.ndarray
    log_y: np.ndarray
    log_alpha: np.ndarray
    log_beta: np.ndarray
    posterior: np.ndarray
    log_p: float


def loss(logits, targets, *, input_lengths=None, target_lengths=None, blank=0, zero_infinity=False):
    """Return the CTC loss -log p(target) of every sequence and its gradient with respect to the logits.

    Parameters
    ----------
    logits : (T, B, V) float32 or float64, unnormalised (log probabilities do as well). The work is done in float64.
    targets : list of B integer sequences, empty ones included; or an integer array (B, L), padded with anything.
    input_lengths : (B,) integers 1..T; None is T for all. Frames behind them do not count: their gradient is 0.
    target_lengths : (B,) integers 0..L, for a padded array only; None is L for all.
    blank : the index of the blank, 0..V-1; no target holds it.
    zero_infinity : what a target that does not fit is worth, see below.

    Returns
    -------
    values : (B,), in the dtype of the logits.
    gradient : (T, B, V), in the dtype of the logits; of each sequence's own value, nothing is averaged.

    A target needs one frame a label and one more for each label that repeats the one before. With fewer frames its
    probability is 0: the value is inf (0.0 with ``zero_infinity=True``), as in PyTorch, and the gradient is 0 in both
    cases, where PyTorch without zero_infinity gives NaN.

    Raises TypeError and ValueError that name the argument, for another shape or dtype, NaN or infinity, lengths and
    labels out of range, a blank inside a target.
    """
    log_y, lengths = inputs.scores(logits, input_lengths, blank)
    B, V = log_y.shape[1:]
    labels, sizes = inputs.padded("targets", targets, target_lengths, V, blank)
    if len(labels) != B:
        raise ValueError(f"targets has {len(labels)} sequences; accepted is one for each of the batch, B = {B}")
    validate.choice("zero_infinity", zero_infinity, (True, False))
    dtype = np.asarray(logits).dtype
    with np.errstate(over="ignore", under="ignore"):  # exp(-1e300) is meant to be 0
        paths = _Paths.of(log_y, lengths, labels, sizes, blank)
        values = np.where(paths.possible, -paths.log_p, 0.0 if zero_infinity else np.inf)
        return values.astype(dtype), _gradient(log_y, paths).astype(dtype, copy=False)


def lattice(logits, target, *, blank=0):
    """Return the Lattice of one sequence: logits (T, V) as `loss` takes them, target a sequence of L labels."""
    log_y, lengths = inputs.scores(inputs.batch_of_one("logits", logits), None, blank)
    labels = inputs.labels("target", target, log_y.shape[2], blank)[None]
    sizes = np.array([labels.size])
    with np.errstate(under="ignore"):
        paths = _Paths.of(log_y, lengths, labels, sizes, blank)
    ways = (np.where(a[:, 0] > NEVER / 2, a[:, 0], -np.inf) for a in (paths.alpha, paths.beta))
    log_p = float(paths.log_p[0]) if paths.possible[0] else -np.inf
    return Lattice(paths.labels[0], paths.skip[0], paths.log_y[:, 0], *ways, paths.posterior()[:, 0], log_p)


@dataclass(frozen=True, eq=False)
class _Paths:
    """The lattices of a batch, padded to the longest target: alpha and beta (T, B, S), NEVER where no way leads."""

    lengths: np.ndarray
    labels: np.ndarray
    skip: np.ndarray
    log_y: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray
    log_p: np.ndarray

    @classmethod
    def of(cls, log_y, lengths, labels, sizes, blank):
        labels, skip = extended(labels, blank)
        log_y = np.take_along_axis(log_y, labels[None], axis=2)  # (T, B, S)
        alpha, beta = forward(log_y, skip), _backward(log_y, skip, lengths, sizes)
        return cls(lengths, labels, skip, log_y, alpha, beta, log_p(alpha, lengths, sizes))

    @property
    def possible(self):
        """(B,) bool, whether the frames suffice for the target."""
        return self.log_p > NEVER / 2

    @property
    def counts(self):
        """(T, B, 1) bool, the frames that have a gradient: within the length, of a possible target."""
        return ((np.arange(len(self.alpha))[:, None] < self.lengths) & self.possible)[:, :, None]

    def posterior(self):
        """Return p(state s at frame t | target) (T, B, S): alpha beta / p, and 0 where no frame counts."""
        joint = self.alpha + self.beta
        joint -= joint.max(axis=2, keepdims=True)
        np.exp(joint, out=joint)
        joint *= self.counts / joint.sum(axis=2, keepdims=True)
        return joint


def extended(labels, blank):
    """Return labels (B, L) with blanks around each, (B, S), and which states can be reached from two before, (B, S)."""
    B, L = labels.shape
    states = np.full((B, 2 * L + 1), blank)
    states[:, 1::2] = labels
    skip = np.zeros(states.shape, bool)
    skip[:, 3::2] = labels[:, 1:] != labels[:, :-1]  # between equal labels the blank is not optional
    return states, skip


def forward(log_y, skip):
    """Return log alpha (T, B, S): alpha_t(s) = y_t(s) (alpha(s) + alpha(s-1) + alpha(s-2) if skip) of t-1."""
    T, B, S = log_y.shape
    alpha = np.full((T, B, S + 2), NEVER)  # two columns before s = 0, so that s-1 and s-2 always exist
    alpha[0, :, 2:4] = log_y[0, :, :2]
    closed = _closed(skip, at=0)
    from_two_one_none = _windows(alpha, S)
    for t in range(1, T):
        np.add(_log_sum(from_two_one_none[:, t - 1] + closed), log_y[t], out=alpha[t, :, 2:])
    return alpha[:, :, 2:]


def _backward(log_y, skip, lengths, sizes):
    """Return log beta (T, B, S): beta_t(s) = y beta(s) + y beta(s+1) + y beta(s+2) if skip, all of t+1."""
    T, B, S = log_y.shape
    end = _end(sizes, S)
    beta = np.empty((T, B, S))
    beta[T - 1] = end
    leaving = np.zeros_like(skip)
    leaving[:, :-2] = skip[:, 2:]
    closed = _closed(leaving, at=2)
    after = np.full((B, S + 2), NEVER)  # two columns behind the last state
    to_none_one_two = _windows(after, S)
    for t in reversed(range(T - 1)):
        np.add(beta[t + 1], log_y[t + 1], out=after[:, :S])
        goes_on = t + 1 < lengths[:, None]  # frame t is not the sequence's last
        beta[t] = np.where(goes_on, _log_sum(to_none_one_two + closed), end)
    return beta


def log_p(alpha, lengths, sizes):
    """Return the log probability of every target (B,): alpha at its last frame, in its last label or the last blank."""
    last = alpha[lengths - 1, np.arange(len(lengths))]  # (B, S)
    return _log_sum((last + _end(sizes, last.shape[1])).T)


def _end(sizes, S):
    """Return (B, S), 0 in the two states in which a target may end and NEVER elsewhere."""
    behind = 2 * sizes[:, None] - np.arange(S)  # states until the last blank; an empty target has no label before it
    return np.where((behind == 0) | (behind == 1), 0.0, NEVER)


def _closed(skip, at):
    """Return what is added to the three ways of each state, (3, B, S): NEVER at the way `at` where it may not skip."""
    closed = np.zeros((3, *skip.shape))
    closed[at][~skip] = NEVER
    return closed


def _windows(states, S):
    """Return views on (..., S + 2) that begin 0, 1 and 2 columns to the right, as one array (3, ..., S)."""
    return np.moveaxis(np.lib.stride_tricks.sliding_window_view(states, S, axis=-1), -2, 0)


def _log_sum(terms):
    """Return log(sum(exp(terms))) over the first axis."""
    top = np.maximum.reduce(terms)
    total = np.add.reduce(np.exp(terms - top))
    return np.log(total, out=total) + top


def _gradient(log_y, paths):
    """Return softmax - posterior of each symbol (T, B, V), Graves et al. (2006) equation 16; 0 where nothing counts."""
    V = log_y.shape[2]
    symbol = (paths.labels[:, :, None] == np.arange(V)).astype(np.float64)  # (B, S, V), which state reads which symbol
    gradient = np.exp(log_y)
    gradient *= paths.counts
    gradient -= np.matmul(paths.posterior().transpose(1, 0, 2), symbol).transpose(1, 0, 2)
    return gradient
