"""WordPiece vocabularies: reading them, and making them from text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import tokenizers
from tokenizers import normalizers, pre_tokenizers
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

from kerascls.errors import CheckpointError, SettingsError

MAX_ID = 2**32 - 1  # what the library of tokenizers counts to
_WITH_ID = re.compile(r".*\t\d{1,9}\s*")
PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"


def as_vocab(vocab: str | Path | Sequence[str] | Mapping[str, int]) -> dict[str, int]:
    """Returns token -> id of a path, list or dictionary, special tokens checked."""
    if isinstance(vocab, Mapping):
        token_ids = dict(vocab)
        ids = set(token_ids.values())
        are_apart = len(ids) == len(token_ids)
        if not are_apart or min(ids, default=0) < 0 or max(ids, default=0) > MAX_ID:
            raise CheckpointError(
                f"A vocabulary gives each token an id of its own, from 0 on. "
                f"Received: vocab={len(vocab)} tokens, some with one id or a negative "
                f"one, or above {MAX_ID}. Give the vocab.txt of the checkpoint."
            )
    elif isinstance(vocab, str | Path):
        token_ids = load_vocab(vocab)
    else:
        token_ids = _numbered(vocab)
    received = vocab if isinstance(vocab, str | Path) else f"{len(vocab)} tokens"
    require_special_tokens(token_ids, received)
    return token_ids


def require_special_tokens(token_ids: Mapping[str, int], received: str | Path) -> None:
    """Raises a CheckpointError where a vocabulary lacks a token that texts need."""
    missing = [token for token in (PAD, UNK, CLS, SEP) if token not in token_ids]
    if missing:
        raise CheckpointError(
            f"A vocabulary holds [PAD], [UNK], [CLS] and [SEP]; {', '.join(missing)} "
            f"missing. Received: vocab={str(received)!r}, which begins with "
            f"{', '.join(map(repr, [*token_ids][:3])) or 'nothing'}. Give the "
            f"vocab.txt of the checkpoint, one token a line."
        )


def load_vocab(path: str | Path) -> dict[str, int]:
    """Returns the tokens of a `vocab.txt` (UTF-8) with their line numbers from 0.

    A token on two lines has the id of the later one, as in Google's and Hugging
    Face's code, and the lines behind keep their numbers. (bert4keras shifts every
    id behind such a line by one, away from the rows of the embedding table.)

    Where each line is a token, a tab and a number, as in ERNIE's files, the number is
    the id.
    """
    lines = _lines(path)
    filled = [line for line in lines if line.strip()]
    if filled and all(_WITH_ID.fullmatch(line) for line in filled):
        return _stated_ids(filled, path)
    return _numbered(line.strip() for line in lines)


def repeated_tokens(path: str | Path) -> dict[str, list[int]]:
    """Returns tokens on more than one line of a `vocab.txt`, and the lines, from 1."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        if token := line.strip():
            places.setdefault(token, []).append(number)
    return {token: lines for token, lines in places.items() if len(lines) > 1}


def begins_empty(path: str | Path) -> bool:
    """Returns whether the first line of a `vocab.txt` is empty, which has an id too."""
    lines = _lines(path)
    return bool(lines) and not lines[0].strip()


def _lines(path: str | Path) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return [line.rstrip("\n") for line in file]
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(
            f"Expected a vocabulary: a UTF-8 text file, one token a line. Received: "
            f"vocab={str(path)!r} ({error}). Give the vocab.txt of the checkpoint, "
            f"in UTF-8."
        ) from error


def build_vocab(
    texts: Iterable[str], size: int = 21128, do_lower_case: bool = True
) -> list[str]:
    """Returns a WordPiece vocabulary for `texts`; the same for the same texts.

    Every character comes before any longer piece, the frequent ones first; room
    left is filled with pieces of words that occur at least twice.

    Args:
        texts: The texts to count.
        size: Most tokens to return.
        do_lower_case: Whether the tokenizer will lower-case.

    Raises:
        SettingsError: When `size` leaves no room for the special tokens.
    """
    special = [PAD, UNK, CLS, SEP, MASK]
    if size < len(special):
        raise SettingsError(
            f"A vocabulary has room for its {len(special)} special tokens. "
            f"Received: size={size!r}. Give a larger one."
        )
    words = count_words(texts, do_lower_case)
    tokens = special + _characters(words)
    if len(tokens) >= size:
        return tokens[:size]
    # The trainer numbers the pieces it finds in an order that changes from run to
    # run; pieces handed over as special tokens, and so all merges, have a fixed order.
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=tokens,
        limit_alphabet=0,
        show_progress=False,
    )
    rust = tokenizers.Tokenizer(WordPiece(unk_token=UNK))
    rust.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    rust.train_from_iterator(_repeated(words), trainer)
    vocab = rust.get_vocab()
    return sorted(vocab, key=vocab.__getitem__)


def count_words(texts: Iterable[str], do_lower_case: bool) -> Counter[str]:
    """Returns how often each word, as BERT splits texts, occurs in them."""
    normalizer = bert_normalizer(do_lower_case)
    splitter = pre_tokenizers.BertPreTokenizer()
    words: Counter[str] = Counter()
    for text in texts:
        normal = normalizer.normalize_str(without_surrogates(text))
        words.update(word for word, _ in splitter.pre_tokenize_str(normal))
    return words


def bert_normalizer(do_lower_case: bool) -> normalizers.Normalizer:
    """Returns what BERT does to a text before it is split."""
    # Its defaults: control characters go, ideographs stand alone, accents go with case.
    return normalizers.BertNormalizer(lowercase=do_lower_case)


def without_surrogates(text: str) -> str:
    """Returns `text` with whole surrogate pairs joined and half ones as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _numbered(tokens: Iterable[str]) -> dict[str, int]:
    return {token: index for index, token in enumerate(tokens) if token}


def _stated_ids(lines: list[str], path: str | Path) -> dict[str, int]:
    pairs = [line.rstrip().rpartition("\t") for line in lines]
    token_ids = {token.strip(): int(token_id) for token, _, token_id in pairs}
    if len(set(token_ids.values())) < len(lines):
        raise CheckpointError(
            f"Expected each line `token TAB id` to have a token and an id of its own. "
            f"Received: vocab={str(path)!r}, where two lines have the same. Give the "
            f"vocab.txt of the checkpoint."
        )
    return token_ids


def _characters(words: Mapping[str, int]) -> list[str]:
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for index, character in enumerate(word):
            counts[character] += times
            if index:
                counts[f"##{character}"] += times
    return sorted(counts, key=lambda piece: (-counts[piece], piece))


def _repeated(words: Mapping[str, int], at_once: int = 1000) -> Iterator[str]:
    for word, times in words.items():
        if len(word) > 1:
            for start in range(0, times, at_once):
                yield " ".join([word] * min(at_once, times - start))
