//! Every call: what it sends to the letter, and that no answer of an odd shape makes it do worse than say so.

use super::*;
use crate::protocol::rest::{
    Id,
    makerworld::{F3mfKind, Page},
    messages::MessageKind,
    projects::Processing,
    slicer::{NewPreset, VERSION},
    tasks::TaskQuery,
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin};

type Answered<'a> = Pin<Box<dyn Future<Output = Result<(), RestError>> + 'a>>;
type Call = for<'a> fn(&'a Cloud) -> Answered<'a>;

/// A call, without what it answers.
macro_rules! call {
    (|$cloud:ident| $ask:expr) => {
        |$cloud: &Cloud| -> Answered<'_> { Box::pin(async move { $ask.await.map(drop) }) }
    };
}

fn id(text: &str) -> Id {
    Id::new(text)
}

fn ticket() -> Secret {
    Secret::new("t1cket")
}

fn preset() -> NewPreset {
    let text = |text: &str| text.to_owned();
    NewPreset {
        kind: text("filament"),
        name: text("N"),
        version: text(VERSION),
        base: text("GFSA00"),
        setting: json!({"a": "1"}),
    }
}

/// Each call with the first line it sends and its body; those that log in have tests of their own.
fn calls() -> Vec<(Call, &'static str, Value)> {
    let none = Value::Null;
    vec![
        (call!(|c| c.preference()), "GET /v1/design-user-service/my/preference", none.clone()),
        (call!(|c| c.profile()), "GET /v1/user-service/my/profile", none.clone()),
        (call!(|c| c.notification_settings()), "GET /v1/user-service/my/setting", none.clone()),
        (call!(|c| c.latest_app()), "GET /v1/user-service/latest/app", none.clone()),
        (call!(|c| c.general_config()), "GET /v1/user-service/general/config", none.clone()),
        (call!(|c| c.devices()), "GET /v1/iot-service/api/user/bind", none.clone()),
        (
            call!(|c| c.bind_device("01P", "N", "1234")),
            "POST /v1/iot-service/api/user/bind",
            json!({"device_id": "01P", "device_name": "N", "bind_code": "1234"}),
        ),
        (
            call!(|c| c.rename_device("01P", "N")),
            "PATCH /v1/iot-service/api/user/device/info",
            json!({"dev_id": "01P", "name": "N"}),
        ),
        (call!(|c| c.device_info("01P")), "GET /v1/iot-service/api/user/device/info?device_id=01P", none.clone()),
        (call!(|c| c.device_version("01P")), "GET /v1/iot-service/api/user/device/version?dev_id=01P", none.clone()),
        (call!(|c| c.device_jobs()), "GET /v1/iot-service/api/user/print?force=true", none.clone()),
        (call!(|c| c.camera_access("01P")), "POST /v1/iot-service/api/user/ttcode", json!({"dev_id": "01P"})),
        (call!(|c| c.task(&id("5"))), "GET /v1/user-service/my/task/5", none.clone()),
        (call!(|c| c.device_task(&id("5"))), "GET /v1/iot-service/api/user/task/5", none.clone()),
        (
            call!(|c| c.printed_plates(&id("5"))),
            "GET /v1/user-service/my/task/printedplates?instanceId=5",
            none.clone(),
        ),
        (call!(|c| c.projects(None)), "GET /v1/iot-service/api/user/project", none.clone()),
        (call!(|c| c.projects(Some((2, 9)))), "GET /v1/iot-service/api/user/project?page=2&limit=9", none.clone()),
        (call!(|c| c.project(&id("5"))), "GET /v1/iot-service/api/user/project/5", none.clone()),
        (
            call!(|c| c.project_profile(&id("5"), &id("US1"))),
            "GET /v1/iot-service/api/user/profile/5?model_id=US1",
            none.clone(),
        ),
        (call!(|c| c.create_project("p.3mf")), "POST /v1/iot-service/api/user/project", json!({"name": "p.3mf"})),
        (
            call!(|c| c.finish_project(&id("5"), "p.3mf", &id("7"))),
            "PATCH /v1/iot-service/api/user/project/5",
            json!({"name": "p.3mf", "profile_id": "7"}),
        ),
        (
            call!(|c| c.upload_urls("p q.3mf", 7)),
            "GET /v1/iot-service/api/user/upload?filename=p%20q.3mf&size=7",
            none.clone(),
        ),
        (
            call!(|c| c.uploaded(&ticket(), "p.3mf")),
            "PUT /v1/iot-service/api/user/notification",
            json!({"upload": {"ticket": "t1cket", "origin_file_name": "p.3mf"}}),
        ),
        (
            call!(|c| c.processing(Processing::ImportMesh, &ticket())),
            "GET /v1/iot-service/api/user/notification?action=import_mesh&ticket=t1cket",
            none.clone(),
        ),
        (call!(|c| c.unread_notifications()), "GET /v1/iot-service/api/user/notification?unread=true", none.clone()),
        (
            call!(|c| c.messages(MessageKind::Follows, Some(&id("9")), Some(3))),
            "GET /v1/user-service/my/messages?type=4&after=9&limit=3",
            none.clone(),
        ),
        (call!(|c| c.message_count()), "GET /v1/user-service/my/message/count", none.clone()),
        (call!(|c| c.latest_messages()), "GET /v1/user-service/my/message/latest", none.clone()),
        (call!(|c| c.task_news()), "GET /v1/user-service/my/message/device/taskstatus", none.clone()),
        (call!(|c| c.mark_messages_read()), "POST /v1/user-service/my/message/read", json!({})),
        (call!(|c| c.mark_tasks_read()), "POST /v1/user-service/my/message/device/tasks/read", json!({})),
        (call!(|c| c.support_ticket(&id("5"))), "GET /v1/user-service/my/ticket/5", none.clone()),
        (
            call!(|c| c.presets(VERSION, true)),
            "GET /v1/iot-service/api/slicer/setting?version=02.04.00.70&public=false",
            none.clone(),
        ),
        (call!(|c| c.preset("PFUS1")), "GET /v1/iot-service/api/slicer/setting/PFUS1", none.clone()),
        (
            call!(|c| c.create_preset(&preset())),
            "POST /v1/iot-service/api/slicer/setting",
            json!({"type": "filament", "name": "N", "version": VERSION, "base_id": "GFSA00", "setting": {"a": "1"}}),
        ),
        (call!(|c| c.delete_preset("PFUS1")), "DELETE /v1/iot-service/api/slicer/setting/PFUS1", none.clone()),
        (
            call!(|c| c.slicer_resources("01.01.00.00")),
            "GET /v1/iot-service/api/slicer/resource?slicer/plugins/cloud=01.01.00.00",
            none.clone(),
        ),
        (call!(|c| c.design(&id("5"))), "GET /v1/design-service/design/5", none.clone()),
        (
            call!(|c| c.design_file(&id("5"), F3mfKind::Download)),
            "GET /v1/design-service/instance/5/f3mf?type=download",
            none.clone(),
        ),
        (
            call!(|c| c.makerworld(&Page::Related(Id::new("5")), Some((20, 10)))),
            "GET /v1/search-service/design/5/relate?offset=20&limit=10",
            none.clone(),
        ),
        (
            call!(|c| c.makerworld(&Page::Trending, Some((0, 10)))),
            "GET /v1/search-service/select/design/nav?navKey=Trending&offset=0&limit=10",
            none,
        ),
    ]
}

