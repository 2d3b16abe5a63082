//! What commands say when the cloud, or the way to it, is not as it should be.

use crate::process_harness::{Home, Simulator, cloud_config};
use bambu_tui::simulator::{
    self, Plan, Scenario, Simulation,
    cloud::{CloudFault, CloudPlan},
};

async fn demo() -> Simulation {
    let cloud = Some(CloudPlan::default());
    let plan = Plan { printers: Some(1), scenario: Scenario::Single, cloud, ..Plan::default() };
    simulator::start(&plan).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_clouds_list_a_command_says_why_and_nothing_else() {
    let (demo, home) = (demo().await, Home::new());
    let cloud = demo.cloud().unwrap();
    home.sign_in_to(&cloud.to_json(), "");
    let name = cloud.printers().pop().unwrap().name;
    let commands = [&["status"][..], &["ams", &name], &["do", &name, "light", "on", "--yes"]];
    let all_say = |code: i32, words: &str| {
        for args in commands {
            let ran = home.run(args);
            assert!(ran.code == code && ran.err.contains(words) && ran.err.lines().count() == 1, "{args:?}: {ran:?}");
            assert!(ran.out.is_empty() && !ran.err.contains("no printer"), "{args:?}: {ran:?}");
        }
        assert_eq!(home.run(&["printers"]).code, code, "the same as the command that only lists");
    };
    for (fault, code, words) in [
        (CloudFault::Unauthorized, 4, "log in again"),
        (CloudFault::TooMany(30), 3, "wait 30 s"),
        (CloudFault::Html, 3, "a web page instead of data"),
    ] {
        cloud.set_fault(fault);
        all_say(code, words);
        cloud.clear_faults();
    }
    let config = cloud_config(&cloud.to_json());
    let authority = format!("ca_file = {:?}\n", cloud.ca_file());
    assert!(config.contains(&authority));
    home.configure(&config.replace(&authority, ""));
    all_say(3, "does not prove to be the cloud");
    home.configure(&config);
    cloud.expire_tokens();
    all_say(4, "log in again");
    // A printer of the configuration is reached all the same; whether the account has another one is not known.
    let printer = &demo.printers()[0];
    let lan = format!(
        "[[printer]]\nname = \"Here\"\nhost = \"127.0.0.1\"\nserial = \"{}\"\naccess_code = \"{}\"\nmqtt_port = {}\nfingerprint = \"{}\"\n",
        printer.serial, printer.access_code, printer.mqtt_port, printer.fingerprint
    );
    home.configure(&(lan + &config));
    let all = home.run(&["status"]);
    assert!(all.code == 0 && all.err.contains("log in again") && all.out.contains("Here"), "{all:?}");
    assert_eq!(home.run(&["status", &name]).code, 4);
    // So it is with a sign-in that is of no use.
    std::fs::write(home.path("state/bambu-tui/account.json"), "junk").unwrap();
    assert!(home.run(&["status", "Here"]).err.contains("is no login"));
    home.configure(&config);
    let damaged = home.run(&["status"]);
    assert!(damaged.code == 1 && damaged.err.lines().count() == 1, "{damaged:?}");
}

#[test]
fn a_printer_that_left_the_cloud_since_it_was_listed_is_said_to_be_away() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--cloud", "--orders"]);
    home.sign_in(&simulator, false);
    let name = simulator.cloud["printers"][1]["name"].as_str().unwrap().to_owned();
    assert_eq!(home.run(&["status", &name]).code, 0);
    assert_eq!(simulator.order(&format!("cloud-off {name}"))["ok"], true);
    let away = "the printer is not connected to the cloud; is it on, and in cloud mode?";
    let ran = home.run(&["do", &name, "light", "on", "--yes"]);
    assert!(ran.code == 3 && ran.err.contains(&format!("{away} Nothing was sent")), "{ran:?}");
    let ran = home.run(&["status", &name]);
    assert!(ran.code == 3 && ran.err.contains(away) && ran.out.contains("offline"), "{ran:?}");
    // One that neither transport leads to: what the LAN said comes first.
    let first = simulator.cloud["printers"][0]["name"].as_str().unwrap().to_owned();
    home.configure(&(simulator.config() + &simulator.cloud_config()));
    assert_eq!(home.run(&["printers"]).code, 0);
    assert_eq!(simulator.order(&format!("off {first}"))["ok"], true);
    let ran = home.run(&["status", &first]);
    assert!(ran.code == 3 && ran.err.contains(&format!("allowed? Over the cloud: {away}")), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_share_five_connections_in_five_minutes() {
    use std::os::unix::fs::PermissionsExt;
    let (demo, home) = (demo().await, Home::new());
    let cloud = demo.cloud().unwrap();
    home.sign_in_to(&cloud.to_json(), "");
    let name = cloud.printers().pop().unwrap().name;
    let status = |args: &[&str]| home.run_on(&[&["status", &name][..], args].concat());
    for _ in 0..5 {
        assert_eq!(status(&[]).code, 0);
    }
    let words = "the cloud's broker takes five connections in five minutes; the next is possible in ";
    for _ in 0..3 {
        let ran = status(&[]);
        assert!(ran.code == 3 && ran.err.contains(words), "{ran:?}");
    }
    assert_eq!(cloud.connects(), 5);
    let ran = home.run_on(&["do", &name, "light", "on", "--yes"]);
    assert!(ran.code == 3 && ran.err.contains(words) && ran.err.contains(" s; nothing was sent"), "{ran:?}");
    let file = home.path("state/bambu-tui").join(bambu_tui::storage::FILE);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // Whoever has the time waits, without a word.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    home.database().execute("UPDATE broker_attempt SET time_ms = ?1", [now - 296_000]).unwrap();
    let begin = std::time::Instant::now();
    let ran = status(&["--timeout", "30"]);
    assert!(ran.code == 0 && ran.err.is_empty() && begin.elapsed().as_secs() >= 2, "{ran:?} {:?}", begin.elapsed());
    // A database that nobody can read is none.
    std::fs::write(&file, "junk".repeat(100)).unwrap();
    let ran = status(&[]);
    assert!(ran.code == 0 && ran.err.contains("nothing is kept") && ran.err.contains("is damaged"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_the_broker_is_said_to_be_the_brokers() {
    let (demo, home) = (demo().await, Home::new());
    let cloud = demo.cloud().unwrap();
    home.sign_in_to(&cloud.to_json(), "");
    let name = cloud.printers().pop().unwrap().name;
    assert_eq!(home.run(&["printers"]).code, 0);
    let says = |words: &str| {
        let ran = home.run(&["status", &name]);
        assert!(ran.code == 3 && ran.err.contains(words) && ran.err.contains("cloud's broker"), "{words}: {ran:?}");
    };
    let config = cloud_config(&cloud.to_json());
    let (host, port) = (cloud.mqtt_host(), cloud.mqtt_port().to_string());
    let api = cloud.api_url().rsplit_once(':').unwrap().1.to_owned();
    let with = |from: &str, to: &str| home.configure(&config.replacen(from, to, 1));
    with(&format!("mqtt_host = \"{host}\""), "mqtt_host = \"nosuch.invalid\"");
    says("cannot resolve the cloud's broker, \"nosuch.invalid\"; check mqtt_host");
    with(&format!("mqtt_port = {port}"), &format!("mqtt_port = {api}"));
    says("does not speak like the cloud's broker");
    with(&format!("mqtt_port = {port}"), "mqtt_port = 1");
    says("the cloud's broker refused the connection");
    let ran = home.run(&["do", &name, "light", "on", "--yes"]);
    assert!(ran.err.contains("mqtt_port? Nothing was sent"), "{ran:?}");
    with(&format!("ca_file = {:?}\n", cloud.ca_file()), "");
    says("its certificate is from an authority that this machine does not know");
    home.configure(&config);
    cloud.set_fault(CloudFault::BrokerSilent);
    says("the cloud's broker gives no answer (logging in)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_elsewhere_is_named() {
    let (demo, home) = (demo().await, Home::new());
    let cloud = demo.cloud().unwrap();
    let config = cloud_config(&cloud.to_json());
    let password = format!("{}\n", cloud.password());
    let to = |address: &str| {
        home.configure(&config.replace(cloud.api_url(), address));
        home.tell(&["login", "--password", "--account", &cloud.plain_account()], &password)
    };
    let broker = to(&format!("https://127.0.0.1:{}", cloud.mqtt_port()));
    assert!(broker.code == 3 && broker.err.contains("closed the connection without an answer"), "{broker:?}");
    assert!(broker.err.contains("check the network and api_url") && !broker.err.contains("docs.rs"), "{broker:?}");
    let website = to(cloud.web_url());
    assert!(website.code == 4 && website.err.contains("or api_url leads to something else"), "{website:?}");
    // A token that a setting gives is not cured by a login.
    home.configure(&config.replace("[cloud]", "[cloud]\ntoken_env = \"MY_TOKEN\""));
    let token = cloud.token().to_owned();
    cloud.expire_tokens();
    let over = home.tell_with(&["printers"], "", &[("MY_TOKEN", &token)]);
    assert!(
        over.code == 4 && over.err.contains("have token_env give a new one, or take it out of the configuration"),
        "{over:?}"
    );
    assert_eq!(over.err.matches("log in again").count(), 0, "{over:?}");
}
