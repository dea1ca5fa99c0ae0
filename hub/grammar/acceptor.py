"""What the recognizer listens for: a finite automaton over groups of words that are said in one breath."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Arcs are (from, to, label); a label is hangul without spaces, or "" for none. State 0 is the start."""

    arcs: list[tuple[int, int, str]]
    finals: frozenset[int]

    def to_json(self) -> str:
        """The acceptor as JSON: `{"start": 0, "finals": [...], "arcs": [[from, to, label], ...]}`."""
        return json.dumps({"start": 0, "finals": sorted(self.finals), "arcs": self.arcs}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Acceptor:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        arcs = [(int(source), int(target), str(label)) for source, target, label in data["arcs"]]
        return cls(arcs=arcs, finals=frozenset(data["finals"]))
