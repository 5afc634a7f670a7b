//! The campaign: every sign-up, with a fault at every exchange.
//!
//! Each trial has a number, which alone decides what happens in it. `CREATEACCOUNT_FAULTS` picks trials: a number,
//! `full` for thousands of them (ten minutes), or `all` (an hour); without it some hundreds run.

use std::{
    collections::{BTreeMap, HashMap},
    env,
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Failed, Trial};

use crate::{
    fault::{Canned, Fault, Point, Spot, Twin},
    host::{AfterPage, Host, Report, Setting, Way, Wish, Wrong},
    proxy::{Framing, Proxy},
    wiki::Instance,
    wikis::Wiki,
};

/// A sign-up and its exchanges.
struct Scenario {
    name: &'static str,
    profiles: &'static str,
    exchanges: &'static [Exchange],
    wish: Wish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exchange {
    Get,
    Post,
    /// A POST whose answer comes after the client has given up.
    SlowPost,
}

use Exchange::{Get, Post, SlowPost};

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "plain",
        profiles: "stock",
        exchanges: &[Get, Post],
        wish: Wish { names: &["Plain"], ..Wish::DEFAULT },
    },
    Scenario {
        name: "name_taken",
        profiles: "stock",
        exchanges: &[Get, Post, Get, Get, Post],
        wish: Wish { names: &["Taken"], ..Wish::DEFAULT },
    },
    Scenario {
        name: "two_in_one_session",
        profiles: "stock",
        exchanges: &[Get, Post, Post],
        wish: Wish { names: &["First", "Second"], ..Wish::DEFAULT },
    },
    Scenario {
        name: "ui",
        profiles: "steps",
        exchanges: &[Get, Post, Post],
        wish: Wish { names: &["Thorough"], way: Way::Chain("ui"), ..Wish::DEFAULT },
    },
    Scenario {
        name: "several_steps",
        profiles: "steps",
        exchanges: &[Get, Post, Post, Post, Post],
        wish: Wish { names: &["Chained"], way: Way::Chain("chain"), ..Wish::DEFAULT },
    },
    Scenario {
        name: "redirect",
        profiles: "steps",
        exchanges: &[Get, Post, Post],
        wish: Wish { names: &["Traveller"], way: Way::Chain("redirect"), ..Wish::DEFAULT },
    },
    Scenario {
        name: "step_after_the_account",
        profiles: "steps",
        exchanges: &[Get, Post, Post],
        wish: Wish { names: &["Early"], way: Way::Chain("secondary"), ..Wish::DEFAULT },
    },
    Scenario {
        name: "slow",
        profiles: "steps",
        exchanges: &[Get, SlowPost, Get, Get],
        wish: Wish { names: &["Patient"], way: Way::Chain("slow"), ..Wish::DEFAULT },
    },
    Scenario {
        name: "for_others_by_mail",
        profiles: "stock",
        exchanges: &[Get, Post, Get, Post],
        wish: Wish { names: &["Mailed"], way: Way::Mail, as_admin: true, ..Wish::DEFAULT },
    },
    Scenario {
        name: "beside_an_older_flow",
        profiles: "steps",
        exchanges: &[Get, Post, Get, Post, Get, Post, Post],
        wish: Wish {
            names: &["Beside"],
            way: Way::Chain("ui"),
            as_admin: true,
            older: Some("Older"),
            ..Wish::DEFAULT
        },
    },
    Scenario {
        name: "private_wiki",
        profiles: "private",
        exchanges: &[Get, Post],
        wish: Wish { names: &["Insider"], private: true, ..Wish::DEFAULT },
    },
    Scenario {
        name: "turkish",
        profiles: "turkish",
        // The wiki is asked how it writes the name.
        exchanges: &[Get, Post, Get],
        wish: Wish { names: &["ibrahim"], spelling: |name| name.replacen('i', "İ", 1), ..Wish::DEFAULT },
    },
];

/// One trial.
#[derive(Clone, Debug)]
struct Case {
    number: usize,
    scenario: usize,
    wiki: Wiki,
    /// The exchange, and what happens to it.
    faults: Vec<(usize, Point, Fault)>,
}

