//! Statements that ask for a convention: nothing in the suite tells the answer.

use bench::Family;

use super::dimension::{Answer, Dimension};
use super::draw::Draw;
use super::state::Module;
use super::statement::{GAP, Site, Spelling, Statement};
use super::surface::{Role, Surface, Variant};

/// Numbers that no vocabulary holds; the same is true of all parts of dates.
const NUMBERS: [u32; 16] = [3, 4, 6, 8, 12, 14, 17, 18, 23, 28, 33, 37, 41, 52, 63, 76];

const YEARS: [u32; 8] = [1987, 1994, 1999, 2003, 2008, 2011, 2016, 2022];
const MONTHS: [u32; 8] = [1, 2, 3, 5, 7, 9, 10, 12];
const DAYS: [u32; 10] = [2, 4, 6, 8, 11, 13, 17, 22, 26, 28];

const NAMES: [&str; 8] = ["oak", "fern", "moss", "reed", "ivy", "sage", "thyme", "clover"];
const KEYS: [(&str, &str); 6] = [
    ("unit", "price"),
    ("total", "weight"),
    ("first", "owner"),
    ("due", "day"),
    ("short", "title"),
    ("return", "code"),
];

/// An expression or action whose result a convention decides.
struct Question {
    before: Vec<String>,
    expression: String,
    answer: Answer,
}

/// A statement of `family` about `dimension`.
pub(super) fn statement(
    dimension: Dimension,
    family: Family,
    surface: &Surface,
    spelling: Spelling,
    draw: &mut Draw,
) -> Statement {
    let site = match family {
        Family::SelfAssert => Site::Method,
        Family::PytestRaises | Family::PytestApprox if draw.chance(1, 3) => Site::Method,
        _ => Site::Function,
    };
    let question = question(dimension, surface, draw);
    let (line, after) = line(dimension, family, site, &question.expression, spelling);
    let mut statement = Statement::new(family, site, draw.pick(&names(dimension)).to_owned(), question.answer, line);
    statement.dimension = Some(dimension);
    statement.before = question.before;
    statement.after = after;
    statement.modules.insert(Module::Role(dimension.role()));
    if dimension.role() == Role::Errors {
        statement.modules.insert(Module::Role(Role::Store));
    }
    statement
}

fn line(
    dimension: Dimension,
    family: Family,
    site: Site,
    expression: &str,
    spelling: Spelling,
) -> (String, Vec<String>) {
    let fraction = Dimension::FRACTIONS.contains(&dimension);
    let call = vec![format!("    {expression}")];
    match family {
        Family::Assert => (format!("assert {expression} == {GAP}"), vec![]),
        Family::SelfAssert if dimension.role() == Role::Errors => (format!("with self.assertRaises({GAP}):"), call),
        Family::SelfAssert => (format!("self.assertEqual({expression}, {GAP})"), vec![]),
        Family::PytestRaises => (format!("with pytest.raises({GAP}):"), call),
        Family::PytestApprox if site == Site::Method => {
            (format!("self.assertEqual({expression}, pytest.approx({GAP}))"), vec![])
        }
        Family::PytestApprox => (format!("assert {expression} == pytest.approx({GAP})"), vec![]),
        Family::AssertStar => {
            let (equal, close) = spelling.functions();
            (format!("{}({expression}, {GAP})", if fraction { close } else { equal }), vec![])
        }
    }
}

/// Names of test functions; each names one dimension only, and no value.
const fn names(dimension: Dimension) -> [&'static str; 2] {
    match dimension {
        Dimension::InvalidError => ["test_negative_amount", "test_amount_below_zero"],
        Dimension::LookupError => ["test_stranger", "test_never_added"],
        Dimension::ConflictError => ["test_twice", "test_same_name_again"],
        Dimension::Rate => ["test_share_of_price", "test_added_share"],
        Dimension::Factor => ["test_holiday_price", "test_dearer_days"],
        Dimension::Threshold => ["test_good_enough", "test_score_needed"],
        Dimension::Timeout => ["test_waiting_time", "test_patience_with_hosts"],
        Dimension::PageSize => ["test_page_length", "test_what_fits"],
        Dimension::Currency => ["test_unit_of_price", "test_money"],
        Dimension::Status => ["test_good_run", "test_status_of_run"],
        Dimension::Reference => ["test_numbered", "test_filed_under"],
        Dimension::DateSeparator => ["test_printed_day", "test_day_of_visit"],
        Dimension::KeyStyle => ["test_column_of_words", "test_two_words"],
        Dimension::Absent => ["test_search_in_vain", "test_not_there"],
    }
}

