"""What a heading says: how surely the name of a column means a field that is known by certain names."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from cardfile.spreadsheets.headers import JOINT
from cardfile.values.text import clean, fold_key

__all__ = ["Closeness", "Lexicon", "Way", "is_alien", "name_key", "words_in"]

_ALIKE: Final = 86.0
_SHORTEST_FUZZY: Final = 5
_SHORTEST_PART: Final = 3

name_key = lru_cache(maxsize=8192)(fold_key)
"""`fold_key` for the names of fields, which are the same ones for every list."""

# "firstName", "КлиентКод": programs write words without spaces between them.
_humps = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_brackets = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_numbers = re.compile(r"\s*(?<![^\W\d_])\d+(?![^\W\d_])\s*|\d+$")
_abbreviated = re.compile(r"([^\W\d_]{4,})(?:\.|-[^\W\d_]{1,3}(?!\w))")
# "Phone 1 - Value", as programs name the parts of what a record has several of.
_dash = re.compile(r"\s+[-–—]\s+")


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold_key(word) for word in text.split())


_NEUTRAL: Final = _folded(
    "клиент клиента клиенту клиентов заказчика покупателя пациента посетителя гостя абонента участника ученика "
    "студента контактный контактного контактная контактные контактное основной основная осн главный личный личная "
    "текущий для связи полностью полное при наличии указать данные лица физ физлица сведения о номер № n тек факт "
    "фактический конт моб сот мобильный мобильного рабочий раб домашний дом городской гор доп дополнительный другой "
    "второй первый whatsapp viber telegram client clients customer customers member guest patient student "
    "person persons "
    "your the of s and primary main current contact home work mobile cell number no num full new associated "
    "value default business private "
    "кліента клієнта клієнт контактний номер основний клиенттің байланыс"
)
"""Words that leave a heading what it is."""

_ALIEN: Final = _folded(
    "менеджера менеджер manager тренера тренер trainer coach врача врач doctor директора директор director "
    "руководителя руководитель бухгалтера агента agent агент сотрудника employee staff куратора поставщика supplier "
    "vendor гаранта поручителя банка банк bank файла "
    "file товара товар product услуги service отеля hotel перевозчика водителя driver user пользователя логин login "
    "лікаря"
)
"""Words that make a heading speak of somebody or something else than the record of the row."""

_KIN: Final = _folded(
    "родителя родителей мамы мама папы папа мать матери отца отец father mother parent parents ребенка ребёнка детей "
    "child супруга супруги spouse мужа жены emergency опекуна guardian бабушки батьків матері батька ата-ана"
)
"""Words for those through whom one gets at somebody: their phones are his, their names are not."""


class Way(StrEnum):
    """How a heading is near to a name."""

    SAME = "same"
    SIMILAR = "similar"
    PART = "part"
    PART_OF_MORE = "part_of_more"
    """The heading has further words, which may change what is meant."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near a heading is to a name: from 0 to 1, and in which way."""

    sureness: float
    way: Way


