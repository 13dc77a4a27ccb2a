"""Small words by which a language shows itself: frequent ones, of which those count that no other here has."""

from __future__ import annotations

_WORDS = {
    "en": "in a the and of to is that for with as this are be on from by it at you your have has not which or "
    "an was were can their its will when if all more into than these only should been they there our any "
    "each without between",
    "it": "la le un una si se per con in da di a ma il lo gli della delle dello degli dei del nel nella nelle "
    "sul sulla che è sono non più anche come questo questa essere viene vengono dopo senza ogni dalla dal "
    "alla alle agli ai ed perché tra fra quando suo sua può dove",
    "ro": "în se un o la de a și este sunt pentru din cu care mai într pe această acest fi după până fără între "
    "sau să nu al ale ai lui cea cele cel prin dacă când toate fiecare astfel poate foarte trebuie "
    "dumneavoastră doar",
    "de": "in zu von der die das und ist mit den dem ein eine einer eines für auf nicht auch sich werden wird "
    "sind bei aus nach zum zur oder wie durch über vor ohne kann sie ihre ihr einen im am nur wenn dass "
    "aber mehr zwischen sehr",
    "fr": "la un de en a il se le les des du une est et dans pour avec sur pas qui que au aux ce cette sont "
    "plus par ou ne vous votre vos être peut sans après très chaque ses leur leurs entre mais comme "
    "lorsque afin ces nous",
    "es": "la un de en a se el los las una y es para por con del que no más como su sus este esta está son al "
    "pero sin entre también puede desde cuando cada hasta muy ser todos todas donde porque lo sobre ya "
    "según",
}


def _exclusive() -> dict[str, frozenset[str]]:
    sets = {language: frozenset(words.split()) for language, words in _WORDS.items()}
    return {
        language: words - frozenset().union(*(other for name, other in sets.items() if name != language))
        for language, words in sets.items()
    }


# By language: lower-case words that none of the other languages here has.
STOP_WORDS = _exclusive()
