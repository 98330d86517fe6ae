"""Any tokenizer that a `tokenizer.json` describes, computed by the Rust library."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import tokenizers

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.alignment import library_spans
from kerascls.preprocessing.tokenizers.renumbering import needed_tokens, renumbered
from kerascls.preprocessing.tokenizers.segments import (
    SegmentTokenizer,
    can_be_segmented,
)
from kerascls.preprocessing.tokenizers.special_tokens import (
    read_rust,
    sequence_template,
)
from kerascls.preprocessing.tokenizers.text_tokenizer import (
    TextTokenizer,
    checked_texts,
)
from kerascls.preprocessing.tokenizers.tokenizer_form import require_form
from kerascls.preprocessing.tokenizers.tokenizer_json import (
    for_texts,
    model_kind,
    special_names,
    token_ids_of,
    unknown_token,
)
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates

TEXTS_AT_ONCE = 4096
MASKS = ("<mask>", "[MASK]")
FEW_TEXTS = 32  # the library is faster on them


class RustTokenizer(TextTokenizer):
    """A tokenizer as a `tokenizer.json` describes it.

    Ids equal those of the library `tokenizers`, but for special tokens that are
    written out in a text: they are text, whatever the library makes of them (its
    switch `encode_special_tokens` is lost on each way to a file, and Unigram models
    find their special tokens in texts in spite of it). Half a surrogate pair counts as
    U+FFFD.

    Args:
        content: What stands in the file. Its post-processor says which special tokens
            there are, its padding what texts are padded with.
        source: Where it came from, for messages.

    Raises:
        CheckpointError: When the library cannot read it, or it does not say these.

    Example:
        >>> tokenizer = RustTokenizer.open("pretrained/multilingual-e5-small")
        >>> tokenizer.tokenize("体育")
        ['<s>', '▁', '体育', '</s>']
    """

    file_name: ClassVar[str] = "tokenizer.json"

    def __init__(
        self, content: Mapping[str, Any], source: str = "tokenizer.json"
    ) -> None:
        self._content, self._source = content, source
        token_ids = token_ids_of(content, source)
        self._tokens = {token_id: token for token, token_id in token_ids.items()}
        self.kind = model_kind(content)
        self.vocab_size = max(token_ids.values()) + 1
        template = sequence_template(content.get("post_processor"), source)
        pad_id = (content.get("padding") or {}).get("pad_id")
        if template is None or pad_id is None:
            missing = "padding" if template else "special tokens in a post_processor"
            raise CheckpointError(
                f"Expected a tokenizer.json that says its special tokens. Received: "
                f"{source} without {missing}. Load it with its checkpoint, whose other "
                f"files say them."
            )
        self.cls_id, self.sep_id = template.cls_id, template.sep_id
        self.separators = template.separators
        self.has_segments = template.has_segments
        self.pad_id = pad_id
        self.unk_token = unknown_token(content) or ""
        self.unk_id = token_ids.get(self.unk_token, -1)
        self.mask_id = next((token_ids[m] for m in MASKS if m in token_ids), None)
        self._rust = _text_side(content, source)
        normalizer = self._rust.normalizer
        normal = normalizer.normalize_str("ABC") if normalizer else "ABC"
        self.do_lower_case = "abc" in normal
        self._check_ids(token_ids)
        self._has_parts = can_be_segmented(content)
        self._segments: SegmentTokenizer | None = None  # made when there are texts

    @classmethod
    def open(cls, path: str | Path, do_lower_case: bool = False) -> Self:
        """Returns the tokenizer that `save` wrote; its file says all, see there."""
        try:
            content = json.loads(Path(path).read_text("utf-8"))
        except ValueError:
            content = None  # which has no form
        return cls(require_form(content, str(path)), str(path))

    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns the ids of all texts one after another, see `TextTokenizer`.

        Those of Unigram models are put together of parts met before, many times faster
        on Chinese (`kerascls.preprocessing.tokenizers.segments`).
        """
        texts = checked_texts(texts)
        if not self._has_parts or len(texts) < FEW_TEXTS:
            return self._library_flat(texts)
        if self._segments is None:
            self._segments = SegmentTokenizer(self._content, self._rust, self._ids_of)
        try:
            return self._segments.encode_flat(texts)
        except UnicodeEncodeError:
            return self._segments.encode_flat(list(map(without_surrogates, texts)))

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its tokens are, see `TextTokenizer`."""
        return library_spans(self._rust, text)

    def token(self, token_id: int) -> str:
        """Returns what a token is called."""
        return self._tokens[token_id]

    def unknown_words(self, texts: Iterable[str]) -> Counter[str]:
        """Returns what of these texts is unknown, and how often each occurs."""
        found: Counter[str] = Counter()
        if self.unk_id < 0:
            return found
        texts = [without_surrogates(text) for text in texts]
        encodings = self._rust.encode_batch(texts, add_special_tokens=False)
        for text, encoding in zip(texts, encodings, strict=True):
            for token_id, (start, end) in zip(
                encoding.ids, encoding.offsets, strict=True
            ):
                if token_id == self.unk_id:
                    found[text[start:end]] += 1
        return found

    def needed(self, used: np.ndarray) -> np.ndarray:
        """Returns which tokens must stay, see `TextTokenizer`."""
        needed = needed_tokens(self._content, used)
        special = [self.cls_id, self.sep_id, self.pad_id, self.unk_id]
        needed[[token_id for token_id in special if token_id >= 0]] = True
        return needed

    def pruned(self, keep_tokens: Sequence[int]) -> "RustTokenizer":
        """Returns a tokenizer of these tokens alone; their places are the new ids."""
        content = renumbered(self._content, keep_tokens)
        return RustTokenizer(content, f"{self._source}, pruned")

    def identity(self) -> bytes:
        """Returns a hash of the file."""
        return hashlib.sha256(self._text(sort_keys=True).encode()).digest()

    def save(self, path: str | Path) -> None:
        """Writes `tokenizer.json`."""
        Path(path).write_text(self._text(), "utf-8", newline="\n")

    def __reduce__(self) -> tuple[Any, ...]:
        # The library's own pickle would forget that special tokens are text.
        return type(self), (self._content, self._source)

    def _text(self, sort_keys: bool = False) -> str:
        return json.dumps(self._content, ensure_ascii=False, sort_keys=sort_keys)

    def _library_flat(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        ids, lengths = [], []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            for row in self._ids_of(texts[start : start + TEXTS_AT_ONCE]):
                ids += row
                lengths.append(len(row))
        return np.array(ids, np.int32), np.array(lengths, np.int64)

    def _ids_of(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._encodings(texts)]

    def _encodings(self, texts: list[str]) -> list[tokenizers.Encoding]:
        try:
            return self._rust.encode_batch_fast(texts, add_special_tokens=False)
        except TypeError:  # what half a surrogate pair causes
            texts = [without_surrogates(text) for text in texts]
            return self._rust.encode_batch_fast(texts, add_special_tokens=False)

    def _check_ids(self, token_ids: Mapping[str, int]) -> None:
        """Refuses a file whose ids the library would not give."""
        renamed = special_names(self._content)
        for added in self._content.get("added_tokens") or []:
            name = added["content"]
            found = self._rust.token_to_id(renamed.get(name, name))
            if found != added["id"] or token_ids[name] != found:
                raise CheckpointError(
                    f"Expected the added tokens to have the ids behind the model's. "
                    f"Received: {self._source}, where {name!r} has the id "
                    f"{added['id']} and the library gives {found}. Copy or download "
                    f"it again; a pruned one keeps the order of its tokens."
                )
        for token_id in (self.cls_id, self.sep_id, self.pad_id):
            if token_id not in self._tokens:
                raise CheckpointError(
                    f"Expected special tokens that are in the vocabulary. Received: "
                    f"{self._source}, which has no token of the id {token_id}. Copy "
                    f"or download it again."
                )


def _text_side(content: Mapping[str, Any], source: str) -> tokenizers.Tokenizer:
    rust = read_rust(for_texts(content), source)
    rust.encode_special_tokens = True
    return rust
