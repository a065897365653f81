//! Where tensors live: the one place that looks for a GPU, and that sets torch's threads.
//!
//! The build links the CPU half of libtorch only. The CUDA half registers its kernels when it is loaded, so one build
//! serves both machines. It must be loaded before the first call into libtorch: libtorch asks once whether CUDA is
//! there and keeps the answer for the life of the process.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use tch::Device;

use crate::error::{Error, Result};

/// The library with the CUDA kernels, looked up on the loader's path and on the run path of the binary.
const CUDA_LIBRARY: &str = "libtorch_cuda.so";

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// The first GPU if there is one, the CPU otherwise.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of this index; an error if it is not there.
    Cuda(usize),
}

impl FromStr for DeviceChoice {
    type Err = Error;

    /// Reads `auto`, `cpu`, `cuda` or `cuda:N`.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|index| index.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| Error::option("device", text, "only auto, cpu and cuda:N are known")),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// The device that is used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Where tensors are made.
    pub device: Device,
    /// One clause for the user: `no GPU: libtorch_cuda.so is not installed`.
    pub reason: String,
}

impl Selected {
    /// The device as the command line names it.
    pub fn name(&self) -> String {
        match self.device {
            Device::Cuda(index) => DeviceChoice::Cuda(index).to_string(),
            _ => DeviceChoice::Cpu.to_string(),
        }
    }
}

/// Finds the device for `choice`. The first call decides for the process whether CUDA can be used at all, so it must
/// come before any other use of this crate.
///
/// # Errors
/// [`Error::Device`] if a GPU was asked for by number and is not there.
pub fn select(choice: DeviceChoice) -> Result<Selected> {
    if choice == DeviceChoice::Cpu {
        return Ok(Selected { device: Device::Cpu, reason: "asked for".to_owned() });
    }
    let found = cuda();
    match (choice, found) {
        (DeviceChoice::Cuda(index), Ok(count)) if index < count => {
            Ok(Selected { device: Device::Cuda(index), reason: "asked for".to_owned() })
        }
        (DeviceChoice::Cuda(_), Ok(count)) => Err(Error::Device {
            device: choice.to_string(),
            reason: format!("there are {count} GPUs, numbered from 0"),
        }),
        (DeviceChoice::Cuda(_), Err(reason)) => Err(Error::Device { device: choice.to_string(), reason }),
        (_, Ok(count)) => Ok(Selected { device: Device::Cuda(0), reason: format!("first of {count} GPUs") }),
        (_, Err(reason)) => Ok(Selected { device: Device::Cpu, reason: format!("no GPU: {reason}") }),
    }
}

/// Waits until everything that was asked of `device` is computed.
pub fn synchronize(device: Device) {
    if let Device::Cuda(index) = device {
        tch::Cuda::synchronize(i64::try_from(index).unwrap_or(0));
    }
}

/// Gives torch `threads` threads. The same numbers need the same count of threads: sums are split by thread.
pub fn configure(threads: usize) {
    tch::set_num_threads(i32::try_from(threads.max(1)).unwrap_or(i32::MAX));
}

/// The number of usable GPUs, or why there is none; looked up once.
fn cuda() -> std::result::Result<usize, String> {
    static FOUND: OnceLock<std::result::Result<usize, String>> = OnceLock::new();
    FOUND.get_or_init(load_cuda).clone()
}

#[expect(unsafe_code, reason = "loading a library runs its initialisers; this one only registers kernels")]
fn load_cuda() -> std::result::Result<usize, String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY};
    // SAFETY: libtorch's own library, of the version this build is linked against; it is never unloaded.
    let library = unsafe { Library::open(Some(CUDA_LIBRARY), RTLD_LAZY | RTLD_GLOBAL) };
    match library {
        Ok(library) => std::mem::forget(library),
        Err(error) => return Err(format!("{CUDA_LIBRARY} cannot be loaded ({error})")),
    }
    match usize::try_from(tch::Cuda::device_count()) {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("the CUDA libraries are installed, but the driver shows no GPU".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_and_written() {
        for (text, choice) in [
            ("auto", DeviceChoice::Auto),
            ("cpu", DeviceChoice::Cpu),
            ("cuda:0", DeviceChoice::Cuda(0)),
            ("cuda:3", DeviceChoice::Cuda(3)),
        ] {
            assert_eq!(text.parse::<DeviceChoice>().unwrap(), choice);
            assert_eq!(choice.to_string(), text);
        }
        let error = "gpu".parse::<DeviceChoice>().unwrap_err().to_string();
        assert_eq!(error, "`device` is gpu, but only auto, cpu and cuda:N are known");
    }

    #[test]
    fn automatic_choice_always_finds_a_device_and_says_why() {
        let selected = select(DeviceChoice::Auto).unwrap();
        assert!(!selected.reason.is_empty());
        let far = select(DeviceChoice::Cuda(4096)).unwrap_err();
        assert!(far.to_string().starts_with("device `cuda:4096` cannot be used"), "{far}");
    }
}