fn body(request: &str) -> Value {
    let (_, body) = request.split_once("\r\n\r\n").expect("a head");
    if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") }
}

#[tokio::test]
async fn every_call_sends_what_is_documented_and_nothing_else() {
    for (call, line, sent) in calls() {
        let server = Server::start(vec![ok("{}")]).await;
        // Whether nothing is enough of an answer is not asked here.
        let _ = call(&server.cloud()).await;
        assert_eq!(server.lines(), [line]);
        let asked = &server.asked()[0];
        assert_eq!(body(asked), sent, "{line}");
        assert!(has(asked, &format!("authorization: Bearer {TOKEN}")), "{line}");
        assert_eq!(names(asked, "content-type"), sent != Value::Null, "{line}");
    }
}

#[tokio::test]
async fn no_call_is_upset_by_answers_of_an_odd_shape() {
    let item = |value: Value| {
        let keys = [
            "id",
            "uid",
            "dev_id",
            "name",
            "title",
            "status",
            "type",
            "url",
            "version",
            "firmware",
            "ams",
            "profiles",
            "context",
            "startTime",
            "endTime",
            "weight",
            "length",
            "amsDetailMapping",
            "taskMessage",
            "from",
            "comment",
            "createTime",
            "project_id",
            "update_time",
            "filament",
            "instances",
            "accessToken",
            "progress",
            "online",
        ];
        Value::Object(keys.iter().map(|key| ((*key).to_owned(), value.clone())).collect())
    };
    let lists = ["devices", "hits", "projects", "urls", "messages", "tasks"];
    for odd in
        [json!(null), json!(7), json!(-1.5), json!("7"), json!(true), json!([]), json!([null, 5, "x"]), json!({})]
    {
        let mut answer = item(odd.clone());
        for list in lists {
            answer[list] = json!([item(odd.clone()), null, 5, "x", []]);
        }
        answer["a field that nobody knows"] = json!({"deep": [1, {"deeper": null}]});
        for shape in [answer, odd] {
            for (call, line, _) in calls() {
                let server = Server::start(vec![ok(&shape.to_string())]).await;
                let cloud = server.cloud_with(|options| options.pace.retries = 0);
                if let Err(error) = call(&cloud).await {
                    let expected = matches!(
                        error.trouble,
                        RestErrorKind::Lacks(_)
                            | RestErrorKind::NotJson
                            | RestErrorKind::Empty
                            | RestErrorKind::Refused { .. }
                    );
                    assert!(expected, "{line}: {shape}: {error:?}");
                    trouble::<()>(Err(error));
                }
            }
        }
    }
}

#[tokio::test]
async fn ids_and_numbers_are_the_same_in_either_form() {
    let list =
        |id: &str, grams: &str| format!(r#"{{"total":1,"hits":[{{"id":{id},"weight":{grams},"status":2,"x":{{}}}}]}}"#);
    let mut found = Vec::new();
    for answer in [list("788462557123", "12.5"), list("\"788462557123\"", "\"12.5\"")] {
        let server = Server::start(vec![ok(&answer)]).await;
        found.push(server.cloud().tasks(&TaskQuery::default()).await.expect("prints"));
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0].tasks[0].id, Some(id("788462557123")));
}

#[tokio::test]
async fn an_error_inside_a_good_answer_is_an_error_of_every_call() {
    for (call, line, _) in calls() {
        let server = Server::start(vec![ok(r#"{"code":1003,"error":"no such thing","message":""}"#)]).await;
        let error = call(&server.cloud()).await.expect_err(line);
        let expected = RestErrorKind::Refused { code: Some(1003), text: "no such thing".into() };
        assert_eq!(error.trouble, expected, "{line}");
    }
}
