//! What the cloud remembers, from the shell: prints, totals, projects, messages, filament on record.

use crate::process_harness::{Home, Ran, Simulator};
use serde_json::Value;
use std::collections::HashSet;

struct Bench {
    home: Home,
    simulator: Simulator,
}

impl Bench {
    fn new(faults: &[&str]) -> Self {
        let home = Home::new();
        let simulator = Simulator::start(&home, &[&["--scenario", "single", "--cloud"][..], faults].concat());
        home.sign_in(&simulator, true);
        Self { home, simulator }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let ran = self.home.run(args);
        let token = self.simulator.cloud["token"].as_str().unwrap();
        assert!(!(ran.out.clone() + &ran.err + &self.home.log()).contains(token), "{args:?}");
        ran
    }

    fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"))
    }
}

fn ids(prints: &Value) -> Vec<String> {
    prints["prints"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn prints_are_listed_page_by_page_and_end() {
    let b = Bench::new(&[]);
    let first = b.json(&["history", "--limit", "7"]);
    let total = usize::try_from(first["total"].as_u64().unwrap()).unwrap();
    assert!(total > 60, "more than one page: {total}");
    let mut all = ids(&first);
    assert_eq!(all.len(), 7);
    let second = b.json(&["history", "--limit", "60", "--after", first["next"].as_str().unwrap()]);
    all.extend(ids(&second));
    assert_eq!(all.len(), 67.min(total));
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "none twice");
    let rest = b.json(&["history", "--limit", "9999", "--after", all.last().unwrap()]);
    assert_eq!((rest["next"].is_null(), ids(&rest).len() + all.len()), (true, total));
    let table = b.run(&["history", "--limit", "3"]);
    assert!(table.code == 0 && table.out.lines().count() == 4 && table.out.starts_with("began"), "{table:?}");
    assert!(table.err.contains(&format!("3 of {total} prints; older ones with --after")), "{table:?}");
    let serial = b.simulator.text(0, "serial");
    let own = b.json(&["history", "workshop p1s", "--limit", "5"]);
    assert!(own["prints"].as_array().unwrap().iter().all(|p| p["serial"] == serial.as_str()), "{own}");
    assert_eq!(b.run(&["history", "Nobody"]).code, 2);
    assert_eq!(b.run(&["history", "--limit", "0"]).code, 2);
}

#[test]
fn one_print_is_told_with_its_filaments_and_an_unknown_one_is_not() {
    let b = Bench::new(&[]);
    let list = b.json(&["history", "--limit", "20"]);
    let print = list["prints"].as_array().unwrap().iter().find(|p| p["status"] == "finished").unwrap();
    let id = print["id"].as_str().unwrap();
    let one = b.json(&["history", "--print", id]);
    assert_eq!((&one["id"], &one["name"], &one["seconds"]), (&print["id"], &print["name"], &print["seconds"]));
    assert!(one["filaments"][0]["grams"].as_f64().is_some_and(|grams| grams > 0.0), "{one}");
    let words = b.run(&["history", "--print", id]);
    assert!(words.out.contains("estimate") && words.out.contains(" g, "), "{words:?}");
    assert!(words.out.contains("  state     finished\n") && words.out.contains("  ended     20"), "{words:?}");
    assert!(b.run(&["history"]).out.contains("printer") && !b.run(&["history"]).out.contains("ended"));
    let none = b.run(&["history", "--print", "1"]);
    assert!(none.code == 4 && none.out.is_empty(), "{none:?}");
    let runs = list["prints"].as_array().unwrap().iter().find(|p| p["status"] == "printing").unwrap();
    assert_eq!((&runs["ended_unix"], &runs["seconds"]), (&Value::Null, &Value::Null), "not over");
    let words = b.run(&["history", "--print", runs["id"].as_str().unwrap()]).out;
    assert!(words.contains("  state     printing\n") && !words.contains("ended"), "{words}");
}

#[test]
fn totals_add_up_by_printer_and_by_month() {
    let b = Bench::new(&[]);
    let totals = b.json(&["history", "--totals"]);
    assert_eq!((&totals["complete"], &totals["prints"]), (&Value::Bool(true), &totals["total"]));
    let sum = |part: &str, key: &str| -> f64 {
        totals[part].as_array().unwrap().iter().map(|row| row[key].as_f64().unwrap()).sum()
    };
    for key in ["prints", "finished", "seconds", "grams", "metres"] {
        let all = totals["all"][key].as_f64().unwrap();
        assert!((sum("printers", key) - all).abs() < 1.0 && (sum("months", key) - all).abs() < 1.0, "{key}: {totals}");
    }
    assert!(totals["all"]["success_percent"].as_u64().is_some_and(|percent| percent > 0 && percent <= 100));
    let words = b.run(&["history", "--totals", "--limit", "10"]);
    assert!(
        words.out.contains("by printer") && words.out.contains("by month") && words.out.contains(" %"),
        "{words:?}"
    );
    assert!(words.err.contains("of the newest 10 of"), "{words:?}");
}

#[test]
fn a_part_of_the_cloud_that_fails_is_named_and_leaves_the_rest() {
    let b = Bench::new(&["--cloud-fault", "server:/v1/user-service/my/tasks"]);
    let none = b.run(&["history"]);
    assert!(none.code == 3 && none.err.contains("a problem of its own"), "{none:?}");
    assert!(b.run(&["projects"]).code == 0, "the rest is not concerned");
}

#[test]
fn prints_that_came_before_a_page_failed_are_listed_and_lead_on() {
    for (fault, words) in [
        ("server", "the cloud has a problem of its own (status 500)"),
        ("too-many", "wait 30 s before the next request"),
        ("html", "a web page instead of data"),
    ] {
        let b = Bench::new(&["--cloud-fault", &format!("{fault}:/v1/user-service/my/tasks?after=")]);
        let ran = b.run(&["history", "--limit", "60", "--json"]);
        let list: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(ran.code == 1 && ran.err.contains("only the newest 50: ") && ran.err.contains(words), "{ran:?}");
        assert_eq!(
            list["next"].as_str(),
            ids(&list).last().map(String::as_str),
            "{fault}: it can be gone on from there"
        );
        assert_eq!(ids(&list).len(), 50);
        let totals = b.run(&["history", "--totals"]);
        assert!(totals.code == 1 && totals.err.contains("of the newest 50 of"), "{totals:?}");
    }
}

#[test]
fn pages_that_do_not_go_on_are_the_end_and_it_is_said() {
    for (fault, whole, went_on) in [
        ("pages-repeat", false, false),
        ("pages-back", false, false),
        ("pages-empty", false, true),
        ("pages-overlap", true, true),
        ("total-shrinks", true, true),
    ] {
        let b = Bench::new(&["--cloud-fault", fault]);
        let ran = b.run(&["history", "--totals", "--json"]);
        let totals: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&totals["complete"], ran.code), (&Value::Bool(whole), i32::from(!whole)), "{fault}: {ran:?}");
        assert_eq!((totals["prints"] == totals["total"], ran.err.contains("not all: ")), (whole, !whole), "{fault}");
        let first = b.json(&["history", "--limit", "7"]);
        let next = first["next"].as_str().unwrap();
        let ran = b.run(&["history", "--limit", "7", "--after", next, "--json"]);
        let second: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)), "{fault}: {first} {second}");
        let empty = fault == "pages-empty";
        assert_eq!(ran.code == 0, went_on && !empty, "{fault}: {ran:?}");
        assert_eq!(ran.err.contains("gave 7 and no more"), empty, "{fault}: {ran:?}");
        if !went_on {
            assert!(ids(&second).is_empty() && second["next"].is_null(), "{fault}: {ran:?}");
            assert!(ran.err.contains(&format!("did not go on after {next}; it gave newer prints again")), "{ran:?}");
            let table = b.run(&["history", "--after", next]);
            assert!(table.code == 1 && !ids(&first).iter().any(|id| table.out.contains(id)), "{fault}: {table:?}");
        }
        let kind = ["messages", "--kind", "prints", "--limit", "3", "--json"];
        let list = |ran: &Ran| -> Vec<Value> {
            let json: Value = serde_json::from_str(&ran.out).unwrap();
            json["messages"].as_array().unwrap().iter().map(|message| message["id"].clone()).collect()
        };
        let newest = list(&b.run(&kind));
        let ran = b.run(&[&kind[..], &["--after", newest[2].as_str().unwrap()]].concat());
        assert!(list(&ran).iter().all(|id| !newest.contains(id)), "{fault}: {ran:?}");
        assert_eq!((ran.code == 0, ran.err.contains("not all: ")), (went_on, !went_on), "{fault}: {ran:?}");
    }
}

