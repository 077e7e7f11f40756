//! What Graph writes, read tolerantly: members may be missing, null or unknown, ids in any casing. Strings are borrowed
//! from the page, because a large tenant has gigabytes of them.

mod group;
mod tenant;
mod user;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

pub(super) use group::{GROUP_SELECT, groups, members};
pub(super) use tenant::{ORGANIZATION_SELECT, organization, skus, subscriptions};
pub(super) use user::{Scratch, USER_SELECT, WireUser, users};

use super::pages::PageEnd;
use crate::domain::ids::PlanId;

/// A text that may be absent, null, or by somebody's mistake a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'a> Text<'a> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, unless it is empty or was absent.
    pub(super) fn some(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.0.eq_ignore_ascii_case(word)
    }

    pub(super) fn into_static(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

// A derived `Option<Cow<str>>` copies every string; only an own visitor borrows.
impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Text::default())
            }
            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(value.to_string())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(value.to_string())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(value.to_string())))
            }
        }
        deserializer.deserialize_any(Borrow)
    }
}

/// A [`Text`] that is kept, for the few records that are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(String);

impl Words {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, unless it is empty or was absent.
    pub(super) fn some(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.0.eq_ignore_ascii_case(word)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Words(Text::deserialize(deserializer)?.0.into_owned()))
    }
}

/// A GUID; `None` when absent, null or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Guid(pub(super) Option<u128>);

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Guid(PlanId::parse(text.as_str()).ok().map(PlanId::as_u128)))
    }
}

/// `disabledPlans`: the ids that can be read, and how many could not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plans {
    pub(super) ids: Vec<PlanId>,
    pub(super) unreadable: u32,
}

impl<'de> Deserialize<'de> for Plans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ids;
        impl<'de> Visitor<'de> for Ids {
            type Value = Plans;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of plan ids")
            }
            fn visit_unit<E>(self) -> Result<Plans, E> {
                Ok(Plans::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Plans, A::Error> {
                let mut plans = Plans::default();
                while let Some(Guid(id)) = seq.next_element()? {
                    match id {
                        Some(id) => plans.ids.push(PlanId::from_u128(id)),
                        None => plans.unreadable += 1,
                    }
                }
                Ok(plans)
            }
        }
        deserializer.deserialize_any(Ids)
    }
}

/// A list that may be null, or hold nulls, as a field. One null would otherwise cost the whole object.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Items<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_unit<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element::<Option<T>>()? {
                items.extend(item);
            }
            Ok(items)
        }
    }
    deserializer.deserialize_any(Items(PhantomData))
}

/// A whole number; zero when absent or null. Some servers write `25.0`; what is beyond the range is the nearest there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Number(pub(super) i64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl Visitor<'_> for Whole {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_unit<E>(self) -> Result<Number, E> {
                Ok(Number(0))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
                Ok(Number(i64::try_from(value).unwrap_or(i64::MAX)))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
                // A cast from a float saturates.
                Ok(Number(value as i64))
            }
        }
        deserializer.deserialize_any(Whole)
    }
}

/// A value that may be null, as a field.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A page of a list. `value` must be there: its absence is how JSON that is not Graph's is recognized.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink", default)]
    next: Option<String>,
}

/// Entries of a page, its end, and how many entries could not be read.
pub(super) struct Read<T> {
    pub(super) entries: Vec<T>,
    pub(super) end: PageEnd,
    pub(super) unreadable: u32,
}

/// Reads a page at full speed; if one entry is odd, entry by entry, leaving the odd ones out.
fn page<'a, T: Deserialize<'a>>(text: &'a str) -> Result<Read<T>, serde_json::Error> {
    let end = |next: Option<String>, entries: usize| PageEnd { next: next.filter(|n| !n.is_empty()), entries };
    match serde_json::from_str::<Page<T>>(text) {
        Ok(page) => Ok(Read { end: end(page.next, page.value.len()), entries: page.value, unreadable: 0 }),
        Err(error) if !error.is_data() => Err(error),
        Err(_) => {
            let page: Page<&'a RawValue> = serde_json::from_str(text)?;
            let total = page.value.len();
            let entries: Vec<T> = page.value.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect();
            let unreadable = u32::try_from(total - entries.len()).unwrap_or(u32::MAX);
            Ok(Read { entries, end: end(page.next, total), unreadable })
        }
    }
}

/// A page of owned entries, each turned by `turn`; those that it cannot turn count as unreadable.
fn turned<W: DeserializeOwned, T>(text: &str, turn: impl Fn(W) -> Option<T>) -> Result<Read<T>, serde_json::Error> {
    let read = page::<W>(text)?;
    let parsed = read.entries.len();
    let entries: Vec<T> = read.entries.into_iter().filter_map(turn).collect();
    let odd = u32::try_from(parsed - entries.len()).unwrap_or(u32::MAX);
    Ok(Read { entries, end: read.end, unreadable: read.unreadable + odd })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Probe<'a> {
        #[serde(borrow, default)]
        name: Text<'a>,
        #[serde(default)]
        id: Guid,
        #[serde(default)]
        plans: Plans,
    }

    #[test]
    fn texts_are_borrowed_where_nothing_is_escaped() {
        let read =
            page::<Probe>(r#"{"value":[{"name":"plain"},{"name":"a\u00e9"},{"name":null},{},{"name":7}]}"#).unwrap();
        let names: Vec<&Text> = read.entries.iter().map(|p| &p.name).collect();
        assert!(matches!(names[0].0, Cow::Borrowed("plain")));
        assert_eq!(names.iter().map(|n| n.as_str()).collect::<Vec<_>>(), ["plain", "aé", "", "", "7"]);
    }

    #[test]
    fn one_odd_entry_does_not_cost_the_page() {
        let text = r#"{"value":[{"name":"a"},{"name":{"x":1}},{"name":"b","plans":["no",null,
            "9AAF7827-D63C-4B61-89C3-182F06F82E5C"]}],"@odata.nextLink":"next"}"#;
        let read = page::<Probe>(text).unwrap();
        assert_eq!((read.entries.len(), read.unreadable), (2, 1));
        assert_eq!((read.end.entries, read.end.next.as_deref()), (3, Some("next")));
        assert_eq!((read.entries[1].plans.ids.len(), read.entries[1].plans.unreadable), (1, 2));
        assert_eq!(read.entries[0].id, Guid(None));
    }

    #[test]
    fn json_without_value_is_no_page() {
        for text in [r#"{"ok":true}"#, "[]", r#"{"value":{}}"#] {
            assert!(page::<Probe>(text).is_err_and(|e| e.is_data()), "{text}");
        }
        assert!(page::<Probe>(r#"{"value":[{"na"#).is_err_and(|e| e.is_eof()));
    }
}
