//! The decoder against the slowest one there is: one sequence, no cache, no guesses.

use bench::{Seed, Stop};
use rand_chacha::rand_core::Rng as _;
use tch::{Device, Kind, Tensor};

use super::*;
use crate::adapter::{LoraOptions, Module, RowAdapters, Sharing};
use crate::model::{Config, Input, Layout, Parameters, Positions};

const VOCABULARY: u32 = 512;

/// The fixture of M240, with weights so large that its choices vary.
fn model() -> Qwen2 {
    drawn(0.2)
}

fn drawn(spread: f64) -> Qwen2 {
    let config = serde_json::json!({
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": 64,
        "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "max_position_embeddings": 256, "rope_theta": 10000.0, "rms_norm_eps": 1e-6, "tie_word_embeddings": true,
        "initializer_range": spread, "eos_token_id": 0, "hidden_act": "silu",
    });
    let config = Config::parse("config.json".as_ref(), config.to_string().as_bytes()).unwrap();
    Qwen2::new(&config, &Parameters::init(&config, Seed(240), Kind::Float, Device::Cpu))
}

/// An adapter that changes what the model says.
fn adapter(seed: u64) -> Rc<Adapter> {
    let options = LoraOptions { rank: 4, alpha: 8.0, sharing: Sharing::Shared, modules: Module::ALL.to_vec() };
    let adapter = options.init(model().config(), Seed(seed), Device::Cpu);
    let scale = |pair: &crate::adapter::Pair, value: f64| {
        pair.b.shallow_clone().copy_(&(&pair.a.sum(Kind::Float) * value).expand_as(&pair.b));
    };
    for (index, pair) in adapter.groups().iter().flat_map(crate::adapter::Pairs::values).enumerate() {
        scale(pair, 0.01 * (index + 1) as f64);
    }
    Rc::new(adapter)
}

struct Dice(rand_chacha::ChaCha8Rng);

impl Dice {
    fn new(label: &str) -> Self {
        Self(Seed(3407).derive(label).rng())
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32() % limit
    }

    fn tokens(&mut self, count: u32) -> Vec<u32> {
        (0..count).map(|_| self.below(VOCABULARY)).collect()
    }

    /// Prompts that share starts in all ways: prefixes of each other, branches, equal ones, strangers.
    fn prompts(&mut self, count: u32) -> Vec<Vec<u32>> {
        let mut prompts: Vec<Vec<u32>> = vec![self.tokens(70)];
        for _ in 1..count {
            let mut prompt = prompts[self.below(u32::try_from(prompts.len()).unwrap()) as usize].clone();
            match self.below(5) {
                0 => prompt = self.tokens(20),
                1 => {}
                _ => prompt.truncate(1 + self.below(u32::try_from(prompt.len()).unwrap()) as usize),
            }
            let more = self.below(12);
            prompt.extend(self.tokens(more));
            prompt.truncate(120);
            prompts.push(prompt);
        }
        prompts
    }
}

/// What greedy decoding is (M39, M40).
fn plain(model: &Qwen2, opening: &Opening, options: &DecodeOptions) -> Decoded {
    let adapters = RowAdapters::new([opening.adapter.as_ref()]);
    let prompt = &opening.prompt;
    let mut sequence: Vec<i64> = prompt.iter().map(|&id| i64::from(id)).collect();
    let mut ids = Vec::new();
    while ids.len() < options.max_new_tokens {
        let input = Input {
            ids: &Tensor::from_slice(&sequence).unsqueeze(0),
            layout: Layout::Left(&[0]),
            positions: Positions::Last,
            adapters: Some(&adapters),
            noise: None,
        };
        let logits = Vec::<f32>::try_from(tch::no_grad(|| model.forward(&input, None)).view(-1)).unwrap();
        let allowed = (0..VOCABULARY).filter(|id| !options.banned.contains(id));
        let id =
            allowed.reduce(|best, id| if logits[id as usize] > logits[best as usize] { id } else { best }).unwrap();
        if options.eos.contains(&id) {
            return Decoded { ids, stop: Stop::Eos };
        }
        ids.push(id);
        sequence.push(i64::from(id));
    }
    Decoded { ids, stop: Stop::Length }
}

fn plain_all(model: &Qwen2, openings: &[Opening], options: &DecodeOptions) -> Vec<Decoded> {
    openings.iter().map(|opening| plain(model, opening, options)).collect()
}

fn openings(prompts: Vec<Vec<u32>>) -> Vec<Opening> {
    prompts.into_iter().map(|prompt| Opening { prompt, guesses: Vec::new(), adapter: None }).collect()
}