#[test]
fn projects_are_listed_and_opened() {
    let b = Bench::new(&[]);
    let list = b.json(&["projects"]);
    let id = list[0]["id"].as_str().unwrap();
    let one = b.json(&["projects", id]);
    assert_eq!(one["name"], list[0]["name"]);
    let plate = &one["profiles"][0]["plates"][0];
    assert!(plate["seconds"].is_number() && plate["filaments"][0]["grams"].is_number(), "{one}");
    assert!(b.run(&["projects"]).out.starts_with("changed"));
    assert!(b.run(&["projects", id]).out.contains("plate 1: "));
    let old = b.run(&["history", "--after", "1"]);
    assert!(old.code == 0 && old.err.contains("no prints before 1\n"), "{old:?}");
    let far = b.run(&["projects", "--page", "99"]);
    assert!(far.code == 0 && far.err.contains("no projects on page 99"), "{far:?}");
    let same = Bench::new(&["--cloud-fault", "pages-repeat:/v1/iot-service"]).run(&["projects", "--page", "2"]);
    assert!(same.code == 1 && same.out.is_empty() && same.err.contains("has no page 2 of its own"), "{same:?}");
    let none = b.run(&["projects", "12345"]);
    assert!(none.code == 4 && none.out.is_empty(), "{none:?}");
}

