"""Texts and what CPython's `ast` says of each, as JSON lines: python3 expressions.py COUNT SEED

Texts are expressions of the standard library and of installed packages, handwritten corner cases, the texts of the
golden files beside it, and mutations of all of them.
"""

import ast
import glob
import json
import os
import random
import struct
import sys
import sysconfig
import warnings

warnings.simplefilter("ignore")

PIECES = """( ) [ ] { } , : = == := * ** - + ~ @ . ; not in is and or if else for async await lambda yield from None True
... 'a' b'a' f'{a}' f'{a!r:>{b}}' rb'\\' u'a' 0x1F 0o7 0b1 1_000 1e5 .5 5. 1j 0777 00 x y \\ # " ' \"\"\" ''' { } ! $ ? `
print match type self <> != -> <- // << >> ^ | & % += \\x \\N{BULLET} \\u12 \\ud800 é ² ª 𝐱 \t \n \r \r\n \f \0 \ufeff \u2028
1if 0xfor 1_ 1__0 1.e 0x 0b2 1a 1_a *a **k a:=1 a=1 x[*y] x[::] x[1:2,3] x[a:b:c,] lambda:0 lambda*a,b=1,/:0 f'{x=}'
f'{x = !s}' f'{{' f'}}' f'{x:{{}}}' f"{'a' 'b'}" f'{' f'}' f'{x!z}' f'{!r}' f'{}' f'{lambda x:1}' f'{x:\\n}' f'''{
x
}''' f'{x:{y:{z}}}' rf'\\{x}' t'{x}' '\\N{DIGIT ONE}' '\\N{nope}' b'é' '\\xZ' '\\777' b'\\777' __debug__""".split(" ")

