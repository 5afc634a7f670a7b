//! `meta=siteinfo`

use super::call::Call;
use super::failure::Failure;
use super::reader::Reader;
use crate::clock;
use serde_json::{Map, Value, json};

pub fn run(call: &mut Call<'_>, query: &mut Map<String, Value>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, "query+siteinfo", "si");
    for name in ["prop", "filteriw", "showalldb", "numberingroup", "inlanguagecode"] {
        reader.text(name);
    }
    let (server, path) = call.base.split_once("/w/").unwrap_or((call.base, ""));
    let path = format!("/w/{path}");
    let mut general = json!({
        "mainpage": "Main Page",
        "base": format!("{}/index.php/Main_Page", call.base),
        "sitename": "Test Wiki",
        "mainpageisdomainroot": false,
        "generator": "MediaWiki 1.43.0",
        "phpversion": "8.2.36",
        "phpsapi": "cli-server",
        "dbtype": "sqlite",
        "dbversion": "3.40.1",
        "linkprefixcharset": "",
        "linkprefix": "",
        "linktrail": "/^([a-z]+)(.*)$/sD",
        "legaltitlechars": " %!\"$&'()*,\\-.\\/0-9:;=?@A-Z\\\\^_`a-z~\\x80-\\xFF+",
        "invalidusernamechars": "@:>=",
        "case": "first-letter",
        "lang": "en",
        "fallback": [],
        "rtl": false,
        "readonly": call.wiki.profile.read_only.is_some(),
        "writeapi": true,
        "timezone": "UTC",
        "timeoffset": 0,
        "articlepath": format!("{path}/index.php/$1"),
        "scriptpath": path,
        "script": format!("{path}/index.php"),
        "variantarticlepath": false,
        "server": server,
        "servername": "127.0.0.1",
        "wikiid": "wiki",
        "time": clock::iso(clock::unix()),
    });
    if let Some(reason) = call.wiki.profile.read_only {
        general["readonlyreason"] = json!(reason);
    }
    query.insert("general".into(), general);
    Ok(())
}
