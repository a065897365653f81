"""Pairs of texts for a slot and whether `ast.dump` calls them equal, as JSON lines: python3 respelled.py COUNT SEED

The second text is the first one spelled otherwise, or changed a little.
"""

import ast
import io
import json
import random
import sys
import tokenize
import warnings

warnings.simplefilter("ignore")

import expressions

KINDS = (ast.Call, ast.BinOp, ast.Compare, ast.List, ast.Dict, ast.Set, ast.Constant, ast.Subscript, ast.Attribute,
         ast.JoinedStr, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.ListComp, ast.Lambda, ast.GeneratorExp, ast.DictComp)


def dump(text, slot):
    try:
        tree = ast.parse(text.strip() if slot == "comparand" else f"_({text}\n)", mode="eval")
    except (SyntaxError, ValueError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None
        if isinstance(node, ast.JoinedStr):
            node.values = [v for v in node.values if not (isinstance(v, ast.Constant) and v.value == "")]
    return ast.dump(tree)


def bracketed(text, draw):
    """`text` with brackets around one of its parts."""
    nodes = [n for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, KINDS + (ast.Name,)) and n.end_lineno == 1]
    if not text.isascii() or "f'" in text.lower() or 'f"' in text.lower() or not nodes:
        return f"({text})"
    node = draw.choice(nodes)
    start, end = node.col_offset, node.end_col_offset
    return f"{text[:start]}({text[start:end]}){text[end:]}"


def number(token, draw):
    try:
        value = int(token, 0)
    except ValueError:
        return draw.choice([token, token + "0" if "." in token and "e" not in token.lower() else token, token.upper()])
    return draw.choice([hex(value), oct(value), bin(value).replace("b", "B"), str(value), f"{value:_}", f"{value}.0", str(value + 1)])


def string(token, draw):
    try:
        value = ast.literal_eval(token)
    except (SyntaxError, ValueError):
        return token
    if isinstance(value, bytes) or not value.isprintable():
        return draw.choice([token, repr(value)])
    at = draw.randrange(len(value) + 1)
    return draw.choice([repr(value), json.dumps(value), f"'''{value}'''" if "'" not in value and "\\" not in value else token,
                        f"{value[:at]!r} {value[at:]!r}", "u" + repr(value), repr(value + "x")])


def respelled(text, draw):
    """The tokens of `text`, each possibly spelled otherwise, in other spacing."""
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.string and t.type != tokenize.NEWLINE]
    out = ""
    for place, token in enumerate(tokens):
        word = token.string
        if word[0].isdigit() and draw.random() < 0.4:
            word = number(word, draw)
        elif token.type == tokenize.STRING and draw.random() < 0.4:
            word = string(word, draw)
        elif token.type == tokenize.NAME and draw.random() < 0.03:
            word += "_"
        elif word in ")]}" and place and tokens[place - 1].string not in "([{," and draw.random() < 0.2:
            word = "," + word
        blank = out and out[-1:].isalnum() and word[0].isalnum() or out.endswith("_") or word[0] == "_" or word[0] in "'\"."
        out += (" " if blank or draw.random() < 0.3 else "") + word
    return out


def changed(text, draw):
    try:
        if "f'" in text.lower() or 'f"' in text.lower():
            return draw.choice([ast.unparse(ast.parse(text, mode="eval")), f"({text})", text.replace("x", "y", 1)])
        ways = [lambda: respelled(text, draw)] * 3 + [lambda: bracketed(text, draw)] * 2
        ways += [lambda: ast.unparse(ast.parse(text, mode="eval")), lambda: respelled(bracketed(text, draw), draw)]
        ways += [lambda: expressions.mutated(text, draw)]
        return draw.choice(ways)()
    except (tokenize.TokenError, IndentationError, SyntaxError, RecursionError):
        return text


def usable(text, slot):
    """Whether cleaning keeps all of `text`: one line, one expression, no comment."""
    if "\n" in text or "\r" in text or "#" in text or "\0" in text or "\\" in text:
        return False
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError):
        return False
    return isinstance(tree, KINDS) or (isinstance(tree, ast.Tuple) and tree.col_offset == 0 and text.startswith("("))


def main():
    count, draw = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    pool = [t.strip() for t in expressions.texts(6 * count, int(sys.argv[2])) if t.strip()]
    pool = [t for t in pool if len(t) < 200 and usable(t, "comparand")]
    while count:
        slot = draw.choice(["comparand", "argument", "arguments"])
        one = draw.choice(pool)
        two = changed(one, draw)
        if not usable(two, slot):
            continue
        if slot == "arguments":
            names = [f", {name} = {draw.choice(pool)}" for name in draw.sample(["match", "msg", "abs"], draw.randrange(3))]
            one, two = one + "".join(names), two + "".join(names if draw.random() < 0.7 else reversed(names))
        equal = dump(one, slot) is not None and dump(one, slot) == dump(two, slot)
        print(json.dumps({"target": one, "completion": two, "slot": slot, "equal": equal}))
        count -= 1


if __name__ == "__main__":
    main()
