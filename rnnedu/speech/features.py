"""Sound as a network reads it: log-mel features, in steps that can each be looked at.

    samples -> frames -> windowed -> power -> energies -> log_mel -> features
    (N,)       (F, 200)  (F, 200)    (F, 129)  (F, 24)     (F, 24)    (F // 2, 48)

25 ms of sound make a frame, every 10 ms; a Fourier transform says how much power is at each frequency; 24 overlapping
triangles, narrow for low tones and wide for high ones as the ear hears, sum it up; the logarithm makes loudness a sum;
two neighbouring frames side by side halve the timesteps. `analyse` does all of it and keeps each step.

Source: Davis & Mermelstein (1980), "Comparison of parametric representations for monosyllabic word recognition", for
mel bands; the mel scale is that of O'Shaughnessy (1987). Everything is at 8000 samples a second, as a telephone has.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from rnnedu import validate

RATE = 8000  # samples a second
FRAME, HOP, FFT = 200, 80, 256  # samples: 25 ms, 10 ms, and what the transform is padded to
BANDS, LOW, HIGH = 24, 100.0, 3800.0  # mel bands, and the edges of the first and of the last in Hz
STACK = 2  # frames that make one timestep: 20 ms
RANGE = 60.0  # dB below the loudest energy, under which all is silence
LOUD = 15.0  # dB below the loudest, down to which a frame counts in the mean
SECONDS = HOP * STACK / RATE  # of one timestep


def mel(hertz):
    """Return the pitch that the ear gives a frequency, in mel: about linear below 1000 Hz, logarithmic above."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def hertz(mels):
    """Return the frequency in Hz of a pitch in mel; undoes `mel`."""
    return 700 * (10 ** (np.asarray(mels) / 2595) - 1)


def frames(samples):
    """Return (F, 200): frame f begins at sample 80 f. F is 1 + (N - 200) // 80; a shorter sound is one padded frame.

    A view of the samples, not to be written to. Raises TypeError or ValueError unless samples are (N,) floats, N >= 1.
    """
    samples = validate.array("samples", samples, ("N",), {})
    if len(samples) < FRAME:
        samples = np.pad(samples, (0, FRAME - len(samples)))
    return np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]


def windowed(cut):
    """Return frames (F, 200) faded in and out, so that their ends do not sound as a click: a Hann window."""
    return cut * np.hanning(FRAME + 1)[:-1].astype(cut.dtype)


def power(faded):
    """Return the power spectrum (F, 129) of windowed frames (F, 200): column k is at `frequencies()[k]`."""
    spectrum = np.fft.rfft(faded, FFT)
    return (spectrum.real**2 + spectrum.imag**2).astype(faded.dtype, copy=False)


def frequencies():
    """Return (129,), the frequency in Hz of each column of `power`."""
    return np.fft.rfftfreq(FFT, 1 / RATE)


def centres():
    """Return (24,), the frequency in Hz at the middle of each mel band."""
    return _edges()[1:-1]


def _edges():
    return hertz(np.linspace(mel(LOW), mel(HIGH), BANDS + 2))


def filters(warp=1.0):
    """Return (129, 24), the triangles of the mel bands over the frequencies, with peak 1; they cannot be written to.

    warp : by how much the bands are moved up, 0.5 to 2. A voice from a shorter throat has all its resonances higher:
    with warp 1.1 its bands hold what those of a voice 1.1 times lower hold (vocal tract length normalisation, Lee &
    Rose 1996). What is moved beyond 4000 Hz stays at 4000 Hz.
    """
    return _filters(validate.number("warp", warp, 0.5, 2))


@cache
def _filters(warp):
    edges = np.minimum(_edges() * warp, RATE / 2)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    at = frequencies()[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # warped bands may have no width left
        rising, falling = (at - low) / (centre - low), (high - at) / (high - centre)
    found = np.nan_to_num(np.clip(np.minimum(rising, falling), 0, None), posinf=0.0)
    found.flags.writeable = False
    return found


def energies(spectra, warp=1.0):
    """Return (F, 24): the power (F, 129) summed up in each mel band. warp : see `filters`."""
    return spectra @ filters(warp).astype(spectra.dtype)


def log_mel(energy):
    """Return (..., F, 24) in nepers: the logarithm of mel energies (..., F, 24), at most 60 dB below their loudest.

    Digital silence comes out as one value throughout.
    """
    loudest = energy.max(axis=(-2, -1), keepdims=True)
    floor = np.maximum(loudest * energy.dtype.type(10 ** (-RANGE / 10)), np.finfo(energy.dtype).tiny)
    return np.log(np.maximum(energy, floor))


def normalised(logs):
    """Return log-mel energies (..., F, 24) so that loudness, microphone and the length of pauses change them little.

    The mean over the loud frames is taken off, halfway between each band's own, which takes out what the microphone
    colours and with it what tells one vowel from another, and that of all bands, which takes out the loudness alone.
    Frames that are not loud do not count: a pause would move the mean.

    Source: Atal (1974), who subtracts the mean of the cepstrum. Halfway is ours: single digits by voices never heard
    were read best so.
    """
    top = logs.max(axis=-1, keepdims=True)  # (..., F, 1)
    loud = top >= top.max(axis=-2, keepdims=True) - LOUD * np.log(10) / 10
    mean = (logs * loud).sum(axis=-2, keepdims=True) / loud.sum(axis=-2, keepdims=True, dtype=logs.dtype)
    return logs - (mean + mean.mean(axis=-1, keepdims=True)) / 2


def stacked(logs):
    """Return (..., F // 2, 48): two frames side by side. A single frame is doubled; a last odd one is left out."""
    *leading, F, M = logs.shape
    if F < STACK:
        logs = np.repeat(logs, STACK, axis=-2)
    T = max(F // STACK, 1)
    return logs[..., : T * STACK, :].reshape(*leading, T, STACK * M)


@dataclass(frozen=True, eq=False)
class Analysis:
    """Every step from a sound to the features of a network; F frames, T timesteps.

    samples (N,), frames (F, 200), windowed (F, 200), power (F, 129), energies (F, 24), log_mel (F, 24): before the mean
    is taken off, features (T, 48).
    """

    samples: np.ndarray
    frames: np.ndarray
    windowed: np.ndarray
    power: np.ndarray
    energies: np.ndarray
    log_mel: np.ndarray
    features: np.ndarray

    @property
    def times(self):
        """(F,), the middle of each frame in seconds."""
        return (np.arange(len(self.frames)) * HOP + FRAME / 2) / RATE

    @property
    def steps(self):
        """(T,), the middle of each timestep in seconds."""
        return (np.arange(len(self.features)) * HOP * STACK + (FRAME + HOP * (STACK - 1)) / 2) / RATE


def analyse(samples):
    """Return the Analysis of samples (N,) at 8000 a second, in their dtype, which is float32 or float64."""
    cut = frames(samples)
    faded = windowed(cut)
    spectra = power(faded)
    energy = energies(spectra)
    logs = log_mel(energy)
    return Analysis(np.asarray(samples), cut, faded, spectra, energy, logs, stacked(normalised(logs)))


def features(samples):
    """Return (T, 48) float32: what the network reads of samples (N,) at 8000 a second; a timestep is 20 ms."""
    return analyse(samples).features.astype(np.float32, copy=False)
