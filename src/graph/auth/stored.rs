//! A refresh token in a file, for whoever asked for that by `tenantry login --store file`: mode 0600, never through a
//! link, and used only with the host, tenant and application that it was given for.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::authority::Login;

/// The name in the state directory.
const NAME: &str = "refresh-token.json";

/// The largest file that is read.
const LARGEST: u64 = 64 << 10;

/// Why the file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Others can read it.
    #[error("{0} can be read by others: run `chmod 600` on it, or `tenantry logout`")]
    Open(String),
    /// It is no file, or not ours.
    #[error("{0} is not a plain file of yours: remove it")]
    NotOurs(String),
    /// It cannot be read or written.
    #[error("{path}: {why}")]
    Failed {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
}

/// The place of the file.
#[derive(Debug, Clone)]
pub struct Stored {
    path: PathBuf,
}

impl Stored {
    /// In a state directory.
    pub fn in_dir(state: &Path) -> Stored {
        Stored { path: state.join(NAME) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> StoreError {
        StoreError::Failed { path: self.path.display().to_string(), why: why.to_string() }
    }

    /// The refresh token of such a sign-in; `None` where nothing, or something of another one, is kept.
    pub(super) fn read(&self, login: &Login) -> Result<Option<SecretString>, StoreError> {
        let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits();
        let file = match OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            // A link that is not followed.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(StoreError::NotOurs(self.path.display().to_string()));
            }
            Err(error) => return Err(self.failed(&error)),
        };
        let about = file.metadata().map_err(|error| self.failed(&error))?;
        if !about.is_file() || about.uid() != rustix::process::geteuid().as_raw() {
            return Err(StoreError::NotOurs(self.path.display().to_string()));
        }
        if about.mode() & 0o077 != 0 {
            return Err(StoreError::Open(self.path.display().to_string()));
        }
        let mut text = String::new();
        file.take(LARGEST).read_to_string(&mut text).map_err(|error| self.failed(&error))?;
        let kept: Value = serde_json::from_str(&text).map_err(|_| self.failed(&"it is damaged: log in again"))?;
        let same = |name: &str, value: &str| kept[name].as_str().is_some_and(|kept| kept.eq_ignore_ascii_case(value));
        let same = same("login", &login.authority.to_string())
            && same("tenant", &login.tenant)
            && same("client_id", &login.client_id);
        Ok(kept["refresh_token"].as_str().filter(|_| same).map(SecretString::from))
    }

    /// Keeps a refresh token.
    pub(super) fn write(&self, login: &Login, token: &SecretString) -> Result<(), StoreError> {
        let folder = self.path.parent().ok_or_else(|| self.failed(&"there is no folder for it"))?;
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| self.failed(&error))?;
        // A temporary file has mode 0600, and moving it into place replaces a link instead of following it.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| self.failed(&error.kind()))?;
        let text = json!({
            "version": 1, "login": login.authority.to_string(), "tenant": login.tenant,
            "client_id": login.client_id, "refresh_token": token.expose_secret(),
        });
        file.write_all(text.to_string().as_bytes()).map_err(|error| self.failed(&error))?;
        file.as_file().sync_all().map_err(|error| self.failed(&error))?;
        file.persist(&self.path).map_err(|error| self.failed(&error.error))?;
        Ok(())
    }

    /// Forgets whatever is kept; false where nothing was.
    pub fn forget(&self) -> Result<bool, StoreError> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failed(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::authority::Authority;
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_token_is_for_its_own_sign_in_and_for_nobody_elses_eyes() {
        let dir = tempfile::tempdir().unwrap();
        let stored = Stored::in_dir(&dir.path().join("state"));
        let login = |tenant: &str| Login {
            authority: Authority::parse("https://login.example").unwrap(),
            tenant: tenant.to_owned(),
            client_id: "app".to_owned(),
            graph: String::new(),
        };
        assert!(stored.read(&login("t")).unwrap().is_none());
        stored.write(&login("t"), &SecretString::from("hush")).unwrap();
        assert_eq!(stored.read(&login("T")).unwrap().unwrap().expose_secret(), "hush");
        assert!(stored.read(&login("other")).unwrap().is_none());
        assert_eq!(fs::metadata(stored.path()).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(stored.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(stored.read(&login("t")), Err(StoreError::Open(_))));
        assert_eq!((stored.forget(), stored.forget()), (Ok(true), Ok(false)));
        std::os::unix::fs::symlink("/etc/passwd", stored.path()).unwrap();
        assert!(matches!(stored.read(&login("t")), Err(StoreError::NotOurs(_))));
    }
}
