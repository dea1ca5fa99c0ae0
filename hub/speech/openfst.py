"""OpenFst's binary files, read and written with numpy: headers, symbol tables and the `const` FST.

The layouts are those of OpenFst 1.7 and 1.8 (fst.cc, symbol-table.cc, const-fst.h), little-endian, standard arcs
(tropical weights). This needs no OpenFst, so it works in a process that has loaded Vosk, which has one of its own.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FST_MAGIC = 2125659606
SYMBOLS_MAGIC = 2125658996
STATE = np.dtype([("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("epsilons_in", "<u4"), ("epsilons_out", "<u4")])
ARC = np.dtype([("input", "<i4"), ("output", "<i4"), ("weight", "<f4"), ("next", "<i4")])
Arcs = NDArray[np.void]  # of ARC
NOT_FINAL = np.float32(np.inf)

_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS, _ALIGNED = 1, 2, 4
_EXPANDED = 1  # the property bit that says that states are counted
_CONST_VERSION = 2
_ADD_ON_NUMBER = 4  # bytes of the magic number between the header of an FST with an add-on and the FST itself
_HEADER = struct.Struct("<iiQqqq")


class FstError(ValueError):
    """A file is not the OpenFst file it should be."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an FST file says about itself; `end` is where its contents begin."""

    fst_type: str
    arc_type: str
    version: int
    flags: int
    start: int
    states: int
    arcs: int
    end: int


@dataclass(frozen=True, slots=True)
class Fst:
    """A transducer as arrays: the final weight of every state, and arcs with the state each one leaves.

    `finals` is (states,) float32, infinite where a state is not final; `sources` is (arcs,) int32, ascending; `arcs` is
    (arcs,) of ARC.
    """

    start: int
    finals: NDArray[np.float32]
    sources: NDArray[np.int32]
    arcs: Arcs

    @classmethod
    def of(cls, start: int, finals: NDArray[np.float32], sources: NDArray[np.int32], arcs: Arcs) -> Fst:
        """Make one from arcs in any order."""
        order = np.argsort(sources, kind="stable")
        return cls(start, finals, sources[order], arcs[order])

    def kept(self, states: NDArray[np.bool_], arcs: NDArray[np.bool_]) -> Fst:
        """Return what is left of it with these states and these arcs, the states counted anew."""
        chosen = arcs & states[self.sources] & states[self.arcs["next"]]
        number = np.cumsum(states, dtype=np.int32) - 1
        left = self.arcs[chosen]
        left["next"] = number[left["next"]]
        return Fst(int(number[self.start]), self.finals[states], number[self.sources[chosen]], left)


def read_header(data: bytes | memoryview, offset: int = 0, name: str = "the file") -> Header:
    """Read the header of the FST that begins at `offset`. Raises FstError."""
    try:
        (magic,) = struct.unpack_from("<i", data, offset)
        if magic != FST_MAGIC:
            raise FstError(f"{name} is no OpenFst file: it does not begin with OpenFst's number")
        fst_type, offset = _string(data, offset + 4)
        arc_type, offset = _string(data, offset)
        version, flags, _properties, start, states, arcs = _HEADER.unpack_from(data, offset)
    except struct.error:
        raise FstError(f"{name} is no OpenFst file, or it is cut short") from None
    return Header(fst_type, arc_type, version, flags, start, states, arcs, offset + _HEADER.size)


def read_input_symbols(path: Path) -> dict[str, int]:
    """Read the input symbol table that an FST file carries: symbol to id. Raises FstError, OSError."""
    with path.open("rb") as file:
        data = file.read()
    header = read_header(data, name=str(path))
    if not header.flags & _HAS_INPUT_SYMBOLS:
        raise FstError(f"{path} carries no symbol table")
    symbols: dict[str, int] = {}
    length_of, id_of = struct.Struct("<i").unpack_from, struct.Struct("<q").unpack_from
    try:
        (magic,) = length_of(data, header.end)
        if magic != SYMBOLS_MAGIC:
            raise FstError(f"the symbol table of {path} does not begin with OpenFst's number")
        _name, offset = _string(data, header.end + 4)
        _next_id, size = struct.unpack_from("<qq", data, offset)
        offset += 16
        for _ in range(size):
            (length,) = length_of(data, offset)
            offset += 4 + length
            (symbols[data[offset - length : offset].decode()],) = id_of(data, offset)
            offset += 8
    except (struct.error, UnicodeDecodeError):
        raise FstError(f"the symbol table of {path} is cut short or broken") from None
    return symbols


def read_const(path: Path) -> Fst:
    """Read a `const` FST, or the one inside an `olabel_lookahead` FST (whose look-ahead data is left aside).

    The arrays stand on the file itself (a memory map). Raises FstError, OSError.
    """
    file = np.memmap(path, dtype=np.uint8, mode="r")
    data = memoryview(file)  # type: ignore[arg-type]  # numpy's arrays are buffers
    header = read_header(data, name=str(path))
    if header.fst_type == "olabel_lookahead":
        header = read_header(data, header.end + _ADD_ON_NUMBER, str(path))
    if header.fst_type != "const" or header.arc_type != "standard":
        raise FstError(f"{path} holds a {header.fst_type} FST of {header.arc_type} arcs, not a const one of standard")
    if header.flags & (_HAS_INPUT_SYMBOLS | _HAS_OUTPUT_SYMBOLS):
        raise FstError(f"{path} carries symbol tables, which is not expected here")
    aligned = bool(header.flags & _ALIGNED)
    states_at = _aligned(header.end) if aligned else header.end
    arcs_at = states_at + header.states * STATE.itemsize
    arcs_at = _aligned(arcs_at) if aligned else arcs_at
    if len(file) < arcs_at + header.arcs * ARC.itemsize:
        raise FstError(f"{path} is cut short: {header.arcs} arcs do not fit into {len(file)} bytes")
    states = np.frombuffer(file, STATE, header.states, states_at)
    arcs = np.frombuffer(file, ARC, header.arcs, arcs_at)
    sources = np.repeat(np.arange(header.states, dtype=np.int32), states["arcs"])
    return Fst(header.start, states["final"], sources, arcs)


def write_const(path: Path, fst: Fst) -> None:
    """Write `fst` as a `const` FST without symbol tables. Raises OSError."""
    count = len(fst.finals)
    states = np.zeros(count, STATE)
    states["final"] = fst.finals
    states["arcs"] = np.bincount(fst.sources, minlength=count)
    states["first"] = np.cumsum(states["arcs"]) - states["arcs"]
    for side in ("input", "output"):
        states[f"epsilons_{side[:-3]}"] = np.bincount(fst.sources[fst.arcs[side] == 0], minlength=count)
    header = _HEADER.pack(_CONST_VERSION, 0, _EXPANDED, fst.start, count, len(fst.arcs))
    with path.open("wb") as file:
        file.write(struct.pack("<i", FST_MAGIC) + _packed("const") + _packed("standard") + header)
        file.write(states.tobytes())
        file.write(fst.arcs.tobytes())


def _string(data: bytes | memoryview, offset: int) -> tuple[str, int]:
    """Read a string with its length before it; return it and where it ends."""
    (length,) = struct.unpack_from("<i", data, offset)
    if not 0 <= length <= len(data) - offset - 4:
        raise struct.error
    end = offset + 4 + length
    return bytes(data[offset + 4 : end]).decode("utf-8", "replace"), end


def _packed(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()


def _aligned(offset: int) -> int:
    return -(-offset // 16) * 16
