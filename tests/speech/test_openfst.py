from pathlib import Path

import numpy as np
import pytest

from hub.speech.model import find_model
from hub.speech.openfst import ARC, NOT_FINAL, Fst, FstError, read_const, read_header, read_input_symbols, write_const


def small() -> Fst:
    arcs = np.array([(1, 2, 0.5, 1), (0, 3, 0.0, 2), (4, 0, 1.5, 2)], ARC)
    finals = np.array([NOT_FINAL, NOT_FINAL, 0.25], np.float32)
    return Fst.of(0, finals, np.array([0, 1, 0], np.int32), arcs)


def test_an_fst_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "small.fst"
    written = small()
    write_const(path, written)
    read = read_const(path)
    assert read.start == 0
    assert np.array_equal(read.finals, written.finals)
    assert np.array_equal(read.sources, written.sources)
    assert np.array_equal(read.arcs, written.arcs)


def test_the_model_is_as_large_as_it_is_known_to_be() -> None:
    lexicon = read_const(find_model().path / "graph/HCLr.fst")
    assert (len(lexicon.finals), len(lexicon.arcs)) == (2_070_278, 5_825_966)
    words = read_input_symbols(find_model().path / "graph/Gr.fst")
    assert len(words) == 503_352
    assert "에어컨" in words


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\xd6\xfd\xb2\x7e", b"\xd6\xfd\xb2\x7e\x05\x00\x00\x00const"])
def test_what_is_no_fst_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FstError):
        read_header(content)
    path = tmp_path / "broken.fst"
    path.write_bytes(content or b"\x00")
    with pytest.raises(FstError):
        read_const(path)


def test_a_cut_off_fst_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.fst"
    write_const(path, small())
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(FstError, match="cut short"):
        read_const(path)


def test_keeping_states_counts_them_anew() -> None:
    left = small().kept(np.array([True, False, True]), np.ones(3, np.bool_))
    assert len(left.finals) == 2
    assert left.arcs.tolist() == [(4, 0, 1.5, 1)]