fn question(dimension: Dimension, surface: &Surface, draw: &mut Draw) -> Question {
    let number = draw.pick(&NUMBERS);
    let first = |role| surface.variant(role) == Variant::A;
    let value = |expression: String| Question { before: vec![], expression, answer: Answer::Value };
    match dimension {
        Dimension::InvalidError | Dimension::LookupError | Dimension::ConflictError | Dimension::Absent => {
            of_store(dimension, first(Role::Store), draw)
        }
        Dimension::Rate if first(Role::Pricing) => value("$mod.pricing$.$rate_of$(1)".to_owned()),
        Dimension::Rate => value("$mod.pricing$.$Tariff$().$rate_of$".to_owned()),
        Dimension::Factor if first(Role::Pricing) => value("$mod.pricing$.$factor_of$(1)".to_owned()),
        Dimension::Factor => value("$mod.pricing$.$Tariff$().$factor_of$".to_owned()),
        Dimension::Currency if first(Role::Pricing) => value(format!("$mod.pricing$.$price_tag$({number})[\"unit\"]")),
        Dimension::Currency => value(format!("$mod.pricing$.$Tariff$().$price_tag$({number})[\"unit\"]")),
        Dimension::Threshold if first(Role::Checks) => value("$mod.checks$.$limit$()".to_owned()),
        Dimension::Threshold => value("$mod.checks$.$Gauge$().level".to_owned()),
        Dimension::Timeout if first(Role::Client) => {
            value(format!("$mod.client$.$Client$(\"{}\").timeout", draw.pick(&NAMES)))
        }
        Dimension::Timeout => value(format!("$mod.client$.$connect$(\"{}\")[\"timeout\"]", draw.pick(&NAMES))),
        Dimension::PageSize if first(Role::Paging) => value("$mod.paging$.$Pager$(range(400)).size".to_owned()),
        Dimension::PageSize => value("len($mod.paging$.$first_page$(range(400)))".to_owned()),
        Dimension::Status if first(Role::Report) => value(format!("$mod.report$.$summary$({number})[\"status\"]")),
        Dimension::Status => value(format!("$mod.report$.$Report$({number}).status")),
        Dimension::Reference => {
            let expression = if first(Role::Labels) {
                format!("$mod.labels$.$reference$({number})")
            } else {
                format!("$mod.labels$.$Numbering$({number}).$reference$()")
            };
            Question { before: vec![], expression, answer: Answer::Numbered(number) }
        }
        Dimension::DateSeparator => date(draw),
        Dimension::KeyStyle => {
            let (one, two) = draw.pick(&KEYS);
            let expression = format!("$mod.report$.$field$([\"{one}\", \"{two}\"])");
            Question { before: vec![], expression, answer: Answer::Key(one, two) }
        }
    }
}

fn date(draw: &mut Draw) -> Question {
    let (year, month, day) = (draw.pick(&YEARS), draw.pick(&MONTHS), draw.pick(&DAYS));
    let expression = format!("$mod.report$.$stamp$({year}, {month}, {day})");
    Question { before: vec![], expression, answer: Answer::Date(year, month, day) }
}

/// Questions to the store, which is a class in one variant and a dictionary with functions in the other.
fn of_store(dimension: Dimension, class: bool, draw: &mut Draw) -> Question {
    let (held, name, amount) = (draw.pick(&["held", "kept", "stock"]), draw.pick(&NAMES), draw.pick(&NUMBERS));
    let call = |method: &str, arguments: String| {
        if class {
            format!("{held}.${method}$({arguments})")
        } else {
            format!("$mod.store$.${method}$({held}, {arguments})")
        }
    };
    let mut before = vec![format!("{held} = {}", if class { "$mod.store$.$Store$()" } else { "{}" })];
    let (expression, answer) = match dimension {
        Dimension::InvalidError => (call("add", format!("\"{name}\", -{amount}")), Answer::ErrorClass),
        Dimension::LookupError => (call("get", format!("\"{name}\"")), Answer::ErrorClass),
        Dimension::ConflictError => {
            before.push(call("add", format!("\"{name}\", {amount}")));
            (call("add", format!("\"{name}\", {amount}")), Answer::ErrorClass)
        }
        _ => (call("find", format!("\"{name}\"")), Answer::Value),
    };
    Question { before, expression, answer }
}
