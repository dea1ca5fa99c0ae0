"""The speaker model made smaller: what the recognizer knows of how voices differ, in fewer Gaussians.

Vosk tells its acoustic model about the speaker by an i-vector. The extractor that it comes from, with all that Kaldi
computes from it when it loads, is the largest thing in a satellite's memory, larger than the home graph; and one room
needs less of it than the thousands of voices that it was trained on. Gaussians that lie close together are put
together, with the same first and second moments, so that i-vectors mean the same as before. docs/home-graph.md has the
figures.

Facts of Kaldi's files: `DiagGmm::Read` in gmm/diag-gmm.cc and `IvectorExtractor::Read` in ivector/ivector-extractor.cc.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.speech.model import BACKGROUND, EXTRACTOR

Array = NDArray[np.float64]

_TYPES: dict[str, Any] = {"F": "<f4", "D": "<f8"}


class SpeakersError(ValueError):
    """A file is no speaker model that Kaldi wrote."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """`count` Gaussians over `size` features, and how they move with an i-vector of `dimension` numbers."""

    weights: Array
    """(count,)"""
    means: Array
    """(count, size), as the background model has them"""
    variances: Array
    """(count, size), likewise"""
    directions: Array
    """(count, size, dimension): times the i-vector, the mean of the Gaussian for one speaker"""
    precisions: Array
    """(count, size, size): inverse covariances within one speaker"""
    offset: float
    """The first number of the i-vector of nobody in particular; the others are zero."""


def load_speakers(model: Path) -> Speakers:
    """Read a model's files. Raises OSError, SpeakersError."""
    file = _Reader(model / BACKGROUND)
    file.expect("<DiagGMM>", "<GCONSTS>")
    file.array()
    file.expect("<WEIGHTS>")
    weights = file.array()
    file.expect("<MEANS_INVVARS>")
    scaled = file.array()
    file.expect("<INV_VARS>")
    variances = 1 / file.array()
    file = _Reader(model / EXTRACTOR)
    file.expect("<IvectorExtractor>", "<w>")
    if file.array().size:
        raise SpeakersError(f"{file.path}: weights that change with the speaker are not supported")
    file.expect("<w_vec>")
    file.array()
    file.expect("<M>")
    directions = np.stack([file.array() for _ in range(file.integer())])
    file.expect("<SigmaInv>")
    precisions = np.stack([file.array() for _ in directions])
    file.expect("<IvectorOffset>")
    return Speakers(weights, scaled * variances, variances, directions, precisions, file.number())


def merged(speakers: Speakers, count: int) -> Speakers:
    """The same in `count` Gaussians; as they are, where there are no more."""
    groups = _groups(speakers, count)
    parts = [speakers.weights[group] / speakers.weights[group].sum() for group in groups]

    def mean(values: Array) -> Array:
        return np.stack([np.tensordot(part, values[group], 1) for part, group in zip(parts, groups, strict=True)])

    means, moved = mean(speakers.means), mean(speakers.directions)
    moments = mean(np.linalg.inv(speakers.precisions) + _squares(speakers.directions, speakers.offset))
    return Speakers(
        weights=np.array([speakers.weights[group].sum() for group in groups]),
        means=means,
        variances=mean(speakers.variances + speakers.means**2) - means**2,
        directions=moved,
        precisions=np.asarray(np.linalg.inv(moments - _squares(moved, speakers.offset)), np.float64),
        offset=speakers.offset,
    )


def _squares(directions: Array, offset: float) -> Array:
    """Each Gaussian's mean for nobody in particular, times itself: (count, size, size)."""
    centres = directions[:, :, 0] * offset
    return np.asarray(centres[:, :, None] * centres[:, None, :])


def _groups(speakers: Speakers, count: int) -> list[list[int]]:
    """Which Gaussians to put together: again and again the two by which the model of the sound loses least."""
    groups = [[place] for place in range(len(speakers.weights))]
    weights, means = speakers.weights.copy(), speakers.means.copy()
    squares = speakers.variances + means**2

    def spread(weights: Array, means: Array, squares: Array) -> Array:
        return np.asarray(weights * np.log(squares - means**2).sum(-1))

    def losses(one: int) -> Array:
        """What it would cost to put each of the others together with this one."""
        both = weights + weights[one]
        part = (weights / both)[:, None]
        joint = spread(both, *(part * kept + (1 - part) * kept[one] for kept in (means, squares)))
        cost = joint - spread(weights, means, squares) - spread(weights[one], means[one], squares[one])
        cost[one] = np.inf
        return np.asarray(cost)

    cost = np.stack([losses(one) for one in range(len(groups))])
    while len(groups) > count:
        one, other = sorted(divmod(int(cost.argmin()), len(groups)))
        part = weights[one] / (weights[one] + weights[other])
        for kept in (means, squares):
            kept[one] = part * kept[one] + (1 - part) * kept[other]
        weights[one] += weights[other]
        groups[one] += groups.pop(other)
        weights, means, squares = (np.delete(kept, other, 0) for kept in (weights, means, squares))
        cost = np.delete(np.delete(cost, other, 0), other, 1)
        cost[one] = cost[:, one] = losses(one)
    return groups