/// All cases that there are, in the order of their numbers.
fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for faults_of in [breakages, false_answers] {
        for (scenario, Scenario { profiles, exchanges, wish, .. }) in SCENARIOS.iter().enumerate() {
            let mut faults = Vec::new();
            for (index, kind) in exchanges.iter().enumerate() {
                let (singles, firsts) = faults_of(*kind, index > 0);
                let single = |(point, fault)| vec![(index + 1, point, fault)];
                faults.extend(singles.into_iter().map(single));
                faults.extend(double_faults(index + 1, &firsts));
            }
            // Where users cannot be listed, a name that the wiki calls taken counts as somebody else's.
            let hopeless = |fault: &Fault| wish.private && matches!(fault, Fault::Twice | Fault::AtOnce(_));
            faults.retain(|faults: &Vec<_>| !faults.iter().any(|(_, _, fault)| hopeless(fault)));
            for faults in faults {
                // The embedded wiki has English content only.
                let is_wanted = |wiki: &Wiki| *profiles != "turkish" || *wiki != Wiki::Embedded;
                for wiki in Wiki::ALL.into_iter().filter(is_wanted) {
                    cases.push(Case { number: cases.len() + 1, scenario, wiki, faults: faults.clone() });
                }
            }
        }
    }
    cases
}

/// Those that come alone, and those that something else follows.
type Faults = (Vec<(Point, Fault)>, Vec<(Point, Fault)>);

const CUTS: [Fault; 3] = [Fault::Reset, Fault::Close, Fault::Stall];

const CANNED: [Canned; 9] = [
    Canned::Garbage,
    Canned::BadGateway,
    Canned::Unavailable(None),
    Canned::Unavailable(Some(1)),
    Canned::TooMany(None),
    Canned::TooMany(Some(1)),
    Canned::MaxLag(Some(1)),
    Canned::LoginPage,
    Canned::GatewayJson,
];

/// Pages in place of the wiki's answer to a POST.
const PAGES: [Canned; 10] = [
    Canned::Page("403 Forbidden"),
    Canned::Page("404 Not Found"),
    Canned::Words,
    Canned::Json,
    Canned::Empty,
    Canned::LoginPage,
    Canned::GatewayJson,
    Canned::TooMany(None),
    Canned::TooMany(Some(1)),
    Canned::Unavailable(Some(1)),
];

/// Something breaks, or answers in the wiki's place.
fn breakages(kind: Exchange, has_earlier: bool) -> Faults {
    let mut faults = Vec::new();
    let mut at = |points: &[Point], kinds: &[Fault]| {
        faults.extend(points.iter().flat_map(|point| kinds.iter().map(|fault| (*point, *fault))));
    };
    at(&[Point::Before], &CUTS);
    at(&[Point::Before], &[Fault::Refuse, Fault::Answer(Canned::Garbage), Fault::Answer(Canned::BadGateway)]);
    if has_earlier {
        at(&[Point::Before], &[Fault::Idle]);
    }
    let edges = [Spot::Byte(0), Spot::Byte(1), Spot::Missing(1), Spot::Missing(2)];
    let shares = [100, 250, 400, 500, 600, 750, 900].map(Spot::PerMille);
    let spots = |more: &[&'static str]| -> Vec<Spot> {
        let texts = more.iter().map(|text| Spot::After(text));
        edges.into_iter().chain(shares).chain(texts).collect()
    };
    let head: Vec<Point> = spots(&["HTTP/1.1\r\n", "cookie: "]).into_iter().map(Point::Head).collect();
    at(&head, &CUTS);
    if kind != Get {
        let body = spots(&["username=", "password=", "createtoken=", "logintoken="]);
        let body: Vec<Point> = body.into_iter().map(Point::Body).collect();
        at(&body, &CUTS);
        at(&body, &[Fault::Shorten]);
    }
    at(&[Point::Received], &CUTS);
    at(&[Point::Received], &CANNED.map(Fault::Answer));
    at(&[Point::Received], &[Fault::Late]);
    at(&[Point::Forwarded], &CUTS);
    // What limits the rate refuses before a wiki works, so it never answers for a request that has passed.
    let passed =
        CANNED.into_iter().filter(|canned| !matches!(canned, Canned::TooMany(_) | Canned::MaxLag(_)));
    at(&[Point::Forwarded], &passed.map(Fault::Answer).collect::<Vec<_>>());
    at(&[Point::Forwarded], &[Fault::HangUp, Fault::Twice]);
    if kind != SlowPost {
        at(&[Point::Forwarded], &[Fault::Delay, Fault::Repeat]);
        let head: Vec<Point> =
            spots(&["HTTP/1.1", "200 OK\r\n", "Set-Cookie: "]).into_iter().map(Point::AnswerHead).collect();
        at(&head, &CUTS);
        let body: Vec<Point> = spots(&["\"status\":\"", "\"PASS\"", "\"UI\"", "\"username\":"])
            .into_iter()
            .map(Point::AnswerBody)
            .collect();
        at(&body, &CUTS);
        at(&body, &[Fault::Truncate]);
        at(&[Point::Answered], &[Fault::Reset, Fault::Close]);
    }
    let lost = [
        (Point::Received, Fault::Reset),
        (Point::Received, Fault::Late),
        (Point::Forwarded, Fault::Reset),
        (Point::Forwarded, Fault::Twice),
    ];
    (faults, if kind == Get { Vec::new() } else { lost.to_vec() })
}

