"""The file that a backup is: a .tar.gz of small files with a manifest first, which tells whether each is whole."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.credentials import KEPT
from hub.faults import OutsideError
from hub.keeping.versions import Kind
from hub.printable import printable
from hub.texts import Language, text

FORMAT: Final = 1
"""Version of the archive itself."""

LARGEST: Final = 64 << 20
"""Bytes of all that is in an archive; what a home keeps takes a hundredth of it."""

MOST: Final = 1000
"""Files in an archive."""

LONGEST: Final = 255
"""Bytes of a file's name."""

MANIFEST: Final = "manifest.json"

Root = Literal["settings", "state", "credentials"]
"""Where a file belongs: the folder of the settings, that of the state, or systemd's of the credentials."""

ROOTS: Final[tuple[Root, ...]] = ("settings", "state", "credentials")

GIVEN: Final = frozenset({"jipsa.thinq-token", "jipsa.homeassistant-token", "jipsa.kt-key", "jipsa.kt-secret"})
"""Credentials that a person put there. The passwords of the services are this machine's: script/install makes them."""


TOKENS: Final = frozenset(KEPT.values())
"""Files of the state that are in folders of their own."""


class ArchiveError(OutsideError):
    """A file is no whole backup, or one that this Jipsa cannot read; the text says why."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file: what is in it, what kind of file it is where it has versions, and whether it is secret."""

    content: bytes
    kind: Kind | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Archive:
    """The files by their names, as `settings/home.yaml`; `main` is the name of the settings, if there are any."""

    files: Mapping[str, Packed]
    main: str | None
    secrets: bool
    """Whether secrets were to be in it."""
    made: datetime
    jipsa: str
    """The version of Jipsa that made it."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Entry(_Model):
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: int
    kind: Kind | None
    version: int | None
    """For who looks into it; what counts is the version in the file."""
    secret: bool


class _Manifest(_Model):
    format: int
    jipsa: str
    made: Annotated[datetime, Field(strict=False)]
    main: str | None
    secrets: bool
    files: dict[str, _Entry]


def pack(archive: Archive, versions: Mapping[str, int]) -> bytes:
    """The archive as the bytes of its file; `versions` are those of the files that have one."""
    entries = {
        name: _Entry(
            sha256=hashlib.sha256(file.content).hexdigest(), size=len(file.content), kind=file.kind,
            version=versions.get(name), secret=file.secret,
        )
        for name, file in archive.files.items()
    }  # fmt: skip
    manifest = _Manifest(
        format=FORMAT, jipsa=archive.jipsa, made=archive.made, main=archive.main, secrets=archive.secrets, files=entries
    )
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as tar:
        contents = {MANIFEST: manifest.model_dump_json(indent=1).encode()}
        for name, content in {**contents, **{name: file.content for name, file in archive.files.items()}}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o600, int(archive.made.timestamp())
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(written.getvalue())


def unpack(path: Path, language: Language) -> Archive:
    """Read an archive, and see that it is whole. Raises ArchiveError."""

    def refused(key: str, **values: object) -> ArchiveError:
        return ArchiveError(text(f"archive.{key}", language, path=path, **values))

    try:
        members = _members(_inflated(path))
    except FileNotFoundError:
        raise refused("missing") from None
    except _TooLargeError:
        raise refused("too_large", megabytes=LARGEST >> 20, most=MOST) from None
    except _NewerError as error:
        raise refused("newer", jipsa=printable(str(error))[:40]) from None
    except _NameError as error:
        raise refused("bad_name", name=printable(str(error))[:100]) from None
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError, ValueError):
        raise refused("damaged") from None
    except OSError as error:
        raise refused("unreadable", reason=error.strerror) from None
    try:
        manifest = _Manifest.model_validate_json(members.pop(MANIFEST))
    except (KeyError, ValidationError):
        raise refused("no_manifest") from None
    for name in sorted(manifest.files.keys() ^ members.keys()):
        raise refused("not_as_listed", name=printable(name))
    for name, content in members.items():
        if hashlib.sha256(content).hexdigest() != manifest.files[name].sha256:
            raise refused("not_as_listed", name=printable(name))
    if manifest.main is not None and manifest.main not in members:
        raise refused("not_as_listed", name=printable(manifest.main))
    listed = manifest.files
    files = {name: Packed(content, listed[name].kind, listed[name].secret) for name, content in members.items()}
    return Archive(files, manifest.main, manifest.secrets, manifest.made, manifest.jipsa)


class _TooLargeError(Exception):
    """There is more in the archive than any home has."""


class _NewerError(Exception):
    """A newer Jipsa made the archive, and may have put into it what this one does not know; the text is its version."""


class _NameError(Exception):
    """A file of the archive would go where none belongs; the text is its name."""


def _inflated(path: Path) -> bytes:
    with gzip.open(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _TooLargeError
    return content


def _members(content: bytes) -> dict[str, bytes]:
    """The plain files of a tar by their names, all of which are safe: nothing else may be in it."""
    members: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
        for member in tar:
            plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
            if not plain or not _is_safe(member.name) or member.name in members:
                raise _NameError(member.name)
            if member.size > LARGEST or len(members) > MOST:
                raise _TooLargeError
            file = tar.extractfile(member)
            assert file is not None
            members[member.name] = file.read()
            if member.name == MANIFEST:
                _check_format(members[MANIFEST])
    return members


def _check_format(manifest: bytes) -> None:
    with suppress(ValueError, RecursionError):
        given = json.loads(manifest)
        if isinstance(given, dict) and isinstance(given.get("format"), int) and given["format"] > FORMAT:
            raise _NewerError(str(given.get("jipsa")))


def is_too_deep(root: str, parts: Sequence[str]) -> bool:
    """Whether a file is in a folder of which nothing belongs into a backup; settings and tokens may be in some."""
    return root != "settings" and len(parts) > 1 and "/".join(parts) not in TOKENS


def _is_safe(name: str) -> bool:
    """Whether it is the name of a file below one of the roots: no way up, nothing hidden, nothing unprintable."""
    root, *parts = name.split("/")
    if name == MANIFEST:
        return True
    if root not in ROOTS or not parts or is_too_deep(root, parts):
        return False
    if root == "credentials" and parts[0] not in GIVEN:
        return False
    plain = name == printable(name) and "\\" not in name and len(name.encode()) <= LONGEST
    return plain and all(part and not part.startswith(".") for part in parts)
