//! Statements that the text above answers: a value is given a name, and either is asked for.

use bench::Family;

use super::dimension::Answer;
use super::draw::{Draw, Pool};
use super::filler::Filler;
use super::state::Module;
use super::statement::{GAP, Site, Spelling, Statement};
use super::surface::Surface;

const WORDS: [&str; 16] = [
    "maple", "cedar", "birch", "willow", "hazel", "rowan", "poplar", "aspen", "juniper", "linden", "alder", "spruce",
    "larch", "yew", "elm", "acacia",
];
const VARIABLES: [&str; 14] = [
    "given", "wanted", "sample", "original", "chosen", "thing", "piece", "message", "result", "source", "content",
    "answer", "subject", "payload",
];
const FRACTIONS: [&str; 10] = ["2.4", "3.6", "4.8", "6.2", "7.3", "8.7", "9.1", "5.9", "11.3", "12.7"];
const EXCEPTIONS: [&str; 6] = ["OSError", "RuntimeError", "OverflowError", "BufferError", "EOFError", "TimeoutError"];

/// Words that one suite uses once each, so that no answer occurs twice in a file.
#[derive(Debug)]
pub(super) struct Pools {
    words: Pool,
    variables: Pool,
    fractions: Pool,
    exceptions: Pool,
}

impl Pools {
    /// Full pools.
    pub(super) fn new(draw: &mut Draw) -> Self {
        Self {
            words: Pool::new(&WORDS, draw),
            variables: Pool::new(&VARIABLES, draw),
            fractions: Pool::new(&FRACTIONS, draw),
            exceptions: Pool::new(&EXCEPTIONS, draw),
        }
    }
}

/// Where a value gets its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binding {
    Local,
    Parameter,
    Fixture,
    Constant,
    SetUp,
}

/// A statement of `family` whose answer stands above it.
pub(super) fn statement(
    family: Family,
    surface: &Surface,
    spelling: Spelling,
    pools: &mut Pools,
    draw: &mut Draw,
) -> Statement {
    let site = if family == Family::SelfAssert { Site::Method } else { Site::Function };
    let index = draw.below(surface.fillers.len());
    let mut statement = if family == Family::PytestRaises {
        raising(surface.fillers[index], pools, draw)
    } else {
        returning(family, site, surface.fillers[index], spelling, pools, draw)
    };
    statement.modules.insert(Module::Filler(index));
    let module = format!("$mod.{index}$");
    for text in statement.before.iter_mut().chain([&mut statement.line]).chain(&mut statement.after) {
        *text = text.replace('@', &module);
    }
    statement
}

fn returning(
    family: Family,
    site: Site,
    filler: &Filler,
    spelling: Spelling,
    pools: &mut Pools,
    draw: &mut Draw,
) -> Statement {
    let (equal, close) = spelling.functions();
    let star_fraction = family == Family::AssertStar && draw.chance(1, 3);
    let fraction = family == Family::PytestApprox || star_fraction;
    let word = pools.words.take();
    let literal = if fraction { pools.fractions.take().to_owned() } else { format!("\"{word}\"") };
    let binding = match site {
        Site::Method => draw.pick(&[Binding::Local, Binding::SetUp, Binding::Constant]),
        Site::Function => draw.pick(&[Binding::Local, Binding::Parameter, Binding::Fixture, Binding::Constant]),
    };
    let (name, mut statement) = bound(family, site, binding, word, &literal, pools.variables.take());
    let expression = if fraction { filler.fraction } else { filler.echo }.replace('%', &name);
    let answer = if draw.chance(1, 2) { literal } else { name };
    let (line, answer) = match family {
        Family::SelfAssert if draw.chance(1, 3) => listed(&expression, &mut statement, &answer, word, pools, draw),
        Family::SelfAssert => (format!("self.assertEqual({expression}, {GAP})"), answer),
        Family::PytestApprox => (format!("assert {expression} == pytest.approx({GAP})"), answer),
        Family::AssertStar if fraction => (format!("{close}({expression}, {GAP})"), answer),
        Family::AssertStar => (format!("{equal}({expression}, {GAP})"), answer),
        Family::Assert | Family::PytestRaises => (format!("assert {expression} == {GAP}"), answer),
    };
    statement.line = line;
    statement.answer = Answer::Fixed(answer);
    statement
}

