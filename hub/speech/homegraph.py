"""The home graph: the acoustic model's half million words cut down to what can be said in one home.

    python -m hub.speech.homegraph ACCEPTOR.json FOLDER [--model PATH]

builds it. docs/ tell the method; it is Kaldi's HCLr composed with this home's G, as a static graph that Vosk opens like
any other model. It is a process of its own because kaldifst and Vosk, each with an OpenFst inside, hang when they meet
in one. Progress goes to standard output, one JSON object a line; a failure ends with status 1 and its reason on
standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from hub.grammar.acceptor import Acceptor
from hub.speech.commands import Commands
from hub.speech.compose import compose
from hub.speech.graphs import MANIFEST, sums
from hub.speech.model import ACOUSTIC_FILES, AcousticModel, ModelError, find_model
from hub.speech.openfst import NOT_FINAL, Fst, FstError, read_const, read_input_symbols, write_const
from hub.speech.phrases import Grammar, compile_grammar
from hub.speech.speakers import load_speakers, merged, save_speakers
from hub.speech.tuning import COMMANDS, DECODING, FEATURES, GAUSSIANS, GRAPH_VERSION, Filler

STEPS = ("model", "vocabulary", "grammar", "lexicon", "compose", "write")


def pruned(fst: Fst, words: NDArray[np.int32]) -> Fst:
    """Keep what outputs nothing but `words`: the states that are reachable so, and from which an end is."""
    wanted = np.zeros(int(fst.arcs["output"].max()) + 1, np.bool_)
    wanted[0] = True
    wanted[words] = True
    keep = wanted[fst.arcs["output"]]
    count = len(fst.finals)
    reached = _reached(fst.sources[keep], fst.arcs["next"][keep], count, fst.start)
    fst = fst.kept(reached, keep)
    # Backwards, from one more state that every final state leads to.
    count = len(fst.finals)
    finals = np.flatnonzero(fst.finals != NOT_FINAL)
    sources = np.concatenate([fst.arcs["next"], np.full(len(finals), count)])
    ending = _reached(sources, np.concatenate([fst.sources, finals]), count + 1, count)[:count]
    return fst.kept(ending, np.ones(len(fst.arcs), np.bool_))


def _reached(sources: NDArray[Any], nexts: NDArray[Any], count: int, start: int) -> NDArray[np.bool_]:
    graph = csr_array((np.ones(len(sources), np.int8), (sources, nexts)), shape=(count, count))
    reached = np.zeros(count, np.bool_)
    reached[breadth_first_order(graph, start, return_predecessors=False)] = True
    return reached


def build(accepted: Acceptor, model: AcousticModel, folder: Path, filler: Filler) -> Iterator[dict[str, Any]]:
    """Build into `folder`, which must exist; yields the name of each step as it begins, and at last the manifest."""
    began = time.monotonic()
    seconds: dict[str, float] = {}

    def step(name: str) -> dict[str, Any]:
        seconds[name] = time.monotonic() - began
        return {"step": name, "done": STEPS.index(name), "of": len(STEPS)}

    yield step("model")
    model.verify()
    yield step("vocabulary")
    vocabulary = read_input_symbols(model.path / "graph/Gr.fst")
    yield step("grammar")
    grammar = compile_grammar(accepted, vocabulary, filler)
    yield step("lexicon")
    lexicon = pruned(read_const(model.path / "graph/HCLr.fst"), np.unique(grammar.fst.arcs["input"]))
    yield step("compose")
    disambiguation = np.loadtxt(model.path / "graph/disambig_tid.int", dtype=np.int32, ndmin=1)
    graph = compose(lexicon, grammar.fst)
    # Labels that only told homophones apart are silent from here on.
    graph.arcs["input"][np.isin(graph.arcs["input"], disambiguation)] = 0
    yield step("write")
    write(graph, grammar, model, folder)
    Commands.of(accepted).save(folder / COMMANDS)
    ends = [*list(seconds.values())[1:], time.monotonic() - began]
    manifest = {
        "version": GRAPH_VERSION,
        "kaldifst": version("kaldifst"),
        "filler": asdict(filler),
        "phrases": grammar.phrases,
        "unsayable": grammar.unsayable,
        "grammar": {"states": len(grammar.fst.finals), "arcs": len(grammar.fst.arcs)},
        "lexicon": {"states": len(lexicon.finals), "arcs": len(lexicon.arcs)},
        "graph": {"states": len(graph.finals), "arcs": len(graph.arcs)},
        "sums": sums(folder),
        "seconds": {n: round(e - b, 2) for (n, b), e in zip(seconds.items(), ends, strict=True)},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    yield {"step": "done", "done": len(STEPS), "of": len(STEPS), "manifest": manifest}


def write(graph: Fst, grammar: Grammar, model: AcousticModel, folder: Path) -> None:
    """Write the folder of a model that Vosk opens. The acoustic files are hard links where the file system allows."""
    for name in ACOUSTIC_FILES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(model.path / name, target)
        except OSError:
            shutil.copyfile(model.path / name, target)
    save_speakers(merged(load_speakers(model.path), GAUSSIANS), folder)
    features = folder / "conf/mfcc.conf"
    shared = features.read_text("utf-8")
    features.unlink()  # the link only: what is written next is ours
    features.write_text(shared + FEATURES, "utf-8")
    write_const(folder / "graph/HCLG.fst", graph)
    words = "".join(f"{symbol} {number}\n" for symbol, number in grammar.symbols.ids.items())
    (folder / "graph/words.txt").write_text(words, "utf-8")
    (folder / "conf/model.conf").write_text(DECODING, "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Build as the command line says."""
    parser = argparse.ArgumentParser(prog="hub.speech.homegraph")
    parser.add_argument("acceptor", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args(arguments)
    options.folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=options.folder.parent))
    try:
        accepted = Acceptor.from_json(options.acceptor.read_text("utf-8"))
        for event in build(accepted, find_model(options.model), work, Filler()):
            print(json.dumps(event, ensure_ascii=False), flush=True)  # this is how progress travels
        work.chmod(0o755)
        work.rename(options.folder)
    except (OSError, ValueError, FstError, ModelError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
