"""Entries that begin at one place of a text."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from hub.grammar.trie import Trie

WORDS = st.dictionaries(st.text("가나다", min_size=1, max_size=5), st.sets(st.integers(0, 3), min_size=1), max_size=12)


def _trie(words: Mapping[str, set[int]]) -> Trie[int]:
    trie: Trie[int] = Trie()
    for word, values in words.items():
        for value in sorted(values):
            trie.add(word, value)
    return trie


@given(WORDS, st.text("가나다", max_size=8), st.integers(0, 8))
def test_every_entry_that_stands_there_is_found_shortest_first(
    words: Mapping[str, set[int]], text: str, start: int
) -> None:
    there = sorted((word for word in words if text.startswith(word, start)), key=len)
    expected = [(start + len(word), value) for word in there for value in sorted(words[word])]
    trie = _trie(words)
    assert trie.matches(text, start) == expected
    trie.pack()
    assert trie.matches(text, start) == expected


@given(WORDS)
def test_a_trie_knows_its_texts(words: Mapping[str, set[int]]) -> None:
    trie = _trie(words)
    trie.pack()
    assert set(trie.texts()) == set(words)
    assert trie.first_letters() == {word[0] for word in words}


def test_an_entry_is_there_once_and_the_empty_text_is_none() -> None:
    trie: Trie[str] = Trie()
    for text in ("불", "불", ""):
        trie.add(text, "light")
    assert trie.matches("불", 0) == [(1, "light")]
    assert trie.matches("", 0) == []


def test_a_name_as_long_as_a_book_is_an_entry() -> None:
    trie: Trie[int] = Trie()
    trie.add("가" * 5000, 1)
    assert trie.matches("가" * 5001, 0) == [(5000, 1)]
