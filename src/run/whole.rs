//! Files that appear whole or not at all.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::exit::Failure;

/// A file that is written beside its place and moved there when it is whole. Only its owner may read it: it names
/// people and what they lack.
pub(super) struct Whole {
    pub(super) out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Whole {
    pub(super) fn create(path: &Path) -> Result<Whole, Failure> {
        let fail = |why: &dyn std::fmt::Display| Failure::local(format_args!("cannot write {}: {why}", path.display()));
        if path.is_dir() {
            return Err(fail(&"it is a directory"));
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(fail(&format_args!("there is no folder {}", folder.display())));
        }
        // A temporary file is made with mode 0600. Its own name in the error would only puzzle.
        let file = NamedTempFile::new_in(folder).map_err(|e| fail(&e.kind()))?;
        Ok(Whole { out: BufWriter::new(file), path: path.to_owned() })
    }

    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> Failure {
        Failure::local(format_args!("cannot write {}: {error}", self.path.display()))
    }

    pub(super) fn publish(self) -> Result<(), Failure> {
        let Whole { out, path } = self;
        let fail = |why: &dyn std::fmt::Display| Failure::local(format_args!("cannot write {}: {why}", path.display()));
        let file = out.into_inner().map_err(|e| fail(&e.error()))?;
        file.as_file().sync_all().map_err(|e| fail(&e))?;
        file.persist(&path).map_err(|e| fail(&e.error))?;
        Ok(())
    }
}
