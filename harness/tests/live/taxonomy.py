"""A model of S90-S109 made from their text alone, on generated pairs, as JSON lines: python3 taxonomy.py COUNT SEED"""

import difflib
import json
import random
import sys
import warnings

warnings.simplefilter("ignore")

import expressions


def parts(text):
    row = expressions.reading(text)
    if row is None:
        return set(), set(), "unparseable" if text else "empty"
    return set(row["names"]), set(row["constants"]), row["shape"]


def error_class(e, g, q):
    e, g = e.strip(), g.strip()
    words = g.split()
    if not g:
        return "Empty/Truncated"
    if len(g) > max(100, 3 * len(e)):
        return "Hallucination"
    if len(g) > 30 and len(words) > 5 and len(set(words)) < len(words) / 2:
        return "Hallucination"
    if q > 0.8:
        return "Near-Miss"
    ids_g, lits_g, shape_g = parts(g)
    if shape_g == "unparseable":
        return "Syntax Error"
    ids_e, lits_e, shape_e = parts(e)
    if ids_e and ids_g and ids_e != ids_g and lits_e == lits_g:
        return "Wrong Identifier"
    if lits_e and lits_g and lits_e != lits_g and ids_e == ids_g:
        return "Wrong Literal"
    if shape_e != shape_g and "unparseable" not in (shape_e, shape_g):
        return "Type Mismatch"
    if ids_e != ids_g:
        return "Wrong Identifier"
    if lits_e != lits_g:
        return "Wrong Literal"
    return "Type Mismatch"


def accepted(kind, text):
    try:
        kind(text)
        return True
    except ValueError:
        return False


def target_type(text):
    text = text.strip()
    if not text:
        return None
    if text in ("True", "False"):
        return "bool_literal"
    if text == "None":
        return "none_literal"
    if text.startswith(("'", '"', "b'", 'b"', "f'", 'f"')):
        return "string_literal"
    if accepted(int, text) or accepted(float, text):
        return "numeric_literal"
    if text[0] in "[({":
        return "collection"
    if "(" in text and ")" in text:
        return "func_call"
    if text.isidentifier() or "." in text:
        return "variable"
    return "complex_expr"


def difficulty(text):
    if text in ("True", "False"):
        return "literal_bool"
    if text == "None":
        return "literal_none"
    if text.startswith(("'", '"', "b'", 'b"', "f'", 'f"')):
        return "literal_str"
    if text.replace("-", "").replace(".", "").replace("e", "").isdigit():
        return "literal_int"
    if "(" in text:
        return "function_call"
    return "variable" if text.isidentifier() else "complex_expr"


def coarse(text):
    text = text.strip()
    if text in ("True", "False"):
        return "bool"
    if text == "None":
        return "none"
    for start, kind in [("'", "str"), ('"', "str"), ("[", "list"), ("{", "dict"), ("(", "tuple")]:
        if text.startswith(start):
            return kind
    return "int" if accepted(int, text) else "float" if accepted(float, text) else "other"


def failure_mode(e, g):
    if not g.strip():
        return "empty_prediction"
    if e.strip() == g.strip():
        return "whitespace_mismatch"
    if e.lower() == g.lower():
        return "case_mismatch"
    if e in g:
        return "overgeneration"
    if g in e:
        return "undergeneration"
    if coarse(e) == coarse(g) != "other":
        return "wrong_value_right_type"
    return "completely_wrong"


def family(prefix):
    line = prefix.strip().split("\n")[-1].strip()
    if "self.assert" in line or "self.Assert" in line:
        return "self.assert*"
    return "pytest.*" if "pytest." in line else "assert"


ODD = ["", " ", "True", "False", "None", "true", "nan", "-inf", "Infinity", "1_0", "- 5", "-5", "+5", "0x1F", "1e5", "1.5)", "5)",
       "a.b)", "x)", "f(x))", "٣", "²", "x²", "1²", "--..ee1", "e", "-", "007", "1_", "b'x'", "B'x'", "f'{x}'", "r'x'", "u'x'",
       "\x1cx", "x\x85", "ΑΣ", "İ", "ß", "ẞ", "for", "(", ")", "[", "{1}", "a, b", "self.x.y", "x y x y x y x y x y x y x y x y"]
LINES = ["assert x == ", "self.assertEqual(", "self.AssertX(", "self. assert", "pytest.raises(", "with pytest.raises(E", "x = 1",
         "", " ", "np.testing.assert_equal(", "assert pytest.approx(", "\r", "\x0b", "\u2028", "    self.assertTrue(x)", "a,"]


def pair(pool, draw):
    e = draw.choice(pool)
    way = draw.randrange(9)
    g = [draw.choice(pool), expressions.mutated(e, draw), expressions.mutated(e, draw), e.swapcase(), e[:draw.randrange(len(e) + 1)],
         e + draw.choice(pool), draw.choice(ODD), " ".join([draw.choice(pool)] * draw.randrange(1, 9)), e][way]
    if draw.random() < 0.15:
        e, g = e + ")", g + draw.choice([")", ""])
    if draw.random() < 0.05:
        e, g = draw.choice(["", " ", "\n"]) + e, g + draw.choice([" ", "\t", "\x1f"])
    return (g, e) if draw.random() < 0.2 else (e, g)


def main():
    count, draw = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    pool = ODD * 20 + [text for text in expressions.texts(count, int(sys.argv[2])) if len(text) < 250]
    while count:
        e, g = pair(pool, draw)
        if any("\ud800" <= c <= "\udfff" for c in e + g):
            continue
        q = difflib.SequenceMatcher(None, g, e).ratio()
        prefix = "\n".join(draw.choices(LINES, k=draw.randrange(4)))
        try:
            print(json.dumps({
                "expected": e, "got": g, "edit_similarity": q, "error_class": error_class(e, g, q), "target_type": target_type(e),
                "difficulty": difficulty(e), "failure_mode": failure_mode(e, g), "prefix": prefix, "family": family(prefix),
            }))
        except (RecursionError, ValueError):
            continue
        count -= 1


main()
