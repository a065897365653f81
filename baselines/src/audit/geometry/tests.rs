//! The geometry against dense matrices (M239).

use std::rc::Rc;

use bench::audit::{GeometryVerdict, Space};
use bench::{RepoId, Seed};
use tch::{Device, Kind, Tensor};

use super::geometry_of;
use crate::adapter::{Adapter, LoraOptions, Module, Sharing, uniform};
use crate::audit::mean::mean_adapter;
use crate::model::Config;

/// Layers of the model that the adapters are for.
const LAYERS: i64 = 3;

pub(in crate::audit) fn config() -> Config {
    let config = serde_json::json!({
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": 64, "hidden_size": 16,
        "intermediate_size": 24, "num_hidden_layers": LAYERS, "num_attention_heads": 4, "num_key_value_heads": 2,
        "max_position_embeddings": 64, "rope_theta": 10000.0, "rms_norm_eps": 1e-6, "tie_word_embeddings": true,
        "initializer_range": 0.2, "eos_token_id": 0, "hidden_act": "silu",
    });
    Config::parse("config.json".as_ref(), config.to_string().as_bytes()).unwrap()
}

/// An adapter of rank 2 whose A and B are drawn.
pub(in crate::audit) fn drawn(seed: u64, shared: bool) -> Adapter {
    let sharing = if shared { Sharing::Shared } else { Sharing::PerLayer };
    let options = LoraOptions { rank: 2, alpha: 4.0, sharing, modules: Module::ALL.to_vec() };
    let adapter = options.init(&config(), Seed(seed), Device::Cpu);
    for (index, pair) in adapter.groups().iter().flat_map(crate::adapter::Pairs::values).enumerate() {
        let seed = Seed(seed).derive("b").chunk(index as u64);
        let values = uniform(seed, 0.5, pair.b.numel());
        pair.b.shallow_clone().copy_(&Tensor::from_slice(&values).view_as(&pair.b));
    }
    adapter
}

fn repos(count: usize) -> Vec<RepoId> {
    (0..count).map(|index| format!("o/r{index}").parse().unwrap()).collect()
}

/// Delta-W of all layers, end to end.
fn dense(adapter: &Adapter) -> Tensor {
    let layers = usize::try_from(LAYERS).unwrap();
    let all: Vec<Tensor> = (0..layers)
        .flat_map(|layer| Module::ALL.map(|module| (layer, module)))
        .map(|(layer, module)| {
            (adapter.pair(layer, module).unwrap().product().to_kind(Kind::Double) * adapter.scale()).view(-1)
        })
        .collect();
    Tensor::cat(&all, 0)
}

fn flat(adapter: &Adapter, factor: fn(&crate::adapter::Pair) -> &Tensor) -> Tensor {
    let all: Vec<Tensor> = adapter
        .groups()
        .iter()
        .flat_map(crate::adapter::Pairs::values)
        .map(|pair| factor(pair).reshape(-1).to_kind(Kind::Double))
        .collect();
    Tensor::cat(&all, 0)
}

fn number(tensor: &Tensor) -> f64 {
    tensor.double_value(&[])
}

fn cosine(a: &Tensor, b: &Tensor) -> f64 {
    number(&(a.dot(b) / (a.norm() * b.norm())))
}

fn mean_cosine(vectors: &[Tensor]) -> f64 {
    let mut all = Vec::new();
    for i in 0..vectors.len() {
        all.extend((i + 1..vectors.len()).map(|j| cosine(&vectors[i], &vectors[j])));
    }
    all.iter().sum::<f64>() / all.len() as f64
}

fn close(found: Option<f64>, wanted: f64) {
    assert!((found.unwrap() - wanted).abs() < 1e-6, "{found:?} {wanted}");
}

