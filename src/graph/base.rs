//! Where Graph is. The base URL decides who may see the token: its origin, and nobody else.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use reqwest::Url;

/// The clouds of Microsoft, each with a login host and a Graph host of its own (reference 9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cloud {
    /// The public cloud and GCC.
    #[default]
    Global,
    /// US Government L4.
    GccHigh,
    /// US Government L5.
    Dod,
    /// 21Vianet.
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Cloud; 4] = [Cloud::Global, Cloud::GccHigh, Cloud::Dod, Cloud::China];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Cloud::Global => "global",
            Cloud::GccHigh => "gcc-high",
            Cloud::Dod => "dod",
            Cloud::China => "china",
        }
    }

    /// The origin that signs people in.
    pub fn login(self) -> &'static str {
        match self {
            Cloud::Global => "https://login.microsoftonline.com",
            Cloud::GccHigh | Cloud::Dod => "https://login.microsoftonline.us",
            Cloud::China => "https://login.partner.microsoftonline.cn",
        }
    }

    /// The origin of Graph.
    pub fn graph(self) -> &'static str {
        match self {
            Cloud::Global => "https://graph.microsoft.com",
            Cloud::GccHigh => "https://graph.microsoft.us",
            Cloud::Dod => "https://dod-graph.microsoft.us",
            Cloud::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }

    /// The one scope that credentials are asked for.
    pub fn scope(self) -> String {
        format!("{}/.default", self.graph())
    }
}

impl FromStr for Cloud {
    type Err = BadUrl;
    fn from_str(text: &str) -> Result<Cloud, BadUrl> {
        let word = text.trim();
        Cloud::ALL
            .into_iter()
            .find(|cloud| cloud.as_str().eq_ignore_ascii_case(word))
            .ok_or_else(|| BadUrl::Cloud(short(word)))
    }
}

/// A base URL that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Not a URL.
    #[error("`{0}` is not a URL; write it like https://graph.microsoft.com/v1.0")]
    Unreadable(String),
    /// Neither https nor http.
    #[error("`{0}` is neither https nor http; write it like https://graph.microsoft.com/v1.0")]
    Scheme(String),
    /// http to another machine: the token would travel in the clear.
    #[error(
        "`{0}` would send the token in the clear: use https, or http to this machine only (127.0.0.1, ::1, localhost)"
    )]
    Clear(String),
    /// A name or password, a query or a fragment inside.
    #[error(
        "a Graph URL has no user, query or fragment: write scheme, host and version only, like https://graph.microsoft.com/v1.0"
    )]
    Extra,
    /// Not a sign-in host.
    #[error("`{0}` is no sign-in host; write it like https://login.microsoftonline.com (http only to this machine)")]
    Login(String),
    /// No such cloud.
    #[error("`{0}` is not a cloud; there are global, gcc-high, dod and china")]
    Cloud(String),
}

pub(super) fn short(text: &str) -> String {
    crate::domain::text::Clean::owned(text.chars().take(80).collect()).to_string()
}

