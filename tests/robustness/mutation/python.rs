//! Altered Python for the assertion finder and the prefix builder.

use std::io::Write;
use std::process::{Command, Stdio};

use bench::{Seed, paper, pytext};
use miner::{Extractor, FilePairs, is_test_content, is_valid_python};

use super::engine::Engine;
use super::{FEW, MANY, Verdict, feed};

/// What changes how the text around it is read.
pub(super) const WORDS: &[&[u8]] = &[
    b"assert ",
    b"assert x == ",
    b"self.assertEqual(",
    b"self.assertTrue(x)",
    b"pytest.raises(E, match=",
    b"pytest.approx(",
    b"np.testing.assert_x(",
    b"assert_x(*y, **z)",
    b"def test_a():\n    ",
    b"class A:\n    ",
    b"    def setUp(self):\n        ",
    b"async ",
    b"await ",
    b"lambda a, *b: ",
    b" if a else ",
    b" for a in b ",
    b"match x:\n    case [a, *_]:\n        ",
    b"type A = ",
    b"f\"{",
    b"}\"",
    b"'''",
    b"\"\"\"",
    b"\\\n",
    b"\r\n",
    b"\r",
    b"\x0c",
    b"\n",
    b"\n\n",
    b"    ",
    b"\t",
    b"#",
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b";",
    b":",
    b":=",
    b"**",
    b"*",
    b"@",
    b"->",
    b"...",
    b"==",
    b" not in ",
    b" is not ",
    b"\xc3\xa9",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xff",
    b"\x00",
    b"0x",
    b"1_000",
    b"1e400j",
    b"import ",
    b"from a import b\n",
    b"global x\n",
    b"nonlocal x\n",
    b"yield ",
    b"return ",
    b"with a as b, c as d:\n",
    b"try:\n    x\nexcept* E:\n    y\n",
];

/// What is altered: the test files of the generated corpus, the vectors of the reference and the corpus of cases.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = include_str!("../../../miner/tests/golden/extract.jsonl")
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?["source"].as_str().map(Vec::from))
        .collect();
    let cases = [
        include_str!("../../../miner/tests/corpus/bare.txt"),
        include_str!("../../../miner/tests/corpus/expressions.txt"),
        include_str!("../../../miner/tests/corpus/families.txt"),
    ];
    for case in cases.into_iter().flat_map(|file| file.split("=== ").skip(1)) {
        seeds.extend(case.split_once('\n').and_then(|(_, rest)| rest.split_once("---\n")).map(|(text, _)| text.into()));
    }
    seeds.extend(probe_files());
    seeds
}

/// The test files of one generated repository.
fn probe_files() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let options = miner::probe::ProbeOptions {
        seed: Seed(0),
        train: 1,
        cross_repo_val: 1,
        cross_repo_test: 1,
        ood: 1,
        commits: 32,
    };
    let repositories = miner::probe::generate(&options, &folder.path().join("probe"), &|_, _| {}).expect("a corpus");
    let spec = bench::RepoSpec {
        name: repositories[0].id.clone(),
        source: repositories[0].git_dir.to_string_lossy().into_owned(),
        rev: None,
        licence: None,
        partition: None,
        needs: None,
        facts: None,
        provenance: None,
    };
    let options = miner::Options::new(folder.path());
    let outcome = miner::mine(&spec, &options, &miner::NoObserver).expect("mined");
    outcome
        .sources
        .into_iter()
        .filter(|file| file.role == bench::Role::Test)
        .map(|file| file.text.into_bytes())
        .collect()
}

/// The text that mining makes of the bytes of a file.
pub(super) fn text_of(data: &[u8]) -> String {
    pytext::universal_newlines(&pytext::decode_ignore(data)).into_owned()
}