/// The ways to decode that must make no difference.
fn ways(options: &DecodeOptions) -> Vec<DecodeOptions> {
    let mut ways = Vec::new();
    for draft in Draft::ALL {
        for share in [true, false] {
            for (batch_rows, batch_tokens) in [(32, 32_768), (1, 32_768), (5, 400), (32, 1)] {
                ways.push(DecodeOptions { batch_rows, batch_tokens, draft, share, ..options.clone() });
            }
        }
    }
    ways
}

fn assert_all_ways(model: &Qwen2, openings: &[Opening], options: &DecodeOptions, expected: &[Decoded]) {
    for way in ways(options) {
        assert_eq!(greedy_guessing(model, openings, &way).unwrap(), expected, "{way:?}");
    }
}

/// Options under which about half of the completions end early: the ends are what `model` likes to say.
fn options(model: &Qwen2, openings: &[Opening]) -> DecodeOptions {
    let endless = DecodeOptions::new(12, Vec::new(), vec![3, 700]);
    let said = plain_all(model, openings, &endless);
    DecodeOptions { eos: vec![said[0].ids[4], said[1].ids[0], said[2].ids[7]], ..endless }
}

#[test]
fn every_way_of_decoding_says_what_plain_greedy_does() {
    let model = model();
    let openings = openings(Dice::new("prompts").prompts(24));
    let options = options(&model, &openings);
    let expected = plain_all(&model, &openings, &options);
    let early = expected.iter().filter(|decoded| decoded.stop == Stop::Eos).count();
    assert!(early > 3 && early < 24, "{early}");
    assert!(expected.iter().any(|decoded| decoded.ids.is_empty()));
    assert_all_ways(&model, &openings, &options, &expected);
}

/// Right, nearly right, wrong, another's, forbidden, endless and impossible guesses.
#[test]
fn guesses_change_nothing() {
    let model = model();
    let mut dice = Dice::new("guesses");
    let mut openings = openings(dice.prompts(12));
    let options = options(&model, &openings);
    let expected = plain_all(&model, &openings, &options);
    for round in 0..4_usize {
        for (index, opening) in openings.iter_mut().enumerate() {
            let right = expected[index].ids.clone();
            let other = expected[(index + 7) % 12].ids.clone();
            let mut nearly = right.clone();
            if let Some(token) = nearly.get_mut(index % 12) {
                *token = (*token + 1) % VOCABULARY;
            }
            let ended = [&right[..right.len() / 2], &options.eos, &right].concat();
            let banned = [&right[..right.len() / 2], &[3][..], &right].concat();
            let strange = [&right[..right.len() / 2], &[VOCABULARY, u32::MAX][..]].concat();
            let long = [&right[..], &dice.tokens(40)].concat();
            let all = [right, other, nearly, ended, banned, strange, long, dice.tokens(6), Vec::new()];
            opening.guesses = match round {
                0 => vec![all[0].clone()],
                1 => vec![all[1 + index % 8].clone()],
                2 => vec![all[7].clone()],
                _ => all.to_vec(),
            };
        }
        assert_all_ways(&model, &openings, &options, &expected);
    }
}

/// Rows of one batch are read with different adapters; equal prompts with different ones are different prompts.
#[test]
fn batches_mix_adapters_and_trees_do_not() {
    let model = model();
    let adapters = [None, Some(adapter(1)), Some(adapter(2))];
    let prompts = Dice::new("adapters").prompts(8);
    let mut openings = openings([&prompts[..], &prompts, &prompts].concat());
    for (index, opening) in openings.iter_mut().enumerate() {
        opening.adapter.clone_from(&adapters[index / 8]);
    }
    let options = options(&model, &openings);
    let expected = plain_all(&model, &openings, &options);
    assert!(expected[..8] != expected[8..16] && expected[8..16] != expected[16..]);
    let mixed = |trees: &Vec<Vec<usize>>| trees.iter().any(|tree| tree[0] / 8 != trees[0][0] / 8);
    assert!(batches(&openings, &options).iter().any(mixed));
    assert_all_ways(&model, &openings, &options, &expected);
}

