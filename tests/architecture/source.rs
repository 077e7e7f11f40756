//! Source files as the checks see them: without comments, texts and test code, and with every path resolved.

use std::path::Path;

/// A file under `src`.
pub struct Source {
    /// Its path under `src`, with slashes.
    pub path: String,
    /// The room: the first folder, or the name of a file at the top.
    pub room: String,
    /// The whole text.
    pub text: String,
    /// The code that ships, with blanks around `::`, `.` and `(` taken out.
    pub code: String,
}

/// Every Rust file under a folder.
pub fn read_tree(src: &Path) -> Vec<Source> {
    let mut folders = vec![src.to_owned()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(src).unwrap().components().map(|c| c.as_os_str().to_string_lossy());
                let name = name.collect::<Vec<_>>().join("/");
                sources.push(Source::new(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

impl Source {
    /// A file by its path under `src` and its text.
    pub fn new(path: &str, text: &str) -> Source {
        let room = path.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let file = path.rsplit('/').next().unwrap_or_default();
        let is_test = file == "tests.rs" || file.ends_with("_tests.rs") || path.contains("/tests/");
        let code = if is_test { String::new() } else { tight(&without_tests(&bare(text))) };
        Source { path: path.to_owned(), room, text: text.to_owned(), code }
    }

    /// The paths inside the crate that the code names, each from the room on.
    pub fn uses(&self) -> Vec<Vec<String>> {
        let module = self.module();
        let mut found = Vec::new();
        for (at, root) in roots(&self.code) {
            let mut base = match root {
                "crate" | "tenantry" => Vec::new(),
                // `super` in a file is the folder's module; chains are resolved below.
                _ => module[..module.len().saturating_sub(1)].to_vec(),
            };
            let mut rest = &self.code[at + root.len() + 2..];
            while let Some(next) = rest.strip_prefix("super::") {
                base.pop();
                rest = next;
            }
            branches(rest, &base, &mut found);
        }
        found
    }

    /// Where the file is in the tree of modules: `ui/list/rows.rs` is `ui::list::rows`.
    fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(str::to_owned).collect()
    }
}

/// Where `crate::`, `tenantry::` and chains of `super::` begin.
fn roots(code: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for root in ["crate", "tenantry", "super"] {
        for (at, _) in code.match_indices(&format!("{root}::")) {
            let before = code[..at].chars().next_back();
            let inside = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
            // `super::super::` is one chain that begins at its first word.
            if !inside {
                found.push((at, root));
            }
        }
    }
    found
}

/// Follows a path to its ends: `a::{b, c::d}` has two.
fn branches(rest: &str, base: &[String], found: &mut Vec<Vec<String>>) {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let mut path = base.to_vec();
    if word.is_empty() {
        if let Some(group) = rest.strip_prefix('{') {
            for item in items(group) {
                branches(item, base, found);
            }
        }
        return;
    }
    if word != "self" {
        path.push(word.to_owned());
    }
    match after.strip_prefix("::") {
        Some(next) if next.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '{') => {
            branches(next, &path, found);
        }
        _ => found.push(path),
    }
}

/// The items of a group, up to its closing brace.
fn items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                items.push(group[start..at].trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

/// Whether a word stands in the code by itself, not inside a longer one.
pub fn contains_word(code: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word)
        .any(|(at, _)| !part(code[..at].chars().next_back()) && !part(code[at + word.len()..].chars().next()))
}

/// The code with comments and the insides of texts taken out.
fn bare(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(len) = raw_text(rest).filter(|_| !ends_in_word(&out)) {
            len
        } else if c == '"' {
            quoted(rest)
        } else if c == '\'' {
            character(rest)
        } else {
            0
        };
        if skip == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            out.push(' ');
            rest = &rest[skip..];
        }
    }
    out
}

fn ends_in_word(out: &str) -> bool {
    out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a raw text at the beginning, if there is one.
fn raw_text(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let at = body.find(&end)?;
    Some(rest.len() - body.len() + at + end.len())
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a character literal; 0 for a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            let after = at + c.len_utf8();
            rest[after..].find('\'').map_or(0, |end| after + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

/// The code without `#[cfg(test)]` items.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let (mut out, mut rest) = (String::new(), code);
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        rest = &rest[at + MARK.len()..];
        let (mut depth, mut end) = (0, rest.len());
        for (at, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => end = at + 1,
                '}' => depth -= 1,
                ';' if depth == 0 => end = at + 1,
                _ => {}
            }
            if end < rest.len() || (end == at + 1) {
                break;
            }
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// The code with the blanks around what joins words taken out, so that a line break hides nothing.
fn tight(code: &str) -> String {
    let mut out = code.to_owned();
    for joint in ["::", "("] {
        let parts: Vec<&str> = out.split(joint).collect();
        out = parts.join("\u{0}");
        out = out.split('\u{0}').enumerate().fold(String::new(), |mut text, (at, part)| {
            if at > 0 {
                text.truncate(text.trim_end().len());
                text.push_str(joint);
            }
            text.push_str(if at > 0 && joint == "::" { part.trim_start() } else { part });
            text
        });
    }
    out
}
