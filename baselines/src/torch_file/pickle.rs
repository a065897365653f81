//! The pickle programs of `torch.save`, interpreted without calling anything.

use std::collections::BTreeMap;

use super::value::{Node, NodeId, Program, StoredTensor};

/// Values of a program at most.
const MAX_NODES: usize = 4_000_000;

/// Runs `program`; what is wrong with it, if it is broken.
pub(super) fn run(program: &[u8]) -> Result<Program, String> {
    let mut machine =
        Machine { rest: program, nodes: Vec::new(), stack: Vec::new(), marks: Vec::new(), memo: BTreeMap::new() };
    loop {
        let code = machine.byte()?;
        if code == b'.' {
            let root = machine.pop()?;
            return Ok(Program { nodes: machine.nodes, root });
        }
        machine.step(code)?;
    }
}

struct Machine<'a> {
    rest: &'a [u8],
    nodes: Vec<Node>,
    stack: Vec<NodeId>,
    marks: Vec<usize>,
    memo: BTreeMap<u64, NodeId>,
}

type Done = Result<(), String>;

impl<'a> Machine<'a> {
    fn step(&mut self, code: u8) -> Done {
        match code {
            0x80 => self.take(1).map(drop),
            0x95 => self.take(8).map(drop),
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'0' => self.pop().map(drop),
            b'1' => self.marked().map(drop),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
                Ok(())
            }
            b'N' => self.push(Node::Nothing),
            0x88 | 0x89 => self.push(Node::Flag(code == 0x88)),
            b'J' | b'K' | b'M' | 0x8a | 0x8b | b'I' | b'L' | b'G' => self.number(code),
            b'X' | 0x8c | 0x8d | b'B' | b'C' | 0x8e => self.text(code),
            b'q' | b'r' | 0x94 | b'h' | b'j' => self.memory(code),
            b']' | b')' | 0x8f => self.push(Node::Sequence(Vec::new())),
            b'}' => self.push(Node::Map(Vec::new())),
            b'l' | b't' | b'd' | 0x85..=0x87 | 0x91 => self.collect(code),
            b'a' | b'e' | 0x90 | b's' | b'u' => self.extend(code),
            b'c' | 0x93 | b'R' | 0x81 | 0x92 | b'b' | b'Q' => self.build(code),
            other => Err(format!("operation {other:#04x} is not known")),
        }
    }

    fn number(&mut self, code: u8) -> Done {
        let node = match code {
            b'J' => Node::Whole(i64::from(i32::from_le_bytes(self.array()?))),
            b'K' => Node::Whole(i64::from(self.byte()?)),
            b'M' => Node::Whole(i64::from(u16::from_le_bytes(self.array()?))),
            b'G' => Node::Float(f64::from_be_bytes(self.array()?)),
            b'I' | b'L' => match self.line()?.trim_end_matches('L') {
                "00" => Node::Flag(false),
                "01" => Node::Flag(true),
                digits => digits.parse().map_or_else(|_| Node::Opaque(digits.to_owned()), Node::Whole),
            },
            _ => {
                let length = if code == 0x8a { u64::from(self.byte()?) } else { u64::from(self.length4()?) };
                long(self.take(length)?)
            }
        };
        self.push(node)
    }

    fn text(&mut self, code: u8) -> Done {
        let length = match code {
            0x8c | b'C' => u64::from(self.byte()?),
            b'X' | b'B' => u64::from(self.length4()?),
            _ => u64::from_le_bytes(self.array()?),
        };
        let bytes = self.take(length)?;
        if matches!(code, b'B' | b'C' | 0x8e) {
            return self.push(Node::Opaque(format!("{length} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "a text is not UTF-8".to_owned())?.to_owned();
        self.push(Node::Text(text))
    }

    fn memory(&mut self, code: u8) -> Done {
        let key = match code {
            b'q' | b'h' => u64::from(self.byte()?),
            b'r' | b'j' => u64::from(self.length4()?),
            _ => self.memo.len() as u64,
        };
        if matches!(code, b'h' | b'j') {
            let known = self.memo.get(&key).copied().ok_or_else(|| format!("nothing was remembered as {key}"))?;
            self.stack.push(known);
            return self.bound();
        }
        let top = self.top()?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn collect(&mut self, code: u8) -> Done {
        let items = match code {
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let from = self.stack.len().checked_sub(count).ok_or("the stack is too short")?;
                self.stack.split_off(from)
            }
            _ => self.marked()?,
        };
        if code == b'd' {
            let pairs = pairs(&items)?;
            return self.push(Node::Map(pairs));
        }
        self.push(Node::Sequence(items))
    }

    fn extend(&mut self, code: u8) -> Done {
        let items = match code {
            b'a' => vec![self.pop()?],
            b's' => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.marked()?,
        };
        let target = self.top()?;
        match (&mut self.nodes[target.0], code) {
            (Node::Sequence(list), b'a' | b'e' | 0x90) => list.extend(items),
            (Node::Map(map), b's' | b'u') => map.extend(pairs(&items)?),
            // What is put into something opaque is as opaque.
            (Node::Opaque(_), _) => {}
            _ => return Err("something is added to a value that holds nothing".to_owned()),
        }
        Ok(())
    }

    fn build(&mut self, code: u8) -> Done {
        match code {
            b'c' => {
                let (module, name) = (self.line()?.to_owned(), self.line()?.to_owned());
                self.push(Node::Global(format!("{module}.{name}")))
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Node::Text(module), Node::Text(name)) = (&self.nodes[module.0], &self.nodes[name.0]) else {
                    return Err("the name of a class is no text".to_owned());
                };
                let global = format!("{module}.{name}");
                self.push(Node::Global(global))
            }
            b'Q' => {
                let name = self.pop()?;
                let storage = self.storage(name)?;
                self.push(storage)
            }
            b'b' => {
                // The state of an object: attributes, of which values have none.
                self.pop()?;
                self.top().map(drop)
            }
            0x92 => {
                self.pop()?;
                self.call()
            }
            _ => self.call(),
        }
    }

    /// What calling a known function would give; an opaque value for all others.
    fn call(&mut self) -> Done {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let name = match &self.nodes[callee.0] {
            Node::Global(name) => name.clone(),
            _ => "a value".to_owned(),
        };
        let Node::Sequence(arguments) = self.nodes[arguments.0].clone() else {
            return Err(format!("{name} is called without a list of arguments"));
        };
        match (name.as_str(), &arguments[..]) {
            ("collections.OrderedDict" | "builtins.dict", []) => self.push(Node::Map(Vec::new())),
            ("torch._utils._rebuild_tensor_v2", [storage, offset, shape, strides, ..]) => {
                let tensor = self.view(*storage, *offset, *shape, *strides)?;
                self.push(Node::Tensor(tensor))
            }
            ("torch._utils._rebuild_parameter", [tensor, ..]) => {
                self.stack.push(*tensor);
                self.bound()
            }
            _ => self.push(Node::Opaque(name)),
        }
    }

    fn view(&self, storage: NodeId, offset: NodeId, shape: NodeId, strides: NodeId) -> Result<StoredTensor, String> {
        let Node::Storage { kind, key } = &self.nodes[storage.0] else {
            return Err("a tensor has no storage".to_owned());
        };
        let Node::Whole(offset) = self.nodes[offset.0] else {
            return Err("the offset of a tensor is no number".to_owned());
        };
        let wholes = |id: NodeId| -> Option<Vec<i64>> {
            let Node::Sequence(items) = &self.nodes[id.0] else { return None };
            items
                .iter()
                .map(|item| if let Node::Whole(size) = self.nodes[item.0] { Some(size) } else { None })
                .collect()
        };
        let sizes = wholes(shape).zip(wholes(strides)).ok_or("the shape of a tensor is no list of numbers")?;
        Ok(StoredTensor { storage: kind.clone(), key: key.clone(), offset, shape: sizes.0, strides: sizes.1 })
    }

    /// `('storage', kind, key, place, count)`.
    fn storage(&self, name: NodeId) -> Result<Node, String> {
        let unknown = || "an outside value is no storage".to_owned();
        let Node::Sequence(parts) = &self.nodes[name.0] else { return Err(unknown()) };
        let [word, kind, key, ..] = &parts[..] else { return Err(unknown()) };
        match (&self.nodes[word.0], &self.nodes[kind.0], &self.nodes[key.0]) {
            (Node::Text(word), Node::Global(kind), Node::Text(key)) if word == "storage" => {
                let kind = kind.rsplit('.').next().unwrap_or(kind).to_owned();
                Ok(Node::Storage { kind, key: key.clone() })
            }
            _ => Err(unknown()),
        }
    }

    fn push(&mut self, node: Node) -> Done {
        self.stack.push(NodeId(self.nodes.len()));
        self.nodes.push(node);
        self.bound()
    }

    fn bound(&self) -> Done {
        if self.nodes.len() > MAX_NODES || self.stack.len() > MAX_NODES {
            return Err(format!("it builds more than {MAX_NODES} values"));
        }
        Ok(())
    }

    fn pop(&mut self) -> Result<NodeId, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err("it takes a value where there is none".to_owned());
        }
        Ok(self.stack.pop().expect("because the stack is longer than its floor"))
    }

    fn top(&self) -> Result<NodeId, String> {
        self.stack.last().copied().ok_or_else(|| "it looks at a value where there is none".to_owned())
    }

    fn marked(&mut self) -> Result<Vec<NodeId>, String> {
        let mark = self.marks.pop().ok_or("it closes a list that it has not opened")?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let length = usize::try_from(length).ok().filter(|&length| length <= self.rest.len());
        let (taken, rest) = self.rest.split_at(length.ok_or("it ends too early")?);
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.take(N as u64)?;
        Ok(bytes.try_into().expect("because as many bytes were taken"))
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.array::<1>()?[0])
    }

    fn length4(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn line(&mut self) -> Result<&'a str, String> {
        let end = self.rest.iter().position(|&byte| byte == b'\n').ok_or("it ends too early")?;
        let line = self.take(end as u64)?;
        self.take(1)?;
        std::str::from_utf8(line).map_err(|_| "a name is not UTF-8".to_owned())
    }
}

