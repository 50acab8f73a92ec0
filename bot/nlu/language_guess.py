"""Is this English? Told by the script and by the small words of each language; in doubt it is.

The word lists are the commonest function words of each language, chosen so that words shared with English (or with
English typing habits) are left out. No model, no download.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from bot.nlu.language import words

ENGLISH = "en"

_FUNCTION_WORDS: dict[str, str] = {
    "de": (
        "ich und nicht der das ist wir ein eine einen einem einer mit auf fur für von zu dem den sie es auch "
        "haben hat habe sind wird werden kann können konnen möchte mochte brauche brauchen unsere unser "
        "unserem unseren mein meine wie warum wann bitte danke guten hallo keine kein aber wenn oder schon "
        "noch immer sehr gibt uns mir mich ihr ihre bei aus nach nur zum zur die maschine maschinen kaputt "
        "kostet geht funktioniert was neue neuen angebot"
    ),
    "fr": (
        "je nous vous ils elles est sont une des les le la pas avec pour dans sur mais ou où qui que quoi "
        "notre nos votre mon ma mes bonjour merci besoin avons avez avoir suis c'est j'ai n'est d'un d'une "
        "qu'il il elle ne plus très tres aussi depuis cette ces voudrais pouvez faire comment combien "
        "pourquoi quand s'il plaît plait du au aux et ça ca coûte coute panne devis deux nouvelle fonctionne"
    ),
    "es": (
        "yo nosotros necesito necesitamos el los las una unos es está esta estan están pero con para por que "
        "qué como cómo cuando cuándo donde dónde muy más mas también tambien hola gracias buenos buenas dias "
        "días tengo tenemos quiero queremos puede pueden nuestro nuestra mi mis su sus del al y hay cuanto "
        "cuánto cuesta porque favor desde no se lo la de en un dos máquina maquina funciona comprar lavadora "
        "lavadoras presupuesto cotización"
    ),
    "pt": (
        "eu nós nos preciso precisamos os as uma umas é está estão mas com para por que como quando onde "
        "muito mais também olá ola obrigado obrigada bom dia tenho temos quero queremos pode podem nosso "
        "nossa meu minha do da dos das ao não nao você voce quanto custa porque desde e um de em"
    ),
    "it": (
        "io noi ho abbiamo bisogno il lo gli una uno è sono ma con per che cosa come quando dove molto più "
        "piu anche ciao buongiorno grazie voglio vogliamo vorrei può puo nostro nostra mio mia del della dei "
        "delle di non perché perche quanto costa dal e un la le si"
    ),
    "nl": (
        "ik wij we een het de niet met voor van op aan maar en is zijn heeft heb hebben wordt kan kunnen wil "
        "willen onze ons mijn hoe waarom wanneer graag bedankt dank hallo goedemorgen geen ook nog altijd "
        "zeer deze dit die dat bij naar uit nodig te er"
    ),
    "pl": (
        "ja my nie jest są sa to na do z ze w we i oraz ale dla jak kiedy gdzie dlaczego czy co mam mamy chcę "
        "chce chcemy potrzebuję potrzebuje potrzebujemy proszę prosze dziękuję dziekuje dzień dzien dobry "
        "witam cześć czesc nasz nasza nasze mój moj moja bardzo tylko już juz też tez od po za ile kosztuje "
        "się sie"
    ),
    "tr": (
        "ben biz bir ve bu şu ama için icin ile çok cok daha değil degil var yok ne nasıl nasil neden zaman "
        "nerede lütfen lutfen merhaba teşekkürler tesekkurler teşekkür istiyorum istiyoruz ihtiyacım "
        "ihtiyacim ihtiyacımız bizim benim mı mi mu mü kadar olarak gibi her sonra önce once fiyat makine "
        "makinesi çalışmıyor calismiyor lazım lazim iki tane yeni bozuk"
    ),
    "sv": (
        "jag vi och inte är det en ett som med för på av till men har kan vill behöver hur varför när var hej "
        "tack god vår vårt min mitt mycket också bara från om den de"
    ),
    "da": (
        "jeg vi og ikke er det en et som med for på af til men har kan vil behøver hvordan hvorfor hvornår "
        "hvor hej tak god vores min mit meget også kun fra om den de"
    ),
    "no": (
        "jeg vi og ikke er det en et som med for på av til men har kan vil trenger hvordan hvorfor når hvor "
        "hei takk god vår vårt min mitt veldig også bare fra om den de"
    ),
    "fi": (
        "minä me ja ei on se että mutta kun kuin miten miksi milloin missä hei kiitos tarvitsemme tarvitsen "
        "haluan meidän minun hyvin myös vain ole olemme"
    ),
    "cs": (
        "já my a ne není je to na do z ze v ve ale pro jak kdy kde proč co mám máme chci chceme potřebuji "
        "potřebujeme prosím děkuji dobrý den ahoj náš naše můj moje velmi také jen od po za kolik stojí se si"
    ),
    "ro": (
        "eu noi și si nu este sunt o un cu pentru dar la din pe cum când cand unde de ce avem am vreau vrem "
        "nevoie bună buna ziua mulțumesc multumesc nostru noastră meu mea foarte mai doar cât cat costă costa "
        "care"
    ),
    "hu": (
        "én mi és nem van a az egy de hogy mikor hol miért mit kell kérem köszönöm jó napot szia nekünk "
        "nagyon csak még már szeretnék szükségünk mennyibe kerül"
    ),
    "id": (
        "saya kami dan tidak adalah itu ini yang dengan untuk dari di ke tapi ada bisa mau ingin perlu butuh "
        "bagaimana kenapa kapan dimana terima kasih halo selamat pagi sangat juga hanya berapa harga mesin"
    ),
    "vi": (
        "tôi chúng và không là có một của cho với được này đó cần muốn thế nào tại sao khi ở đâu xin chào cảm "
        "ơn rất cũng chỉ bao nhiêu"
    ),
}
_ENGLISH_WORDS = words(
    "the a an i we you he she they it is are am was were be been do does did have has had not no yes and or but "
    "of to in on at for with from by as this that these those my our your their his her its me us them what why "
    "how when where who which can could will would should may might must need want get got there here so if then "
    "than just very too also all any some more most out up down over again still only about please thanks hello "
    "hi ok good bad new old one two three don't dont it's its can't cant i'm im we're doesn't doesnt isn't won't "
    "i've we've let now today every day machine price quote help cost buy make go going come take because since "
    "keep works working broken stop hot cold time times much many really like know think see use used minute"
)
_SCRIPTS = {
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "THAI": "th",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}
_TELLING = "äöüßéèêàçñáíóúãõâîôûåøæłśćźżąęńğışőűřěščžýđăâțș¿¡"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LEAST_HITS = 2
_FIXED = {
    "hola": "es", "bonjour": "fr", "bonsoir": "fr", "merci": "fr", "gracias": "es", "guten tag": "de", "guten morgen": "de",
    "danke": "de", "buongiorno": "it", "grazie": "it", "obrigado": "pt", "obrigada": "pt", "merhaba": "tr", "dzień dobry": "pl",
    "dzien dobry": "pl", "cześć": "pl", "hej hej": "sv", "goedemorgen": "nl", "goedemiddag": "nl", "buenos dias": "es",
    "buenos días": "es", "bitte": "de", "ich verstehe nicht": "de",
}  # fmt: skip


def guess_language(text: str) -> str:
    """A two-letter language code: another language's only on clear evidence, "en" for English and whenever in doubt."""
    script = _script(text)
    if script:
        return script
    said = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    whole = " ".join(said)
    if whole in _FIXED:
        return _FIXED[whole]
    return _by_small_words(said, text)


