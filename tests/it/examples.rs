//! The examples of the library do what they say, against simulated printers and a simulated cloud.

use bambu_tui::simulator::{self, Plan, Scenario, cloud::CloudPlan};
use std::{
    path::Path,
    process::{Command, Output},
};

/// Runs an example; `cargo test` has built it, and where only this test was asked for, it is built now.
async fn example(name: &str, arguments: Vec<String>, environment: Vec<(&'static str, String)>) -> Output {
    let name = name.to_owned();
    let run = move || {
        let program = Path::new(env!("CARGO_BIN_EXE_bambu-tui"));
        let folder = program.parent().unwrap();
        let example = folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if !example.exists() {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--locked", "--examples"]);
            cargo.arg("--target-dir").arg(folder.parent().unwrap());
            cargo.args(folder.ends_with("release").then_some("--release"));
            assert!(cargo.status().unwrap().success(), "{name} cannot be built");
        }
        let outside = ["BAMBU_TOKEN", "BAMBU_API_URL", "BAMBU_CA_FILE", "BAMBU_ACCESS_CODE"];
        let mut command = Command::new(&example);
        for name in outside {
            command.env_remove(name);
        }
        command.args(arguments).envs(environment).output().unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// What an example printed, if all went well.
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn plan() -> Plan {
    Plan { scenario: Scenario::Single, cloud: Some(CloudPlan::default()), ..Plan::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_on_the_lan_is_asked_for_its_state() {
    let simulation = simulator::start(&plan()).await.unwrap();
    let card = &simulation.printers()[0];
    let status = |fingerprint: &str, code: &str| {
        let arguments = [format!("{}:{}", card.host, card.mqtt_port), card.serial.clone(), fingerprint.to_owned()];
        example("lan_status", arguments.to_vec(), vec![("BAMBU_ACCESS_CODE", code.to_owned())])
    };
    let text = said(&status(&card.fingerprint, &card.access_code).await);
    assert!(text.contains("state    RUNNING") && text.contains(" %"), "{text}");

    for (fingerprint, code, expected) in
        [("00", card.access_code.as_str(), "another certificate"), (&card.fingerprint, "wrong", "lets nobody in")]
    {
        let output = status(fingerprint, code).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && words.contains(expected), "{words}");
        assert!(!words.contains(&card.access_code), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cloud_names_its_printers() {
    let simulation = simulator::start(&plan()).await.unwrap();
    let cloud = simulation.cloud().unwrap();
    let environment = vec![
        ("BAMBU_TOKEN", cloud.token().to_owned()),
        ("BAMBU_API_URL", cloud.api_url().to_owned()),
        ("BAMBU_CA_FILE", cloud.ca_file().to_string_lossy().into_owned()),
    ];
    let text = said(&example("cloud_printers", Vec::new(), environment).await);
    for printer in cloud.printers() {
        assert!(text.contains(&printer.serial) && text.contains(&printer.name), "{printer:?}: {text}");
    }
    assert!(text.contains("prints in all") && !text.contains(cloud.token()), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_is_started_and_controlled() {
    let text = said(&example("simulator", Vec::new(), Vec::new()).await);
    assert!(text.contains("mqtts://127.0.0.1:") && text.contains("it is silent now"), "{text}");
    let json = text.lines().last().unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert!(json["printers"][0]["mqtt_port"].as_u64().is_some() && json["cloud"].is_object(), "{json}");
}
