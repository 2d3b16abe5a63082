use super::*;
use crate::{
    protocol::{command::Command, plate, report::parse},
    state::{
        Now, PrinterId, State,
        command::{
            action::{Action, SkipObjects},
            catalog,
        },
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::connection::ConnectionEvent,
        settings::Settings,
        test_now,
        update::update,
        view::{Dialog, Pane, keymap::Keymap, quiet::QUIET},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

const ID: PrinterId = PrinterId(0);

/// A state with one printer that is connected, and a person.
struct Desk {
    state: State,
    now: Now,
}

impl Desk {
    fn new(model: Model, fields: &str) -> Self {
        let now = test_now();
        let printer = Printer::new("Workshop", "01P00A000000000", "h", Some(model), Vec::new());
        let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 0);
        state.view.size = Size::new(120, 40);
        let mut desk = Self { state, now };
        desk.tell(PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
        desk.report(fields);
        desk
    }

    /// A P1S that prints the plate of [`INFO`].
    fn printing() -> Self {
        let fields = r#""gcode_state":"RUNNING","subtask_name":"part","gcode_file":"part.gcode.3mf","plate_idx":1,
            "mc_percent":50,"layer_num":5,"total_layer_num":10,"s_obj":[]"#;
        Self::new(Model::P1S, fields)
    }

    fn happen(&mut self, event: Event) -> Vec<Effect> {
        update(&mut self.state, event, self.now).effects
    }

    fn tell(&mut self, event: PrinterEvent) -> Vec<Effect> {
        self.happen(Event::Printer(ID, event))
    }

    fn report(&mut self, fields: &str) -> Vec<Effect> {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        self.tell(PrinterEvent::Report(parse(json.as_bytes()).expect("JSON").report.expect("a report")))
    }

    fn press(&mut self, keys: &str) -> Vec<Effect> {
        let code = |key: char| match key {
            '\n' => KeyCode::Enter,
            '\u{1b}' => KeyCode::Esc,
            key => KeyCode::Char(key),
        };
        let mut press = |key| {
            if key == 'y' {
                self.now.at += QUIET;
            }
            self.happen(Event::Key(KeyEvent::new(code(key), KeyModifiers::NONE)))
        };
        keys.chars().flat_map(&mut press).collect::<Vec<_>>()
    }

    fn wait(&mut self, millis: u64) -> Vec<Effect> {
        self.now.at += std::time::Duration::from_millis(millis);
        self.happen(Event::Due)
    }

    fn printer(&self) -> &Printer {
        &self.state.fleet.printers[0]
    }

    fn found(&mut self, turn: u32, change: impl FnOnce(&mut Plate)) {
        let mut sliced = plate::read_info(INFO.as_bytes()).expect("readable");
        change(&mut sliced.plates[0]);
        let found = Found { path: "/part.gcode.3mf".into(), sliced, plain: false };
        self.tell(PrinterEvent::Plate(turn, JobFileEvent::Ended(Ok(Arc::new(found)))));
    }

    /// With the layer of objects open, and the file read.
    fn choosing() -> Self {
        let mut desk = Self::printing();
        let turn = wanted(&desk.press("o")).expect("asked for").turn;
        desk.found(turn, |_| {});
        desk
    }

    fn notice(&self) -> &str {
        self.state.view.notice.as_ref().map_or("", |notice| notice.text.as_str())
    }
}

fn skip(ids: &[u32]) -> Action {
    SkipObjects(ids.to_vec()).into()
}

const INFO: &str = r##"<config><plate><metadata key="index" value="1"/><metadata key="label_object_enabled" value="true"/>
    <object identify_id="97" name="Cylinder"/><object identify_id="111" name="Cylinder"/>
    <object identify_id="125" name="Cube" skipped="true"/><object identify_id="139" name="Cone"/>
    <filament id="2" type="PLA" color="#0A2CA5" used_g="120"/></plate></config>"##;

fn wanted(effects: &[Effect]) -> Option<&JobFileRequest> {
    effects.iter().find_map(|effect| match effect {
        Effect::FetchPlate { wanted, .. } => Some(&**wanted),
        _ => None,
    })
}

fn sent(effects: &[Effect]) -> Vec<Command> {
    let command = |effect: &Effect| match effect {
        Effect::Send { command, .. } => Some(command.clone()),
        _ => None,
    };
    effects.iter().filter_map(command).collect()
}

#[test]
fn a_file_that_came_unencrypted_is_told() {
    let mut desk = Desk::printing();
    let turn = wanted(&desk.press("o")).expect("asked for").turn;
    let lines = |desk: &Desk| desk.state.journal.entries().filter(|entry| entry.text == CAME_PLAIN).count();
    desk.found(turn, |_| {});
    assert_eq!(lines(&desk), 0);
    let sliced = plate::read_info(INFO.as_bytes()).expect("readable");
    let found = Arc::new(Found { path: "/part.gcode.3mf".into(), sliced, plain: true });
    for turn in [turn.wrapping_add(1), turn] {
        desk.tell(PrinterEvent::Plate(turn, JobFileEvent::Ended(Ok(Arc::clone(&found)))));
    }
    assert_eq!(lines(&desk), 1, "of this job");
}

#[test]
fn the_file_is_fetched_once_a_job_and_only_when_somebody_looks() {
    let mut desk = Desk::printing();
    assert_eq!(wanted(&desk.wait(5000)), None, "nobody looks");
    desk.state.view.zoom = Some(Pane::Job);
    assert_eq!(wanted(&desk.wait(10)), None, "not yet: the person may be passing by");
    assert!(desk.state.next_due().is_some_and(|due| due <= desk.now.at + std::time::Duration::from_millis(300)));
    let effects = desk.wait(300);
    let first = wanted(&effects).expect("asked for").clone();
    assert_eq!(first.paths[0], "/part.gcode.3mf");
    assert_eq!((first.plate, first.layers, first.fresh, first.plain), (Some(1), Some(10), false, false));
    desk.found(first.turn, |_| {});
    assert_eq!(wanted(&desk.wait(5000)), None, "it is known");
    // A local job of the same name is another job.
    desk.report(r#""gcode_state":"FINISH""#);
    assert!(desk.printer().plate().is_ok(), "what was printed can still be read");
    desk.report(r#""gcode_state":"PREPARE""#);
    assert!(desk.printer().plate().is_err());
    desk.found(first.turn, |_| {});
    assert!(desk.printer().plate().is_err(), "late news of the last job");
    desk.wait(10);
    assert!(wanted(&desk.wait(300)).is_some_and(|next| next.turn != first.turn && next.layers.is_none()));
}

#[test]
fn models_that_unpack_first_are_asked_when_they_print() {
    for (model, early) in [(Model::P1S, true), (Model::A1, true), (Model::X1C, false), (Model::H2D, false)] {
        let mut desk = Desk::new(model, r#""gcode_state":"PREPARE","subtask_name":"part""#);
        assert_eq!(wanted(&desk.press("o")).is_some(), early, "{model}");
        let effects = desk.report(r#""gcode_state":"RUNNING""#);
        assert_eq!(wanted(&effects).is_some(), !early, "{model}");
    }
}

#[test]
fn what_could_not_be_had_is_looked_for_again_when_a_person_asks() {
    let mut desk = Desk::printing();
    let turn = wanted(&desk.press("o")).expect("asked for").turn;
    desk.tell(PrinterEvent::Plate(turn, JobFileEvent::Ended(Err(NoPlate::NotThere))));
    assert!(desk.printer().plate().is_err_and(|why| why.contains("not on the printer's storage")));
    desk.report(r#""sdcard":false"#);
    assert!(desk.printer().plate().is_err_and(|why| why.contains("no storage that can be used")));
    desk.report(r#""sdcard":true,"fun2":"1""#);
    assert!(desk.printer().plate().is_err_and(|why| why.contains("print from its internal storage")));
    assert_eq!(wanted(&desk.wait(20_000)), None, "not by itself");
    assert!(wanted(&desk.press("R")).is_some());
    desk.tell(PrinterEvent::Plate(turn, JobFileEvent::Ended(Err(NoPlate::NotThere))));
    assert!(wanted(&desk.press("oo")).is_some(), "closed and opened again");
}

#[test]
fn chosen_objects_are_asked_about_sent_as_numbers_and_seen_in_a_report() {
    let mut desk = Desk::choosing();
    assert_eq!(desk.press("  "), [], "two are chosen");
    assert_eq!(desk.press("\n"), []);
    let Some(Dialog::Confirm(question)) = desk.state.view.dialogs.last() else { panic!("a question") };
    assert_eq!(question.item.action, skip(&[97, 111]));
    assert_eq!(desk.printer().names_of(&[97, 111]), "#97 Cylinder, #111 Cylinder");
    let effects = desk.press("y");
    assert_eq!(sent(&effects), [Command::SkipObjects(vec![97, 111])]);
    assert!(!skip(&[97, 111]).is_seen(desk.printer()));
    desk.report(r#""s_obj":[111,97]"#);
    let Some(Dialog::Objects(picker)) = desk.state.view.dialogs.last() else { panic!("the list") };
    assert!(picker.chosen.is_empty(), "what is skipped is not chosen any more");
    assert!(skip(&[97, 111]).is_seen(desk.printer()));
    let plate = desk.printer().plate().expect("known").clone();
    let skipped: Vec<_> = plate.objects.iter().filter(|o| desk.printer().skips(o)).map(|o| o.id).collect();
    assert_eq!(skipped, [97, 111, 125], "with the one that was left out from the beginning");
}

#[test]
fn nothing_is_sent_without_a_yes_nor_for_another_job() {
    let mut desk = Desk::choosing();
    assert_eq!(sent(&desk.press("\nn")), []);
    desk.press(" \n");
    desk.report(r#""gcode_state":"RUNNING","subtask_name":"other""#);
    assert!(!desk.state.view.dialogs.iter().any(|layer| matches!(layer, Dialog::Confirm(_))), "the question is void");
    let Some(Dialog::Objects(picker)) = desk.state.view.dialogs.last() else { panic!("the list") };
    assert!(picker.chosen.is_empty(), "what was chosen belonged to the last job");
    assert_eq!(sent(&desk.press("\n")), []);
}

#[test]
fn what_is_skipped_cannot_be_chosen() {
    let mut desk = Desk::choosing();
    desk.press("jj ");
    assert_eq!(desk.notice(), "object 125 is skipped already");
    desk.press("\n");
    assert!(desk.notice().contains("object 125 is skipped already"), "{}", desk.notice());
    assert!(matches!(desk.state.view.dialogs.last(), Some(Dialog::Objects(_))), "no question about it");
}

#[test]
fn the_rules_of_skipping_hold() {
    let desk = Desk::choosing();
    let can = |desk: &Desk, ids: &[u32]| skip(ids).check_ready(desk.printer());
    assert_eq!(can(&desk, &[97]), Ok(()));
    for (ids, part) in [
        (&[][..], "choose an object"),
        (&[7][..], "no object 7"),
        (&[125][..], "skipped already"),
        (&[97, 111, 139][..], "this is the only object"),
    ] {
        let why = can(&desk, ids).expect_err(part);
        assert!(why.contains(part), "{why}");
    }
    let with = |change: fn(&mut Plate)| {
        let mut desk = Desk::choosing();
        let turn = desk.printer().objects.turn;
        desk.found(turn, change);
        can(&desk, &[97]).expect_err("refused")
    };
    assert!(with(|plate| plate.labelled = Some(false)).contains("without object labels"));
    assert!(with(|plate| plate.labelled = None).contains("does not say"));
    assert!(with(|plate| plate.index = 2).contains("no plate 1"));
    assert!(with(|plate| plate.layers = Some(94)).contains("another job"));
    let crowd = |plate: &mut Plate| {
        let one = plate.objects[0].clone();
        plate.objects = (97..162).map(|id| Object { id, ..one.clone() }).collect();
    };
    assert!(with(crowd).contains("65 objects; at most 64"));
    let after = |fields: &str| {
        let mut desk = Desk::choosing();
        desk.report(fields);
        can(&desk, &[97])
    };
    assert!(after(r#""gcode_state":"FINISH""#).is_err_and(|why| why.contains("only while printing")));
    assert!(after(r#""fun":"1""#).is_err_and(|why| why.contains("cannot skip")));
    assert_eq!(after(r#""fun":"2000000000000""#), Ok(()));
    assert_eq!(after(r#""gcode_state":"PAUSE""#), Ok(()));
}

#[test]
fn objects_are_named_by_number_or_by_words() {
    let desk = Desk::choosing();
    let words = |line: &str| catalog::read(&format!("skip {line}"), desk.printer());
    assert_eq!(words("97 139 97"), Ok(skip(&[97, 139])));
    assert_eq!(words("cone, 111"), Ok(skip(&[139, 111])));
    assert_eq!(words("con"), Ok(skip(&[139])));
    for (line, part) in [
        ("cylinder", "97 Cylinder, 111 Cylinder; write the number"),
        ("c", "fits 3 objects"),
        ("cube", "no object \"cube\" is being printed"),
        ("98", "no object \"98\""),
        ("", "missing: an object"),
    ] {
        let why = words(line).expect_err(line);
        assert!(why.contains(part), "{line}: {why}");
    }
    assert!(catalog::read("skip 97", Desk::printing().printer()).is_err_and(|why| why.contains("look at them first")));
}

#[test]
fn needs_are_compared_with_the_spool_the_printer_names() {
    let spools = r#""home_flag":128,"ams":{"tray_now":"0","ams_exist_bits":"1","tray_exist_bits":"3","ams":[{"id":"0","tray":[
        {"id":"0","tray_type":"PLA","remain":5,"tray_weight":"1000","tag_uid":"A1"},
        {"id":"1","tray_type":"PLA","remain":90,"tray_weight":"1000","tag_uid":"A2"}]}]}"#;
    let mut desk = Desk::choosing();
    desk.report(spools);
    let facts = |desk: &Desk| {
        let needs = desk.printer().needs();
        assert_eq!(needs.len(), 1);
        (needs[0].tray.map(|tray| tray.label.clone()), needs[0].to_go, needs[0].left, needs[0].is_met())
    };
    assert_eq!(facts(&desk), (Some("A1".into()), Some(60.0), Some(50), Some(false)), "the only one is the one in use");
    desk.report(r#""mapping":[65535,1]"#);
    assert_eq!(facts(&desk), (Some("A2".into()), Some(60.0), Some(900), Some(true)));
    desk.report(r#""mapping":[1]"#);
    assert_eq!(facts(&desk), (None, Some(60.0), None, None), "no entry for the second filament");
    desk.report(r#""mapping":[65535,65280],"vt_tray":{"id":"254","tray_type":"PLA"}"#);
    assert_eq!(facts(&desk).0, Some("Ext".into()));
}

#[test]
fn the_name_that_is_asked_for_is_the_one_that_was_said() {
    let fields = r#""gcode_state":"RUNNING","subtask_name":" so\u00adft \u2764\ufe0f","gcode_file":"/cache/e\u0301 \u00ad.3mf",
        "mc_percent":50,"layer_num":5,"total_layer_num":10"#;
    let desk = Desk::new(Model::P1S, fields);
    let paths = desk.printer().wanted().paths;
    assert_eq!(paths[0], "/cache/e\u{301} \u{ad}.3mf");
    for path in ["/cache/\u{e9} .3mf", "/cache/ so\u{ad}ft \u{2764}\u{fe0f}.gcode.3mf", "/model/ soft \u{2764}.3mf"] {
        assert!(paths.iter().any(|one| one == path), "{path:?} in {paths:?}");
    }
    // What a person reads has none of it.
    assert_eq!(desk.printer().job.name.as_deref(), Some("soft \u{2764}"));
}