/// The value in a list that has a name of its own: `assertIn` or `assertListEqual`.
fn listed(
    expression: &str,
    statement: &mut Statement,
    element: &str,
    word: &str,
    pools: &mut Pools,
    draw: &mut Draw,
) -> (String, String) {
    let list = pools.variables.take();
    if draw.chance(1, 2) {
        statement.before.push(format!("{list} = [{element}, \"{}\"]", pools.words.take()));
        (format!("self.assertIn({expression}, {GAP})"), list.to_owned())
    } else {
        let literal = format!("[{element}, \"{word}s\"]");
        statement.before.push(format!("{list} = {literal}"));
        (format!("self.assertListEqual([{expression}, {list}[1]], {GAP})"), literal)
    }
}

/// A statement with `literal` bound, and how the statement refers to it.
fn bound(
    family: Family,
    site: Site,
    binding: Binding,
    word: &str,
    literal: &str,
    variable: &'static str,
) -> (String, Statement) {
    let test = format!("test_{variable}_{}", if site == Site::Method { "kept" } else { "returned" });
    let mut statement = Statement::new(family, site, test, Answer::Fixed(String::new()), String::new());
    let name = match binding {
        Binding::SetUp => format!("self.{variable}"),
        Binding::Constant => format!("{}_{}", variable.to_uppercase(), word.to_uppercase()),
        _ => variable.to_owned(),
    };
    match binding {
        Binding::Local => statement.before.push(format!("{variable} = {literal}")),
        Binding::SetUp => statement.setup.push(format!("self.{variable} = {literal}")),
        Binding::Constant => statement.constants.push(format!("{name} = {literal}")),
        Binding::Parameter => {
            let decorator = format!("@pytest.mark.parametrize(\"{variable}\", [{literal}])");
            statement.parameter = Some((Some(decorator), variable.to_owned()));
        }
        Binding::Fixture => {
            statement.fixtures.push(format!("@pytest.fixture\ndef {variable}():\n    return {literal}\n"));
            statement.parameter = Some((None, variable.to_owned()));
        }
    }
    (name, statement)
}

fn raising(filler: &Filler, pools: &mut Pools, draw: &mut Draw) -> Statement {
    let (word, variable) = (pools.words.take(), pools.variables.take());
    let family = Family::PytestRaises;
    let test = format!("test_{variable}_refused");
    let mut statement = Statement::new(
        family,
        Site::Function,
        test,
        Answer::Fixed(String::new()),
        format!("with pytest.raises({GAP}):"),
    );
    let answer = match draw.below(4) {
        0 => {
            statement.before.push(format!("{variable} = {}", filler.exception));
            statement.after.push(format!("    {}", filler.fails));
            variable
        }
        1 => {
            let decorator = format!("@pytest.mark.parametrize(\"{variable}\", [{}])", filler.exception);
            statement.parameter = Some((Some(decorator), variable.to_owned()));
            statement.after.push(format!("    {}", filler.fails));
            variable
        }
        choice => {
            let exception = pools.exceptions.take();
            let broken = format!("break_{word}");
            let body = format!("raise {exception}(\"{word}\")");
            if choice == 2 {
                statement.before.extend([format!("def {broken}():"), format!("    {body}"), String::new()]);
            } else {
                statement.fixtures.push(format!("def {broken}():\n    {body}\n"));
            }
            statement.after.push(format!("    {}", filler.echo.replace('%', &format!("{broken}()"))));
            exception
        }
    };
    statement.answer = Answer::Fixed(answer.to_owned());
    statement
}
