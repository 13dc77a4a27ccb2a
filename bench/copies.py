"""Finding nearly equal paragraphs among very many, against comparing each with each.

SIZE=1 is 100,000 paragraphs of 9 to 80 words, as real ones are distributed; a tenth are copies of others with up to a
tenth of their letters changed, word by word, and a fiftieth are made from one template. Nothing of it needs a database:
what is measured is the search, from the texts as they are written to the groups. The reference compares each with each
by the same measure, in rapidfuzz's own loop; it takes a sample, and is extrapolated by the number of pairs.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from itertools import accumulate
from statistics import median
from typing import NamedTuple

from rapidfuzz.distance import Indel
from rapidfuzz.process import extract

from catalog.copies.alike import near_groups
from catalog.copies.groups import DEFAULT_THRESHOLD, groups
from catalog.copies.paragraphs import normal, of_rich
from catalog.copies.reading import Corpus, Occurrence

COUNT = 100_000
SAMPLE = 4_000
VOCABULARY = 30_000
ROUNDS = 2


class Planted(NamedTuple):
    """Paragraphs by their number, and which is a copy of which, where both are as like as is asked for."""

    texts: list[str]
    copies: dict[int, int]


def run(size: float) -> dict[str, dict[str, float]]:
    count = max(2_000, int(COUNT * size))
    planted = plant(count)
    normals = list(dict.fromkeys(map(normal, planted.texts)))
    sample = random.Random(7).sample(normals, min(SAMPLE, len(normals)))
    before, started = peak_mb(), time.perf_counter()
    groups(corpus_of(planted.texts))
    wall, growth = time.perf_counter() - started, peak_mb() - before
    ours, theirs, small = [], [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: groups(corpus_of(planted.texts))))
        small.append(seconds(lambda: near_groups(sample, DEFAULT_THRESHOLD)))
        theirs.append(seconds(lambda: each_with_each(sample)))
    found = {member.text: group[0].text for group in near_groups(normals, DEFAULT_THRESHOLD) for member in group}
    places = {text: place for place, text in enumerate(normals)}
    pairs = [(places[normal(planted.texts[a])], places[normal(planted.texts[b])]) for a, b in planted.copies.items()]
    together = sum(a == b or found.get(a, -1) == found.get(b, -2) for a, b in pairs)
    naive = median(theirs) * (len(normals) / len(sample)) ** 2
    return {
        "figures": {
            "paragraphs": count,
            "search_wall_s": wall,
            "search_cpu_s": median(ours),
            "planted_copies": len(pairs),
            "recall_of_planted": together / len(pairs),
            "each_with_each_sample_cpu_s": median(theirs),
            "each_with_each_extrapolated_cpu_s": naive,
            "memory_of_corpus_and_search_mb": growth,
        },
        "ratios": {
            "search_vs_each_with_each_extrapolated": median(ours) / naive,
            "search_of_sample_vs_each_with_each": median(small) / median(theirs),
        },
    }


def plant(count: int) -> Planted:
    """So many paragraphs, the same ones each time; a tenth of them are planted."""
    chance = random.Random(3)
    words = ["".join(chance.choices("etaoinshrdlucmfwypvbgkjqxz", k=chance.randint(2, 11))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / (place + 5) for place in range(VOCABULARY)))
    texts = []
    for number in range(count // 50):
        texts.append(
            f"The cable {number} is {number % 7} metres long and fits all machines of the range {number % 11}."
        )
    while len(texts) < count * 9 // 10:
        length = 9 + min(71, int(chance.expovariate(1 / 25)))
        texts.append(" ".join(chance.choices(words, cum_weights=weights, k=length)))
    copies = {}
    originals = range(count // 50, len(texts))
    while len(texts) < count:
        original = chance.choice(originals)
        changed = edited(texts[original].split(" "), words, chance)
        alike = Indel.normalized_similarity(normal(texts[original]), normal(changed))
        if alike >= DEFAULT_THRESHOLD:
            copies[len(texts)] = original
            texts.append(changed)
    return Planted(texts, copies)


def edited(text: list[str], words: list[str], chance: random.Random) -> str:
    """Words replaced, left out, put in or swapped: one in twelve, at least one."""
    for _ in range(max(1, len(text) // 12)):
        place = chance.randrange(len(text) - 1)
        way = chance.randrange(4)
        if way == 0:
            text[place] = chance.choice(words)
        elif way == 1:
            del text[place]
        elif way == 2:
            text.insert(place, chance.choice(words))
        else:
            text[place], text[place + 1] = text[place + 1], text[place]
    return " ".join(text)


def corpus_of(texts: list[str]) -> Corpus:
    corpus = Corpus(1)
    for number, text in enumerate(texts):
        for paragraph in of_rich(f"<p>{text}</p>"):
            corpus.add("en", paragraph, Occurrence("fragment", f"f{number}", number, "body", paragraph.place))
    return corpus


def each_with_each(texts: list[str]) -> int:
    """How many pairs are as like as is asked for."""
    found = 0
    for place, text in enumerate(texts):
        rest = texts[place + 1 :]
        found += len(
            extract(text, rest, scorer=Indel.normalized_similarity, score_cutoff=DEFAULT_THRESHOLD, limit=None)
        )
    return found


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started