CORNERS = r"""
x, *y|*x|*x,|(*x,)|(*x)|[*x]|{*x}|{**x}|f(*x, **y)|f(**x, *y)|f(a=1, b)|f(a=1, a=2)|f(a.b=1)|f(True=1)|f(x for x in y)
f(x for x in y, 1)|f(1, x for x in y)|f((x for x in y), 1)|f(x for x in y,)|f(a=x for x in y)|class_ := 1|(x := 1)|f(x := 1)
x[y := 1]|{x := 1}|[x := 1, y := 2]|(x.y := 1)|((x) := 1)|lambda: (x := 1)|lambda x: x := 1|f(x=(y := 1))|f(x=y := 1)
[x := 1 for y in z]|[y for y in (x := z)]|[y for y in x := z]|[x for x in z if y := 1]|[x for x in z if (y := 1)]
yield|(yield)|(yield x)|(yield from x)|(yield *x)|(yield *x, y)|f(yield)|f((yield))|x = 1|x == 1|x; y|x if y|x if y else z
x if y else z if a else b|lambda x=1, y: 0|lambda x, /, y, *, z: 0|lambda *: 0|lambda *, x: 0|lambda **k, x: 0|lambda x, x: 0
lambda *a, *b: 0|lambda /: 0|lambda x, /, /: 0|lambda (x): 0|lambda x: yield|lambda: (yield)|lambda *a=1: 0|lambda x:int: 0
await x|await await x|-await x|await -x|await x ** 2|x ** -y|x ** not y|not x == y|x == not y|- not x|x is not y|x not in y
x not y|x < y < z|x <> y|x != y|x ! y|1 if x else 2|1if x else 2|1 .real|1.real|1..real|1.0.real|0x1.real|1_000.0_1e1_0|1__0
01|00|0_0|0_1|09|09.5|09e1|0b12|0o8|0xg|0x_1|1_|1e|1e+|1e1_|1j|1J|01j|09j|0x1j|1.5j|.5|.5.|5.|..|...|....|x...|x. y|x .y
'a' 'b'|'a' b'b'|b'a' b'b'|'a' f'b'|f'a' b'b'|u'a' 'b'|u'a'|ur'a'|bu'a'|br'a'|Rb'a'|fr'a'|fb'a'|fu'a'|'a'b'b'|'a'u'b'|"a''b"
'a
''|''''|'''a'''|'''a''''|'a\'|'a\\'|r'\'|r'\''|'\x1'|'\x11'|b'\x1'|'\u12'|'\u1234'|'\U00110000'|'\U0010ffff'|'\N'|'\N{'
'\N{}'|'\N{LATIN SMALL LETTER A}'|'\N{latin small letter a}'|b'\N{x}'|b'\u1'|f'\N{DIGIT ONE}'|f'\N'|rf'\N{x}'|'\8'|'\400'|'\d'
'\ud800'|'\udc00'|'\ud83d\ude00'|'\ufffd'|f'\ud800{x}\udc00'|f'{"\ud800"}'|f'{x}'|f'{x}' 'a'|'a' f'{x}' 'b' f'c'|f'' ''|f''
f'{x}{y}'|f'a{x}b{y}c'|f'{x!r}'|f'{x!s:>10}'|f'{x:>{w}}'|f'{x:>{w}.{p}f}'|f'{x=}'|f'{x = }'|f'{x=!s}'|f'{x=:>10}'|f'a{x=}b'
f'{x!r=}'|f'{x=!r:^20}'|f'{ x }'|f'{x,}'|f'{x, y}'|f'{*x}'|f'{*x,}'|f'{yield}'|f'{yield x}'|f'{x:=5}'|f'{(x:=5)}'|f'{x==y}'
f'{x!=y}'|f'{x<=y}'|f'{lambda x: 1}'|f'{(lambda x: 1)}'|f'{{x}}'|f'{{{x}}}'|f'{x}}'|f'{{x}'|f'{'|f'}'|f'{}'|f'{ }'|f'{!r}'
f'{x!}'|f'{x!z}'|f'{x! r}'|f'{x !r}'|f'{x!r }'|f'{x!r:}'|f'{x:}'|f'{x:{}}'|f'{x:{y}}'|f'{x:{{y}}}'|f'{x:{y:{z}}}'
f'{x:{y:{z:{w}}}}'|f'{x:\n}'|f'{x:a\nb}'|f'{"a"}'|f'{'a'}'|f'{"a" "b"}'|f'{f"{x}"}'|f'{f'{x}'}'|f'{x["a"]}'|f'{x['a']}'|f'{a#b}'
f'{x:#x}'|f'{x # y}'|f'{"#"}'|f'\{x}'|f'\\{x}'|f'{\x}'|f'{"\n"}'|f'{x:{"a"}}'|f'{await x}'|f"{x for x in y}"|f'{a if b else c}'
f'{a:b:c}'|f'{a::b}'|f'{d[a:b]}'|f'{{}}'|f'}}'|f'a}}b'|f'{x}}}'|f'''{x}'''|f'{x:%H:%M}'|f'{x:{a}{b}}'|f'{x:{a!r}}'|f'{x=:{y=}}'
x[]|x[1]|x[1,]|x[1, 2]|x[:]|x[::]|x[1:]|x[:1]|x[1:2:3]|x[1:2, ::3]|x[*y]|x[*y, 1]|x[*y:1]|x[y:=1]|x[y=1]|x[**y]|x[yield]|x[(1, 2)]
x[lambda: 0]|x[a if b else c:d]|{}|{1}|{1: 2}|{1, 2: 3}|{1: 2, 3}|{**x, 1: 2}|{1: *x}|{*x, 1}|{**x for x in y}|{x: y for x, y in z}
{x for x in y}|{x: y, for x in y}|[x for x in y]|[x, y for x in z]|[*x for x in y]|[x for x, in y]|[x for x.y in z]|[x for x[0] in z]
[x for f() in z]|[x for 1 in z]|[x for (x, y) in z]|[x for *x in z]|[x for *x, y in z]|[x async for x in y]|[x for x in y for z in w if a if b]
[x for x in lambda: y, z]|[x for x in y if lambda: z]|[x for x in y, z]|[x for x in *y]|[x for x in y or z]|[x for x in y if z else w]
()|(,)|(x)|(x,)|(x, y)|((x))|[]|[,]|[x,]|x,|x, y|,x|x,,y|f()|f(,)|f(x,)|f(x,,)|f(x)(y)|f (x)|f(x) (y)|(f)(x)|f.x(y).z[0]|None|None()
None = 1|None.x|True|true|TRUE|__debug__|(__debug__ := 1)|f(__debug__=1)|lambda __debug__: 0|print|print x|print(x)|exec 'a'|match|type|case|_
async|await|nonlocal|def|class|return|return x|pass|import x|del x|assert x|raise x|with x|try|global x|for x in y|while x|not|not not x|and x
x and|x or y and z|x and not y|~x|~-+x|x @ y|x // y|x ** y ** z|(x ** y) ** z|x << y >> z|x & y \| z ^ w|x<y|x<-y|x->y|x += 1|x: int|x: int = 1
x # comment|# comment|x#|x \|x \ |\|x\|\x|$x|x$|x?|?|`x`|x!|!x|%x|x y|x 'a'|'a' x|1 2|1x|x1|0xfor x in y|0xf or x|1or x|1and x|1in x|1is x|1not in x
1else|1 if 1else 2|0b1and x|0o7or x|1_0or x|1.or x|1e5or x|1jor x|1for|[1for x in y]|0x1for x in y|1lambda|1await x|1x if y else z|١|٣.٥|x²|²|ⅷ|ª|µ|𝐱|ﬁ|x·|·x
é|e\u0301|Å|\u212b|变量|x\u200b|\u200b|x\u00a0y|x\u2028y|“x”|‘x’|–x|x×y|x≤y|(x\n)|(x\n y)|x\n|x\ny|x\n+y|(x # c\n)|(x # c\n, y)|x # c\n|# c\nx|# c\n x|\n x
x\n# c|x\n  # c|x\n\n|x;|x;\n|x\\\n+ y|x\\\n|(x\\\n)|x\r|(x\ry)|(x,\ry)|(x,\r\ny)|'''a\r\nb'''|'''a\nb'''|'''a\rb'''|'a\\\r\nb'|'a\\\nb'|'a\nb'|f'''{x\n}'''|f'''{\nx}'''
f'{x\n}'|f'''{x:\n}'''|f'''{x # c\n}'''|f'''{x=\n}'''|f'{x:a\nb}'|x\f+y|\fx|x\f|(\fx)|x\x0by|x\x00|\x00|'\x00'|\ufeffx|x\ufeff|'\ufeff'|\x1a|x\x1a|\x0c|\t x|(\tx)|[x,\n\ty]
""".strip("\n")


