//! The files beside the tables: outside the seal, but of one release (R148).

use super::{Check, Findings};
use crate::error::{Error, Result};
use crate::release::{LICENCES, PROVENANCE, Release, licences};

/// Checks that the provenance is that of `release`, and that the licences are those of both. The card is for people to
/// write in, and releases of earlier versions have none of these files.
pub(super) fn check(release: &Release, findings: &mut Findings) {
    let provenance = match release.provenance() {
        Ok(Some(provenance)) => provenance,
        Ok(None) => return,
        Err(error) => return findings.unreadable(Check::Beside, PROVENANCE, &error),
    };
    findings.note(Check::Beside, PROVENANCE, None::<fn() -> String>);
    match read(release) {
        Ok(found) => {
            let same = found == licences(release.manifest(), &provenance);
            findings.expect(Check::Beside, LICENCES, same, || {
                "are not those that the manifest and the provenance give".to_owned()
            });
        }
        Err(error) => findings.unreadable(Check::Beside, LICENCES, &error),
    }
}

fn read(release: &Release) -> Result<String> {
    let path = release.root().join(LICENCES);
    std::fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))
}
