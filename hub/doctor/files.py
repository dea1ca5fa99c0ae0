"""The files that a person writes: settings and home."""

from __future__ import annotations

from hub.doctor.findings import Case, Findings
from hub.home import load_home
from hub.keeping.migrate import written_files
from hub.keeping.versions import renamed
from hub.routines import load_routines
from hub.yamlfile import YamlFile


async def settings(case: Case, found: Findings) -> None:
    """The settings could be read, or nothing would be examined; whether no file uses names of an older version."""
    found.ok("settings", path=case.file or "-")
    for path, kind in written_files(case.settings, case.file):
        _, changes = renamed(YamlFile.read(path, case.settings.language), kind)
        if changes:
            found.warning("old_file", path=path, changes=", ".join(changes))


async def home(case: Case, found: Findings) -> None:
    """Whether home, routines and sentences can be read. Raises SettingsError."""
    own = case.settings
    known = load_home(own.home, own.language)
    routines = load_routines(own.routines, own.language)
    found.ok("home", path=own.home or "-", rooms=len(known.rooms), devices=len(known.devices), routines=len(routines))