/// A base URL with its version segment and no trailing slash.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads a base URL: https to anywhere, http to loopback. Without a path, `/v1.0` is appended.
    pub fn parse(text: &str) -> Result<BaseUrl, BadUrl> {
        let mut url = Url::parse(text.trim()).map_err(|_| BadUrl::Unreadable(short(text)))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(BadUrl::Clear(short(&format!("http://{}", url.host_str().unwrap_or_default())))),
            _ => return Err(BadUrl::Scheme(short(text))),
        }
        let bare = url.username().is_empty() && url.password().is_none();
        if !bare || url.query().is_some() || url.fragment().is_some() {
            return Err(BadUrl::Extra);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(if path.is_empty() { "/v1.0" } else { &path });
        Ok(BaseUrl(url))
    }

    /// The v1.0 endpoint of a cloud.
    pub fn of(cloud: Cloud) -> BaseUrl {
        match BaseUrl::parse(cloud.graph()) {
            Ok(base) => base,
            // The four constants above parse; a test goes through them.
            Err(_) => unreachable!("the Graph hosts are constants that parse"),
        }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The cloud whose Graph host this is, if it is one.
    pub fn cloud(&self) -> Option<Cloud> {
        Cloud::ALL.into_iter().find(|cloud| Url::parse(cloud.graph()).is_ok_and(|graph| self.same_origin(&graph)))
    }

    /// Whether a URL has the scheme, host and port of this one.
    pub fn same_origin(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// Whether the server is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Host and port, for messages.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The URL of a path below the version, `path` starting with a slash and already encoded; `None` when the result
    /// would leave the origin.
    pub(super) fn at(&self, path: &str) -> Option<Url> {
        let url = Url::parse(&format!("{}{path}", self.0)).ok()?;
        (path.starts_with('/') && self.same_origin(&url)).then_some(url)
    }

    /// The path of a request below the version, with ids replaced, for the request list: no names, no filters.
    pub(super) fn template(&self, url: &Url) -> String {
        let path = url.path().strip_prefix(self.0.path()).unwrap_or(url.path());
        let segments = path.split('/').map(|segment| {
            let id = segment.contains('@') || segment.contains('%') || segment.contains('(');
            let guid = segment.len() == 36 && segment.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
            if id || guid { "{id}" } else { segment }
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || host.trim_matches(['[', ']']).parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// Encodes a value of a query, or a segment of a path: everything but what stands for itself in both and in OData.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~$,:()'@!*".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_a_base_url_that_knows_its_cloud() {
        for cloud in Cloud::ALL {
            assert_eq!(BaseUrl::of(cloud).cloud(), Some(cloud));
            assert_eq!(BaseUrl::of(cloud).to_string(), format!("{}/v1.0", cloud.graph()));
            assert_eq!(cloud.as_str().parse(), Ok(cloud));
        }
        assert_eq!("mars".parse::<Cloud>(), Err(BadUrl::Cloud("mars".to_owned())));
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for good in ["http://127.0.0.1:80/v1.0", "http://127.9.9.9", "http://[::1]:4000", "http://localhost:1/"] {
            assert!(BaseUrl::parse(good).is_ok_and(|base| base.is_loopback()), "{good}");
        }
        for bad in ["http://graph.microsoft.com/v1.0", "http://127.0.0.1.evil.com", "http://128.0.0.1", "http://[::2]"]
        {
            assert!(matches!(BaseUrl::parse(bad), Err(BadUrl::Clear(_))), "{bad}");
        }
    }

    #[test]
    fn a_base_url_has_one_form() {
        for (text, base) in [
            ("https://graph.microsoft.com", "https://graph.microsoft.com/v1.0"),
            ("https://GRAPH.microsoft.com:443/v1.0/", "https://graph.microsoft.com/v1.0"),
            (" https://proxy.example/graph/beta// ", "https://proxy.example/graph/beta"),
        ] {
            assert_eq!(BaseUrl::parse(text).map(|b| b.to_string()).as_deref(), Ok(base));
        }
        assert_eq!(BaseUrl::parse("https://a:b@graph.microsoft.com"), Err(BadUrl::Extra));
        assert_eq!(BaseUrl::parse("https://graph.microsoft.com/v1.0?x=1"), Err(BadUrl::Extra));
        assert!(matches!(BaseUrl::parse("graph.microsoft.com"), Err(BadUrl::Unreadable(_))));
        assert!(matches!(BaseUrl::parse("ftp://graph.microsoft.com"), Err(BadUrl::Scheme(_))));
    }

    #[test]
    fn a_template_names_nobody() {
        let base = BaseUrl::of(Cloud::Global);
        for (path, template) in [
            ("/users/6fd2c87f-b296-42f0-b197-1e91e994b900/assignLicense", "/users/{id}/assignLicense"),
            ("/users/anna@contoso.com?$select=id", "/users/{id}"),
            ("/users('%24x@contoso.com')", "/{id}"),
            ("/users/$count?$filter=startsWith(userPrincipalName,'anna')", "/users/$count"),
        ] {
            assert_eq!(base.at(path).map(|url| base.template(&url)).as_deref(), Some(template));
        }
    }

    #[test]
    fn a_path_cannot_leave_the_origin() {
        let base = BaseUrl::of(Cloud::Global);
        assert_eq!(base.at("@evil.example/users"), None);
        assert_eq!(base.at(".evil.example/users"), None);
    }
}
