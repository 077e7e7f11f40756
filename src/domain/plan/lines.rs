//! What a step sends, as people write it: the Graph call and the PowerShell line that would do the same.
//!
//! Only ids, country codes and fixed words stand in them: nothing from the tenant can break out of a quote.

use super::{Change, Step};

impl Step {
    /// The Graph call in one line.
    pub fn graph_line(&self) -> String {
        let body = self.request.body.as_ref().map(|b| format!(" {b}")).unwrap_or_default();
        format!("{} {}{body}", self.request.method.as_str(), self.request.path)
    }

    /// The line of Microsoft Graph PowerShell that would do the same.
    pub fn powershell(&self) -> String {
        let id = self.target;
        let list = |ids: Vec<String>| format!("@({})", ids.join(", "));
        let quoted = |id: &dyn std::fmt::Display| format!("'{id}'");
        match &self.change {
            Change::SetUsageLocation { to } => format!("Update-MgUser -UserId '{id}' -UsageLocation '{to}'"),
            Change::AssignLicense { add, remove } => {
                let add = add.iter().map(|a| {
                    let off = list(a.disabled.iter().map(|p| quoted(p)).collect());
                    format!("@{{SkuId = '{}'; DisabledPlans = {off}}}", a.sku)
                });
                let (add, remove) = (list(add.collect()), list(remove.iter().map(|s| quoted(s)).collect()));
                let cmdlet = match self.target.group() {
                    Some(_) => "Set-MgGroupLicense -GroupId",
                    None => "Set-MgUserLicense -UserId",
                };
                format!("{cmdlet} '{id}' -AddLicenses {add} -RemoveLicenses {remove}")
            }
            Change::Reprocess => format!("Invoke-MgLicenseUser -UserId '{id}'"),
            Change::JoinGroup { group } => format!("New-MgGroupMember -GroupId '{group}' -DirectoryObjectId '{id}'"),
            Change::LeaveGroup { group } => {
                format!("Remove-MgGroupMemberDirectoryObjectByRef -GroupId '{group}' -DirectoryObjectId '{id}'")
            }
            Change::ProcessRule { on } => {
                let word = if *on { "On" } else { "Paused" };
                format!("Update-MgGroup -GroupId '{id}' -MembershipRuleProcessingState '{word}'")
            }
        }
    }
}
