//! The decoder against the reference implementation, and against itself: batched, padded, cached.
//!
//! `../golden/make_qwen2.py` made the checkpoints and the expected values.

use crate::golden::{self, GOLDEN, Golden};
use baselines::model::{Cache, Input, Layout, Positions, Precision, Qwen2, load};
use baselines::{DecodeOptions, Decoded, decode};
use bench::Stop;
use tch::{Device, Kind, Tensor};

fn model(name: &str, precision: Precision) -> Qwen2 {
    let (config, parameters) = load(&golden::folder(name), precision, Device::Cpu).unwrap();
    Qwen2::new(&config, &parameters)
}

/// Logits [T, V] of one row with `padding` columns of the id `filler` before it.
fn logits(model: &Qwen2, prompt: &[u32], padding: usize, filler: i64) -> Tensor {
    let mut ids = vec![filler; padding];
    ids.extend(prompt.iter().map(|&id| i64::from(id)));
    let ids = Tensor::from_slice(&ids).unsqueeze(0);
    let padding = i64::try_from(padding).unwrap();
    let input =
        Input { ids: &ids, layout: Layout::Left(&[padding]), positions: Positions::All, adapters: None, noise: None };
    let all = tch::no_grad(|| model.forward(&input, None));
    all.squeeze_dim(0).slice(0, padding, None, 1)
}

fn difference(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    f64::try_from((a - b).abs().max()).unwrap()
}

fn rms(a: &Tensor, b: &Tensor) -> f64 {
    f64::try_from((a - b).square().mean(Kind::Double).sqrt()).unwrap()
}

fn decode_all(model: &Qwen2, golden: &Golden, options: &DecodeOptions) -> Vec<Decoded> {
    decode::greedy(model, &golden.prompts, options).unwrap()
}

#[test]
fn logits_equal_the_reference_in_f32() {
    for name in GOLDEN {
        let found = difference(
            &logits(&model(name, Precision::F32), &Golden::read(name).prompts[0], 0, 0),
            &golden::tensor(name, "logits.f32"),
        );
        eprintln!("{name}: largest difference of f32 logits {found:e}");
        assert!(found <= 1e-4, "{name}: {found:e}");
    }
}

/// Two orders of summation in bf16 differ visibly, so the yardstick is how far the reference itself is from f32.
#[test]
fn bf16_is_as_near_to_f32_as_the_reference_is() {
    for name in GOLDEN {
        let exact = golden::tensor(name, "logits.f32");
        let theirs = rms(&golden::tensor(name, "logits.bf16"), &exact);
        let model = model(name, Precision::BF16);
        assert_eq!(model.kind(), Kind::BFloat16);
        let found = logits(&model, &Golden::read(name).prompts[0], 0, 0);
        assert_eq!(found.kind(), Kind::Float);
        let ours = rms(&found, &exact);
        eprintln!("{name}: bf16 is {ours:.4} from f32, the reference {theirs:.4}");
        assert!(ours <= 1.25 * theirs, "{name}: {ours} against {theirs}");
    }
}

#[test]
fn greedy_continuations_equal_the_reference() {
    for name in GOLDEN {
        let golden = Golden::read(name);
        let model = model(name, Precision::F32);
        for (case, expected) in &golden.cases {
            let options = golden.options(case);
            assert_eq!(&decode_all(&model, &golden, &options), expected, "{name}, {case}");
        }
    }
}

#[test]
fn batch_equals_one_by_one() {
    for name in GOLDEN {
        let golden = Golden::read(name);
        let model = model(name, Precision::F32);
        let options = golden.options("stopped");
        let together = decode_all(&model, &golden, &options);
        for (batch_rows, batch_tokens) in [(1, 32_768), (2, 32_768), (6, 1), (6, 130)] {
            let options = DecodeOptions { batch_rows, batch_tokens, ..options.clone() };
            assert_eq!(decode_all(&model, &golden, &options), together, "{name}, {batch_rows} rows");
        }
    }
}

#[test]
fn results_are_in_the_order_of_the_prompts() {
    let golden = Golden::read(GOLDEN[0]);
    let model = model(GOLDEN[0], Precision::F32);
    let options = golden.options("stopped");
    let mut backwards = golden.prompts.clone();
    backwards.reverse();
    let mut found = decode::greedy(&model, &backwards, &options).unwrap();
    found.reverse();
    assert_eq!(found, decode_all(&model, &golden, &options));
}

/// M227: what stands in the padding does not matter, not even the id that also ends texts.
#[test]
fn left_padding_changes_nothing() {
    for name in GOLDEN {
        let model = model(name, Precision::F32);
        let prompt = &Golden::read(name).prompts[2];
        let plain = logits(&model, prompt, 0, 0);
        for (padding, filler) in [(1, 0), (7, 0), (7, 9)] {
            let found = difference(&logits(&model, prompt, padding, filler), &plain);
            assert!(found <= 2e-5, "{name}, {padding} columns of {filler}: {found:e}");
        }
    }
}

