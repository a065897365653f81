//! The methods of a leaderboard: their cards, and names that tell them apart.

use std::collections::BTreeSet;

use bench::{MethodCard, Summary};

use crate::text::Shown;

/// How the hash of what was trained begins in a label.
const ARTIFACT: &str = "artifact = ";

/// What a leaderboard says of one method.
#[derive(Debug)]
pub struct Method {
    /// Kebab-case id.
    pub id: Shown,
    /// Name for tables and figures, unique on the leaderboard as far as the cards differ.
    pub label: Shown,
    /// What it reads besides the prefix.
    pub reads: Shown,
    /// Which weights read it.
    pub adaptation: Shown,
    /// The base model.
    pub base_model: Shown,
    /// Hash of the base model, if known.
    pub base_model_hash: Option<Shown>,
    /// Parameters of the base model, if known.
    pub parameters: Option<u64>,
    /// Every other setting, by name.
    pub settings: Vec<(Shown, Shown)>,
    /// BLAKE3 of the predictions file.
    pub predictions: Shown,
}

/// The methods of `summaries`, in their order.
pub(super) fn methods(summaries: &[&Summary]) -> Vec<Method> {
    let cards: Vec<&MethodCard> = summaries.iter().map(|summary| &summary.card).collect();
    summaries.iter().map(|summary| method(summary, &cards)).collect()
}

fn method(summary: &Summary, cards: &[&MethodCard]) -> Method {
    let card = &summary.card;
    Method {
        id: Shown::name(&card.method),
        label: Shown::name(&label(card, cards)),
        reads: Shown::sentence(&card.context),
        adaptation: Shown::sentence(&card.adaptation),
        base_model: Shown::name(&card.base_model),
        base_model_hash: card.base_model_hash.as_deref().map(Shown::name),
        parameters: card.parameters,
        settings: card.settings.iter().map(|(name, value)| (Shown::name(name), Shown::name(value))).collect(),
        predictions: Shown::name(&summary.predictions),
    }
}

/// The title of `card`; where others have the same title, followed by what differs: base model, then settings.
fn label(card: &MethodCard, cards: &[&MethodCard]) -> String {
    let twins: Vec<&MethodCard> = cards.iter().copied().filter(|other| other.title == card.title).collect();
    let mut parts = Vec::new();
    if twins.iter().any(|twin| twin.base_model != card.base_model) {
        parts.push(card.base_model.clone());
    }
    let names: BTreeSet<&String> = twins.iter().flat_map(|twin| twin.settings.keys()).collect();
    for name in names {
        let value = card.settings.get(name);
        if twins.iter().any(|twin| twin.settings.get(name) != value) {
            parts.push(format!("{name} = {}", value.map_or("unset", String::as_str)));
        }
    }
    // A hash tells apart, but says nothing: it is left out where anything else differs.
    let says_something = |part: &String| !part.starts_with(ARTIFACT);
    if parts.iter().any(says_something) {
        parts.retain(says_something);
    }
    if parts.is_empty() { card.title.clone() } else { format!("{} ({})", card.title, parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(title: &str, base_model: &str, k: Option<&str>) -> MethodCard {
        MethodCard {
            settings: k.map(|k| ("k".to_owned(), k.to_owned())).into_iter().collect(),
            ..MethodCard::new("rag", title, base_model)
        }
    }

    #[test]
    fn hashes_stand_in_labels_only_where_nothing_else_differs() {
        let trained = |seed: &str, hash: &str| {
            let mut card = card("LoRA", "small", None);
            card.settings.insert("training.seed".to_owned(), seed.to_owned());
            card.settings.insert("artifact".to_owned(), hash.to_owned());
            card
        };
        let labels = |cards: [MethodCard; 2]| {
            let cards: Vec<&MethodCard> = cards.iter().collect();
            cards.iter().map(|card| label(card, &cards)).collect::<Vec<_>>()
        };
        assert_eq!(
            labels([trained("0", "ab"), trained("1", "cd")]),
            ["LoRA (training.seed = 0)", "LoRA (training.seed = 1)"]
        );
        assert_eq!(labels([trained("0", "ab"), trained("0", "cd")]), ["LoRA (artifact = ab)", "LoRA (artifact = cd)"]);
    }

    #[test]
    fn equal_titles_are_told_apart_by_what_differs() {
        let cards = [
            card("Retrieval", "small", Some("3")),
            card("Retrieval", "large", None),
            card("Pretrained", "small", None),
        ];
        let cards: Vec<&MethodCard> = cards.iter().collect();
        assert_eq!(label(cards[0], &cards), "Retrieval (small, k = 3)");
        assert_eq!(label(cards[1], &cards), "Retrieval (large, k = unset)");
        assert_eq!(label(cards[2], &cards), "Pretrained");
    }
}
