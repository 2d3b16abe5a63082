//! Keys and pasted text: from what a person does to what it means.

use crate::protocol::{command::Speed, wire::clean};
use crate::state::cx::Cx;
use crate::state::{
    Redraw, State, Tone,
    cloud::history::HistoryTab,
    command::action::{Action, Light, PrintAction},
    effect::Effect,
    key_action::KeyAction,
    printer::Printer,
    screen::layout,
    settings::CameraMode,
    view::{
        Dialog, Pane,
        dialogs::{Help, Palette},
        keymap::Mode,
        scroll::Scroll,
    },
};
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

impl State {
    pub(in crate::state) fn press(&mut self, key: &KeyEvent, cx: &mut Cx) {
        if key.kind == KeyEventKind::Release {
            return;
        }
        self.view.settled = true;
        if key.kind == KeyEventKind::Repeat && !self.may_repeat(key) {
            return self.note_held(key, cx);
        }
        // The way out of the program is the same everywhere.
        if let Some(key_action) = self.keymap.everywhere(key) {
            return self.act(key_action, cx);
        }
        if !self.view.dialogs.is_empty() {
            return self.press_in_dialog(key, cx);
        }
        let mode = self.mode();
        match self.keymap.meaning(mode, key) {
            meaning if self.is_blind(meaning) => self.say_too_small(cx),
            Some(key_action) => self.act(key_action, cx),
            None if mode == Mode::Typing => self.edit(key, cx),
            None => {}
        }
    }

    /// Whether a key that is held down goes on with this. A repeat is no new decision: it answers, orders and closes nothing.
    fn may_repeat(&mut self, key: &KeyEvent) -> bool {
        if let Some(key_action) = self.keymap.everywhere(key) {
            return key_action.may_repeat();
        }
        if self.input().is_some() {
            let decides = matches!(key.code, KeyCode::Enter | KeyCode::Esc | KeyCode::Tab);
            return (key.modifiers - KeyModifiers::SHIFT).is_empty() && !decides;
        }
        // What scrolls elsewhere moves the printer in the panel.
        !matches!(self.view.dialogs.last(), Some(Dialog::Panel(_)))
            && self.keymap.meaning(Mode::Normal, key).is_some_and(KeyAction::may_repeat)
    }