#[test]
fn statistics_are_those_of_the_dense_matrices() {
    for shared in [true, false] {
        // More than a block.
        let adapters: Vec<Rc<Adapter>> = (0..37).map(|seed| Rc::new(drawn(seed, shared))).collect();
        let training = (100..106).map(|seed| Ok(Rc::new(drawn(seed, shared))));
        let average = mean_adapter(training, Space::Factor).unwrap().unwrap();
        let contexts: Vec<Tensor> =
            (0..37).map(|seed| Tensor::from_slice(&uniform(Seed(seed).derive("c"), 1.0, 9))).collect();
        let rows: Vec<_> = repos(37)
            .into_iter()
            .zip(&adapters)
            .zip(&contexts)
            .map(|((repo, adapter), context)| (repo, Rc::clone(adapter), Some(context.shallow_clone())))
            .collect();
        let found = geometry_of(&rows, &average, LAYERS).unwrap();
        let products: Vec<Tensor> = adapters.iter().map(|adapter| dense(adapter)).collect();
        let mean = dense(&average.adapter);
        close(found.delta.map(|cosines| cosines.mean), mean_cosine(&products));
        close(
            found.factor_a.map(|c| c.mean),
            mean_cosine(&adapters.iter().map(|a| flat(a, |pair| &pair.a)).collect::<Vec<_>>()),
        );
        close(
            found.factor_b.map(|c| c.mean),
            mean_cosine(&adapters.iter().map(|a| flat(a, |pair| &pair.b)).collect::<Vec<_>>()),
        );
        let contexts: Vec<Tensor> = contexts.iter().map(|context| context.to_kind(Kind::Double)).collect();
        close(found.contexts.map(|c| c.mean), mean_cosine(&contexts));
        let residual = |own: &Tensor| number(&((own - &mean).norm() / own.norm()));
        close(found.residual_delta, products.iter().map(residual).sum::<f64>() / 37.0);
        let both = |adapter: &Adapter| Tensor::cat(&[flat(adapter, |pair| &pair.a), flat(adapter, |pair| &pair.b)], 0);
        let mean = both(&average.adapter);
        let residual = |own: &Tensor| number(&((own - &mean).norm() / own.norm()));
        close(found.residual_factor, adapters.iter().map(|own| residual(&both(own))).sum::<f64>() / 37.0);
        // Participation ratio from the singular values themselves.
        let stacked = Tensor::stack(&products, 0);
        let centre = stacked.mean_dim(0, true, Kind::Double);
        let (_, s, _) = (&stacked - &centre).svd(true, true);
        let squares = s.square();
        close(found.effective_rank, number(&(squares.sum(Kind::Double).square() / squares.square().sum(Kind::Double))));
        let share = centre.square().sum(Kind::Double) / stacked.square().sum(Kind::Double) * 37.0;
        close(found.norm_share, number(&share));
        let (adapters, contexts) = (found.delta.unwrap().mean, found.contexts.unwrap().mean);
        close(found.sensitivity, (1.0 - adapters) / (1.0 - contexts));
        assert_eq!((found.verdict, found.pairs.len()), (Some(GeometryVerdict::Diverse), 37 * 36 / 2));
    }
}

#[test]
fn equal_adapters_are_collapsed() {
    let own = Rc::new(drawn(5, true));
    let average = mean_adapter([Ok(Rc::clone(&own))].into_iter(), Space::Factor).unwrap().unwrap();
    let rows: Vec<_> = repos(4).into_iter().map(|repo| (repo, Rc::clone(&own), None)).collect();
    let found = geometry_of(&rows, &average, LAYERS).unwrap();
    assert_eq!((found.verdict, found.effective_rank), (Some(GeometryVerdict::Collapsed), None));
    close(found.delta.map(|cosines| cosines.above_0_999), 1.0);
    close(found.norm_share, 1.0);
    assert!(found.residual_delta.unwrap() < 1e-6 && found.contexts.is_none() && found.sensitivity.is_none());
}

/// A rotation between A and B changes neither Delta-W nor its mean.
#[test]
fn rotated_factors_are_one_product() {
    let own = drawn(5, false);
    let turned = drawn(5, false);
    for pair in turned.groups().iter().flat_map(crate::adapter::Pairs::values) {
        pair.a.shallow_clone().copy_(&(pair.a.flip([0]) * -3.0));
        pair.b.shallow_clone().copy_(&(pair.b.flip([1]) / -3.0));
    }
    let both = [Rc::new(own), Rc::new(turned)];
    let average = mean_adapter(both.iter().map(|one| Ok(Rc::clone(one))), Space::Delta).unwrap().unwrap();
    let rows: Vec<_> = repos(2).into_iter().zip(&both).map(|(repo, one)| (repo, Rc::clone(one), None)).collect();
    let found = geometry_of(&rows, &average, LAYERS).unwrap();
    close(found.delta.map(|cosines| cosines.mean), 1.0);
    assert!(found.residual_delta.unwrap() < 1e-4 && found.residual_factor.is_none());
    assert!(found.factor_a.unwrap().mean < 0.9);
    close(found.kept_of_mean, 1.0);
}
