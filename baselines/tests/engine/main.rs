//! The engine, from the outside: models, files, decoding, tokenizer, training.

mod checkpoint_folder;
mod golden;
mod pretrain;
mod qwen2;
mod tokenizer;
mod training;