    /// What a key means where no dialog is open.
    pub(in crate::state) fn act(&mut self, key_action: KeyAction, cx: &mut Cx) {
        match key_action {
            KeyAction::Quit | KeyAction::ForceQuit => cx.effects.push(Effect::Quit),
            KeyAction::Suspend => cx.effects.push(Effect::Suspend),
            KeyAction::Back => self.back(cx),
            KeyAction::Objects => self.open_objects(cx),
            KeyAction::Panel => self.open_panel(cx),
            KeyAction::Help => self.view.dialogs.push(Dialog::Help(Help::default())),
            KeyAction::Demo => cx.effects.push(Effect::StartDemo),
            KeyAction::Account => self.account_key(cx),
            KeyAction::History => self.open_history(HistoryTab::Prints, cx),
            KeyAction::Rename => self.open_rename(cx),
            KeyAction::AddPrinter => self.view.dialogs.push(Dialog::Form(Box::default())),
            KeyAction::Pause => self.order_all(&PrintAction::Pause.into(), cx),
            KeyAction::Resume => self.order_all(&PrintAction::Resume.into(), cx),
            KeyAction::Stop => self.order_all(&PrintAction::Stop.into(), cx),
            KeyAction::Light => self.switch_light(cx),
            KeyAction::Mark => self.mark_selected(cx),
            KeyAction::MarkRange => self.mark_range(),
            KeyAction::MarkAll => self.view.marks.toggle_all(&self.view.rows),
            KeyAction::Palette if self.addressed().is_empty() => self.say_nobody(cx),
            KeyAction::Palette => self.view.dialogs.push(Dialog::Palette(Palette::default())),
            KeyAction::SpeedUp => self.change_speed(1, cx),
            KeyAction::SpeedDown => self.change_speed(-1, cx),
            KeyAction::Filter if self.moving_pane() == Pane::Journal => self.view.searching = true,
            KeyAction::Filter => {
                self.view.filtering = true;
                if self.view.zoom.is_some_and(|pane| pane != Pane::Printers) {
                    self.view.zoom = None;
                }
                self.view.focus = Pane::Printers;
            }
            KeyAction::Sort => {
                self.view.sort = self.view.sort.next();
                self.arrange_rows();
                self.keep_selection_visible();
            }
            KeyAction::Group => {
                self.view.grouping = self.view.grouping.next();
                self.arrange_rows();
                self.keep_selection_visible();
            }
            KeyAction::Freeze => {
                self.view.frozen = match self.view.frozen.take() {
                    Some(_) => None,
                    None => Some(Box::new((self.fleet.printers.clone(), cx.now.unix))),
                };
                self.arrange_rows();
            }
            KeyAction::Printer(n) => {
                let row = usize::from(n) - 1;
                if row < self.view.rows.len() {
                    self.select_row(row);
                }
            }
            KeyAction::Up | KeyAction::Down | KeyAction::Left | KeyAction::Right => self.step(key_action),
            KeyAction::PageUp | KeyAction::PageDown | KeyAction::Top | KeyAction::Bottom => self.leap(key_action),
            KeyAction::NextPane => self.turn_focus(1),
            KeyAction::PreviousPane => self.turn_focus(-1),
            KeyAction::Zoom => {
                self.view.zoom = if self.view.zoom.is_some() { None } else { Some(self.view.focus) };
                self.keep_selection_visible();
            }
            KeyAction::Device => {
                let device = Some(Pane::Device);
                self.view.zoom = if self.view.zoom == device { None } else { device };
            }
            KeyAction::Journal => {
                let journal = Some(Pane::Journal);
                self.view.zoom = if self.view.zoom == journal { None } else { journal };
            }
            KeyAction::OnlyThis if layout::of(self).journal.is_none() => {
                self.say("the journal is not on the screen", Tone::Warning, cx);
            }
            KeyAction::OnlyThis => {
                self.view.journal_of_one = !self.view.journal_of_one;
                self.view.scroll[Pane::Journal] = Scroll::default();
            }
            KeyAction::SpanShorter | KeyAction::SpanLonger if layout::of(self).temps.is_none() => {
                self.say("the temperatures are not on the screen", Tone::Warning, cx);
            }
            KeyAction::SpanShorter => self.view.span = self.view.span.other(false),
            KeyAction::SpanLonger => self.view.span = self.view.span.other(true),
            KeyAction::Camera => {
                let camera = Some(Pane::Camera);
                self.view.zoom = if self.view.zoom == camera { None } else { camera };
                if self.settings.camera == CameraMode::Off {
                    self.say("the camera is switched off in the configuration", Tone::Warning, cx);
                }
            }
            KeyAction::SavePicture => match self.newest_jpeg() {
                Some((name, jpeg)) => cx.effects.push(Effect::SavePicture { name, jpeg }),
                None if self.view.selected.is_none() => self.say_nobody(cx),
                None => self.say("there is no picture to save", Tone::Warning, cx),
            },
            KeyAction::ShowPicture => match self.newest_jpeg() {
                Some((_, jpeg)) => cx.effects.push(Effect::ShowPicture(jpeg)),
                None if self.view.selected.is_none() => self.say_nobody(cx),
                None => self.say("there is no picture to show", Tone::Warning, cx),
            },
            KeyAction::Retry => match self.view.selected {
                Some(who) => self.connect_anew(who, cx),
                None if self.fleet.printers.is_empty() => self.ask_devices_again(cx),
                None => self.say_nobody(cx),
            },
            KeyAction::Trust => self.ask_about_certificate(cx),
            KeyAction::Mouse => {
                self.view.mouse = !self.view.mouse;
                cx.effects.push(Effect::Mouse(self.view.mouse));
                let text = if self.view.mouse { "mouse on" } else { "mouse off: the terminal selects text" };
                self.say(text, Tone::Plain, cx);
            }
        }
        cx.mark(Redraw::AtOnce);
    }

    /// The same order to the selected printer, or to all marked ones.
    pub(in crate::state) fn order_all(&mut self, action: &Action, cx: &mut Cx) {
        self.order_each(action.to_string(), |_| Ok(action.clone()), cx);
    }

    /// An order to the selected printer, or to all marked ones, that depends on what each of them does now.
    pub(in crate::state) fn order_each(
        &mut self,
        words: impl Into<String>,
        read: impl Fn(&Printer) -> Result<Action, String>,
        cx: &mut Cx,
    ) {
        if !self.view.marks.is_empty() {
            return self.order_marked(words, read, cx);
        }
        let selected = self.view.selected.and_then(|who| Some((who, self.printer(who)?)));
        match selected.map(|(who, printer)| (who, read(printer))) {
            Some((who, Ok(action))) => self.order_by_key(who, action, cx),
            Some((_, Err(why))) => self.say(why, Tone::Warning, cx),
            None => self.say_nobody(cx),
        }
    }

