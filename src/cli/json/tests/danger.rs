//! Danger and every other need for a person, by the rule that the list follows.

use super::check;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn danger_is_told_with_its_code() {
    check(
        r#"{"serial": "09400A000000001", "messages": [{"print": {"command": "push_status", "msg": 0,
            "gcode_state": "PAUSE", "print_error": 50364526, "hms": [{"attr": 201327360, "code": 196614},
            {"attr": 201327360, "code": 65566}]}}]}"#,
        &[
            ("/needs_attention", json!(true)),
            ("/danger", json!(true)),
            ("/job/error/code", json!("0300_806E")),
            ("/job/error/danger", json!(true)),
            ("/hms/0/code", json!("HMS_0C00_0300_0001_001E")),
            ("/hms/0/danger", json!(true)),
            ("/hms/0/text", json!("DANGER: SMOKE was detected; switch the power off now")),
            ("/hms/1/danger", json!(false)),
        ],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// JSON follows the rule by which the list marks and the header counts.
    #[test]
    fn needs_attention_is_the_rule_of_the_list(story in crate::state::printer::need::tests::story()) {
        let state = crate::state::printer::need::tests::state_of(&[story]);
        let said = crate::cli::json::PrinterJson::new(&state.fleet.printers[0], &state);
        let said = serde_json::to_value(said).expect("JSON");
        prop_assert_eq!(&said["needs_attention"], &json!(state.fleet.printers[0].need().is_some()));
        prop_assert_eq!(&said["danger"], &json!(state.fleet.printers[0].is_in_danger()));
    }
}
