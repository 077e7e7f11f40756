//! The chain: each line carries the hash of the line before and the hash of itself with it, so that no byte can change
//! unseen. The text of the entry is hashed as it stands, not what it means.
//!
//! A line is `{"prev":"<64 hex>","hash":"<64 hex>","entry":<JSON>}` and a line feed. The first `prev` is the hash of
//! the run's name: a file under another name does not hold.

use sha2::{Digest, Sha256};

/// 64 hexadecimal digits.
pub(super) type Hash = String;

const PREV: &str = "{\"prev\":\"";
const HASH: &str = "\",\"hash\":\"";
const ENTRY: &str = "\",\"entry\":";

/// Where the chain of a run begins.
pub(super) fn origin(run: &str) -> Hash {
    hex(&[super::entry::SCHEMA, " ", run])
}

/// The line of an entry, with its line feed, and its hash.
pub(super) fn line(prev: &str, entry: &str) -> (String, Hash) {
    let hash = hex(&[prev, entry]);
    (format!("{PREV}{prev}{HASH}{hash}{ENTRY}{entry}}}\n"), hash)
}

fn hex(parts: &[&str]) -> Hash {
    let mut sha = Sha256::new();
    parts.iter().for_each(|part| sha.update(part));
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a file holds.
#[derive(Debug, PartialEq)]
pub(super) struct Chain<'a> {
    /// The entries that hold, as text.
    pub(super) entries: Vec<&'a str>,
    /// Whether a last line broke off, or only its line feed is missing.
    pub(super) torn: bool,
    /// How many bytes the whole lines take.
    pub(super) whole: usize,
    /// The hash of the last whole line that holds.
    pub(super) last: Hash,
    /// The hash of a last line that is whole but for its line feed.
    pub(super) unended: Option<Hash>,
}

/// The first line that does not hold.
#[derive(Debug, PartialEq)]
pub(super) struct Broken {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

/// Follows the chain of a run through the bytes of its file.
pub(super) fn follow<'a>(run: &str, bytes: &'a [u8]) -> Result<Chain<'a>, Broken> {
    let mut chain = Chain { entries: Vec::new(), torn: false, whole: 0, last: origin(run), unended: None };
    for (index, raw) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let broken = |why| Broken { line: index + 1, why };
        let text = match std::str::from_utf8(raw) {
            Ok(text) => text,
            // A line can break off inside a character, but then it has no line feed.
            Err(error) if error.error_len().is_none() && !raw.ends_with(b"\n") => {
                chain.torn = true;
                break;
            }
            Err(_) => return Err(broken("is no text")),
        };
        let Some(line) = text.strip_suffix('\n') else {
            match entry(&chain.last, text) {
                // All of it but the line feed: it was written whole, and is read, but must be ended before going on.
                Ok((entry, hash)) => {
                    chain.entries.push(entry);
                    chain.unended = Some(hash);
                }
                Err(_) if could_go_on(&chain.last, text) => {}
                Err(why) => return Err(broken(why)),
            }
            chain.torn = true;
            break;
        };
        let (entry, hash) = entry(&chain.last, line).map_err(broken)?;
        chain.entries.push(entry);
        chain.last = hash;
        chain.whole += raw.len();
    }
    Ok(chain)
}

/// The entry of a line that holds.
fn entry<'a>(prev: &str, line: &'a str) -> Result<(&'a str, Hash), &'static str> {
    let shape = "has not the form of a journal line";
    let rest = line.strip_prefix(PREV).ok_or(shape)?;
    let (said_prev, rest) = rest.split_at_checked(64).ok_or(shape)?;
    let (said_hash, rest) = rest.strip_prefix(HASH).ok_or(shape)?.split_at_checked(64).ok_or(shape)?;
    let entry = rest.strip_prefix(ENTRY).and_then(|rest| rest.strip_suffix('}')).ok_or(shape)?;
    if said_prev != prev {
        return Err("does not follow the line before it");
    }
    if said_hash != hex(&[prev, entry]) {
        return Err("does not have the hash that it says");
    }
    Ok((entry, said_hash.to_owned()))
}

/// Whether a piece can be the start of a line that broke off: as far as it goes, it is what would have been written.
fn could_go_on(prev: &str, piece: &str) -> bool {
    let head = format!("{PREV}{prev}{HASH}");
    let (known, rest) = piece.split_at_checked(head.len()).unwrap_or((piece, ""));
    let (hash, rest) = rest.split_at_checked(64).unwrap_or((rest, ""));
    let (middle, entry) = rest.split_at_checked(ENTRY.len()).unwrap_or((rest, ""));
    let open = serde_json::from_str::<serde::de::IgnoredAny>(entry).is_err_and(|error| error.is_eof());
    // A whole value without the closing brace can only be what the hash says.
    let closed = || hash == hex(&[prev, entry]);
    head.starts_with(known)
        && hash.bytes().all(|b| b.is_ascii_hexdigit())
        && ENTRY.starts_with(middle)
        && (open || closed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(entries: &[&str]) -> Vec<u8> {
        let mut prev = origin("run");
        let mut text = String::new();
        for entry in entries {
            let (line, hash) = line(&prev, entry);
            text.push_str(&line);
            prev = hash;
        }
        text.into_bytes()
    }

    const ENTRIES: [&str; 3] = [r#"{"a":"é","b":[1,2]}"#, r#"{"step":0}"#, r#"{"end":true}"#];

    #[test]
    fn every_changed_byte_is_found() {
        let good = file(&ENTRIES);
        assert_eq!(follow("run", &good).unwrap().entries, ENTRIES);
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                assert!(follow("run", &bad).is_err(), "byte {at} bit {bit}: {:?}", String::from_utf8_lossy(&bad));
            }
        }
    }

    #[test]
    fn lines_cannot_be_left_out_swapped_or_moved_to_another_run() {
        let good = file(&ENTRIES);
        let lines: Vec<&[u8]> = good.split_inclusive(|&b| b == b'\n').collect();
        for order in [vec![1, 2], vec![0, 2], vec![0, 2, 1], vec![0, 1, 1, 2]] {
            let bad: Vec<u8> = order.iter().flat_map(|&i| lines[i].to_vec()).collect();
            assert!(follow("run", &bad).is_err(), "{order:?}");
        }
        assert_eq!(follow("other", &good).unwrap_err().line, 1);
    }

    #[test]
    fn a_line_that_broke_off_anywhere_is_torn_and_what_is_before_it_holds() {
        let good = file(&ENTRIES);
        let last = good.len() - good.split_inclusive(|&b| b == b'\n').next_back().unwrap().len();
        for end in last + 1..good.len() {
            let chain = follow("run", &good[..end]).unwrap();
            assert!(chain.torn, "{end}");
            let whole = usize::from(end == good.len() - 1);
            assert_eq!((chain.entries.len(), chain.whole), (2 + whole, last), "{end}");
        }
        assert!(!follow("run", &good[..last]).unwrap().torn);
        let first = good.iter().position(|&b| b == 0xa9).unwrap();
        assert!(follow("run", &good[..first]).unwrap().torn, "inside a character");
    }
}