/// Completions are cut at the limit even inside a guess that goes on rightly.
#[test]
fn limits_cut_guesses() {
    let model = model();
    let mut openings = openings(Dice::new("limits").prompts(6));
    let longest = DecodeOptions::new(12, Vec::new(), Vec::new());
    let answers = plain_all(&model, &openings, &longest);
    for (opening, answer) in openings.iter_mut().zip(&answers) {
        opening.guesses = vec![answer.ids.clone()];
    }
    for max_new_tokens in [1, 2, 5, 12] {
        let options = DecodeOptions { max_new_tokens, ..longest.clone() };
        let cut = |answer: &Decoded| Decoded { ids: answer.ids[..max_new_tokens].to_vec(), stop: Stop::Length };
        let expected: Vec<Decoded> = answers.iter().map(cut).collect();
        assert_all_ways(&model, &openings, &options, &expected);
    }
    let none = DecodeOptions { max_new_tokens: 0, ..longest };
    let nothing = Decoded { ids: Vec::new(), stop: Stop::Length };
    assert_eq!(greedy_guessing(&model, &openings, &none).unwrap(), vec![nothing; 6]);
}

#[test]
fn a_right_guess_is_answered_by_the_first_pass_and_a_wrong_one_is_not() {
    let model = model();
    let _guard = tch::no_grad_guard();
    let mut openings = openings(Dice::new("pass").prompts(8));
    let options = options(&model, &openings);
    let expected = plain_all(&model, &openings, &options);
    let members: Vec<usize> = (0..8).collect();
    for (opening, decoded) in openings.iter_mut().zip(&expected) {
        opening.guesses = vec![decoded.ids.clone()];
    }
    let row = read::read(&model, &openings, &members, &options, None).unwrap();
    assert_eq!((row.finished.len(), row.lanes.len()), (8, 0));
    let row = read::read(&model, &openings, &members, &DecodeOptions { draft: Draft::None, ..options.clone() }, None)
        .unwrap();
    assert_eq!(row.finished.len(), expected.iter().filter(|decoded| decoded.ids.is_empty()).count());
}

/// A model that repeats itself, as one with small weights and tied embeddings does, is read several tokens at a time.
#[test]
fn looking_up_saves_steps_and_changes_nothing() {
    let model = drawn(0.02);
    let _guard = tch::no_grad_guard();
    let openings = openings(vec![[1, 2, 3].repeat(30), vec![9; 40], Dice::new("steps").tokens(30)]);
    let options = DecodeOptions::new(100, Vec::new(), Vec::new());
    let steps = |draft| {
        let options = DecodeOptions { draft, ..options.clone() };
        let rows = (0..3).map(|index| read::read(&model, &openings, &[index], &options, None).unwrap()).collect();
        let (mut pool, mut steps, mut answers) = (pool::Pool::new(rows), 0, Vec::new());
        while !pool.is_empty() {
            answers.append(&mut pool.step(&model, &options).unwrap());
            steps += 1;
        }
        answers.sort_by_key(|(index, _)| *index);
        (steps, answers)
    };
    let ((slow, expected), (fast, found)) = (steps(Draft::None), steps(Draft::Ngram));
    assert_eq!((slow, &found), (99, &expected));
    assert!(fast < 99, "{fast}");
}

#[test]
fn plans_keep_to_rows_tokens_and_kinds() {
    let mut openings = openings(Dice::new("plans").prompts(60));
    let adapters = [None, Some(adapter(1)), Some(adapter(2))];
    for (index, opening) in openings.iter_mut().enumerate() {
        opening.adapter.clone_from(&adapters[index % 3]);
    }
    for options in ways(&DecodeOptions::new(8, Vec::new(), Vec::new())) {
        let plan = batches(&openings, &options);
        let mut all: Vec<usize> = plan.iter().flatten().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..60).collect::<Vec<_>>());
        for batch in &plan {
            let lanes: Vec<usize> = batch.concat();
            assert!(batch.iter().all(|tree| tree.iter().all(|&member| member % 3 == tree[0] % 3)));
            assert!(lanes.len() <= options.batch_rows);
            let columns = |tree: &Vec<usize>| {
                let members: Vec<&Opening> = tree.iter().map(|&member| &openings[member]).collect();
                trie::Trie::of(&members).0.len() + members.len() * options.max_new_tokens
            };
            let widest = batch.iter().map(columns).max().unwrap();
            assert!(batch.len() * widest <= options.batch_tokens || lanes.len() == 1, "{widest} columns");
            assert!(options.share || batch.iter().all(|tree| tree.len() == 1));
        }
        assert_eq!(batches(&openings, &options), plan);
    }
    let shared = DecodeOptions::new(8, Vec::new(), Vec::new());
    assert!(batches(&openings, &shared).iter().flatten().any(|tree| tree.len() > 3));
}