    /// A key that would act on the selected printer, where nobody is selected.
    pub(in crate::state) fn say_nobody(&mut self, cx: &mut Cx) {
        self.say(self.nobody(), Tone::Warning, cx);
    }

    /// Off where any of the lights is on.
    pub(in crate::state) fn switch_light(&mut self, cx: &mut Cx) {
        let lit = self.addressed().iter().any(|who| self.printer(*who).and_then(Printer::light) == Some(true));
        let action = Action::from(Light::Chamber(!lit));
        let read = |printer: &Printer| match printer.light() {
            Some(_) => Ok(action.clone()),
            None => Err("this printer has reported no light".to_owned()),
        };
        self.order_each(action.to_string(), read, cx);
    }

    pub(in crate::state) fn change_speed(&mut self, by: i64, cx: &mut Cx) {
        let read = |printer: &Printer| {
            let speed = printer.job.speed.ok_or("this printer has not reported its speed")?;
            let next = Speed::from_level(speed as i64 + by);
            next.map(|next| PrintAction::Speed(next).into())
                .ok_or_else(|| format!("{} is the last profile on that side", speed.name()))
        };
        self.order_each(if by > 0 { "faster" } else { "slower" }, read, cx);
    }

    pub(in crate::state) fn newest_jpeg(&self) -> Option<(String, std::sync::Arc<[u8]>)> {
        let printer = self.selected()?;
        let (picture, _) = printer.camera.newest.as_ref()?;
        let local = self.now.unix + i64::from(self.now.utc_offset);
        let time = chrono::DateTime::from_timestamp(local, 0)?.format("%Y%m%d-%H%M%S");
        Some((format!("{}-{time}.jpg", printer.serial), picture.jpeg.clone()))
    }

    /// Takes back one thing; never more, and never the program. A dialog has its own way out.
    pub(in crate::state) fn back(&mut self, cx: &mut Cx) {
        let search = &self.view.search;
        let searched = self.view.searching || !search.value().is_empty() && self.moving_pane() == Pane::Journal;
        if searched {
            self.view.searching = false;
            self.view.search = Input::default();
            self.view.scroll[Pane::Journal] = Scroll::default();
        } else if !self.view.filtering && self.view.marks.undo() {
        } else if self.view.filtering || !self.view.filter.value().is_empty() {
            self.view.filtering = false;
            self.view.filter = Input::default();
            self.arrange_rows();
        } else if self.view.zoom.is_some() {
            self.view.zoom = None;
        } else if self.view.frozen.is_some() {
            self.view.frozen = None;
            self.arrange_rows();
        } else {
            self.view.focus = Pane::Printers;
            self.view.undo = None;
        }
        self.keep_selection_visible();
        cx.mark(Redraw::AtOnce);
    }

    pub(in crate::state) fn paste(&mut self, text: &str, cx: &mut Cx) {
        let text = clean(text);
        if let Some(input) = self.input() {
            for c in text.trim().chars() {
                input.handle(InputRequest::InsertChar(c));
            }
            self.typed(cx);
        }
    }

    /// The text field that is being typed into.
    pub(in crate::state) fn input(&mut self) -> Option<&mut Input> {
        match self.view.dialogs.last_mut() {
            Some(open) => open.keys_mut().input(),
            None if self.view.searching => Some(&mut self.view.search),
            None if self.view.filtering => Some(&mut self.view.filter),
            None => None,
        }
    }

    /// That text field has changed.
    pub(in crate::state) fn typed(&mut self, cx: &mut Cx) {
        match self.view.dialogs.last_mut() {
            Some(open) => open.keys_mut().typed(),
            None if self.view.searching => self.view.scroll[Pane::Journal] = Scroll::default(),
            None => {
                self.arrange_rows();
                self.keep_selection_visible();
            }
        }
        cx.mark(Redraw::AtOnce);
    }

    /// A key while a filter or a search is typed.
    pub(in crate::state) fn edit(&mut self, key: &KeyEvent, cx: &mut Cx) {
        match key.code {
            KeyCode::Esc => self.back(cx),
            KeyCode::Enter => (self.view.filtering, self.view.searching) = (false, false),
            KeyCode::Down => self.scroll(1, true),
            KeyCode::Up => self.scroll(1, false),
            _ => {
                let changed = self.input().and_then(|input| input.handle_event(&TermEvent::Key(*key)));
                if changed.is_some_and(|change| change.value) {
                    self.typed(cx);
                }
            }
        }
        cx.mark(Redraw::AtOnce);
    }
}