#[test]
fn cached_logits_equal_uncached_ones() {
    for name in GOLDEN {
        let model = model(name, Precision::F32);
        let prompts = &Golden::read(name).prompts;
        let rows = [&prompts[0][..17], &prompts[2][..], &prompts[1][..]];
        let padding = [0, 0, 14];
        let ids: Vec<i64> = padding
            .iter()
            .zip(rows)
            .flat_map(|(&left, row)| (0..left).map(|_| 0).chain(row.iter().map(|&id| i64::from(id))))
            .collect();
        let ids = Tensor::from_slice(&ids).view([3, 17]);
        let whole = tch::no_grad(|| {
            model.forward(
                &Input {
                    ids: &ids,
                    layout: Layout::Left(&padding),
                    positions: Positions::All,
                    adapters: None,
                    noise: None,
                },
                None,
            )
        });
        let mut cache = Cache::new(model.config(), 3, 17, Kind::Float, Device::Cpu);
        let mut pieces = Vec::new();
        for (start, columns) in [(0, 15), (15, 1), (16, 1)] {
            let ids = ids.narrow(1, start, columns);
            let input = Input {
                ids: &ids,
                layout: Layout::Left(&padding),
                positions: Positions::All,
                adapters: None,
                noise: None,
            };
            pieces.push(tch::no_grad(|| model.forward(&input, Some(&mut cache))));
        }
        // Padding columns hold nothing of meaning; the last three columns are real in every row.
        let found = difference(&Tensor::cat(&pieces, 1).narrow(1, 14, 3), &whole.narrow(1, 14, 3));
        assert!(found <= 2e-5, "{name}: {found:e}");
        assert_eq!(cache.len(), 17);
    }
}

#[test]
fn asked_positions_are_rows_of_all_logits() {
    let model = model(GOLDEN[1], Precision::F32);
    let ids = Tensor::from_slice(&[5_i64, 6, 7, 8, 9, 10]).view([2, 3]);
    let at = |positions| {
        tch::no_grad(|| {
            model.forward(
                &Input { ids: &ids, layout: Layout::Left(&[0, 0]), positions, adapters: None, noise: None },
                None,
            )
        })
    };
    let all = at(Positions::All);
    assert_eq!(all.size(), [2, 3, 512]);
    assert!(difference(&at(Positions::Last), &all.select(1, 2)) <= 1e-5);
    let indices = Tensor::from_slice(&[4_i64, 0]);
    let expected = Tensor::stack(&[all.get(1).get(1), all.get(0).get(0)], 0);
    assert!(difference(&at(Positions::At(&indices)), &expected) <= 1e-5);
    // What the last layer leaves out is not asked for, with and without padding.
    let late = Tensor::from_slice(&[5_i64, 4, 2]);
    for padding in [[0, 0], [0, 1], [2, 0]] {
        let at = |positions| {
            let input = Input { ids: &ids, layout: Layout::Left(&padding), positions, adapters: None, noise: None };
            tch::no_grad(|| model.forward(&input, None))
        };
        let expected = at(Positions::At(&late));
        for from in [0, 1] {
            assert!(difference(&at(Positions::Tail { at: &late, from }), &expected) <= 1e-5, "{padding:?} {from}");
        }
    }
}

#[test]
fn prompts_that_cannot_be_answered_are_refused() {
    let model = model(GOLDEN[0], Precision::F32);
    let options = DecodeOptions::new(8, vec![0], Vec::new());
    for (prompt, message) in [
        (Vec::new(), "`prompt` is empty, but at least one token is needed"),
        (vec![1, 256], "`prompt` is 256, but the vocabulary ends at 256"),
        (vec![1; 505], "`prompt tokens` is 505, but with 8 new ones the model reads at most 512 tokens"),
    ] {
        let error = decode::greedy(&model, &[vec![1], prompt], &options).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn nothing_is_decoded_where_nothing_is_asked_for() {
    let model = model(GOLDEN[0], Precision::F32);
    let none = DecodeOptions::new(0, vec![0], Vec::new());
    let expected = Decoded { ids: Vec::new(), stop: Stop::Length };
    assert_eq!(decode::greedy(&model, &[vec![4], vec![5, 6]], &none).unwrap(), [expected.clone(), expected]);
    assert_eq!(decode::greedy(&model, &[], &DecodeOptions::new(9, vec![0], Vec::new())).unwrap(), []);
}

/// Among equal logits the lowest id wins: here all are zero, because the head is.
#[test]
fn ties_go_to_the_lowest_id() {
    let (mut config, mut parameters) = load(&golden::folder(GOLDEN[0]), Precision::F32, Device::Cpu).unwrap();
    config.tie_word_embeddings = false;
    parameters.insert("lm_head.weight".to_owned(), Tensor::zeros([256, 48], (Kind::Float, Device::Cpu)));
    let model = Qwen2::new(&config, &parameters);
    let options = DecodeOptions::new(3, vec![9], vec![0, 1]);
    assert_eq!(decode::greedy(&model, &[vec![4]], &options).unwrap()[0].ids, [2, 2, 2]);
}

#[test]
fn numbers_that_are_none_stop_the_decoder() {
    let (config, mut parameters) = load(&golden::folder(GOLDEN[0]), Precision::F32, Device::Cpu).unwrap();
    parameters.insert("model.norm.weight".to_owned(), Tensor::full([48], f64::NAN, (Kind::Float, Device::Cpu)));
    let model = Qwen2::new(&config, &parameters);
    let error = decode::greedy(&model, &[vec![4]], &DecodeOptions::new(3, vec![9], Vec::new())).unwrap_err();
    assert_eq!(error.to_string(), "sum of the logits is NaN at step 0");
}
