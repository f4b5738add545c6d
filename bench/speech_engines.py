"""What speaks: espeak-ng, flite and festival, each from words to 8000 samples a second. They are Debian packages."""

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from rnnedu.speech import wav

NEEDED = {"espeak-ng": "espeak-ng", "flite": "flite", "festival": "festival"}
PACKAGES = "espeak-ng flite festival festlex-cmu festlex-poslex festvox-kdlpc16k festvox-us-slt-hts"
QUIET, MARGIN = 0.02, 240  # what is below 2 % of the peak at either end is cut off, but for 30 ms
PEAK = 0.7


def missing():
    """Return a sentence saying what has to be installed, or ""."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    return f"{', '.join(absent)} not found. On Debian: apt install --no-install-recommends {PACKAGES}" if absent else ""


def speak(take):
    """Return the ten words of a Take, each (N,) float32, cut out and at one loudness."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{k}.wav") for k in range(len(take.words))]
        ENGINES[take.engine](take, paths)
        return [cut_out(heard(path, take.settings.get("throat", 1.0))) for path in paths]


def heard(path, throat):
    """Return the samples of a file, played as fast as makes all resonances `throat` times higher."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return wav.sound(samples, round(file.getframerate() * throat)).samples


def espeak(take, paths):
    """Let espeak-ng speak into the files."""
    options = ["-v", take.settings["voice"], "-s", str(take.settings["speed"]), "-p", str(take.settings["pitch"])]
    for word, path in zip(take.words, paths, strict=True):
        run(["espeak-ng", *options, "-w", str(path), word])


def flite(take, paths):
    """Let flite speak phones into the files."""
    stretch, pitch = (str(take.settings[name]) for name in ("stretch", "pitch"))
    options = ["--setf", f"duration_stretch={stretch}", "--setf", f"int_f0_target_mean={pitch}"]
    name = take.group.removeprefix("flite-")
    for word, path in zip(take.words, paths, strict=True):
        run(["flite", "-voice", name, *options, "-p", f"pau {word} pau", "-o", str(path)])


def diphone(take, paths):
    """Let festival speak with pieces of the recordings of one person."""
    pitch, stretch = take.settings["pitch"], take.settings["stretch"]
    festival(
        "(voice_ked_diphone)"
        f"(set! int_lr_params '((target_f0_mean {pitch}) (target_f0_std 14) (model_f0_mean 170) (model_f0_std 34)))"
        f"(Parameter.set 'Duration_Stretch {stretch})",
        take.words,
        paths,
    )


def hts(take, paths):
    """Let festival speak with a statistical model of one person."""
    festival(
        "(voice_cmu_us_slt_arctic_hts)"
        "(set! hts_engine_params (append cmu_us_slt_arctic_hts::hts_engine_params"
        f" '((\"-r\" {take.settings['rate']}))))",
        take.words,
        paths,
    )


def festival(setting, words, paths):
    """Run festival over all words at once: it takes long to start."""
    said = "\n".join(
        f'(utt.save.wave (utt.synth (Utterance Text "{word}")) "{path}" (quote riff))'
        for word, path in zip(words, paths, strict=True)
    )
    script = paths[0].with_suffix(".scm")
    script.write_text(f"{setting}\n{said}\n", encoding="utf-8")
    run(["festival", "-b", str(script)])


def run(command):
    """Run a program; CalledProcessError if it fails."""
    subprocess.run(command, check=True, capture_output=True)


ENGINES = {"espeak": espeak, "flite": flite, "diphone": diphone, "hts": hts}


def cut_out(samples):
    """Return the samples without the silence around the word, as loud as all others."""
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max())
    cut = samples[max(loud[0] - MARGIN, 0) : loud[-1] + MARGIN]
    return (cut * (PEAK / np.abs(cut).max())).astype(np.float32)
