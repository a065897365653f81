//! Text that attacks: in every field that a score file or a caller fills, it must come out as text.

mod sample;

use bench::Summary;
use reports::render::{html, markdown};
use reports::{Context, Leaderboard, Origin};

const ATTACKS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style></script><svg onload=alert(1)>",
    "a | b\n| c | d\r\n# heading",
    "[link](javascript:alert(1)) ![i](http://x.y/z.png) <http://x.y>",
    "\u{1b}[31mred\u{7}\u{0}",
    "user\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}",
    "' onmouseover='alert(1)",
];

fn infected(attack: &str) -> (Vec<Summary>, Context) {
    let (mut summaries, mut context) = (sample::summaries(), sample::context());
    for (index, summary) in summaries.iter_mut().enumerate() {
        attack.clone_into(&mut summary.release);
        attack.clone_into(&mut summary.rules);
        summary.predictions = format!("{attack}{index}");
        let card = &mut summary.card;
        (card.method, card.title) = (format!("{index}{attack}"), format!("{index}{attack}"));
        (card.context, card.adaptation, card.base_model) = (attack.to_owned(), attack.to_owned(), attack.to_owned());
        card.base_model_hash = Some(attack.to_owned());
        card.settings.insert(attack.to_owned(), attack.to_owned());
        for part in &mut summary.splits {
            for slice in part.slices.iter_mut().filter(|slice| slice.by != "all") {
                slice.by = format!("{}{attack}", slice.by);
                slice.group = format!("{}{attack}", slice.group);
            }
        }
    }
    attack.clone_into(&mut context.title);
    attack.clone_into(&mut context.corpus);
    context.origin = Origin::Other { differences: vec![attack.to_owned()] };
    context.warnings = vec![attack.to_owned()];
    context.commands = vec![attack.to_owned()];
    (summaries, context)
}

fn render(attack: &str) -> (String, String) {
    let (summaries, context) = infected(attack);
    let board = Leaderboard::from_summaries(&summaries, &context).expect("a leaderboard");
    (html::render(&board), markdown::render(&board))
}

/// The tags of a page: everything between `<` and `>`, script and style aside.
fn tags(page: &str) -> Vec<String> {
    let body = &page[page.find("<body>").expect("a body")..page.find("<script>").expect("our script")];
    let names = body.split('<').skip(1).map(|part| part.split(['>', ' ']).next().unwrap_or("").to_owned());
    names.collect()
}

#[test]
fn no_attack_becomes_markup() {
    let clean = html::render(&Leaderboard::from_summaries(&infected("x").0, &infected("x").1).expect("a leaderboard"));
    for attack in ATTACKS {
        let (page, text) = render(attack);
        assert_eq!(tags(&page), tags(&clean), "{attack:?} changes the elements of the page");
        assert_eq!(page.matches("<script>").count(), 1);
        for line in text.lines().filter(|line| !line.starts_with("    ")) {
            let bare = line.replace("\\[", "").replace("\\!", "");
            assert!(!bare.contains('<') && !bare.contains("![") && !bare.contains("[link"), "{attack:?}: {line}");
        }
    }
}

#[test]
fn tables_keep_their_shape() {
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    let clean: Vec<usize> = render("x").1.lines().filter(|line| line.starts_with('|')).map(columns).collect();
    for attack in ATTACKS {
        let (_, text) = render(attack);
        let hostile: Vec<usize> = text.lines().filter(|line| line.starts_with('|')).map(columns).collect();
        assert_eq!(hostile, clean, "{attack:?}");
    }
}

#[test]
fn nothing_invisible_is_printed() {
    for attack in ATTACKS {
        let (page, text) = render(attack);
        for output in [&page, &text] {
            let bad = output.chars().find(|c| {
                (c.is_control() && *c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            });
            assert_eq!(bad, None, "{attack:?}");
        }
    }
}

#[test]
fn a_megabyte_in_every_field_stays_small() {
    let (page, text) = render(&"x<".repeat(500_000));
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert!(text.len() < 500_000, "{}", text.len());
}

#[test]
fn elements_are_balanced() {
    let void = ["meta", "!DOCTYPE"];
    for attack in ["x", ATTACKS[0]] {
        let (page, _) = render(attack);
        let page = format!(
            "{}{}",
            &page[..page.find("<style>").expect("a style")],
            &page[page.find("<body>").expect("a body")..]
        );
        let page = &page[..page.find("<script>").expect("our script")];
        let mut open: Vec<&str> = Vec::new();
        for part in page.split('<').skip(1) {
            let name = part.split(['>', ' ']).next().unwrap_or("");
            match name.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed)),
                None if void.contains(&name) => {}
                None => open.push(name),
            }
        }
        assert_eq!(open, ["html", "head", "body"], "the head and the script are cut away");
    }
}