fn pairs(items: &[NodeId]) -> Result<Vec<(NodeId, NodeId)>, String> {
    let (pairs, rest) = items.as_chunks::<2>();
    if rest.is_empty() {
        Ok(pairs.iter().map(|&[key, value]| (key, value)).collect())
    } else {
        Err("a key has no value".to_owned())
    }
}

/// A little-endian number in two's complement.
fn long(bytes: &[u8]) -> Node {
    if bytes.len() > 8 {
        return Node::Opaque(format!("a number of {} bytes", bytes.len()));
    }
    let fill = if bytes.last().is_some_and(|&last| last >= 0x80) { 0xff } else { 0 };
    let mut whole = [fill; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    Node::Whole(i64::from_le_bytes(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pickle.dumps({"a": [1, -2, 2.5, True, None], "b": (300, 70000, "é")}, protocol=2)`.
    const PLAIN: &[u8] = b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01J\xfe\xff\xff\xffG@\x04\x00\x00\x00\x00\x00\x00\x88NeX\x01\x00\x00\x00bq\x03M,\x01Jp\x11\x01\x00X\x02\x00\x00\x00\xc3\xa9q\x04\x87q\x05u.";

    #[test]
    fn plain_values_are_built() {
        let program = run(PLAIN).unwrap();
        let Some(Node::Sequence(list)) = program.field(program.root(), "a") else { panic!("a is a list") };
        let found: Vec<&Node> = list.iter().map(|&id| program.get(id)).collect();
        assert_eq!(found, [&Node::Whole(1), &Node::Whole(-2), &Node::Float(2.5), &Node::Flag(true), &Node::Nothing]);
        let Some(Node::Sequence(tuple)) = program.field(program.root(), "b") else { panic!("b is a tuple") };
        let found: Vec<&Node> = tuple.iter().map(|&id| program.get(id)).collect();
        assert_eq!(found, [&Node::Whole(300), &Node::Whole(70_000), &Node::Text("é".to_owned())]);
    }

    /// What would run a command is a value without effect.
    #[test]
    fn nothing_is_called() {
        let program = run(b"cos\nsystem\n(X\x04\x00\x00\x00truetR.").unwrap();
        assert_eq!(program.root(), &Node::Opaque("os.system".to_owned()));
    }

    #[test]
    fn broken_programs_are_errors() {
        for length in 0..PLAIN.len() {
            assert!(run(&PLAIN[..length]).is_err(), "{length}");
        }
        for program in [&b"."[..], b"(.", b"e.", b"h\x07.", b"K\x01s.", b"\xff", b"X\xff\xff\xff\xff.", b"]K\x01u."] {
            assert!(run(program).is_err(), "{program:?}");
        }
    }
}
