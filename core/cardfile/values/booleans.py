"""Yes and no, as people and spreadsheets write them."""

from collections.abc import Mapping

from cardfile.errors import InvalidInput
from cardfile.values.cell import shown
from cardfile.values.text import clean, fold

__all__ = ["parse_boolean"]

_YES = "да yes y д 1 + true t истина on вкл включено есть ага так иә согласен согласна ✓ ✔ ☑ ✅ 🗹 v"
_NO = "нет no n н 0 - − – — false f ложь off выкл выключено отсутствует нету ні жоқ ✗ ✘ ☐ ❌"
_WORDS: Mapping[str, bool] = {
    **{fold(word): True for word in _YES.split()},
    **{fold(word): False for word in (*_NO.split(), "не согласен", "не согласна")},
}


def parse_boolean(raw: object) -> bool:
    """Return whether `raw` says yes (`да`, `1`, `+`, `✓`) or no; raises `InvalidInput` for anything else."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float) and raw in (0, 1):
        return raw == 1
    if isinstance(raw, str):
        # The variation selector asks for a coloured ✔ and means nothing here.
        answer = _WORDS.get(fold(clean(raw[:40])).replace("\ufe0f", "").rstrip(".!"))
        if answer is not None:
            return answer
    raise InvalidInput("{value} is neither yes nor no: write one of them.", value=shown(raw))
