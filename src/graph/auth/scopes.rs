//! What to ask for when a person signs in, and what each permission is for (reference 13).

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Profile {
    /// Also repair.
    pub fix: bool,
    /// Also read sign-ins and the directory audit.
    pub audit: bool,
}

impl Profile {
    /// The permissions without which something cannot be read.
    pub const READ: [&'static str; 4] =
        ["User.Read.All", "GroupMember.Read.All", "LicenseAssignment.Read.All", "Organization.Read.All"];

    /// What repairing needs besides.
    pub const FIX: [&'static str; 3] =
        ["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "GroupMember.ReadWrite.All"];

    /// What the optional passes need besides.
    pub const AUDIT: &'static str = "AuditLog.Read.All";

    /// The names of the permissions.
    pub fn permissions(self) -> Vec<&'static str> {
        let mut names = Profile::READ.to_vec();
        if self.fix {
            names.extend(Profile::FIX);
        }
        if self.audit {
            names.push(Profile::AUDIT);
        }
        names
    }
}

/// The scopes that a person's sign-in asks for: whoever only looks asks for nothing that writes.
pub fn delegated(profile: Profile, graph: &str) -> Vec<String> {
    let of_graph = profile.permissions().into_iter().map(|name| format!("{graph}/{name}"));
    // `offline_access` brings the refresh token that outlives the first hour.
    of_graph.chain(["openid", "profile", "offline_access"].map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_asks_for_nothing_that_writes() {
        let read = delegated(Profile::default(), "https://graph.microsoft.com").join(" ");
        assert!(!read.contains("Write") && !read.contains("AuditLog"), "{read}");
        assert!(read.contains("https://graph.microsoft.com/User.Read.All") && read.contains("offline_access"));
        let fix = delegated(Profile { fix: true, audit: true }, "x").join(" ");
        assert!(fix.contains("x/LicenseAssignment.ReadWrite.All") && fix.contains("AuditLog.Read.All"));
    }
}
