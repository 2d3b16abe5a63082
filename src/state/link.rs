//! Changes of the way to a printer: what they void, and what is told of them.

use super::{
    PrinterId, Redraw, State,
    effect::Effect,
    event::{LinkChange, PrinterEvent},
    notice::Tone,
    printer::Link,
    road::{Road, Roads},
};

impl State {
    /// The LAN connection of a printer changed.
    pub(super) fn lan_link(&mut self, who: PrinterId, change: LinkChange) {
        let link = Link::after(change, self.now.at);
        self.change_road(who, |roads| {
            roads.lan = Some(link);
            roads.lan_heard = false;
        });
    }

    /// The account's connection to the cloud changed, and with it a road of every printer that is followed there.
    pub(super) fn cloud_link(&mut self, change: LinkChange) {
        self.cloud_link = Link::after(change, self.now.at);
        for at in 0..self.printers.len() {
            if self.printers[at].roads.cloud.is_some() {
                let link = self.cloud_link.clone();
                self.change_road(PrinterId(at as u16), |roads| roads.cloud = Some(link));
            }
        }
        self.mark(Redraw::Soon);
    }

    /// A printer has news by way of the cloud. What it says there counts only while that is its road.
    pub(super) fn cloud_printer(&mut self, who: PrinterId, event: PrinterEvent, effects: &mut Vec<Effect>) {
        let Some(printer) = self.printer(who) else { return };
        match event {
            PrinterEvent::Online(online) => self.change_road(who, |roads| roads.online = Some(online)),
            event => {
                let speaks = matches!(event, PrinterEvent::Report(_));
                if speaks && printer.roads.cloud.is_some() && printer.roads.online == Some(false) {
                    self.change_road(who, |roads| roads.online = Some(true));
                }
                if self.printer(who).is_some_and(|printer| printer.road == Road::Cloud) {
                    self.printer_event(who, event, true, effects);
                }
            }
        }
    }

    /// Changes a road of a printer. If the road that counts is another one then, or is otherwise, orders and questions
    /// of the old session are void, and the journal tells.
    pub(super) fn change_road(&mut self, who: PrinterId, change: impl FnOnce(&mut Roads)) {
        let at = self.now.at;
        let Some(printer) = self.printers.get_mut(usize::from(who.0)) else { return };
        self.roads_changed = true;
        let (road, session) = (printer.road, printer.session());
        if !printer.change_roads(change) {
            return;
        }
        let was_up = session.is_some();
        let up = printer.session().is_some();
        let down = if let Link::Down { why, .. } = &printer.link { Some(why.clone()) } else { None };
        // The reason is kept between attempts: the same again is no news.
        let same_again = down.is_some() && down == printer.last_cause;
        if up {
            printer.last_cause = None;
        } else if down.is_some() {
            printer.last_cause.clone_from(&down);
        }
        let other_road = printer.road != road;
        let story = match (was_up, up, &down) {
            (true, true, _) if other_road && printer.road == Road::Cloud => {
                Some(("the LAN connection was lost: now over the cloud".to_owned(), Tone::Warning))
            }
            (true, true, _) if other_road => Some(("back on the LAN".to_owned(), Tone::Good)),
            (false, true, _) if printer.road == Road::Cloud => {
                Some(("connected over the cloud".to_owned(), Tone::Good))
            }
            (false, true, _) => Some(("connected".to_owned(), Tone::Good)),
            (_, _, Some(why)) => Some((format!("offline: {why}"), Tone::Bad)),
            _ => None,
        };
        let session_ended = session != printer.session();
        let ended = if session_ended { printer.orders.session_ended(at) } else { Vec::new() };
        for order in ended {
            self.order_ended(who, &order);
        }
        if was_up && session_ended {
            self.void_questions(who, if up { "the connection has changed" } else { "the connection was lost" });
        }
        if let Some((text, tone)) = story
            && (was_up || !same_again)
        {
            self.log(who, text, tone);
        }
        if up || down.is_some() {
            self.tell_link(who, up, down.map(|why| why.to_string()));
        }
        self.arrange_rows();
        self.mark(Redraw::Soon);
    }
}
