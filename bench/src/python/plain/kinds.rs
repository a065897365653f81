//! Kinds of nodes by number: their names and what the grammar calls them.

use std::sync::OnceLock;

/// A kind of node: a place in [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(pub(super) u8);

/// What a child is to its parent in a printed tree; nothing is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field(pub(super) u8);

macro_rules! numbered {
    ($type:ident, $names:ident: $($name:ident = $number:literal $text:literal,)*) => {
        impl $type {
            $(pub(super) const $name: Self = Self($number);)*
        }

        const $names: &[&str] = &[$($text),*];
    };
}

numbered! { Kind, NAMES:
    MODULE = 0 "module",
    ERROR = 1 "ERROR",
    STATEMENT = 2 "expression_statement",
    IDENTIFIER = 3 "identifier",
    INTEGER = 4 "integer",
    FLOAT = 5 "float",
    STRING = 6 "string",
    STRING_START = 7 "string_start",
    STRING_CONTENT = 8 "string_content",
    STRING_END = 9 "string_end",
    ESCAPE = 10 "escape_sequence",
    CONCATENATED = 11 "concatenated_string",
    TRUE = 12 "true",
    FALSE = 13 "false",
    NONE = 14 "none",
    ELLIPSIS = 15 "ellipsis",
    ATTRIBUTE = 16 "attribute",
    CALL = 17 "call",
    ARGUMENTS = 18 "argument_list",
    KEYWORD_ARGUMENT = 19 "keyword_argument",
    LIST_SPLAT = 20 "list_splat",
    DICTIONARY_SPLAT = 21 "dictionary_splat",
    SUBSCRIPT = 22 "subscript",
    SLICE = 23 "slice",
    LIST = 24 "list",
    TUPLE = 25 "tuple",
    PARENTHESIZED = 26 "parenthesized_expression",
    DICTIONARY = 27 "dictionary",
    PAIR = 28 "pair",
    SET = 29 "set",
    UNARY = 30 "unary_operator",
    BINARY = 31 "binary_operator",
    COMPARISON = 32 "comparison_operator",
    NOT = 33 "not_operator",
    BOOLEAN = 34 "boolean_operator",
    CONDITIONAL = 35 "conditional_expression",
    ASSIGNMENT = 36 "assignment",
    PATTERN_LIST = 37 "pattern_list",
}

/// Kinds from here on are tokens, whose names are their texts.
pub(super) const FIRST_TOKEN: u8 = 64;

numbered! { Kind, TOKEN_NAMES:
    OPEN = 64 "(",
    CLOSE = 65 ")",
    OPEN_SQUARE = 66 "[",
    CLOSE_SQUARE = 67 "]",
    OPEN_CURLY = 68 "{",
    CLOSE_CURLY = 69 "}",
    COMMA = 70 ",",
    DOT = 71 ".",
    COLON = 72 ":",
    ASSIGN = 73 "=",
    PLUS = 74 "+",
    MINUS = 75 "-",
    TIMES = 76 "*",
    POWER = 77 "**",
    DIVIDE = 78 "/",
    FLOOR = 79 "//",
    MODULO = 80 "%",
    AT = 81 "@",
    OR_BITS = 82 "|",
    AND_BITS = 83 "&",
    XOR = 84 "^",
    TILDE = 85 "~",
    LEFT = 86 "<<",
    RIGHT = 87 ">>",
    LESS = 88 "<",
    LESS_EQUAL = 89 "<=",
    EQUAL = 90 "==",
    NOT_EQUAL = 91 "!=",
    GREATER_EQUAL = 92 ">=",
    GREATER = 93 ">",
    WORD_IN = 94 "in",
    WORD_IS = 95 "is",
    WORD_NOT = 96 "not",
    WORD_AND = 97 "and",
    WORD_OR = 98 "or",
    WORD_IF = 99 "if",
    WORD_ELSE = 100 "else",
    NOT_IN = 101 "not in",
    IS_NOT = 102 "is not",
}

numbered! { Field, FIELDS:
    NO_FIELD = 0 "",
    OBJECT = 1 "object",
    ATTRIBUTE_NAME = 2 "attribute",
    FUNCTION = 3 "function",
    CALL_ARGUMENTS = 4 "arguments",
    VALUE = 5 "value",
    INDEX = 6 "subscript",
    NAME = 7 "name",
    KEY = 8 "key",
    LEFT_SIDE = 9 "left",
    RIGHT_SIDE = 10 "right",
    ARGUMENT = 11 "argument",
}

/// The grammar's numbers.
#[derive(Debug)]
pub(super) struct Numbers {
    kinds: [u16; 128],
    fields: [u16; FIELDS.len()],
}

impl Numbers {
    /// Those of the pinned grammar.
    pub(super) fn get() -> &'static Self {
        static NUMBERS: OnceLock<Numbers> = OnceLock::new();
        NUMBERS.get_or_init(|| {
            let language = tree_sitter_python::language();
            let mut kinds = [0; 128];
            for (kind, name) in NAMES.iter().enumerate() {
                kinds[kind] = language.id_for_node_kind(name, true);
            }
            kinds[usize::from(Kind::ERROR.0)] = u16::MAX;
            for (kind, name) in TOKEN_NAMES.iter().enumerate() {
                kinds[usize::from(FIRST_TOKEN) + kind] = language.id_for_node_kind(name, false);
            }
            let field = |name: &&str| language.field_id_for_name(name).map_or(0, u16::from);
            let mut fields = [0; FIELDS.len()];
            fields.iter_mut().zip(FIELDS).for_each(|(slot, name)| *slot = field(name));
            Self { kinds, fields }
        })
    }

    pub(super) fn kind(&self, kind: Kind) -> u16 {
        self.kinds[usize::from(kind.0)]
    }

    pub(super) fn field(&self, field: Field) -> u16 {
        self.fields[usize::from(field.0)]
    }
}

impl Kind {
    /// Its name: that of a token is its text.
    pub(super) fn name(self) -> &'static str {
        if self.is_token() { TOKEN_NAMES[usize::from(self.0 - FIRST_TOKEN)] } else { NAMES[usize::from(self.0)] }
    }

    /// Whether it is left out of printed trees.
    pub(super) fn is_token(self) -> bool {
        self.0 >= FIRST_TOKEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_knows_every_name() {
        let numbers = Numbers::get();
        assert!((0..NAMES.len()).all(|kind| numbers.kinds[kind] != 0));
        assert!((0..TOKEN_NAMES.len()).all(|kind| numbers.kinds[usize::from(FIRST_TOKEN) + kind] != 0));
        assert!(numbers.fields[1..].iter().all(|&field| field != 0));
        assert_eq!((Kind::CONDITIONAL.name(), Kind::IS_NOT.name()), ("conditional_expression", "is not"));
    }
}
