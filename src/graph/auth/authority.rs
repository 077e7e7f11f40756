//! Where sign-in happens: the login host of a cloud, or one that was named.

use std::fmt;

use reqwest::Url;

use super::super::base::{BadUrl, Cloud, is_loopback};
use super::token::SourceKind;

/// A sign-in host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    url: Url,
    /// The cloud whose host it is; `None` for one that was named.
    cloud: Option<Cloud>,
}

impl Authority {
    /// The host of a cloud.
    pub fn of(cloud: Cloud) -> Authority {
        match Url::parse(cloud.login()) {
            Ok(url) => Authority { url, cloud: Some(cloud) },
            // The four constants parse; a test goes through them.
            Err(_) => unreachable!("the sign-in hosts are constants that parse"),
        }
    }

    /// A host that was named: https anywhere, http on this machine only.
    pub fn parse(text: &str) -> Result<Authority, BadUrl> {
        let bad = || BadUrl::Login(super::super::base::short(text));
        let url = Url::parse(text.trim()).map_err(|_| bad())?;
        let safe = url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url);
        let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        if !safe || !bare || url.query().is_some() || url.fragment().is_some() || !url.has_host() {
            return Err(bad());
        }
        let cloud = Cloud::ALL.into_iter().find(|cloud| Authority::of(*cloud).url.origin() == url.origin());
        Ok(Authority { url, cloud })
    }

    /// Where its tokens may go.
    pub fn kind(&self) -> SourceKind {
        self.cloud.map_or(SourceKind::OwnLogin, SourceKind::Microsoft)
    }

    /// Whether two hosts are the same.
    pub fn is(&self, other: &Authority) -> bool {
        self.url.origin() == other.url.origin()
    }

    /// The host with the cloud that the operator chose: two clouds share one.
    #[must_use]
    pub fn in_cloud(mut self, cloud: Cloud) -> Authority {
        if self.is(&Authority::of(cloud)) {
            self.cloud = Some(cloud);
        }
        self
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// A URL of the host; `path` begins with a slash.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url.as_str().trim_end_matches('/'))
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

/// What every sign-in at such a host needs.
#[derive(Debug, Clone)]
pub struct Login {
    /// The host.
    pub authority: Authority,
    /// The tenant, by id or domain; `organizations` where the person decides.
    pub tenant: String,
    /// The application.
    pub client_id: String,
    /// The origin of the Graph that the token is for, without a slash at its end.
    pub graph: String,
}

impl Login {
    /// The scope of whatever was consented to.
    pub(super) fn default_scope(&self) -> String {
        format!("{}/.default", self.graph)
    }

    pub(super) fn endpoint(&self, name: &str) -> String {
        self.authority.at(&format!("/{}/oauth2/v2.0/{name}", self.tenant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_https_or_this_machine_and_nothing_more() {
        for cloud in Cloud::ALL {
            let named = Authority::parse(cloud.login()).unwrap();
            assert_eq!(named.in_cloud(cloud).kind(), SourceKind::Microsoft(cloud));
        }
        assert_eq!(Authority::parse("http://127.0.0.1:9").unwrap().kind(), SourceKind::OwnLogin);
        for bad in ["http://login.example", "login.example", "https://a:b@c.d", "https://a.b/tenant", "https://a.b?x=1"]
        {
            assert!(matches!(Authority::parse(bad), Err(BadUrl::Login(_))), "{bad}");
        }
    }
}