def corners():
    for line in CORNERS.split("\n"):
        for text in line.replace("\\|", "\0\0").split("|"):
            text = text.replace("\0\0", "|")
            yield text
            for spelled, meant in [("\\n", "\n"), ("\\r", "\r"), ("\\f", "\f"), ("\\x0b", "\v"), ("\\x00", "\0"),
                                   ("\\ufeff", "\ufeff"), ("\\x1a", "\x1a"), ("\\t", "\t"), ("\\u200b", "\u200b"),
                                   ("\\u0301", "\u0301"), ("\\u2028", "\u2028"), ("\\x0c", "\f"), ("\\\n", "\\\n"),
                                   ("\\u212b", "\u212b"), ("\\u00a0", "\u00a0")]:
                text = text.replace(spelled, meant)
            yield text
    yield from (piece for piece in PIECES)


def library(draw):
    folder = sysconfig.get_paths()["stdlib"]
    paths = sorted(glob.glob(os.path.join(folder, "**", "*.py"), recursive=True))
    draw.shuffle(paths)
    for path in paths:
        try:
            with open(path, encoding="utf-8", newline="") as file:
                source = file.read()
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        lines = source.splitlines(keepends=True)
        for node in ast.walk(tree):
            if isinstance(node, ast.expr) and not isinstance(node, (ast.Name, ast.Starred, ast.Slice)):
                if node.lineno == node.end_lineno:
                    line = lines[node.lineno - 1].encode()
                    yield line[node.col_offset:node.end_col_offset].decode("utf-8", "replace")
                elif node.end_lineno - node.lineno < 6:
                    yield ast.get_source_segment(source, node)


