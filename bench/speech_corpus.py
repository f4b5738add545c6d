"""Make the corpus of spoken digits in data/speech/ anew.

    python -m bench.speech_corpus [folder]

It needs the soundfile package and three speech synthesisers; `bench.speech_engines` says how to install them on Debian.
The lessons need none of this. There is one OGG Vorbis file for each group of voices, and index.csv says where each word
is. Made again, the sound is the same; the files differ in a number that the encoder draws.
"""

import argparse
import csv
from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile

from bench import speech_engines, speech_voices
from rnnedu.datasets.speech import COLUMNS, RATE, WORDS

PAUSE = RATE // 20  # between two words
QUALITY = 0.6  # soundfile's: 0 is the best, 1 the smallest file


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/speech"))
    folder = parser.parse_args().folder
    if problem := speech_engines.missing():
        parser.exit(1, f"{problem}\n")
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for group, takes in groupby(speech_voices.takes(), key=lambda take: take.group):
        samples, added = record(takes)
        write(folder / f"{group}.ogg", samples)
        rows += added
        print(f"{group}: {len(added)} words, {len(samples) / RATE:.0f} s")
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, *rows])
    print(f"{len(rows)} words, {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.2f} MB")


def record(takes):
    """Return all that is said in some takes, one word after the other, and the rows of the index."""
    parts, rows, at = [], [], 0
    for take in takes:
        for word, clip in zip(WORDS, speech_engines.speak(take), strict=True):
            rows.append((take.group, at, len(clip), word, take.voice, "held out" if take.held_out else "training"))
            parts += [clip, np.zeros(PAUSE, np.float32)]
            at += len(clip) + PAUSE
    return np.concatenate(parts), rows


def write(path, samples):
    """Write an OGG Vorbis file, block by block: libsndfile's encoder cannot take long ones at once."""
    with soundfile.SoundFile(path, "w", RATE, 1, format="OGG", subtype="VORBIS", compression_level=QUALITY) as file:
        for start in range(0, len(samples), RATE):
            file.write(samples[start : start + RATE])


if __name__ == "__main__":
    main()
