//! The client of the cloud's REST API against the simulated cloud, which knows nothing of it: every way to log in, every
//! call that the simulator answers, and what each fault comes to.

use bambu_tui::{
    config::{CloudConfig, Secret, System},
    net::rest::{Cloud, HttpTimeouts, LoginStep, RestOptions, options},
    protocol::rest::{
        Id, Region, RestError, RestErrorKind,
        makerworld::{F3mfKind, Page},
        messages::MessageKind,
        projects::Processing,
        slicer::{NewPreset, VERSION},
        tasks::{TaskQuery, TaskStatus},
    },
    simulator::{
        self, Plan, Simulation,
        cloud::{CloudControl, CloudFault, CloudPlan, FaultRule, TokenForm, TokenPlace},
    },
    storage::account::{self, Account, Life},
};
use std::time::Duration;

async fn demo(cloud: CloudPlan) -> Simulation {
    let plan = Plan { printers: Some(1), cloud: Some(cloud), ..Plan::default() };
    simulator::start(&plan).await.unwrap()
}

fn there(demo: &Simulation) -> &CloudControl {
    demo.cloud().unwrap()
}

fn config(demo: &Simulation) -> CloudConfig {
    let handle = there(demo);
    CloudConfig {
        api_url: Some(handle.api_url().to_owned()),
        web_url: Some(handle.web_url().to_owned()),
        ca_file: Some(handle.ca_file().to_owned()),
        ..CloudConfig::default()
    }
}

fn client(demo: &Simulation, token: Option<&str>) -> Cloud {
    // Tests may be slow to be served; only failures wait for this.
    let pace = HttpTimeouts { timeout: Duration::from_secs(20), ..HttpTimeouts::fast() };
    Cloud::new(RestOptions { pace, ..options(&config(demo), token.map(Secret::new)) })
}

fn logged_in(demo: &Simulation) -> Cloud {
    client(demo, Some(there(demo).token()))
}

fn secret(text: impl Into<String>) -> Secret {
    Secret::new(text)
}

