"""The grammar as a finite acceptor over spoken phrases: what the builder of the home graph reads."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Arcs of (source, destination, label) and the final states; state 0 is where it starts.

    A label is a hangul phrase without spaces, as it is said in one breath ("에어컨을", "이십육도로"), or "" for
    epsilon.
    """

    arcs: list[tuple[int, int, str]]
    finals: frozenset[int]

    def to_json(self) -> str:
        """Write the acceptor as one JSON object: `{"start": 0, "finals": [...], "arcs": [[from, to, label], ...]}`."""
        document = {"start": 0, "finals": sorted(self.finals), "arcs": self.arcs}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Acceptor:
        """Read what `to_json` wrote. Raises ValueError when it is something else."""
        try:
            document = json.loads(text)
            arcs = [(int(source), int(destination), str(label)) for source, destination, label in document["arcs"]]
            acceptor = cls(arcs, frozenset(map(int, document["finals"])))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no acceptor: {error!r}") from error
        if document.get("start", 0) != 0:
            raise ValueError("this is no acceptor: it must start in state 0")
        return acceptor