/// Finds the assertions of `data`; what is found stands in the text, in order and within the rules.
fn assertions(data: &[u8]) -> Verdict {
    let text = text_of(data);
    is_test_content(&text);
    let found = Extractor::new().file(&text);
    assert_eq!(found.is_some(), is_valid_python(&text), "what is valid is read");
    let Some(file) = found else { return Verdict::Refused };
    let lines = text.split('\n').count();
    for pair in &file.pairs {
        assert!(pair.line >= 1 && pair.line as usize <= lines, "line {}", pair.line);
        let characters = pair.target.chars().count();
        assert!(characters <= paper::MAX_TARGET_CHARS, "{characters} characters");
        assert!(!pytext::strip(&pair.target).is_empty() && !pair.function.is_empty());
        assert!(!pair.target.contains('\n'), "targets are one line (R58)");
    }
    assert_eq!(Some(file), Extractor::new().file(&text), "the same again");
    Verdict::Accepted
}

/// Builds the prefixes of `data`: lines of the file, the last one cut, no more than the rules keep.
fn prefixes(data: &[u8]) -> Verdict {
    let text = text_of(data);
    let Some(FilePairs { pairs, .. }) = Extractor::new().file(&text) else { return Verdict::Refused };
    let lines: Vec<&str> = pytext::lines(&text).collect();
    for pair in pairs {
        let found: Vec<&str> = pair.prefix.split('\n').collect();
        assert!(found.len() <= paper::MAX_PREFIX_LINES, "{} lines", found.len());
        let (last, body) = found.split_last().expect("because a split gives one piece");
        let cut = lines.get(pair.line as usize - 1).copied().unwrap_or("");
        assert!(cut.starts_with(last), "{last:?} begins {cut:?}");
        assert!(body.iter().all(|line| line.is_empty() || lines.contains(line)), "every line is of the file");
    }
    Verdict::Accepted
}

fn fuzz(count: usize) {
    let seeds = seeds();
    let mut engine = Engine::new(11, &seeds, WORDS);
    feed("assertion finder", count, || engine.next(), assertions);
    let mut engine = Engine::new(12, &seeds, WORDS);
    feed("prefix builder", count, || engine.next(), prefixes);
}

#[test]
fn altered_python_is_read_or_refused() {
    fuzz(FEW);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn much_altered_python_is_read_or_refused() {
    fuzz(MANY);
}

/// Says for each JSON string of a line whether `ast.parse` takes it.
const ORACLE: &str = "
import ast, json, sys, warnings
warnings.simplefilter('ignore')
sys.stdin.reconfigure(encoding='utf-8')
assert sys.version_info[:2] == (3, 12), sys.version
for line in sys.stdin:
    try:
        ast.parse(json.loads(line))
        print(1)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        print(0)
";

/// Python 3.12 takes what we take; needs a `python3.12` on the search path.
#[test]
#[ignore = "needs python3.12"]
fn python_agrees_about_what_is_valid() {
    let seeds = seeds();
    let mut engine = Engine::new(13, &seeds, WORDS);
    let texts: Vec<String> = (0..MANY).map(|_| text_of(&engine.next())).collect();
    let mut python = Command::new("python3.12")
        .args(["-I", "-c", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3.12");
    let mut stdin = python.stdin.take().expect("because it is piped");
    let lines: String = texts.iter().map(|text| serde_json::to_string(text).expect("JSON") + "\n").collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).expect("written"));
    let output = python.wait_with_output().expect("output");
    writer.join().expect("written");
    let answers = String::from_utf8(output.stdout).expect("text");
    let expected: Vec<bool> = answers.lines().map(|line| line == "1").collect();
    assert_eq!(expected.len(), texts.len());
    let wrong: Vec<&String> = texts
        .iter()
        .zip(&expected)
        .filter(|(text, valid)| is_valid_python(text) != **valid)
        .map(|(text, _)| text)
        .collect();
    let valid = expected.iter().filter(|valid| **valid).count();
    println!("{} texts, {valid} valid, {} judged otherwise than by Python 3.12", texts.len(), wrong.len());
    for text in wrong.iter().take(5) {
        println!("---\n{text}");
    }
    assert!(wrong.is_empty());
}