/// The client has a token that the cloud takes.
async fn is_in(demo: &Simulation, cloud: &Cloud) {
    assert_eq!(cloud.devices().await.unwrap().len(), there(demo).printers().len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_log_in_leads_in() {
    for place in [TokenPlace::Cookie, TokenPlace::AccessToken, TokenPlace::Token] {
        let demo = demo(CloudPlan { tfa_token: place, ..CloudPlan::default() }).await;
        let (handle, cloud) = (there(&demo), client(&demo, None));
        let step = cloud.login_password(&handle.tfa_account(), &secret(handle.password())).await.unwrap();
        let LoginStep::NeedsTfa(key) = step else { panic!("{step:?}") };
        let wrong = cloud.login_tfa(&key, &secret("000000")).await.unwrap_err();
        assert_eq!(wrong.trouble, RestErrorKind::TfaWrong);
        let login = cloud.login_tfa(&key, &secret(handle.tfa_code())).await.unwrap();
        assert_eq!(login.uid, Some(handle.uid().to_string()));
        is_in(&demo, &cloud).await;
    }
    for form in [TokenForm::Jwt, TokenForm::OldJwt, TokenForm::Opaque] {
        let demo = demo(CloudPlan { token: form, ..CloudPlan::default() }).await;
        let (handle, cloud) = (there(&demo), client(&demo, None));
        let step = cloud.login_password(&handle.account(), &secret(handle.password())).await.unwrap();
        assert!(matches!(step, LoginStep::NeedsCode), "{step:?}");
        cloud.send_code(&handle.account()).await.unwrap();
        let step = cloud.login_code(&handle.account(), &secret(handle.code())).await.unwrap();
        let LoginStep::Done(login) = step else { panic!("{step:?}") };
        assert_eq!((login.uid.clone(), login.expires_in_s), (Some(handle.uid().to_string()), Some(7_776_000)));
        is_in(&demo, &cloud).await;
    }
    let demo = demo(CloudPlan::default()).await;
    let (handle, cloud) = (there(&demo), client(&demo, None));
    cloud.send_code(&handle.phone()).await.unwrap();
    let step = cloud.login_code(&handle.phone(), &secret(handle.code())).await.unwrap();
    assert!(matches!(step, LoginStep::Done(_)), "{step:?}");
    let pasted = client(&demo, None);
    let login = pasted.login_token(&secret(format!("Bearer {}", handle.token()))).await.unwrap();
    assert_eq!(login.uid, Some(handle.uid().to_string()));
    is_in(&demo, &pasted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_of_a_login_are_told_apart() {
    let demo = demo(CloudPlan::default()).await;
    let (handle, cloud) = (there(&demo), client(&demo, None));
    let wrong = cloud.login_password(&handle.account(), &secret("guess")).await.unwrap_err();
    assert!(matches!(wrong.trouble, RestErrorKind::LoginRefused(_)), "{wrong:?}");
    cloud.send_code(&handle.account()).await.unwrap();
    let code = if handle.code() == "000000" { "111111" } else { "000000" };
    assert_eq!(cloud.login_code(&handle.account(), &secret(code)).await.unwrap_err().trouble, RestErrorKind::CodeWrong);
    handle.expire_codes();
    let late = cloud.login_code(&handle.account(), &secret(handle.code())).await.unwrap_err();
    assert_eq!(late.trouble, RestErrorKind::CodeExpired);
    let step = cloud.login_password(&handle.tfa_account(), &secret(handle.password())).await.unwrap();
    let LoginStep::NeedsTfa(key) = step else { panic!("{step:?}") };
    handle.expire_codes();
    assert_eq!(cloud.login_tfa(&key, &secret(handle.tfa_code())).await.unwrap_err().trouble, RestErrorKind::TfaExpired);
    assert!(!cloud.has_token());
    handle.set_fault(CloudFault::Captcha);
    let cloud = client(&demo, None);
    let robot = cloud.login_password(&handle.account(), &secret(handle.password())).await.unwrap_err();
    assert_eq!(robot.trouble, RestErrorKind::Captcha);
    handle.clear_faults();
    let pasted = client(&demo, None).login_token(&secret("AADnever-was-a-good-token")).await.unwrap_err();
    assert_eq!(
        (pasted.region, &pasted.trouble),
        (Some(Region::Global), &RestErrorKind::TokenRefused),
        "it need not have ended"
    );
    let words = pasted.to_string();
    assert!(words.contains("region global") && words.contains("other region"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_is_kept_for_the_next_run_and_ends() {
    let demo = demo(CloudPlan::default()).await;
    let (handle, cloud) = (there(&demo), client(&demo, None));
    let login = cloud.login_password(&handle.plain_account(), &secret(handle.password())).await.unwrap();
    let LoginStep::Done(login) = login else { panic!("{login:?}") };
    let (folder, config, now) = (tempfile::tempdir().unwrap(), config(&demo), 1_780_000_000);
    let path = folder.path().join("account.json");
    let kept = Account {
        name: Some(secret(handle.plain_account())),
        uid: login.uid.clone(),
        expires_at: login.ends(now),
        ..Account::from_token(&config, login.token)
    };
    account::save(&path, &kept).unwrap();
    let (found, _) = account::find(&config, &path, &System).unwrap().unwrap();
    assert!(!matches!(found.life(now), Life::Unknown));
    assert_eq!(found.uid, Some(handle.uid().to_string()));
    let next = Cloud::new(options(&config, Some(found.token)));
    assert_eq!(next.preference().await.unwrap().uid, Some(Id::new(&handle.uid().to_string())));
    handle.expire_tokens();
    let ended = next.tasks(&TaskQuery::default()).await.unwrap_err();
    assert!(ended.needs_login() && ended.trouble == RestErrorKind::Expired, "{ended:?}");
    assert!(account::find(&CloudConfig::default(), &path, &System).is_err(), "the real cloud does not get this token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn printers_are_listed_and_renamed() {
    let demo = demo(CloudPlan::default()).await;
    let (handle, cloud) = (there(&demo), logged_in(&demo));
    let (devices, printers) = (cloud.devices().await.unwrap(), handle.printers());
    for (device, printer) in devices.iter().zip(&printers) {
        assert_eq!(device.serial.as_deref(), Some(printer.serial.as_str()));
        assert_eq!(device.name.as_deref(), Some(printer.name.as_str()));
        let code = device.access_code.as_ref().unwrap().expose();
        assert!(!code.is_empty() && !code.contains(char::is_whitespace));
        assert_eq!((device.online, device.product.as_deref()), (Some(true), Some(printer.model.short())));
    }
    let jobs = cloud.device_jobs().await.unwrap();
    assert_eq!(jobs.len(), printers.len());
    assert!(jobs.iter().any(|job| job.task.is_some() && job.prediction_s.is_some()), "one of them prints: {jobs:?}");
    let serial = &printers[0].serial;
    let versions = cloud.device_version(serial).await.unwrap();
    assert_eq!(versions[0].serial.as_deref(), Some(serial.as_str()));
    assert!(versions[0].version.is_some());
    assert_eq!(cloud.device_info(serial).await.unwrap()["dev_access_code"], "••••");
    let camera = cloud.camera_access(serial).await.unwrap();
    assert!(camera.kind.is_some() && camera.ttcode.is_some(), "{camera:?}");
    cloud.rename_device(serial, "Another name").await.unwrap();
    assert_eq!(cloud.devices().await.unwrap()[0].name.as_deref(), Some("Another name"));
    assert_eq!(handle.printers()[0].name, "Another name");
    let stranger = cloud.device_version("00M00A000000000").await.unwrap_err();
    assert!(stranger.is_permanent(), "{stranger:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_is_read_page_by_page_to_its_end() {
    let demo = demo(CloudPlan::default()).await;
    let cloud = logged_in(&demo);
    let (mut query, mut all, mut total) = (TaskQuery { limit: Some(20), ..TaskQuery::default() }, Vec::new(), None);
    for _ in 0..8 {
        let page = cloud.tasks(&query).await.unwrap();
        total = page.total;
        all.extend(page.tasks);
        match page.next {
            Some(next) => query = next,
            None => break,
        }
    }
    assert_eq!(Some(all.len() as i64), total);
    assert!(all.windows(2).all(|pair| pair[0].started >= pair[1].started), "newest first");
    let ids: std::collections::HashSet<_> = all.iter().map(|task| task.id.clone()).collect();
    assert_eq!(ids.len(), all.len(), "none twice");
    let done = all.iter().find(|task| task.status == Some(TaskStatus::Finished)).unwrap();
    assert!(done.took_s().is_some_and(|s| s > 0) && done.metres().is_some_and(|m| m > 0.0) && done.name().is_some());
    let one = cloud.task(done.id.as_ref().unwrap()).await.unwrap();
    assert_eq!((one.id.as_ref(), one.name()), (done.id.as_ref(), done.name()));
    let cover = cloud.picture(done.cover.as_ref().unwrap()).await.unwrap();
    assert!(!cover.is_empty());
    let refused = cloud.device_task(done.id.as_ref().unwrap()).await.unwrap_err();
    assert!(matches!(refused.trouble, RestErrorKind::Forbidden(_)) && refused.is_permanent());
    let serial = done.serial.clone().unwrap();
    let page = cloud.tasks(&TaskQuery { serial: Some(serial.clone()), ..TaskQuery::default() }).await.unwrap();
    assert!(page.tasks.iter().all(|task| task.serial.as_deref() == Some(serial.as_str())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projects_and_uploads_go_their_whole_way() {
    let demo = demo(CloudPlan::default()).await;
    let cloud = logged_in(&demo);
    let projects = cloud.projects(Some((1, 5))).await.unwrap();
    let project = cloud.project(projects[0].id.as_ref().unwrap()).await.unwrap();
    let profile = &project.profiles.as_ref().unwrap()[0];
    let plate = &profile.context.as_ref().unwrap().plates.as_ref().unwrap()[0];
    assert!(plate.prediction_s.is_some() && plate.thumbnail.as_ref().unwrap().url.is_some(), "{plate:?}");
    let profile = cloud.project_profile(profile.id.as_ref().unwrap(), project.model.as_ref().unwrap()).await.unwrap();
    assert!(profile.md5.is_some());
    let file = cloud.file(profile.url.as_ref().unwrap(), 1 << 20).await.unwrap();
    assert!(!file.is_empty());
    let too_big = cloud.file(profile.url.as_ref().unwrap(), 1).await.unwrap_err();
    assert_eq!(too_big.trouble, RestErrorKind::TooBig);

    cloud.upload("part.3mf", b"PK\x05\x06 not much".to_vec()).await.unwrap();

    let made = cloud.create_project("part.3mf").await.unwrap();
    cloud.put(made.upload_url.as_ref().unwrap(), b"PK".to_vec().into()).await.unwrap();
    let ticket = secret(made.ticket.as_ref().unwrap().expose());
    cloud.uploaded(&ticket, "part.3mf").await.unwrap();
    let state = cloud.processing(Processing::Upload, &ticket).await.unwrap();
    assert!(!format!("{state:?} {made:?}").contains(ticket.expose_secret()));
    let id = made.id.as_ref().unwrap();
    cloud.finish_project(id, "part.3mf", made.profile.as_ref().unwrap()).await.unwrap();
    let listed = cloud.projects(Some((1, 1))).await.unwrap();
    assert_eq!(listed[0].id.as_ref(), Some(id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_presets_and_the_account_are_read() {
    let demo = demo(CloudPlan::default()).await;
    let cloud = logged_in(&demo);
    let prints = cloud.messages(MessageKind::Prints, None, Some(5)).await.unwrap();
    assert!(prints.iter().all(|message| message.task.as_ref().is_some_and(|task| task.id.is_some())), "{prints:?}");
    let more = cloud.messages(MessageKind::Prints, prints.last().unwrap().id.as_ref(), Some(5)).await.unwrap();
    assert!(more.iter().all(|message| !prints.contains(message)));
    let comments = cloud.messages(MessageKind::Comments, None, None).await.unwrap();
    assert!(comments.iter().all(|message| message.from.as_ref().is_some_and(|from| from.name.is_some())));
    assert!(comments[0].comment.as_ref().is_some_and(|comment| !comment.0.is_empty()));
    assert_ne!(cloud.message_count().await.unwrap()["count"], 0);
    cloud.mark_messages_read().await.unwrap();
    assert_eq!(cloud.message_count().await.unwrap()["count"], 0);
    cloud.latest_messages().await.unwrap();

    let presets = cloud.presets(VERSION, false).await.unwrap();
    assert_eq!(presets.filament_name("P4d64c3f"), Some("Harbour PLA Teal"));
    let new = NewPreset {
        kind: "filament".into(),
        name: "Mine".into(),
        version: VERSION.into(),
        base: "GFSA00".into(),
        setting: serde_json::json!({"nozzle_temperature": "220"}),
    };
    let made = cloud.create_preset(&new).await.unwrap().id.unwrap();
    assert_eq!(cloud.preset(&made).await.unwrap()["setting"]["nozzle_temperature"], "220");
    cloud.delete_preset(&made).await.unwrap();
    let gone = cloud.preset(&made).await.unwrap_err();
    assert!(matches!(gone.trouble, RestErrorKind::Refused { .. }), "{gone:?}");

    let profile = cloud.profile().await.unwrap();
    assert_eq!(profile.account.unwrap().expose(), there(&demo).account());
    assert_eq!(cloud.notification_settings().await.unwrap()["pushPrint"], true);
    let raw = cloud.raw_get("/v1/user-service/my/profile").await.unwrap();
    assert!(!raw.body.to_string().contains(&there(&demo).account()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn designs_and_downloads_of_the_slicer_are_read() {
    let demo = demo(CloudPlan::default()).await;
    let cloud = logged_in(&demo);
    // A design of a print that came over the cloud; the simulator's designs have the numbers of its projects.
    let projects = cloud.projects(Some((1, 5))).await.unwrap();
    let id = projects[0].id.clone().unwrap();
    let design = cloud.design(&id).await.unwrap();
    assert!(design.title.is_some() && design.creator.unwrap().name.is_some() && design.prints == Some(77));
    let instance = design.instances.unwrap()[0].id.clone().unwrap();
    let preview = cloud.design_file(&instance, F3mfKind::Preview).await.unwrap();
    assert!(preview.name.is_some() && preview.url.is_none());
    let file = cloud.design_file(&instance, F3mfKind::Download).await.unwrap();
    assert!(!cloud.file(file.url.as_ref().unwrap(), 1 << 20).await.unwrap().is_empty());
    let profiles = cloud.makerworld(&Page::Instances(id.clone()), Some((0, 5))).await.unwrap();
    assert_eq!(profiles["hits"][0]["isDefault"], true);
    assert_eq!(cloud.makerworld(&Page::Liked, None).await.unwrap()["total"], 0);
    assert_eq!(cloud.makerworld(&Page::AppHome, None).await.unwrap_err().trouble, RestErrorKind::NotFound);
    let list = cloud.slicer_resources("01.01.00.00").await.unwrap();
    assert_eq!(list["resources"][0]["version"], "01.01.00.05");
    let calls = there(&demo).calls();
    assert!(calls.iter().any(|call| call.target.ends_with("?slicer/plugins/cloud=01.01.00.00")), "{calls:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_comes_to_what_it_is() {
    let demo = demo(CloudPlan::default()).await;
    let handle = there(&demo);
    let quick = HttpTimeouts { timeout: Duration::from_millis(500), ..HttpTimeouts::fast() };
    for (fault, expected) in [
        (CloudFault::Unauthorized, "does not accept the access token"),
        (CloudFault::Transient, "does not accept the access token"),
        (CloudFault::Cloudflare, "bot check"),
        (CloudFault::Forbidden, "not given to this account"),
        (CloudFault::TooMany(30), "wait 30 s"),
        (CloudFault::TooManyUntil(3590), "wait 60 min"),
        (CloudFault::TooManyBare, "wait 60 s"),
        (CloudFault::Server(500), "a problem of its own (status 500)"),
        (CloudFault::Html, "a web page instead of data"),
        (CloudFault::Truncated, "ends in the middle"),
        (CloudFault::Cut, "ends in the middle"),
        (CloudFault::Slow(5000), "did not answer in time"),
    ] {
        handle.clear_faults();
        handle.set_fault(fault);
        let options = options(&config(&demo), Some(secret(handle.token())));
        let cloud = Cloud::new(RestOptions { pace: quick, ..options });
        let error: RestError = cloud.tasks(&TaskQuery::default()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{fault:?}: {error}");
        assert!(!format!("{error:?} {error}").contains(handle.token()));
    }
    handle.clear_faults();
    for fault in [CloudFault::Transient, CloudFault::Server(502), CloudFault::Truncated, CloudFault::Cut] {
        handle.add_rule(FaultRule { fault, path: "/v1/iot-service".into(), times: Some(2) });
        is_in(&demo, &logged_in(&demo)).await;
    }
}