def save_speakers(speakers: Speakers, model: Path) -> None:
    """Write a model's files. Raises OSError."""
    precise = 1 / speakers.variances
    logs = np.log(2 * np.pi * speakers.variances) + speakers.means**2 * precise
    constants = np.log(speakers.weights) - 0.5 * logs.sum(1)
    lower = np.tril_indices(speakers.precisions.shape[1])
    background = {
        "<DiagGMM>": b"",
        "<GCONSTS>": _array(constants, "F"),
        "<WEIGHTS>": _array(speakers.weights, "F"),
        "<MEANS_INVVARS>": _array(speakers.means * precise, "F"),
        "<INV_VARS>": _array(precise, "F"),
        "</DiagGMM>": b"",
    }
    extractor = {
        "<IvectorExtractor>": b"",
        "<w>": _array(np.zeros((0, 0)), "D"),
        "<w_vec>": _array(speakers.weights, "D"),
        "<M>": _integer(len(speakers.weights)) + b"".join(_array(moved, "D") for moved in speakers.directions),
        "<SigmaInv>": b"".join(_packed(precision[lower], len(precision)) for precision in speakers.precisions),
        "<IvectorOffset>": struct.pack("<bd", 8, speakers.offset),
        "</IvectorExtractor>": b"",
    }
    for name, parts in ((BACKGROUND, background), (EXTRACTOR, extractor)):
        written = b"".join(token.encode() + b" " + data for token, data in parts.items())
        (model / name).write_bytes(b"\0B" + written)


def _integer(value: int) -> bytes:
    return struct.pack("<bi", 4, value)


def _array(values: Array, kind: str) -> bytes:
    """A vector or a matrix as Kaldi writes it: kind, sizes, numbers."""
    letter = "V" if values.ndim == 1 else "M"
    sizes = b"".join(map(_integer, values.shape))
    return f"{kind}{letter} ".encode() + sizes + values.astype(_TYPES[kind]).tobytes()


def _packed(values: Array, rows: int) -> bytes:
    """A symmetric matrix: the rows of its lower half."""
    return b"DP " + _integer(rows) + values.astype(_TYPES["D"]).tobytes()


class _Reader:
    """Takes one thing after the other out of a file in Kaldi's binary format."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = path.read_bytes()
        self._at = 2
        if self._data[:2] != b"\0B":
            raise SpeakersError(f"{path} is no binary file of Kaldi's")

    def expect(self, *tokens: str) -> None:
        for token in tokens:
            found = self._token()
            if found != token:
                raise SpeakersError(f"{self.path}: {token} was expected at byte {self._at}, not {found[:20]}")

    def integer(self) -> int:
        return int(self._number("<i4"))

    def number(self) -> float:
        return float(self._number("<f8"))

    def array(self) -> Array:
        """A vector, a matrix or a whole symmetric matrix."""
        token = self._token()
        if len(token) != 2 or token[0] not in _TYPES or token[1] not in "VMP":
            raise SpeakersError(f"{self.path}: numbers were expected at byte {self._at}, not {token[:20]}")
        kind, form = token[0], token[1]
        if form == "P":
            rows = self.integer()
            lower = np.tril_indices(rows)
            whole = np.zeros((rows, rows))
            whole[lower] = self._take(_TYPES[kind], len(lower[0]))
            return np.asarray(whole + np.tril(whole, -1).T)
        sizes = [self.integer() for _ in range(1 if form == "V" else 2)]
        return self._take(_TYPES[kind], int(np.prod(sizes))).reshape(sizes).astype(np.float64)

    def _token(self) -> str:
        end = self._data.find(b" ", self._at)
        token = self._data[self._at : end].decode("ascii", "replace")
        self._at = end + 1
        return token

    def _number(self, kind: str) -> Any:
        self._at += 1  # how many bytes follow
        return self._take(kind, 1)[0]

    def _take(self, kind: str, count: int) -> Array:
        try:
            taken = np.frombuffer(self._data, kind, count, self._at)
        except ValueError:
            raise SpeakersError(f"{self.path} ends too early") from None
        self._at += taken.nbytes
        return taken
