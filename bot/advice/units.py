"""Units and quantities in one place: reading, converting, checking formulas, and saying them to people."""

from bot.advice.quantities import format_money, format_number, format_quantity, parse_quantity, plural
from bot.advice.unit_algebra import Unit, UnitError, convert, singular
from bot.advice.unit_checks import UnitProblem, check_units

__all__ = [
    "Unit",
    "UnitError",
    "UnitProblem",
    "check_units",
    "convert",
    "format_money",
    "format_number",
    "format_quantity",
    "parse_quantity",
    "plural",
    "singular",
]
