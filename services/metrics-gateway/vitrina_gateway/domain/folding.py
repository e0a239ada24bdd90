"""Comparing names as people do, who do not see which alphabet a letter is of or which keyboard layout is on.

Both sides of a comparison are folded. Only what is searched for is tried in the other layouts, too: a word of the list
was typed by somebody who saw it.
"""
# ruff: noqa: RUF001 - letters of two alphabets that look alike are what this is about

import unicodedata
from typing import Final

_SAME: Final = str.maketrans({"ё": "е", "\n": " "})
_LOOK_ALIKES: Final = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
"""Small Cyrillic letters whose small or capital form looks like a Latin one."""

_LATIN_KEYS: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC_KEYS: Final = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC: Final = str.maketrans(_LATIN_KEYS, _CYRILLIC_KEYS)
_TO_LATIN: Final = str.maketrans(_CYRILLIC_KEYS, _LATIN_KEYS)


def fold_for_order(text: str) -> str:
    """Case, compatibility forms and the dots of the letter yo make no difference; alphabets stay apart."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_SAME)


def fold_for_search(text: str) -> str:
    """As for order, and letters that look alike are one letter."""
    return fold_for_order(text).translate(_LOOK_ALIKES)


def readings(word: str) -> frozenset[str]:
    """What a typed word may have been meant to be, folded: as it stands, or typed in the other keyboard layout."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    meant = {plain}
    if any("a" <= letter <= "z" for letter in plain):
        meant.add(plain.translate(_TO_CYRILLIC))
    if any("а" <= letter <= "я" or letter == "ё" for letter in plain):
        meant.add(plain.translate(_TO_LATIN))
    return frozenset(fold_for_search(each) for each in meant)
