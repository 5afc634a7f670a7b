//! `action=query` and the submodules that matter to account creation.

use super::call::Call;
use super::failure::Failure;
use super::reader::Reader;
use super::{allmessages, authmanagerinfo, siteinfo, tokens, userinfo, users};
use serde_json::{Map, Value, json};

struct Submodule {
    name: &'static str,
    is_read: bool,
    /// Adds its part to the answer.
    run: fn(&mut Call<'_>, &mut Map<String, Value>) -> Result<(), Failure>,
}

const LISTS: [Submodule; 1] = [Submodule { name: "users", is_read: true, run: users::run }];

const METAS: [Submodule; 5] = [
    Submodule { name: "allmessages", is_read: true, run: allmessages::run },
    Submodule { name: "authmanagerinfo", is_read: false, run: authmanagerinfo::run },
    Submodule { name: "siteinfo", is_read: true, run: siteinfo::run },
    Submodule { name: "tokens", is_read: false, run: tokens::run },
    Submodule { name: "userinfo", is_read: true, run: userinfo::run },
];

pub fn check(call: &mut Call<'_>) -> Result<(), Failure> {
    wanted(call).map(|_| ())
}

/// Nothing but certain meta modules may do without the right to read.
pub fn is_read(call: &mut Call<'_>) -> Result<bool, Failure> {
    const PAGES: [&str; 7] = ["prop", "list", "titles", "pageids", "revids", "generator", "redirects"];
    let has_more = PAGES.iter().any(|name| call.form.get(name).is_some());
    Ok(has_more || call.form.get("meta").is_none() || wanted(call)?.iter().any(|module| module.is_read))
}

pub fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut query = Map::new();
    for module in wanted(call)? {
        (module.run)(call, &mut query)?;
    }
    if call.form.get("rawcontinue").is_none() {
        call.result.insert("batchcomplete".into(), json!(true));
    }
    if !query.is_empty() {
        call.result.insert("query".into(), Value::Object(query));
    }
    Ok(())
}

fn wanted(call: &mut Call<'_>) -> Result<Vec<&'static Submodule>, Failure> {
    const OTHERS: [&str; 9] = [
        "indexpageids",
        "export",
        "exportnowrap",
        "exportschema",
        "iwurl",
        "continue",
        "rawcontinue",
        "redirects",
        "titles",
    ];
    let mut reader = Reader::new(call, "query", "");
    for name in OTHERS {
        reader.text(name);
    }
    reader.choices("prop", &[])?;
    let lists = reader.choices("list", &LISTS.each_ref().map(|module| module.name))?.unwrap_or_default();
    let metas = reader.choices("meta", &METAS.each_ref().map(|module| module.name))?.unwrap_or_default();
    let find = |modules: &'static [Submodule], names: Vec<&str>| {
        names
            .into_iter()
            .filter_map(|name| modules.iter().find(|module| module.name == name))
            .collect::<Vec<&'static Submodule>>()
    };
    let mut found = find(&LISTS, lists);
    found.extend(find(&METAS, metas));
    Ok(found)
}
