//! How much memory the process has needed.

/// The most memory the process has held so far, in bytes; nothing where the system does not say.
pub(super) fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_process_has_a_peak() {
        assert!(super::peak_bytes().is_some_and(|bytes| bytes > 1 << 20));
    }
}