/// Prompts cut from one text at many places are read once; of cut starts, as a limit of tokens leaves them, nothing is
/// shared.
#[test]
fn prefixes_of_one_text_cost_one_text() {
    let text = Dice::new("text").tokens(200);
    let cuts = [50, 80, 110, 140, 170, 200];
    let read = |openings: &[Opening]| -> usize {
        let plan = batches(openings, &DecodeOptions::new(8, Vec::new(), Vec::new()));
        let tree =
            |tree: &Vec<usize>| trie::Trie::of(&tree.iter().map(|&at| &openings[at]).collect::<Vec<_>>()).0.len();
        plan.iter().flatten().map(tree).sum()
    };
    assert_eq!(read(&openings(cuts.iter().map(|&end| text[..end].to_vec()).collect())), 200);
    assert_eq!(read(&openings(cuts.iter().map(|&end| text[end - 50..end].to_vec()).collect())), 300);
}

/// The settled choice is what the sequence alone gives, even where the first look says otherwise.
#[test]
fn near_ties_are_settled_by_the_sequence_alone() {
    let model = model();
    let prompt = Dice::new("ties").tokens(30);
    let options = DecodeOptions::new(1, Vec::new(), Vec::new());
    let expected = plain(&model, &openings(vec![prompt.clone()])[0], &options).ids[0];
    let wrong = (expected + 1) % VOCABULARY;
    let lane = lane::Lane::new(0, &openings(vec![prompt]).remove(0));
    let settle = |near| choose::Choice::new(wrong, near).settle(&model, &lane, &options).unwrap();
    assert_eq!((settle(true), settle(false)), (expected, wrong));
}

/// Likelihoods and ranks against full passes over each sequence alone, and completions against plain decoding.
#[test]
fn given_completions_are_judged_as_if_each_were_alone() {
    let model = model();
    let mut dice = Dice::new("judge");
    let mut openings = openings(dice.prompts(24));
    let adapters = [adapter(1), adapter(2)];
    for (index, opening) in openings.iter_mut().enumerate() {
        opening.adapter = [None, Some(&adapters[0]), Some(&adapters[1])][index % 3].cloned();
    }
    let targets: Vec<Vec<u32>> = (0..24).map(|index| dice.tokens(1 + index % 7)).collect();
    let options = DecodeOptions::new(8, vec![0], vec![3, 4]);
    let judged = judge(&model, &openings, (&targets, 0), true, &options).unwrap();
    for ((opening, target), (judged, decoded)) in openings.iter().zip(&targets).zip(&judged) {
        let ids: Vec<i64> = opening.prompt.iter().chain(target).map(|&id| i64::from(id)).collect();
        let ids = Tensor::from_slice(&ids).unsqueeze(0);
        let adapters = RowAdapters::new([opening.adapter.as_ref()]);
        let (layout, positions) = (Layout::Left(&[0]), Positions::All);
        let input = Input { ids: &ids, layout, positions, adapters: Some(&adapters), noise: None };
        // [T, V]
        let logits = model.forward(&input, None).squeeze_dim(0);
        let start = opening.prompt.len() - 1;
        let of = |at: usize, id: u32| -logits.log_softmax(1, Kind::Double).double_value(&[size(at), i64::from(id)]);
        let nll: f64 = target.iter().enumerate().map(|(at, &id)| of(start + at, id)).sum();
        let eos = of(start + target.len(), 0);
        assert!((judged.nll - nll).abs() < 1e-4 && (judged.eos_nll - eos).abs() < 1e-4, "{judged:?} {nll} {eos}");
        let first = logits.get(size(start));
        let rank = first.ge_tensor(&first.get(i64::from(target[0]))).sum(Kind::Int64).int64_value(&[]);
        assert_eq!(i64::from(judged.first_rank), rank);
        assert_eq!(decoded.as_ref(), Some(&plain(&model, opening, &options)));
    }
    let alone = judge(&model, &openings, (&targets, 0), false, &options).unwrap();
    assert!(alone.iter().all(|(_, decoded)| decoded.is_none()));
    assert!(alone.iter().zip(&judged).all(|(a, b)| a.0 == b.0));
    let refused = |target: Vec<u32>| judge(&model, &openings[..1], (&[target], 0), false, &options).unwrap_err();
    assert!(refused(vec![]).to_string().contains("1 to 8 tokens"));
    assert!(refused(vec![1; 9]).to_string().contains("1 to 8 tokens"));
    assert!(refused(vec![VOCABULARY]).to_string().contains("vocabulary"));
}
