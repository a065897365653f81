//! The engine, from the outside: models, files, decoding, tokenizer, training.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests may panic, and some report what they measured")]

mod adapter;
mod checkpoint_folder;
mod encoder;
mod generated;
mod golden;
mod hypernetwork;
mod pretrain;
mod qwen2;
mod qwen3;
mod speed;
mod speed_networks;
mod tokenizer;
mod training;
mod training_run;
