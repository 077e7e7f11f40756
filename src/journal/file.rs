//! Directory and files: modes, durable appends, locks.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::error::JournalError;

/// Makes the directory for its owner alone. One that is open to others is closed: the journal names people.
pub(super) fn prepare_dir(dir: &Path) -> Result<(), JournalError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(JournalError::io("make the directory", dir))?;
    let mode = fs::metadata(dir).map_err(JournalError::io("read the directory", dir))?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(dir, Permissions::from_mode(0o700))
            .map_err(JournalError::io("close the directory", dir))?;
    }
    Ok(())
}

/// Makes a new file for its owner alone and locks it; `None` when the name is taken.
pub(super) fn create(path: &Path) -> Result<Option<File>, JournalError> {
    let file = match OpenOptions::new().append(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(JournalError::io("make", path)(error)),
    };
    // Nobody else can hold the lock of a file that did not exist, except a reader for an instant.
    file.lock().map_err(JournalError::io("lock", path))?;
    Ok(Some(file))
}

/// Opens a run file to go on with it and locks it; `None` when another process has it.
pub(super) fn open_again(path: &Path) -> Result<Option<File>, JournalError> {
    let file = OpenOptions::new().read(true).append(true).open(path).map_err(JournalError::io("open", path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(JournalError::io("lock", path)(error)),
    }
}

/// Cuts a file to its whole lines and waits until that is on disk.
pub(super) fn cut(file: &File, path: &Path, length: u64) -> Result<(), JournalError> {
    file.set_len(length).and_then(|()| file.sync_data()).map_err(JournalError::io("cut the broken line off", path))
}

/// Makes the name of a new file durable.
pub(super) fn sync_dir(dir: &Path) -> Result<(), JournalError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(JournalError::io("write to disk the directory", dir))
}

/// Appends to a file of length `length` and waits until it is on disk. On a failure the piece is taken off again, so
/// that the next line does not follow half a line.
pub(super) fn append(file: &mut File, path: &Path, length: u64, line: &str) -> Result<(), JournalError> {
    file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(|error| {
        // If this fails too, the chain says so: a torn line, or a line that does not hold.
        let _ = file.set_len(length);
        JournalError::io("write to", path)(error)
    })
}
