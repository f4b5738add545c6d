"""SpeechLab: say, load or choose a sound, hear it, and see what a network makes of it on one time axis."""

import traitlets

from rnnedu import validate
from rnnedu.datasets.speech import load_digits
from rnnedu.experiments import hearing
from rnnedu.speech import spelling
from rnnedu.speech.recognise import load_speech_model
from rnnedu.speech.wav import Sound, read_wav
from rnnedu.widget import controls, sound_source, speech_blocks
from rnnedu.widget.panel import Panel

SECONDS, BYTES = 15, 8_000_000  # of a sound from outside; a notebook's messages end at 10 MB
MOST_DIGITS = 8
TESTED = 10  # voices, each with its ten digits


class SpeechLab(Panel):
    """Hear a sound, see it as wave, spectrogram, log-mel energies and letters, and find out where it breaks.

    model : None, the network that comes with rnnedu; or a built Sequential from features (B, T, 48) to logits
        (B, T, V), as `rnnedu.speech.learn.network` makes it. recordings : None, the digits that come with rnnedu; or a
        SpokenDigits.
    said : 1 to 8 digits, "42". voice : whose; one of the recordings'. source : "digits", or "own", what was loaded.
    speed : 0.4 to 2.5, as of a tape. noise : dB of the voice above white noise, -20 to 60; at 60 there is none.

    `load` takes a WAV file, as the buttons do; `confuse` tests single words of held-out voices, spoilt in the same way.
    `heard`, a `rnnedu.experiments.hearing.Heard`, holds the numbers, `counts` those of the test, None before it.

    Raises ValueError or TypeError for other values and for sounds that are not accepted; what was shown stays.
    """

    heading = "Speech lab"
    inputs = ("said", "voice", "speed", "noise", "source")

    said = traitlets.Unicode("42").tag(sync=True)
    voice = traitlets.Unicode("").tag(sync=True)
    speed = traitlets.Float(1.0).tag(sync=True)
    noise = traitlets.Float(60.0).tag(sync=True)
    source = traitlets.Unicode("digits").tag(sync=True)

    def __init__(self, model=None, recordings=None, **traits):
        self.model = hearing.check(load_speech_model() if model is None else model)
        self.recordings = load_digits() if recordings is None else recordings
        self.voices = sound_source.offered(self.recordings)
        self.own = self.heard = self.counts = self.tested_at = None
        super().__init__(**({"voice": next(iter(self.voices))} | traits))

    def compute(self):
        """Check the traits and let the network hear what they say."""
        validate.choice("source", self.source, ("digits",) if self.own is None else ("digits", "own"))
        digits = _digits(self.said)
        take = self.recordings.of(voice=self.voice)
        samples = self.own.samples if self.source == "own" else sound_source.joined(take, digits)
        self.heard = hearing.hear(self.model, hearing.spoilt(samples, self.speed, self.noise))
        self.digits = digits

    # -- sounds from outside ---------------------------------------------------------------------------------------

    def load(self, source, name="own sound"):
        """Take a WAV file, a path or its bytes, and show it. Raises ValueError or OSError, as `read_wav` does."""
        self._take(read_wav(source), validate.kind("name", name, str))

    def _take(self, found, name):
        if found.seconds > SECONDS:
            raise ValueError(f"the sound lasts {found.seconds:.1f} s; accepted are at most {SECONDS} s here")
        self.own, self.own_name = validate.kind("sound", found, Sound), name[-40:]
        if self.source == "own":
            self._recompute()
        else:
            self.source = "own"

    def _asked(self, widget, content, buffers):
        """Take what the page sends: a file or a recording; all else is a button."""
        taken = content.get("take") if isinstance(content, dict) else None
        if taken is None:
            super()._asked(widget, content, buffers)
            return
        with self.failing_visibly():
            self._take(*sound_source.received(taken, buffers, BYTES))

    # -- what is seen ----------------------------------------------------------------------------------------------

    @property
    def right(self):
        """Whether the network heard the digits that were said; None for a sound from outside."""
        return None if self.source == "own" else self.heard.digits == self.digits

    def form(self):
        """Return the controls."""
        voices = self.voices if self.voice in self.voices else self.voices | {self.voice: self.voice}
        found = [controls.field("said", MOST_DIGITS, "digits"), controls.select("voice", voices)]
        if self.own is not None:
            found.append(controls.select("source", {"digits": "the digits", "own": self.own_name}, "sound"))
        low, high = hearing.SLOWEST, hearing.FASTEST
        quiet = f"voice above noise, dB ({hearing.CLEAN:g}: none)"
        return [
            *found,
            controls.slider("speed", low, high, 0.05, "speed, as of a tape"),
            controls.slider("noise", hearing.LOUDEST, hearing.CLEAN, 1, quiet),
        ]

    def doings(self):
        """Return the button of the test."""
        return [controls.action("confuse", "Test every digit")]

    def confuse(self):
        """Count how often each digit is taken for another, at this speed and in this noise."""
        words = sound_source.to_test(self.recordings, TESTED)
        self.counts = hearing.confusion(self.model, words, speed=self.speed, above=self.noise)
        self.tested_at = self.speed, self.noise
        self.show()

    def blocks(self):
        """Return the way in, the tracks, what was heard, and the test."""
        note = " ".join(self.own.remarks) if self.source == "own" else ""
        way_in = {"kind": "intake", "key": "intake", "title": "Your own voice", "note": note}
        found = [way_in | {"seconds": 10, "bytes": BYTES}, speech_blocks.tracks_of(self.heard, self._finding())]
        found.append(speech_blocks.spelled(self.heard))
        return found if self.counts is None else [*found, speech_blocks.confusion(self.counts, *self.tested_at)]

    def sentence(self):
        """Return what was heard as one line."""
        return f"{self._finding()}. Letter by letter: “{self.heard.letters}”."

    def _finding(self):
        heard = f"“{spelling.spelt(self.heard.digits)}”" if self.heard.digits else "nothing"
        if self.source == "own":
            return f"Heard {heard} in {self.own_name}"
        verdict = "right" if self.right else "wrong"
        return f"Said “{spelling.spelt(self.digits)}”, heard {heard}: {verdict}"


def _digits(said):
    """Return a text of digits as a tuple of them."""
    found = validate.kind("said", said, str).replace(" ", "")
    wrong = [letter for letter in found if letter not in "0123456789"]
    if wrong or not 1 <= len(found) <= MOST_DIGITS:
        seen = f"holds {wrong[0]!r}" if wrong else f"has {len(found)} digits"
        raise ValueError(f"said {seen}; accepted are 1 to {MOST_DIGITS} of the digits 0 to 9")
    return tuple(map(int, found))