/// The client hears something that is not what came of its POST: a page, whether or not the wiki worked, or the answer to
/// its twin.
fn false_answers(kind: Exchange, _has_earlier: bool) -> Faults {
    if kind != Post {
        return (Vec::new(), Vec::new());
    }
    // The others are among the answers to a request that never reached the wiki already.
    let refused = PAGES.into_iter().filter(|page| !CANNED.contains(page));
    let refused = refused.map(|page| (Point::Received, Fault::Answer(page)));
    let replaced = PAGES.map(|page| (Point::Withheld, Fault::Answer(page)));
    let twins = [Twin::First, Twin::Last].map(|twin| (Point::Forwarded, Fault::AtOnce(twin)));
    let firsts = [
        (Point::Withheld, Fault::Answer(Canned::Page("403 Forbidden"))),
        (Point::Withheld, Fault::Answer(Canned::TooMany(Some(1)))),
        (Point::Forwarded, Fault::AtOnce(Twin::Last)),
    ];
    (refused.chain(replaced).chain(twins).collect(), firsts.to_vec())
}

/// Something happens to a POST, and to the next exchange as well.
fn double_faults(exchange: usize, firsts: &[(Point, Fault)]) -> Vec<Vec<(usize, Point, Fault)>> {
    let second = [
        (Point::Before, Fault::Reset),
        (Point::Before, Fault::Refuse),
        (Point::Received, Fault::Stall),
        (Point::Received, Fault::Answer(Canned::TooMany(Some(1)))),
        (Point::Forwarded, Fault::Reset),
        (Point::Forwarded, Fault::Answer(Canned::BadGateway)),
        (Point::AnswerHead(Spot::PerMille(500)), Fault::Close),
        (Point::AnswerBody(Spot::PerMille(500)), Fault::Truncate),
        (Point::AnswerBody(Spot::Missing(1)), Fault::Reset),
    ];
    let with =
        |one: &(Point, Fault)| second.map(|two| vec![(exchange, one.0, one.1), (exchange + 1, two.0, two.1)]);
    firsts.iter().flat_map(with).collect()
}

