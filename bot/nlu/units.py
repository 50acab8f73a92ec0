"""The units people write behind numbers, and the one name this product uses for each."""

from __future__ import annotations

import re

_SPELLINGS: dict[str, str] = {
    "kg": "kg|kgs|kilo|kilos|kilogram|kilograms|kilogramme|kilogrammes",
    "g": "g|gr|gram|grams|gramme|grammes",
    "t": "t|ton|tons|tonne|tonnes",
    "lb": "lb|lbs",
    "mm": "mm|millimetre|millimetres|millimeter|millimeters|mil",
    "cm": "cm|centimetre|centimetres|centimeter|centimeters",
    "m": "m|metre|metres|meter|meters|mtr|mtrs",
    "km": "km|kms|kilometre|kilometres|kilometer|kilometers",
    "inch": "inch|inches",
    "ft": "ft|foot|feet",
    "mile": "mile|miles",
    "m²": r"m²|m2|sqm|sq\.? ?m|square met(?:re|er)s?",
    "m³": r"m³|m3|cbm|cubic met(?:re|er)s?",
    "l": "l|ltr|ltrs|litre|litres|liter|liters",
    "ml": "ml|millilitre|millilitres|milliliter|milliliters",
    "gallon": "gallon|gallons|gal",
    "kW": "kw|kilowatt|kilowatts",
    "W": "w|watt|watts",
    "kWh": "kwh|kilowatt hours?",
    "V": "v|volt|volts",
    "A": "a|amp|amps|ampere|amperes",
    "bar": "bar|bars",
    "psi": "psi",
    "°C": r"°c|° ?c|degrees? c|deg c|degrees? celsius|degrees?|celsius|deg",
    "°F": r"°f|degrees? f|fahrenheit",
    "rpm": "rpm",
    "dB": "db|decibels?",
    "Mbps": r"mbps|mbit|mbits|mb/s|mbit/s|megs?",
    "Gbps": "gbps|gbit|gb/s",
    "GB": "gb|gigs?|gigabytes?",
    "second": "s|sec|secs|second|seconds",
    "minute": "min|mins|minute|minutes",
    "hour": "h|hr|hrs|hour|hours",
    "day": "d|day|days",
    "week": "wk|wks|week|weeks",
    "month": "month|months|mth|mths",
    "year": "yr|yrs|year|years",
    "%": r"%|percent|per cent|pct|pc",
    "times": "times|time|x",
    "EUR": "€|euro|euros|eur",
    "USD": r"\$|dollar|dollars|usd|bucks?",
    "GBP": "£|gbp|quid|pounds?",
    "CHF": "chf|francs?",
    "PLN": "zł|zl|pln|zloty|złoty|zlotys",
    "INR": "₹|rs|inr|rupees?",
    "NGN": "₦|ngn|naira",
}
_CASED = frozenset(("W", "V", "A"))
"""Single letters that are units only as capitals: "a" is an article."""

UNIT = "|".join(f"(?:{spelling})" for spelling in sorted("|".join(_SPELLINGS.values()).split("|"), key=len, reverse=True))
"""A pattern (without group names) for any spelling, longest first."""

MONEY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₹": "INR", "₦": "NGN"}
MEASURED = frozenset(_SPELLINGS) - {"times"}
"""The units that measure rather than count things."""

DURATIONS = ("second", "minute", "hour", "day", "week", "month", "year")
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
MONEY = frozenset(("EUR", "USD", "GBP", "CHF", "PLN", "INR", "NGN"))

_PATTERNS = [(unit, re.compile(spelling, re.IGNORECASE)) for unit, spelling in _SPELLINGS.items()]


def canonical(spelling: str) -> str:
    """The product's name for a unit however it is spelt ("kilos" is "kg"); "" when it is none."""
    bare = spelling.strip(" .-")
    for unit, pattern in _PATTERNS:
        if pattern.fullmatch(bare):
            return "" if unit in _CASED and len(bare) == 1 and bare.islower() else unit
    return ""


def singular(noun: str) -> str:
    """The noun in lower case without its plural ending, by rule of thumb: "washers" is "washer", "batches" "batch"."""
    word = noun.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "knives": "knife", "shelves": "shelf",
    "feet": "foot", "geese": "goose", "lives": "life", "halves": "half", "series": "series", "glasses": "glass",
}  # fmt: skip
