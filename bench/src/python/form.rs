//! Forms: two subtrees have one form if and only if their S-expressions are equal (S50).

use std::collections::HashMap;

/// The form of a subtree: what tree-sitter prints of it, as a number. Comparable within one [`Forms`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form(u32);

/// From here on a form is an index into the table; below, it is a head without printed children.
const COMPOSED: u32 = 1 << 28;

/// The first symbol of an S-expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// `(kind`
    Kind(u16),
    /// `(MISSING kind`
    Missing(u16),
    /// `(UNEXPECTED 'c'`; the character by its code.
    Unexpected(u32),
}

impl Head {
    /// A number below [`COMPOSED`] that no other head has; characters need 21 bits.
    fn code(self) -> u32 {
        match self {
            Self::Kind(kind) => u32::from(kind),
            Self::Missing(kind) => 1 << 16 | u32::from(kind),
            Self::Unexpected(c) => 1 << 24 | c,
        }
    }
}

/// A printed child: the number of its field, 0 if it has none, and its form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printed {
    pub(super) field: u16,
    pub(super) form: Form,
}

/// Gives every form its number, the same for equal ones.
///
/// Memory grows with the number of different forms, not with the size of the trees: a chain of a thousand unary minuses
/// needs a thousand short entries.
#[derive(Debug, Default)]
pub struct Forms {
    /// From head and children to the form. Only looked up, so that its order reaches nothing.
    known: HashMap<Box<[u32]>, Form>,
    key: Vec<u32>,
}

impl Forms {
    /// How many composed forms are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether no composed form is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Forgets all forms; those given out before must not be compared with later ones.
    pub fn clear(&mut self) {
        self.known.clear();
    }

    /// The form of a node that is printed without children; it is the same in all tables.
    pub(super) fn leaf(head: Head) -> Form {
        Form(head.code())
    }

    /// The form with this head and these printed children.
    pub(super) fn compose(&mut self, head: Head, children: &[Printed]) -> Form {
        if children.is_empty() {
            return Self::leaf(head);
        }
        self.key.clear();
        self.key.push(head.code());
        self.key.extend(children.iter().flat_map(|child| [u32::from(child.field), child.form.0]));
        if let Some(&form) = self.known.get(self.key.as_slice()) {
            return form;
        }
        let next = u32::try_from(self.known.len()).expect("because a text of less than 4 GiB has fewer subtrees");
        let form = Form(COMPOSED + next);
        self.known.insert(self.key.as_slice().into(), form);
        form
    }
}
