"""A list of names to learn from."""

from collections import defaultdict

from rnnedu.datasets._checks import choice
from rnnedu.datasets._files import damaged, number, read_table

NAMES_FILE = "names_us_census_1990.csv"
SEXES = ("female", "male")


def load_names(sex=None):
    """Return a tuple of first names in lower case a-z, the most frequent first, each once.

    Frequencies are those of the U.S. Census Bureau, 1990: percent of the people of that sex. With `sex` None
    (5163 names) a name borne by both counts with the sum; equally frequent names keep the order of the file.

    Args:
        sex: "female" (4275 names), "male" (1219 names) or None for both.

    Raises ValueError for another `sex`, or a damaged data file.
    """
    if sex is not None:
        choice("sex", sex, SEXES)
    percents = defaultdict(float)
    for line, (name, group, percent) in read_table(NAMES_FILE, ("name", "sex", "percent")):
        if not (name.isascii() and name.isalpha()) or group not in SEXES:
            raise damaged(NAMES_FILE, line, f"found {name!r}, {group!r}", "letters a-z, then female or male")
        share = number(NAMES_FILE, line, percent)
        if sex in (None, group):
            percents[name.lower()] += share
    # Percents have 3 decimals: rounding makes equal sums equal, and sorting is stable.
    return tuple(sorted(percents, key=lambda name: -round(percents[name], 3)))