def golden():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
    for path in sorted(glob.glob(os.path.join(folder, "*.jsonl"))):
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield from (row[key] for key in ("expected", "got", "prediction", "target", "text") if key in row)


def mutated(text, draw):
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        at = draw.randrange(len(text) + 1)
        to = min(len(text), at + draw.choice([0, 0, 1, 1, 2, 5]))
        piece = draw.choice(["", draw.choice(PIECES), draw.choice(PIECES), " ", draw.choice("()[]{},:'\"\\.=*-+#\n 0_e1jxfrbu")])
        text = text[:at] + piece + text[to:]
    return text


def constant(value):
    if value is None or value is True or value is False or value is ...:
        return repr(value)
    if isinstance(value, int):
        return "int " + (f"{value:x}" if value else "0")
    if isinstance(value, float):
        return "float " + struct.pack(">d", value).hex()
    if isinstance(value, complex):
        return "complex " + struct.pack(">d", value.imag).hex()
    if isinstance(value, str):
        return " ".join(["str", *(f"{ord(c):x}" for c in value)])
    return " ".join(["bytes", *(f"{b:x}" for b in value)])


SHAPES = [
    (ast.Name, "identifier"), (ast.Attribute, "attribute"), (ast.Call, "call"),
    ((ast.List, ast.Tuple, ast.Set), "collection"), (ast.Dict, "dict"),
    ((ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare), "expression"), (ast.Subscript, "subscript"),
]


def shape(node):
    if isinstance(node, ast.Constant):
        kinds = [(bool, "bool"), ((int, float, complex), "number"), (str, "string"), (type(None), "none")]
        return next((name for kind, name in kinds if isinstance(node.value, kind)), "constant")
    return next((name for kind, name in SHAPES if isinstance(node, kind)), "other")


def reading(text):
    """What is read, or None: shape, names, attributes, constants, and the tree as text."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except ValueError as error:
        if "required for Constant" in str(error):
            raise  # CPython 3.12 trips over `{x=}` in a format; 3.13 does not.
        return None
    except (SyntaxError, MemoryError, RecursionError):
        return None
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Constant):
            node.kind = None
        if isinstance(node, ast.JoinedStr):
            # CPython 3.12 ends a format with an empty piece if it ends with a field; 3.13 does not.
            node.values = [v for v in node.values if not (isinstance(v, ast.Constant) and v.value == "")]
    nodes = list(ast.walk(tree))
    return {
        "shape": shape(tree.body),
        "names": sorted({n.id for n in nodes if isinstance(n, ast.Name)}),
        "attributes": sorted({n.attr for n in nodes if isinstance(n, ast.Attribute)}),
        "constants": sorted({constant(n.value) for n in nodes if isinstance(n, ast.Constant)}),
        "tree": ascii(ast.dump(tree)),
    }


def texts(count, seed):
    draw = random.Random(seed)
    fixed = list(dict.fromkeys([*corners(), *golden()]))
    known = {}
    for text in library(draw):
        if len(known) >= max(0, count - len(fixed)) // 3:
            break
        if text and len(text) < 400:
            known[text] = None
    known = list(known)
    yield from fixed
    yield from known
    pool = fixed + known
    for _ in range(count - len(pool)):
        yield mutated(draw.choice(pool), draw)


def main():
    sys.setrecursionlimit(1000)
    for text in texts(int(sys.argv[1]), int(sys.argv[2])):
        if any("\ud800" <= c <= "\udfff" for c in text):
            continue
        try:
            row = reading(text)
            print(json.dumps({"text": text, "reading": row}))
        except (RecursionError, ValueError):
            continue  # Too deep to print, an integer too long to, or the fault above.


if __name__ == "__main__":
    main()