def _script(text: str) -> str:
    """The language of a script other than Latin, when most letters are in it."""
    letters = [character for character in text[:400] if character.isalpha()]
    foreign = Counter(language for character in letters if ord(character) > 0x36F and (language := _script_of(character)))
    if not foreign or sum(foreign.values()) * 2 <= len(letters):
        return ""
    return "ja" if foreign["ja"] else foreign.most_common(1)[0][0]


@cache
def _script_of(character: str) -> str:
    name = unicodedata.name(character, "")
    return next((language for start, language in _SCRIPTS.items() if name.startswith(start)), "")


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {language: words(listed) for language, listed in _FUNCTION_WORDS.items()}


def _by_small_words(said: list[str], text: str) -> str:
    if len(said) < _LEAST_HITS:
        return ENGLISH
    english = sum(word in _ENGLISH_WORDS for word in said)
    hits = {language: sum(word in listed for word in said) for language, listed in _lists().items()}
    language, best = max(hits.items(), key=lambda pair: pair[1])
    marks = sum(character in _TELLING for character in text.lower())
    own = len({word for word in said if word in _lists()[language]} - _ENGLISH_WORDS)
    clear = own >= _LEAST_HITS and best >= english + 1 + (len(said) > 5) and (best + min(marks, 3)) / len(said) >= 0.3
    return language if clear else ENGLISH
