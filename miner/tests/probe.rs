#[test]
#[ignore = "scratch"]
fn write_out() {
    let into = std::path::PathBuf::from(std::env::var("PROBE_OUT").unwrap());
    let start = std::time::Instant::now();
    miner::probe::generate(&miner::probe::ProbeOptions::default(), &into, &|_, _| {}).unwrap();
    eprintln!("{:?}", start.elapsed());
}
