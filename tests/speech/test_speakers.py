"""The speaker model: read, written, and made smaller with the same moments."""

from pathlib import Path

import numpy as np
import pytest

from hub.speech.model import BACKGROUND, EXTRACTOR, find_model
from hub.speech.speakers import Speakers, SpeakersError, load_speakers, merged, save_speakers


@pytest.fixture(scope="module")
def speakers() -> Speakers:
    return load_speakers(find_model().path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ivector").mkdir()
    return tmp_path


def test_what_is_read_is_written_again_byte_by_byte(speakers: Speakers, folder: Path) -> None:
    save_speakers(speakers, folder)
    assert (folder / EXTRACTOR).read_bytes() == (find_model().path / EXTRACTOR).read_bytes()
    for field in ("weights", "means", "variances"):
        np.testing.assert_allclose(getattr(load_speakers(folder), field), getattr(speakers, field), rtol=1e-5)


def test_the_constants_of_the_background_model_are_kaldis(speakers: Speakers, folder: Path) -> None:
    save_speakers(speakers, folder)
    count = len(speakers.weights)
    start = len(b"\0B<DiagGMM> <GCONSTS> FV ") + 5
    ours, kaldis = (
        np.frombuffer((model / BACKGROUND).read_bytes(), "<f4", count, start) for model in (folder, find_model().path)
    )
    np.testing.assert_allclose(ours, kaldis, atol=1e-3)


def test_fewer_gaussians_have_the_same_moments(speakers: Speakers) -> None:
    fewer = merged(speakers, 192)
    assert fewer.directions.shape == (192, 40, 100)
    assert fewer.weights.sum() == pytest.approx(1)
    for before, after in (
        (speakers.means, fewer.means),
        (speakers.variances + speakers.means**2, fewer.variances + fewer.means**2),
        (speakers.directions.reshape(-1, 4000), fewer.directions.reshape(-1, 4000)),
        (_second(speakers), _second(fewer)),
    ):
        np.testing.assert_allclose(speakers.weights @ before, fewer.weights @ after, rtol=1e-6, atol=1e-6)
    assert (fewer.variances > 0).all()
    assert (np.linalg.eigvalsh(fewer.precisions) > 0).all()


def _second(speakers: Speakers) -> np.ndarray:  # type: ignore[type-arg]
    centres = speakers.directions[:, :, 0] * speakers.offset
    return (np.linalg.inv(speakers.precisions) + centres[:, :, None] * centres[:, None, :]).reshape(-1, 1600)


def test_the_nearest_are_put_together() -> None:
    ones, few = np.ones((3, 2)), np.array([[0.0, 0.0], [0.1, 0.0], [9.0, 9.0]])
    three = Speakers(np.array([0.5, 0.25, 0.25]), few, ones, few[:, :, None], np.stack([np.eye(2)] * 3), 1.0)
    two = merged(three, 2)
    np.testing.assert_allclose(two.weights, [0.75, 0.25])
    np.testing.assert_allclose(two.means, [[0.1 / 3, 0.0], [9.0, 9.0]])


def test_as_many_as_there_are_stay_as_they_are(speakers: Speakers) -> None:
    same = merged(speakers, 1000)
    np.testing.assert_allclose(same.directions, speakers.directions)
    np.testing.assert_allclose(same.precisions, speakers.precisions, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        (BACKGROUND, lambda data: data[2:], "no binary file"),
        (BACKGROUND, lambda data: data[:1000], "ends too early"),
        (EXTRACTOR, lambda data: data.replace(b"<M>", b"<N>", 1), "<M> was expected at byte"),
        (EXTRACTOR, lambda data: data[: len(data) // 2], "ends too early"),
        (BACKGROUND, lambda data: data.replace(b"FV ", b"CM ", 1), "numbers were expected at byte"),
        (EXTRACTOR, lambda data: data.replace(b"DM ", b"<M> ", 1), "numbers were expected at byte"),
    ],
)
def test_a_damaged_file_is_named(speakers: Speakers, folder: Path, name: str, damage, told: str) -> None:  # type: ignore[no-untyped-def]
    save_speakers(speakers, folder)
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    with pytest.raises(SpeakersError, match=told) as error:
        load_speakers(folder)
    assert name in str(error.value)