impl Case {
    /// A number in `0..among` that belongs to this case for this use.
    fn pick(&self, r#use: u64, among: u64) -> u64 {
        let mut mixed = (self.number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ r#use.wrapping_mul(0xd1b5_4a32_d192_ed03);
        mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 29)) % among
    }

    fn is_in(&self, selection: &Selection) -> bool {
        let embedded = self.wiki == Wiki::Embedded;
        match selection {
            Selection::One(number) => self.number == *number,
            Selection::All => true,
            Selection::Full if self.is_false_answer() => true,
            Selection::Full => self.pick(0, 6) < if embedded { 3 } else { 1 },
            Selection::Short => self.pick(1, 80) < if embedded { 5 } else { 1 },
        }
    }

    fn is_false_answer(&self) -> bool {
        matches!(self.faults[..], [(_, Point::Withheld, _) | (_, _, Fault::AtOnce(_))])
    }

    fn scenario(&self) -> &'static Scenario {
        &SCENARIOS[self.scenario]
    }

    fn framing(&self) -> Framing {
        [Framing::Length, Framing::Chunks, Framing::UntilClose][self.pick(2, 3) as usize]
    }

    fn setting(&self) -> Setting {
        let slow = self.scenario().exchanges.contains(&SlowPost);
        let has_twin = self.faults.iter().any(|(_, _, fault)| matches!(fault, Fault::AtOnce(_)));
        // The slow answer takes three seconds, counted from when it was asked for. A twin waits up to six for the name.
        let slack = Duration::from_millis(if has_twin {
            6500
        } else if slow {
            2700
        } else {
            0
        });
        let budget = if self.pick(3, 2) == 0 { Duration::ZERO } else { Duration::from_millis(1500) };
        Setting {
            timeout: self.wiki.timeout(),
            reconcile_wait: self.wiki.reconcile_wait() + slack,
            retry_budget: budget,
            reload: self.pick(4, 4) == 0,
            after_page: [AfterPage::Reconcile, AfterPage::Begin, AfterPage::Again][self.pick(5, 3) as usize],
        }
    }

    fn run(&self) -> Result<(Report, usize), String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let wiki = self.wiki.socket()?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fault-{}-{:x}-{count:x}", self.number, std::process::id());
        let instance = Instance::new(wiki, self.scenario().profiles, &name);
        instance.accounts();
        let faults = self.faults.iter().map(|(number, point, fault)| (*number, (*point, *fault))).collect();
        let proxy =
            Proxy::start(wiki, self.framing(), faults).map_err(|error| format!("the proxy: {error}"))?;
        let host = Host::new(&self.scenario().wish, self.setting(), &proxy, &instance);
        let report = host.run();
        Ok((report, proxy.exchanges().len()))
    }

    fn describe(&self) -> String {
        let mut text = format!("fault {}: {} on {}", self.number, self.scenario().name, self.wiki);
        for (number, point, fault) in &self.faults {
            let kind = match self.scenario().exchanges.get(number - 1) {
                Some(Get) => "GET",
                Some(_) => "POST",
                None => "after the scenario's own",
            };
            let _ = write!(text, "; exchange {number} ({kind}), {point}: {fault:?}");
        }
        let Setting { retry_budget, reload, after_page, .. } = self.setting();
        let _ = write!(
            text,
            " [{:?}, retry budget {retry_budget:?}, reload {reload}, after a page {after_page:?}]",
            self.framing()
        );
        text
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Selection {
    One(usize),
    /// Hundreds, for every day.
    Short,
    /// Thousands: half of the embedded wiki's, and a sixth of the others', with all single false answers.
    Full,
    All,
}

fn selection() -> Result<Selection, String> {
    match env::var("CREATEACCOUNT_FAULTS").as_deref() {
        Err(_) | Ok("" | "short") => Ok(Selection::Short),
        Ok("full") => Ok(Selection::Full),
        Ok("all") => Ok(Selection::All),
        Ok(number) => number.parse().map(Selection::One).map_err(|_| {
            format!(
                "CREATEACCOUNT_FAULTS is {number}; it takes the number of a trial, `short`, `full` or `all`"
            )
        }),
    }
}

/// One test for each scenario on each wiki, with all its faults.
pub fn trials() -> Vec<Trial> {
    let selection = match selection() {
        Ok(selection) => selection,
        Err(error) => return vec![Trial::test("faults", || Err(Failed::from(error)))],
    };
    let mut groups: BTreeMap<(usize, usize), Vec<Case>> = BTreeMap::new();
    for case in all_cases().into_iter().filter(|case| case.is_in(&selection)) {
        let wiki = Wiki::ALL.iter().position(|wiki| *wiki == case.wiki).expect("one of all");
        groups.entry((case.scenario, wiki)).or_default().push(case);
    }
    let campaign = Arc::new(Campaign::new(groups.len(), selection));
    let trial = |((scenario, wiki), cases): ((usize, usize), Vec<Case>)| {
        let name = format!("faults::{}::{}", SCENARIOS[scenario].name, Wiki::ALL[wiki]);
        let campaign = Arc::clone(&campaign);
        Trial::test(name, move || {
            let outcome = campaign.run(&cases);
            campaign.end();
            outcome.map_err(Failed::from)
        })
    };
    groups.into_iter().map(trial).collect()
}

/// What all groups of cases share.
struct Campaign {
    selection: Selection,
    started: Instant,
    groups_left: AtomicUsize,
    crowds: HashMap<Wiki, Crowd>,
    figures: Mutex<Figures>,
}

#[derive(Default)]
struct Figures {
    tried: usize,
    right: usize,
    unknown: BTreeMap<String, usize>,
    wrong: HashMap<Wrong, usize>,
}

impl Campaign {
    fn new(groups: usize, selection: Selection) -> Self {
        Self {
            selection,
            started: Instant::now(),
            groups_left: AtomicUsize::new(groups),
            crowds: Wiki::ALL.map(|wiki| (wiki, Crowd::new(wiki.crowd()))).into(),
            figures: Mutex::default(),
        }
    }

    /// Runs cases of one scenario on one wiki, and reports those that went wrong.
    fn run(&self, cases: &[Case]) -> Result<(), String> {
        let wiki = cases[0].wiki;
        wiki.socket()?;
        self.rehearse(&cases[0])?;
        let next = AtomicUsize::new(0);
        let failures = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..wiki.crowd().min(cases.len()) {
                scope.spawn(|| {
                    while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let _place = self.crowds[&wiki].enter();
                        if let Err(failure) = self.try_case(case) {
                            failures
                                .lock()
                                .unwrap_or_else(PoisonError::into_inner)
                                .push((case.number, failure));
                        }
                    }
                });
            }
        });
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort();
        let texts: Vec<String> = failures.into_iter().map(|(_, text)| text).collect();
        if texts.is_empty() { Ok(()) } else { Err(texts.join("\n")) }
    }

    /// Without a fault everything goes well, in as many exchanges as the scenario says.
    fn rehearse(&self, case: &Case) -> Result<(), String> {
        let case = Case { number: 0, faults: Vec::new(), ..case.clone() };
        let _place = self.crowds[&case.wiki].enter();
        let (report, exchanges) = case.run()?;
        let expected = case.scenario().exchanges.len();
        let slow = case.scenario().exchanges.contains(&SlowPost);
        if !report.wrong.is_empty()
            || report.unknown.is_some()
            || (exchanges != expected && !slow)
            || exchanges < expected
        {
            return Err(format!(
                "without a fault, in {exchanges} exchanges: {:?}\n{}",
                report.wrong, report.story
            ));
        }
        Ok(())
    }

    fn try_case(&self, case: &Case) -> Result<(), String> {
        let outcome = catch_unwind(AssertUnwindSafe(|| case.run())).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            Err(text.or_else(|| panic.downcast_ref().copied()).unwrap_or("a panic").to_owned())
        });
        let again = format!(
            "again: CREATEACCOUNT_FAULTS={} tests/wiki/with-wikis cargo test --test faults faults::",
            case.number
        );
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        figures.tried += 1;
        let report = match outcome {
            Ok((report, _)) => report,
            Err(error) => {
                *figures.wrong.entry(Wrong::Other).or_default() += 1;
                return Err(format!("{}\n  {error}\n  {again}", case.describe()));
            }
        };
        if matches!(self.selection, Selection::One(_)) {
            println!("{}\n{}", case.describe(), report.story);
        }
        if let Some(reason) = &report.unknown {
            *figures.unknown.entry(reason.clone()).or_default() += 1;
        }
        if report.wrong.is_empty() {
            figures.right += usize::from(report.unknown.is_none());
            return Ok(());
        }
        let mut text = case.describe();
        for (wrong, what) in &report.wrong {
            *figures.wrong.entry(*wrong).or_default() += 1;
            let _ = write!(text, "\n  {}: {what}", wrong.to_string().to_uppercase());
        }
        let _ = write!(text, "\n{}  {again}", report.story);
        Err(text)
    }

    /// The last group prints what came of all.
    fn end(&self) {
        if self.groups_left.fetch_sub(1, Ordering::SeqCst) > 1 {
            return;
        }
        let figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |wrong| figures.wrong.get(&wrong).copied().unwrap_or_default();
        let unknown: usize = figures.unknown.values().sum();
        let mut text = format!(
            "\nfaults tried: {} in {} s\n  verdicts right: {}\n  honestly unknown: {unknown}\n",
            figures.tried,
            self.started.elapsed().as_secs(),
            figures.right
        );
        for (reason, count) in &figures.unknown {
            let _ = writeln!(text, "    {count}: {reason}");
        }
        for wrong in [
            Wrong::NeedlesslyUnknown,
            Wrong::MadeTwice,
            Wrong::FailedButExists,
            Wrong::MadeButMissing,
            Wrong::Other,
        ] {
            let _ = writeln!(text, "  {wrong}: {}", count(wrong));
        }
        println!("{text}");
    }
}

/// As many at the same time as a wiki can take.
struct Crowd {
    places: Mutex<usize>,
    left: Condvar,
}

impl Crowd {
    fn new(places: usize) -> Self {
        Self { places: Mutex::new(places), left: Condvar::new() }
    }

    fn enter(&self) -> Place<'_> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        while *places == 0 {
            places = self.left.wait(places).unwrap_or_else(PoisonError::into_inner);
        }
        *places -= 1;
        Place(self)
    }
}

struct Place<'a>(&'a Crowd);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.places.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.left.notify_one();
    }
}
