// Plays a recipe of the cookbook, which stand above this: cookbook RECIPE API_URL

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let [recipe, api_url] = &std::env::args().skip(1).collect::<Vec<_>>()[..] else {
        return Err("usage: cookbook RECIPE API_URL".into());
    };
    let mut client = Client::new(api_url, Config::new())?;
    match recipe.as_str() {
        "check_a_name" => check_a_name(&mut client)?,
        "keep_what_was_right" => keep_what_was_right(&mut client)?,
        "show_the_picture" => show_the_picture(&mut client)?,
        "visit_a_third_party" => visit_a_third_party(api_url, |address| {
            let address = address.to_owned();
            thread::spawn(move || ureq::get(address).call().expect("the way back is open"));
        })?,
        "save_and_go_on" => save_and_go_on(api_url, [7; 32])?,
        "cancel" => cancel(&mut client)?,
        "wait_after_a_rate_limit" => wait_after_a_rate_limit(&mut client),
        "outcome_unknown" => outcome_unknown(&mut client)?,
        "log" => log_to_standard_error(api_url)?,
        "a_transport_of_your_own" => by_a_transport_of_your_own(api_url)?,
        "behind_a_proxy" => drop(behind_a_proxy()?),
        other => return Err(format!("there is no recipe {other}").into()),
    }
    Ok(())
}
