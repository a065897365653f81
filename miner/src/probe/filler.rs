//! Modules that hold no convention: they make repositories differ, and carry the tasks that a prefix answers.

/// A module of ordinary code and what its tests may do with it.
#[derive(Debug)]
pub(super) struct Filler {
    /// The names of its module: at first, and after a renaming.
    pub(super) names: [&'static str; 2],
    /// The text: a base and two extensions, separated by `#---` lines.
    pub(super) code: &'static str,
    /// An expression that returns the string `%` (`@` is the module).
    pub(super) echo: &'static str,
    /// An expression that returns the fraction `%`, exactly: not every assertion allows for rounding.
    pub(super) fraction: &'static str,
    /// A statement that raises a built-in exception.
    pub(super) fails: &'static str,
    /// The exception.
    pub(super) exception: &'static str,
}

/// How many pieces the code of a filler has.
pub(super) const LEVELS: usize = 3;

impl Filler {
    /// The first `level` pieces of the code.
    pub(super) fn text(&self, level: usize) -> String {
        self.code.split("#---\n").take(level).collect()
    }
}

macro_rules! fillers {
    ($(#[$doc:meta])* $list:ident: $count:literal
     $($file:literal, $later:literal: $echo:literal, $fraction:literal, $fails:literal => $exception:literal;)+) => {
        $(#[$doc])*
        pub(super) const $list: [Filler; $count] = [$(Filler {
            names: [$file, $later],
            code: include_str!(concat!("templates/", $file, ".py.in")),
            echo: $echo,
            fraction: $fraction,
            fails: $fails,
            exception: $exception,
        }),+];
    };
}

fillers! {
    /// The fillers of all repositories but the out-of-distribution ones.
    FILLERS: 12
    "stack", "pile": "@.replay([%])[0]", "@.replay([%])[0]", "@.Stack().pop()" => "IndexError";
    "textual", "typing_aid": "@.clean(%)", "float(@.clean(str(%)))", "@.number_in(\"six\")" => "ValueError";
    "ring", "memory": "@.last_of([%])", "@.last_of([%])", "@.Ring(0)" => "ValueError";
    "cache", "memo": "@.Cache({\"k\": %}).read(\"k\")", "@.Cache({\"k\": %}).read(\"k\")", "@.Cache({}).read(\"gone\")" => "KeyError";
    "ratio", "figures": "@.middle([%])", "@.mean([%, %])", "@.mean(())" => "ZeroDivisionError";
    "tokens", "wording": "@.joined(@.pieces(%))", "float(@.joined(@.pieces(str(%))))", "@.pieces(7)" => "TypeError";
    "routes", "network": "@.path_between({}, %, %)[0]", "@.path_between({}, %, %)[0]", "@.step({}, \"gone\")" => "KeyError";
    "scale", "zoom": "@.named(%, 2)[\"name\"]", "@.down(@.up(%, 4), 4)", "@.down(3.5, 0)" => "ZeroDivisionError";
    "queue", "waiting": "@.Line([%]).serve()", "@.Line([%]).serve()", "@.Line(()).serve()" => "IndexError";
    "nested", "trees": "@.dig({\"a\": {\"b\": %}}, \"a.b\")", "@.dig({\"a\": {\"b\": %}}, \"a.b\")", "@.dig({}, \"a.b\")" => "KeyError";
    "backoff", "patience": "@.attempt(lambda: %)", "@.delays(%, 3)[0]", "@.delays(2, -3)" => "ValueError";
    "events", "notices": "@.Bus().send(%)", "@.Bus().send(%)", "@.Bus().on(\"all\", 5)" => "TypeError";
}

fillers! {
    /// The fillers of the out-of-distribution repositories.
    OOD_FILLERS: 6
    "matrix", "tables": "@.transpose([[%]])[0][0]", "@.transpose([[%]])[0][0]", "@.row([[4]], 9)" => "IndexError";
    "codec", "wire": "@.decode(@.encode(%))", "@.unpack(@.pack(%))", "@.unpack(\"x\")" => "ValueError";
    "polygon", "shapes": "@.labelled(%, 3)[0]", "@.perimeter([%])", "@.side([3], 4)" => "IndexError";
    "units", "lengths": "@.tagged(%)[\"tag\"]", "@.tagged(%)[\"tag\"]", "@.parse(\"m\")" => "ValueError";
    "versions", "editions": "@.newest([%])", "@.newest([%])", "@.newest(())" => "ValueError";
    "pipeline", "chain": "@.run(%, ())", "@.run(%, ())", "@.run(2, (str.upper,))" => "TypeError";
}