class Lexicon:
    """All names by which the columns of a list may be known, folded (see `fold_key`)."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: frozenset[str] = frozenset(names)
        self._words = {name: name.split() for name in self.names}
        self._vocabulary = frozenset(
            word for words in self._words.values() for word in words if len(word) > 2
        )
        self._long = [name for name in self.names if len(name) >= _SHORTEST_FUZZY]

    def near(self, heading: str) -> dict[str, Closeness]:
        """Return the names to which a heading is near; the upper part of a two-row header is read along."""
        best: dict[str, Closeness] = {}
        begun = _begun_words(heading)
        for place, key in enumerate(_keys_of(heading)):
            worth = 1.0 - 0.02 * place
            for name, found in self._near(key, begun):
                if name not in best or found.sureness * worth > best[name].sureness:
                    best[name] = Closeness(found.sureness * worth, found.way)
        return best

    def _near(self, key: str, begun: Set[str]) -> Iterator[tuple[str, Closeness]]:
        words = key.split()
        bare = key.replace(" ", "")
        for same in {key, bare} & self.names:
            yield same, Closeness(1.0, Way.SAME)
        if len(bare) >= _SHORTEST_FUZZY:
            for scorer, text in ((fuzz.ratio, key), (fuzz.token_sort_ratio, key), (fuzz.ratio, bare)):
                for name, ratio, _ in process.extract(
                    text, self._long, scorer=scorer, score_cutoff=_ALIKE, limit=8
                ):
                    if not self._is_another(words, self._words[name]):
                        yield name, Closeness(ratio / 100 * 0.95, Way.SIMILAR)
        beginnings = {word[:3] for word in words}
        for name, known in self._words.items():
            if not known or len(known) > len(words) or any(word[:3] not in beginnings for word in known):
                continue
            if found := _part(words, known, begun):
                yield name, found

    def _is_another(self, words: Sequence[str], known: Sequence[str]) -> bool:
        """Tell whether a name spelt alike means something else: `Contact number` is no `contract number`."""
        if len(words) > len(known) and all(word in words for word in known):
            return True  # It is not misspelt, but has more words.
        return any(
            word in self._vocabulary and word not in known and not _has_form(word, known) for word in words
        )


def is_alien(heading: str, *, is_contact: bool = False) -> bool:
    """Tell whether a heading speaks of somebody or something else than the record of the row.

    A contact may as well be that of a relative.
    """
    words = {word for key in _keys_of(heading) for word in key.split()}
    return not (_ALIEN if is_contact else _ALIEN | _KIN).isdisjoint(words)


_OF_ANOTHER: Final = _folded("type label тип вид")
"""What programs write behind a dash for a column that tells of the one beside it: `Phone 1 - Type`."""


def words_in(heading: str) -> int:
    """Return how many words a heading has, besides numbers and what stands in brackets."""
    return len(_numbers.sub(" ", fold_key(_brackets.sub(" ", heading))).split())


@lru_cache(maxsize=1024)
def _keys_of(heading: str) -> tuple[str, ...]:
    """Return the ways to read a heading, the likeliest first."""
    upper, joint, lower = (_dash.sub(JOINT, heading) if JOINT not in heading else heading).rpartition(JOINT)
    keys: list[str] = []
    texts = [f"{upper} {lower}", lower, upper] if joint else [heading]
    for text in texts[:1] if fold_key(lower) in _OF_ANOTHER else texts:
        plain = clean(_humps.sub(" ", text))
        bare = _brackets.sub(" ", plain)
        keys += [
            fold_key(clean(text)),
            fold_key(plain),
            fold_key(bare),
            _numbers.sub(" ", fold_key(bare)).strip(),
        ]
    return tuple(key for key in dict.fromkeys(keys) if key)


@lru_cache(maxsize=1024)
def _begun_words(heading: str) -> frozenset[str]:
    """Return the words of a heading that are only begun: `Прим.`, `Примеч-е`."""
    return frozenset(fold_key(found[1]) for found in _abbreviated.finditer(heading))


def _part(words: Sequence[str], known: Sequence[str], begun: Set[str]) -> Closeness | None:
    """Return how surely a heading is a name with words around it, or the name in another form."""
    if sum(map(len, known)) < _SHORTEST_PART:
        return None
    meant = {
        word: [one for one in words if _is_form(one, word) or (one in begun and word.startswith(one))]
        for word in known
    }
    if not all(meant.values()):
        return None
    found = {one for those in meant.values() for one in those}
    left = [word for word in words if word not in found and not word.isdigit()]
    foreign = [word for word in left if word not in _NEUTRAL]
    share = len("".join(known)) / len("".join(words))
    if not foreign:
        return Closeness(0.88 + 0.04 * min(1.0, share), Way.PART)
    if not _ALIEN.isdisjoint(foreign):
        return Closeness(0.3, Way.PART_OF_MORE)
    if not _KIN.isdisjoint(foreign):
        return Closeness(0.45, Way.PART_OF_MORE)
    return Closeness(0.52 + 0.1 * share, Way.PART_OF_MORE)


def _has_form(word: str, others: Iterable[str]) -> bool:
    return any(_is_form(word, other) for other in others)


def _is_form(one: str, two: str) -> bool:
    """Tell whether two words are the same in another form: `phone` and `phones`, a nominative and its genitive."""
    if one == two:
        return True
    stem = max(4, max(len(one), len(two)) - 2)
    return min(len(one), len(two)) > 4 and one[:stem] == two[:stem]
