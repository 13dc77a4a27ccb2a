"""Whether what texts refer to is there, told at once: while somebody writes, when it is saved, when it is imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from modeltranslation.utils import build_localized_fieldname

from catalog.models import Fragment
from catalog.operations.referable import Piece, Referable, Stored, asset_meant, fragments_in, meant
from catalog.references import MAX_DEPTH, Reference, faults, malformed_in, pictures_in, references_in
from catalog.values import AttributeSpec, Invalid
from catalog.values.wanted import check_wanted


class Problem(NamedTuple):
    """Something amiss with what a text in a language refers to; `suggestion` is what may have been meant, or "".

    What is not `fatal` may be put right elsewhere: the text can be saved, though it cannot be shown until then.
    """

    language: str
    reference: str
    message: str
    suggestion: str = ""
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.message} Did you mean {self.suggestion}?" if self.suggestion else self.message


def check_references(
    texts: Mapping[str, str], code: str = "", *, known: Referable | None = None, suggest: bool = True
) -> list[Problem]:
    """What is wrong with the references and pictures of a fragment's texts by language, in their order.

    `code` is the fragment's own, for what leads back to it. At most four queries, five for fragments within fragments,
    and one for each thing that is not there and is to have a suggestion.
    """
    if not any("{{" in text or "<img" in text for text in texts.values()):
        return []
    check = _Check(texts, code, known or Stored())
    return [check.suggested(problem) if suggest else problem for problem in check.problems()]


def refuse_broken(fragment: Fragment, body: Mapping[str, str]) -> None:
    """Raises ValidationError at the field of each clean text, of those that are new, which refers to what is not there,
    to something in a way it cannot be written, or in a circle.
    """
    if not any("{{" in text or "<img" in text for text in body.values()):
        return
    columns = {language: build_localized_fieldname("body", language) for language in body}
    stored = QuerySet(Fragment).filter(pk=fragment.pk).values(*columns.values()).first() or {}
    changed = {language: text for language, text in body.items() if stored.get(columns[language]) != text}
    found: dict[str, list[str]] = defaultdict(list)
    for problem in check_references(changed, fragment.code):
        if problem.fatal and len(found[columns[problem.language]]) < 5:
            found[columns[problem.language]].append(str(problem))
    if found:
        raise ValidationError(dict(found))


class _Check:
    """All that texts refer to is looked up together, then each is judged."""

    def __init__(self, texts: Mapping[str, str], code: str, known: Referable) -> None:
        self.texts = texts
        self.code = code
        self.said = {language: list(dict.fromkeys(references_in(text))) for language, text in texts.items()}
        self.shown = {language: list(dict.fromkeys(pictures_in(text))) for language, text in texts.items()}
        self.attributes: Mapping[str, AttributeSpec] = known.attributes(self._codes("fact", "label"))
        self.products: Collection[str] = known.products(skus) if (skus := self._codes("link")) else ()
        shown = {code.lower() for codes in self.shown.values() for code in codes}
        self.pictures: Mapping[str, bool] = known.pictures(shown) if shown else {}
        self.pieces = self._pieces(known)
        self.meant: dict[str, str] = {}

    def problems(self) -> Iterator[Problem]:
        for language, text in self.texts.items():
            for wrong in dict.fromkeys(malformed_in(text)):
                yield Problem(language, wrong, f"“{wrong}” is no reference, such as {{{{ fact:weight unit=kg }}}}.")
            for reference in self.said[language]:
                yield from self._judged(language, reference)
            for code in self.shown[language]:
                if not self.pictures.get(code.lower()):
                    what = "is no picture that is kept here" if code.lower() in self.pictures else "is not there"
                    yield Problem(language, f"asset:{code}", f"The picture “{code}” {what}.")

    def suggested(self, problem: Problem) -> Problem:
        """The problem with what may have been meant by something that is not there."""
        if not problem.message.endswith(" is not there."):
            return problem
        if problem.reference not in self.meant:
            self.meant[problem.reference] = self._suggestion(problem.reference)
        return problem._replace(suggestion=self.meant[problem.reference])

    def _suggestion(self, said: str) -> str:
        if said.startswith("asset:"):
            found = asset_meant(said.removeprefix("asset:"))
            return f"asset:{found}" if found else ""
        (reference,) = references_in(said)
        code = meant(reference)
        return str(reference._replace(code=code)) if code else ""

    def _codes(self, *kinds: str) -> set[str]:
        found = (reference for references in self.said.values() for reference in references)
        return {reference.code.lower() for reference in found if reference.kind in kinds}

    # --- One reference -----------------------------------------------------------------------------------------------
    def _judged(self, language: str, reference: Reference) -> Iterator[Problem]:
        wrong = faults(reference)
        yield from (Problem(language, str(reference), f"{reference} {fault}.") for fault in wrong)
        if reference.kind in ("fact", "label"):
            message = self._of_attribute(reference, is_sound=not wrong)
        elif reference.kind == "link":
            is_there = reference.code.lower() in self.products
            message = "" if is_there else f"The product “{reference.code}” is not there."
        else:
            message = self._of_fragment(reference) if reference.kind == "fragment" else ""
        if message:
            yield Problem(language, str(reference), message)
        elif reference.kind == "fragment" and (note := self._not_out(reference)):
            yield Problem(language, str(reference), note, fatal=False)

    def _of_attribute(self, reference: Reference, *, is_sound: bool) -> str:
        spec = self.attributes.get(reference.code.lower())
        if spec is None:
            return f"The attribute “{reference.code}” is not there."
        try:
            if is_sound:
                check_wanted(spec, reference.option("unit"), decimals=bool(reference.option("decimals")))
        except Invalid as error:
            return f"{reference}: {error}."
        return ""

    def _of_fragment(self, reference: Reference) -> str:
        if reference.code.lower() not in self.pieces:
            return f"The fragment “{reference.code}” is not there."
        path = self._path(reference.code.lower())
        if len(path) > len(set(path)):
            return f"The references {' -> '.join(path)} go round in a circle."
        if len(path) > MAX_DEPTH:
            return f"References are nested more than {MAX_DEPTH} deep: {' -> '.join(path)}."
        return ""

    def _not_out(self, reference: Reference) -> str:
        piece = self.pieces[reference.code.lower()]
        if piece.is_retired:
            return f"The fragment “{piece.code}” is retired: what refers to it is not shown."
        if not piece.is_approved:
            return f"The fragment “{piece.code}” was never approved: what refers to it is not shown until then."
        return ""

    # --- Fragments within fragments ----------------------------------------------------------------------------------
    def _pieces(self, known: Referable) -> dict[str, Piece]:
        """The fragments that are gone through, by code in lower case: a query for each level there is."""
        found: dict[str, Piece] = {}
        own = self.code.lower()
        if own:
            found[own] = Piece(self.code, False, True, frozenset(fragments_in(self.texts.values())))
        wanted = set(fragments_in(self.texts.values())) - found.keys()
        for _ in range(MAX_DEPTH):
            if not wanted:
                break
            fresh = known.fragments(wanted)
            found |= fresh
            wanted = {code for piece in fresh.values() for code in piece.refers_to} - found.keys()
        return found

    def _path(self, first: str) -> list[str]:
        """From this text through `first` as far as references lead: to where they come back to, or one level too deep,
        or else to wherever they end.

        Levels are walked together, so that many ways to the same fragment are one.
        """
        own = self.code.lower() or "this text"
        levels: list[dict[str, str]] = [{own: ""}, {first: own}]
        while levels[-1] and len(levels) <= MAX_DEPTH:
            for code in levels[-1]:
                path = _back(levels, code)
                if code in path[:-1]:
                    return path
            following = {
                code: above
                for above in sorted(levels[-1])
                for code in sorted(self.pieces[above].refers_to if above in self.pieces else ())
            }
            levels.append(following)
        deepest = [level for level in levels if level]
        for code in deepest[-1]:
            path = _back(deepest, code)
            if len(path) > len(set(path)):
                return path
        return _back(deepest, next(iter(deepest[-1])))


def _back(levels: list[dict[str, str]], code: str) -> list[str]:
    """The way down to a code of the last level."""
    path = [code]
    for level in reversed(levels[1:]):
        path.append(level[path[-1]])
    return path[::-1]
