"""The voices of the corpus of spoken digits: who speaks, with what accent, how fast and how high.

A Take is one way of saying all ten words; `takes` lists them. Speeds and pitches are drawn, from one seed.
"""

from typing import NamedTuple

import numpy as np

from rnnedu.datasets.speech import WORDS


class Take(NamedTuple):
    """engine : of bench.speech_engines. group : the file it goes to. voice : who speaks, as the index calls it.
    words : what each engine reads for zero to nine. settings : engine's own. held_out : never trained on.
    """

    engine: str
    group: str
    voice: str
    words: tuple
    settings: dict
    held_out: bool = False


ENGLISH = ("en-us", "en-us-nyc", "en-gb", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-gb-scotland", "en-029")

# How one would spell the English words in another language: its voice then says them with its accent.
SPELT = {
    "de": "siro wann tuh sri for faif six sewen äit nain",
    "nl": "ziero wan toe frie for faaiv siks seven eet nain",
    "da": "siro van tu tri for fajv siks seven ejt najn",
    "fr": "ziro ouane tou sri faure faïve sixe sévène éïte naïne",
    "es": "siro uan tu zri for faiv six seven eit nain",
    "it": "ziro uan tu tri for faiv six seven eit nain",
    "pt-br": "ziro uan tu tri for faiv six seven eit nain",
    "ro": "ziro uan tu tri for faiv six seven eit nain",
    "pl": "ziro łan tu fri for fajw siks sewen ejt najn",
    "cs": "ziro uan tú srí fór fajv siks sevn ejt najn",
    "ru": "зиро уан ту сри фор файв сикс сэвен эйт найн",
    "el": "ζίροου ουάν του θρι φορ φάιβ σιξ σέβεν έιτ νάιν",
    "hu": "ziró van tú szrí for fájv szix szeven éjt nájn",
    "fi": "siro van tuu trii foor faiv siks seven eit nain",
    "tr": "ziro van tu tri for fayv siks sevın eyt nayn",
    "hi": "ज़ीरो वन टू थ्री फ़ोर फ़ाइव सिक्स सेवन एट नाइन",
    "id": "ziro wan tu tri for faif siks seven eit nain",
    "sv": "siro wann to tri får fajv six seven ejt najn",
}
VARIANTS = (
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "Alex", "Alicia", "Andrea", "Andy",
    "Annie", "Denis", "Diogo", "Gene", "Gene2", "Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael",
    "Mike", "Nguyen", "Tweaky", "adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david",
    "ed", "edward", "grandma", "grandpa", "gustave", "iven", "iven2", "john", "kaukovalta", "linda", "marcelo", "max",
    "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph",
    "steph2", "travis", "victor", "zac", "whisper",
)  # fmt: skip

# American phones, for voices made from recordings of one person; each row is an accent.
PHONES = {
    "us": "z.ih.r.ow w.ah.n t.uw th.r.iy f.ao.r f.ay.v s.ih.k.s s.eh.v.ax.n ey.t n.ay.n",
    "gb": "z.iy.ax.r.ow w.aa.n t.uw th.r.iy f.ao f.ay.v s.ih.k.s s.eh.v.n ey.t n.ay.n",
    "german": "z.iy.r.ow v.ah.n t.uw s.r.iy f.ao.r f.ay.f s.ih.k.s z.eh.v.ax.n ey.t n.ay.n",
    "romance": "z.eh.r.ow w.aa.n t.uw t.r.iy f.ao.r f.aa.iy.v s.iy.k.s s.eh.v.eh.n eh.iy.t n.aa.iy.n",
    "slavic": "z.iy.r.ao w.ao.n t.uw f.r.iy f.ao.r f.ay.f s.iy.k.s s.eh.v.eh.n eh.y.t n.ay.n",
}
# (voice, mean pitch in Hz, takes of each accent)
PEOPLE = (("kal16", 105, 4), ("awb", 120, 6), ("slt", 190, 6))


def takes(seed=0):
    """Return all Takes, group by group."""
    rng = np.random.default_rng(seed)
    return [*people(rng), *hts(rng), *english(rng), *accents(rng), *held_out(rng)]


def people(rng):
    """Yield flite's voices, each the recordings of one person."""
    for voice, pitch, count in PEOPLE:
        yield from flite(rng, voice, pitch, PHONES, count)


def flite(rng, voice, pitch, accents, count, held_out=False):
    """Yield `count` Takes of each accent by one of flite's voices."""
    for accent in accents:
        words = tuple(word.replace(".", " ") for word in PHONES[accent].split())
        for k in range(count):
            throat = 1.0 if k % 2 == 0 or held_out else between(rng, 0.86, 1.16)
            settings = {"stretch": between(rng, 0.75, 1.4) * throat, "pitch": pitch * between(rng, 0.8, 1.3)}
            settings["throat"] = throat
            yield Take("flite", f"flite-{voice}", f"{voice}-{accent}-{k + 1}", words, settings, held_out)


def hts(rng):
    """Yield the slt voice as a statistical model, its throat made longer and shorter: eight persons more."""
    for k, throat in enumerate(np.linspace(0.78, 1.13, 8).round(2).tolist()):
        for n in range(4):
            settings = {"throat": throat, "rate": between(rng, 0.75, 1.3) / throat}
            yield Take("hts", "festival-slt", f"slt-throat-{k + 1}-{n + 1}", WORDS, settings)


def english(rng):
    """Yield espeak-ng's English: every dialect by eight voices, each at two speeds."""
    for dialect in ENGLISH:
        for variant in rng.choice(VARIANTS, 8, replace=False):
            yield from espeak(rng, dialect, variant, WORDS, 2)


def accents(rng):
    """Yield espeak-ng's foreign accents, each by three voices."""
    for language in SPELT:
        if language != "sv":
            for variant in rng.choice(VARIANTS, 3, replace=False):
                yield from espeak(rng, language, variant, SPELT[language].split(), 2)


def espeak(rng, language, variant, words, count, held_out=False):
    """Yield `count` Takes by one of espeak-ng's voices."""
    for k in range(count):
        settings = {"speed": int(rng.integers(110, 230)), "pitch": int(rng.integers(25, 75))}
        settings["voice"] = f"{language}+{variant}"
        yield Take("espeak", f"espeak-{language}", f"{settings['voice']}-{k + 1}", tuple(words), settings, held_out)


def held_out(rng):
    """Yield what is never trained on: two persons, a way of making sound, and an accent."""
    yield from flite(rng, "rms", 100, ("us", "gb"), 4, held_out=True)
    for k in range(8):
        settings = {"stretch": between(rng, 0.8, 1.4), "pitch": between(rng, 85, 140)}
        yield Take("diphone", "festival-ked", f"ked-{k + 1}", WORDS, settings, True)
    for dialect, variant in zip(ENGLISH[::2], ("klatt", "klatt2", "klatt4", "klatt6"), strict=True):
        for take in espeak(rng, dialect, variant, WORDS, 2, held_out=True):
            yield take._replace(group="espeak-klatt")
    for variant in ("m3", "f2", "Henrique"):
        yield from espeak(rng, "sv", variant, SPELT["sv"].split(), 2, held_out=True)


def between(rng, low, high):
    """Return a number from low to high with three digits."""
    return round(float(rng.uniform(low, high)), 3)