#[test]
fn messages_come_by_kind_and_notifications_only_if_the_cloud_tells() {
    let b = Bench::new(&[]);
    let all = b.json(&["messages"]);
    let kinds: HashSet<_> = all["messages"].as_array().unwrap().iter().map(|m| m["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, HashSet::from(["system", "comments", "likes", "follows", "prints"]));
    assert!(all["unread"].is_number(), "{all}");
    let two = b.json(&["messages", "--kind", "prints", "--limit", "2"]);
    assert_eq!(two["messages"].as_array().unwrap().len(), 2);
    let last = two["messages"][1]["id"].as_str().unwrap();
    let next = b.json(&["messages", "--kind", "prints", "--limit", "2", "--after", last]);
    assert!(next["messages"].as_array().unwrap().iter().all(|m| m["id"] != last), "{next}");
    assert!(next["messages"][0]["print"]["name"].is_string(), "{next}");
    let comments = b.run(&["messages", "--kind", "comments", "--limit", "3"]);
    assert!(comments.out.contains("comments") && comments.err.contains("older ones with --after"), "{comments:?}");
    let silent = b.run(&["messages", "--kind", "system"]);
    assert!(silent.out.contains("only Bambu Lab's app shows its content"), "{silent:?}");
    let wrong = b.run(&["messages", "--kind", "party"]);
    assert!(wrong.code == 2 && wrong.err.contains("must be one of system, comments"), "{wrong:?}");
    assert_eq!(b.run(&["messages", "--after", "5"]).code, 2);
    let notes = b.run(&["messages", "--notifications"]);
    assert!(notes.code == 0 && notes.out.starts_with("bracket.3mf is ready, it can be printed now\n"), "{notes:?}");
    assert!(notes.err.contains("unconfirmed") && b.json(&["messages", "--notifications"])["notifications"].is_array());
    // The real one may have no such list.
    let poor = Bench::new(&["--cloud-fault", "forbidden:/v1/iot-service/api/user/notification"]);
    let notes = poor.run(&["messages", "--notifications"]);
    assert!(notes.code == 4 && notes.out.is_empty() && !notes.err.is_empty(), "{notes:?}");
}

#[test]
fn the_accounts_printers_are_told_with_their_jobs() {
    let b = Bench::new(&[]);
    let list = b.json(&["printers"]);
    assert_eq!(list.as_array().unwrap().len(), b.simulator.cloud["printers"].as_array().unwrap().len());
    let own = list.as_array().unwrap().iter().find(|p| p["name"] == "Workshop P1S").unwrap();
    assert_eq!((own["status"].as_str(), own["online"].as_bool()), (Some("printing"), Some(true)));
    assert!(own["job"]["name"].is_string() && own["job"]["percent"].is_number(), "{own}");
    let table = b.run(&["printers"]);
    assert!(table.out.contains("Workshop P1S") && table.err.contains("minutes old"), "{table:?}");
    let code = b.simulator.text(0, "access_code");
    assert!(!table.out.contains(&code) && !list.to_string().contains(&code));
}

#[test]
fn filament_comes_from_the_report_and_without_one_from_the_record() {
    let b = Bench::new(&[]);
    let live = b.json(&["ams", "Workshop P1S"]);
    assert_eq!((live["source"].as_str(), live["transport"].as_str()), (Some("report"), Some("lan")));
    assert!(live["ams"][0]["trays"][0]["label"] == "A1" && live["external"][0]["label"] == "Ext", "{live}");
    let words = b.run(&["ams", "Workshop P1S"]);
    assert!(words.out.contains("by its own report over the LAN") && words.out.contains("  A1 "), "{words:?}");
    let other = b.simulator.cloud["printers"].as_array().unwrap().iter().find(|p| p["lan"] == false).unwrap();
    let far = b.json(&["ams", other["name"].as_str().unwrap()]);
    assert_eq!((far["source"].as_str(), far["transport"].as_str()), (Some("report"), Some("cloud")));
    drop(b);

    let b = Bench::new(&["--cloud-fault", "broker-silent"]);
    let port = format!("mqtt_port = {}", b.simulator.text(0, "mqtt_port"));
    b.home.configure(&(b.simulator.config().replace(&port, "mqtt_port = 1") + &b.simulator.cloud_config()));
    let record = b.json(&["ams", "Workshop P1S", "--timeout", "2"]);
    assert_eq!((record["source"].as_str(), &record["ams"]), (Some("cloud records"), &Value::Null));
    let print = &record["records"]["print"];
    assert!(print["age_s"].is_number() && print["filaments"][0]["material"].is_string(), "{record}");
    assert_eq!(record["records"]["units"]["source"], "device/version");
    let words = b.run(&["ams", "Workshop P1S", "--timeout", "2"]);
    assert!(words.out.contains("which do not say what is loaded now") && words.out.contains(" ago:"), "{words:?}");
    assert!(words.err.contains("connection refused"), "{words:?}");
    b.home.run(&["logout"]);
    let nobody = b.home.run(&["ams", "Workshop P1S", "--timeout", "2"]);
    assert!(nobody.code == 3 && nobody.out.is_empty(), "{nobody:?}");
}
