"""LG's JSON as one flat mapping from paths to what stands there; the same for profiles, states and reports.

A document is `{resource: {property: x}}`. Three things nest deeper: a list of such objects, one for each location
(washers, ovens, burners); two machines in one (`{"washer": {...}, "dryer": {...}}`); and a resource that is a list with
an entry for each unit or compartment. A path says it all: `resource.property`, `resource[C].property`,
`UPPER/resource.property`, `washer/resource.property`; `nest` turns a path back into what a control request looks like.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from hub.payloads import Value

_PATH = re.compile(r"((?P<section>\w+)/)?(?P<resource>\w+)(\[(?P<place>\w+)\])?\.(?P<key>\w+)")

_UNITS = frozenset({"C", "F"})


def sections(document: Any, known: Collection[str] = ()) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The sections of a document, each with its name: a location, one of two machines, or "" where it is all one.

    `known` are the sections that the profile has. What names none belongs to the only one, or to the whole.
    """
    for part in document if isinstance(document, list) else [document]:
        if not isinstance(part, dict):
            continue
        halves = {name: half for name, half in part.items() if name in known and isinstance(half, dict)}
        if halves:
            yield from halves.items()
        else:
            only = next(iter(known)) if len(known) == 1 else ""
            yield _location(part) or only, part


def _location(part: Mapping[str, Any]) -> str:
    location = part.get("location")
    name = location.get("locationName") if isinstance(location, dict) else None
    return name if isinstance(name, str) else ""


def flatten(document: Any, known: Collection[str] = ()) -> dict[str, Any]:
    """What stands at every path of a document; anything that is no such document has no paths."""
    flat: dict[str, Any] = {}
    for section, part in sections(document, known):
        prefix = f"{section}/" if section else ""
        flat |= {prefix + path: found for path, found in paths(part)}
    return flat


def paths(part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What stands at every path of one section, without the section's name."""
    for resource, content in part.items():
        if isinstance(content, dict):
            yield from ((f"{resource}.{key}", entry) for key, entry in content.items())
            unit = content.get("unit")
            if isinstance(unit, str) and unit in _UNITS:  # the one entry of a list, as some states tell it
                yield from ((f"{resource}[{unit}].{key}", entry) for key, entry in content.items())
        elif isinstance(content, list):
            for entry in content:
                if isinstance(entry, dict):
                    place = entry.get("locationName") or entry.get("unit")
                    yield from ((f"{resource}[{place}].{key}", inner) for key, inner in entry.items())
        else:
            yield resource, content


def nest(values: Mapping[str, Value]) -> dict[str, Any]:
    """The control request that sets these paths, all of one section: one object, also where the state has a list."""
    request: dict[str, Any] = {}
    for path, value in values.items():
        match = _PATH.fullmatch(path)
        if match is None:
            raise ValueError(f"{path!r} is no path to a property")
        section, place = match["section"], match["place"]
        target = request
        if section and section.isupper():
            request["location"] = {"locationName": section}
        elif section:
            target = request.setdefault(section, {})
        body = target.setdefault(match["resource"], {})
        body[match["key"]] = value
        if place:
            body["unit" if place in _UNITS else "locationName"] = place
    return request
