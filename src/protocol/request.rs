//! Authentication requests: the groups that fields belong to, and the merged view of several.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use serde_json::{Map, Value};

use super::{
    field::{Choice, Field, FieldType, parse_fields},
    json::{Json, members},
    message::Message,
};
use crate::{Error, Result};

/// Whether a request must be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Required {
    /// It may be left out.
    Optional,
    /// It must be filled in.
    Required,
    /// It is one of several ways to make the account; exactly one of them must be filled in.
    PrimaryRequired,
}

impl Required {
    /// MediaWiki's name: `optional`, `required` or `primary-required`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::PrimaryRequired => "primary-required",
        }
    }
}

/// An authentication request: a group of fields that a provider of the wiki asks for, and takes or drops as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthRequest {
    pub(crate) id: String,
    pub(crate) required: Required,
    pub(crate) provider: Option<Message>,
    pub(crate) account: Option<Message>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) fields: Vec<Field>,
}

impl AuthRequest {
    /// The id that [`Answer::use_request`](crate::Answer::use_request) takes.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it must be filled in.
    #[must_use]
    pub fn required(&self) -> Required {
        self.required
    }

    /// Who asks, in the wiki's words.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.provider.as_ref().map_or("", Message::text)
    }

    /// Which account it is about, in the wiki's words.
    #[must_use]
    pub fn account(&self) -> &str {
        self.account.as_ref().map_or("", Message::text)
    }

    /// Further data of the provider; its meaning is up to the provider.
    #[must_use]
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// Its fields, in the wiki's order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    #[inline]
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The request with the HTML of its texts turned into plain text.
    pub(crate) fn plain(self) -> Self {
        Self {
            provider: self.provider.map(Message::plain),
            account: self.account.map(Message::plain),
            fields: self.fields.into_iter().map(Field::plain).collect(),
            ..self
        }
    }

    fn parse(value: Json<'_>) -> Result<Self> {
        let names = ["id", "required", "provider", "account", "metadata", "fields"];
        let [id, required, provider, account, metadata, fields] = members(value, names);
        let Some(id) = id.and_then(Json::as_str) else {
            return Err(Error::protocol("The wiki sent an authentication request without an id."));
        };
        let required = match required.and_then(Json::as_str) {
            Some("required") => Required::Required,
            Some("primary-required") => Required::PrimaryRequired,
            _ => Required::Optional,
        };
        Ok(Self {
            id: id.to_owned(),
            required,
            provider: Message::parse(provider),
            account: Message::parse(account),
            metadata: metadata.map(Json::to_map).unwrap_or_default(),
            fields: parse_fields(fields),
        })
    }
}

const MAX_REQUESTS: usize = 200;
/// In all requests of a reply together.
const MAX_FIELDS: usize = 1_000;
/// Of one field, over all requests that have it.
const MAX_CHOICES: usize = 10_000;
/// Of all fields of a reply together.
const MAX_TOTAL_CHOICES: usize = 40_000;

/// The member `requests`. If the wiki has merged the fields into a member beside it, they become
/// one more request, so that they are sent together, as they are shown.
pub(crate) fn parse_requests(value: Json<'_>) -> Result<Vec<AuthRequest>> {
    let [listed, fields] = members(value, ["requests", "fields"]);
    let mut requests = Vec::new();
    if let Some(listed) = listed {
        let count = listed.items().count();
        if count > MAX_REQUESTS {
            let message = format!("The wiki offers {count} requests, more than {MAX_REQUESTS}.");
            return Err(Error::protocol(message));
        }
        requests = listed.items().map(AuthRequest::parse).collect::<Result<Vec<_>>>()?;
    }
    let merged = parse_fields(fields);
    if !merged.is_empty() && requests.iter().all(|request| request.fields.is_empty()) {
        requests.push(AuthRequest {
            id: MERGED.to_owned(),
            required: Required::Required,
            provider: None,
            account: None,
            metadata: Map::new(),
            fields: merged,
        });
    }
    check_bounds(&requests)?;
    Ok(requests)
}

/// Refuses forms that are too large to be merged, shown and answered.
fn check_bounds(requests: &[AuthRequest]) -> Result<()> {
    let fields = || requests.iter().flat_map(|request| &request.fields);
    let check = |of: &str, what: &str, count: usize, most: usize| match count {
        count if count > most => Err(Error::protocol(format!("{of} {count} {what}, more than {most}."))),
        _ => Ok(()),
    };
    check("The wiki offers", "fields", fields().count(), MAX_FIELDS)?;
    let choices = fields().map(|field| field.choices.len()).sum();
    check("The wiki offers", "choices", choices, MAX_TOTAL_CHOICES)?;
    // No field can have more choices than all fields together.
    let merged = if choices > MAX_CHOICES { merge(requests) } else { Vec::new() };
    for field in merged {
        check(&format!("The field {} has", field.name), "choices", field.choices.len(), MAX_CHOICES)?;
    }
    Ok(())
}

/// The id of the request for fields that the wiki merged. A wiki's own requests never have an empty
/// id.
pub(crate) const MERGED: &str = "";

/// The fields of all requests, each name once, by the wiki's own rule
/// (AuthenticationRequest::mergeFieldInfo): a field is required if a required request needs it, or
/// if every primary-required request does; labels, help texts and values come from the first
/// request that has the field.
///
/// If two requests give a field different types, the wiki's own merging fails; here the first type
/// is shown, because the unmerged requests are what is sent. A null field asks nothing, so another
/// field of the same name replaces it.
pub(crate) fn merge(requests: &[AuthRequest]) -> Vec<Field> {
    let is_primary = |request: &&AuthRequest| request.required == Required::PrimaryRequired;
    let primaries = requests.iter().filter(is_primary).count();
    let mut needed: BTreeMap<&str, usize> = BTreeMap::new();
    for field in requests.iter().filter(is_primary).flat_map(|request| &request.fields) {
        *needed.entry(&field.name).or_default() += usize::from(!field.optional);
    }
    let needed_by_all = |name: &str| needed.get(name) == Some(&primaries);
    let mut merged: Vec<Field> = Vec::new();
    // Where a field is in `merged`, and the choices that it has there.
    let mut places: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for request in requests {
        for field in &request.fields {
            let optional = match request.required {
                Required::Optional => true,
                Required::Required => field.optional,
                Required::PrimaryRequired => field.optional || !needed_by_all(&field.name),
            };
            let choices = field.choices.iter();
            match places.entry(&field.name) {
                Entry::Vacant(place) => {
                    place.insert((merged.len(), choices.map(|choice| choice.value.as_str()).collect()));
                    merged.push(Field { optional, ..field.clone() });
                }
                Entry::Occupied(mut place) => {
                    let (place, offered) = place.get_mut();
                    let known = &mut merged[*place];
                    if known.kind == FieldType::Null && field.kind != FieldType::Null {
                        *offered = choices.map(|choice| choice.value.as_str()).collect();
                        *known = Field { optional, ..field.clone() };
                        continue;
                    }
                    known.optional &= optional || field.kind == FieldType::Null;
                    known.sensitive |= field.is_sensitive();
                    let more = choices.filter(|choice| offered.insert(&choice.value));
                    known.choices.extend(more.map(|choice| Choice { preset: false, ..choice.clone() }));
                }
            }
        }
    }
    merged
}
