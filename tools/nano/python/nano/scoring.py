"""How answers are scored; the TypeScript command in ../../src scores the same way."""

import difflib
import json


def final_answer(text: str) -> str:
    """What follows the thought."""
    return text.split("</think>")[-1].strip()


def leaves(card: object) -> dict[str, str]:
    """A card's fields, nested ones joined by a dot."""
    flat: dict[str, str] = {}
    for key, value in (card.items() if isinstance(card, dict) else ()):
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": str(text) for inner, text in value.items()}
        else:
            flat[key] = str(value)
    return flat


def card_fields(expected: str, answer: str) -> dict[str, bool]:
    """Which of the expected fields the answer's JSON has right; none when it is no JSON."""
    try:
        got = leaves(json.loads(answer))
    except json.JSONDecodeError:
        got = {}
    return {key: got.get(key) == value for key, value in leaves(json.loads(expected)).items()}


def table(records: list[dict], answers: dict[str, str]) -> dict[str, dict[str, float]]:
    """Scores per kind: `exact`, and `fields`, `nik` for cards, `characters` for lines."""
    rows: dict[str, dict[str, list[float]]] = {}
    for record in records:
        answer, expected = final_answer(answers[record["id"]]), record["expected"]
        row = rows.setdefault(record["kind"], {})
        row.setdefault("exact", []).append(answer == expected)
        if record["skill"] == "line":
            row.setdefault("characters", []).append(difflib.SequenceMatcher(None, answer, expected, False).ratio())
        if record["kind"] == "card":
            fields = card_fields(expected, answer)
            row.setdefault("fields", []).append(sum(fields.values()) / len(fields))
            row.setdefault("nik", []).append(fields["nik"])
    return {kind: {"samples": len(row["exact"]), **{name: round(sum(v) / len(v), 4) for name, v in row.items()}}
            for kind, row in rows.items()}
