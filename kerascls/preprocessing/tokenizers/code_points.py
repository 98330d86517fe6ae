"""Many texts to token ids at once, by looking their code points up.

A tokenizer of BERT's kind gives a Chinese character or a punctuation mark one id
whatever stands beside it, and splits words there and at white space. What lies between
such code points, a run, can be encoded on its own. So a batch of texts is one look-up
of its code points in a table, and one of its runs in a dictionary. The tokenizer itself
fills both: it says what each code point is, and encodes each run once.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import numpy as np

from kerascls.data.ragged import chunks

# Kinds of code points; from 0 on it is the id of one that stands alone. RUN is never
# wrong: it leaves the code point to the tokenizer.
SPACE, RUN, UNSEEN = -1, -2, -3

NUM_CODE_POINTS = 2**17  # what lies behind has the kind of the last one: RUN
FIRST_IDEOGRAPH, LAST_IDEOGRAPH = 0x4E00, 0x9FFF
CHARS_AT_ONCE = 2**17
MAX_RUNS, MAX_RUN_CHARS = 2**16, 100
SEPARATOR = "\n"
PROBE = "a"


class CodePointTokenizer:
    """Gives the ids of a BERT tokenizer, many times faster on Chinese text.

    Only code points and runs not met before cost a call of the tokenizer. The table
    takes 0.5 MB; the dictionary starts again when it is full. Threads may share an
    object: at worst two of them find out the same.

    Args:
        encode: The tokenizer: from texts to the ids of each, without special tokens.
        vocab: Its tokens and their ids, each another one.
        unk_id: The id of a word that is not in `vocab`.
    """

    def __init__(
        self,
        encode: Callable[[list[str]], Sequence[Sequence[int]]],
        vocab: Mapping[str, int],
        unk_id: int,
    ) -> None:
        self._tokenizer, self._vocab, self._unk_id = encode, vocab, unk_id
        self._kinds = np.full(NUM_CODE_POINTS, UNSEEN, np.int32)
        self._kinds[-1] = RUN
        self._runs: dict[str, bytes] = {}

    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns all ids, int32 `(tokens,)`, and how many each text has, `(texts,)`.

        Raises:
            UnicodeEncodeError: When a text has half a surrogate pair.
        """
        encoded = [self._encode(texts[some]) for some in chunks(texts, CHARS_AT_ONCE)]
        if len(encoded) == 1:
            return encoded[0]
        ids = [np.empty(0, np.int32), *(chunk_ids for chunk_ids, _ in encoded)]
        lengths = [np.empty(0, np.int64), *(counts for _, counts in encoded)]
        return np.concatenate(ids), np.concatenate(lengths)

    def _encode(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        joined = SEPARATOR.join(["", *texts, ""])
        kinds = self._kinds_of(joined)  # (code points,), as counts
        counts = (kinds >= 0).astype(np.int64)
        in_run = kinds == RUN
        edges = (in_run[1:] != in_run[:-1]).nonzero()[0] + 1
        starts, ends = edges[::2], edges[1::2]
        spans = map(slice, starts.tolist(), ends.tolist())
        run_ids = self._ids_of_runs([joined[span] for span in spans])
        counts[starts] = [len(ids) // 4 for ids in run_ids]
        ids = kinds.repeat(counts)
        ids[ids == RUN] = np.frombuffer(b"".join(run_ids), np.int32)
        sizes = [len(text) + 1 for text in texts[:-1]]
        return ids, np.add.reduceat(counts, np.cumsum([0, *sizes]))

    def _kinds_of(self, text: str) -> np.ndarray:
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.intp)
        kinds = self._kinds.take(codes, mode="clip")
        unseen = codes[kinds == UNSEEN]
        if len(unseen):
            self._look_at(np.unique(unseen))
            kinds = self._kinds.take(codes, mode="clip")
        return kinds

    def _look_at(self, codes: np.ndarray) -> None:
        known = (codes >= FIRST_IDEOGRAPH) & (codes <= LAST_IDEOGRAPH)
        ideographs, others = (map(chr, codes[of].tolist()) for of in (known, ~known))
        ids = [self._vocab.get(character, self._unk_id) for character in ideographs]
        self._kinds[codes[known]] = ids
        self._kinds[codes[~known]] = self._probed(list(others))

    def _probed(self, characters: list[str]) -> list[int]:
        if not characters:
            return []
        between = [PROBE + character + PROBE for character in characters]
        (probe,), *encoded = map(list, self._tokenizer([PROBE, *characters, *between]))
        count = len(characters)
        # The letter's id behind a character says that a new word begins there, for a
        # letter inside a word has another id.
        return [
            (ids or [SPACE])[0]
            if len(ids) < 2 and all_ids == [probe, *ids, probe]
            else RUN
            for ids, all_ids in zip(encoded[:count], encoded[count:], strict=True)
        ]

    def _ids_of_runs(self, runs: list[str]) -> list[bytes]:
        # Another thread may empty the dictionary: what it had is in hand before.
        known = list(map(self._runs.get, runs))
        new: dict[str, bytes] = {}
        if None in known:
            texts = list({r for r, ids in zip(runs, known, strict=True) if ids is None})
            encoded = self._tokenizer(texts)
            for run, ids in zip(texts, encoded, strict=True):
                new[run] = np.array(ids, np.int32).tobytes()
            self._remember({r: new[r] for r in texts if len(r) <= MAX_RUN_CHARS})
        return [
            new[run] if ids is None else ids
            for run, ids in zip(runs, known, strict=True)
        ]

    def _remember(self, new: Mapping[str, bytes]) -> None:
        if len(self._runs) + len(new) > MAX_RUNS:
            self._runs = {}
        self._runs.update(islice(new.items(), MAX_RUNS))
