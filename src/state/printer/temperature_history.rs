//! How the temperatures of one printer went: every ten seconds for half an hour, then means of two minutes for half a day,
//! in a few kilobytes.

use crate::state::printer::temps::{Gauge, Temps};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How far back the chart looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum Span {
    #[default]
    HalfHour,
    Hour,
    ThreeHours,
    SixHours,
    TwelveHours,
}

impl Span {
    const ALL: [Self; 5] = [Self::HalfHour, Self::Hour, Self::ThreeHours, Self::SixHours, Self::TwelveHours];

    /// In minutes.
    pub fn minutes(self) -> u32 {
        match self {
            Self::HalfHour => 30,
            Self::Hour => 60,
            Self::ThreeHours => 3 * 60,
            Self::SixHours => 6 * 60,
            Self::TwelveHours => 12 * 60,
        }
    }

    /// The next longer or shorter one; the last on a side stays.
    #[must_use]
    pub fn other(self, longer: bool) -> Self {
        let at = Self::ALL.iter().position(|span| *span == self).unwrap_or(0);
        let at = if longer { at + 1 } else { at.saturating_sub(1) };
        Self::ALL.get(at).copied().unwrap_or(self)
    }
}

/// Temperatures at a moment, or the means of some minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Seconds since the first sample.
    pub at: u32,
    /// How long it stands for, in seconds.
    pub lasts: u32,
    /// Hotends in the order of [`Temps::nozzles`], °C.
    pub nozzles: [Option<f32>; 2],
    /// Bed, °C.
    pub bed: Option<f32>,
    /// Chamber, °C.
    pub chamber: Option<f32>,
}

/// Nozzle, second nozzle, bed and chamber in tenths of a degree.
type Values = [i16; 4];
/// Not reported.
const NONE: i16 = i16::MIN;

/// A sample as it is kept: 200 printers have 500 of them each.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Kept {
    at: u32,
    values: Values,
}

/// Fine samples on their way to a coarse one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Mean {
    at: u32,
    sums: [(i32, i32); 4],
}

/// The last half day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemperatureHistory {
    /// When the first sample was taken.
    began: Option<Instant>,
    coarse: VecDeque<Kept>,
    mean: Option<Mean>,
    fine: VecDeque<Kept>,
    /// Nothing has changed since the first sample.
    flat: bool,
    /// Until when the newest sample was seen again, in seconds since the first one.
    held: u32,
}

impl TemperatureHistory {
    /// Time between two samples: the chart moves no more often.
    pub const STEP: Duration = Duration::from_secs(10);
    /// The line of a printer on which nothing has changed yet grows in steps of so many seconds: it tells next to nothing,
    /// and an idle screen rests.
    const CALM: u32 = 5 * 60;
    /// Without a report for so many seconds nobody knows what was between.
    const GAP: u32 = 120;
    /// Time that the fine samples go back.
    const FINE: u32 = 30 * 60;
    /// Seconds that a coarse sample stands for.
    const COARSE: u32 = 120;
    /// Time that the history goes back.
    const WHOLE: u32 = 12 * 3600;

    /// Takes a sample if the last one is old enough; tells whether it did. What did not change is taken later, for the whole
    /// time that it was seen.
    pub fn record(&mut self, temps: &Temps, at: Instant) -> bool {
        let began = *self.began.get_or_insert(at);
        let elapsed = at.saturating_duration_since(began);
        if self.newest().is_some_and(|newest| elapsed < Duration::from_secs(u64::from(newest)) + Self::STEP) {
            return false;
        }
        let at = u32::try_from(elapsed.as_secs()).unwrap_or(u32::MAX);
        let values = tenths(temps);
        let same = self.fine.back().filter(|last| self.flat && last.values == values).map(|last| last.at);
        let known = self.known();
        if same.is_some_and(|newest| at - newest < Self::CALM && at - known < Self::GAP) {
            self.held = at;
            return false;
        }
        if let Some(last) = self.fine.back().copied() {
            let step = Self::STEP.as_secs() as usize;
            let between = (last.at..=known.min(at.saturating_sub(step as u32))).step_by(step).skip(1);
            between.for_each(|at| self.fine.push_back(Kept { at, ..last }));
        }
        self.flat = self.fine.is_empty() || same.is_some();
        self.fine.push_back(Kept { at, values });
        self.forget(at);
        true
    }

    /// Makes means of what is no longer new, and forgets what is old.
    fn forget(&mut self, at: u32) {
        while let Some(first) = self.fine.front().copied().filter(|first| at - first.at > Self::FINE) {
            self.fine.pop_front();
            self.coarsen(first);
        }
        while self.coarse.front().is_some_and(|first| at - first.at > Self::WHOLE) {
            self.coarse.pop_front();
        }
    }

    /// Until when the temperatures are known, in seconds since the first sample.
    fn known(&self) -> u32 {
        self.newest().unwrap_or(0).max(self.held)
    }

    /// Adds a sample that is no longer fine to the mean of its minutes.
    fn coarsen(&mut self, kept: Kept) {
        if let Some(mean) = self.mean.filter(|mean| kept.at - mean.at >= Self::COARSE) {
            self.coarse.push_back(mean.kept());
            self.mean = None;
        }
        let mean = self.mean.get_or_insert(Mean { at: kept.at, ..Mean::default() });
        for (sum, value) in mean.sums.iter_mut().zip(kept.values) {
            if value != NONE {
                *sum = (sum.0 + i32::from(value), sum.1 + 1);
            }
        }
    }

    /// Seconds from the first sample to the newest one.
    pub fn newest(&self) -> Option<u32> {
        self.fine.back().map(|kept| kept.at)
    }

    /// For how long nothing has been known.
    pub fn age(&self, now: Instant) -> Duration {
        self.began.map_or(Duration::ZERO, |began| {
            now.saturating_duration_since(began + Duration::from_secs(u64::from(self.known())))
        })
    }

    /// Oldest first.
    pub fn samples(&self) -> impl Iterator<Item = Sample> {
        let sample = |kept: &Kept, lasts: u32| {
            let [nozzle, second, bed, chamber] =
                kept.values.map(|value| (value != NONE).then(|| f32::from(value) / 10.0));
            Sample { at: kept.at, lasts, nozzles: [nozzle, second], bed, chamber }
        };
        let coarse = self.coarse.iter().copied().chain(self.mean.map(Mean::kept));
        let fine = self.fine.iter().copied();
        coarse
            .map(|kept| (kept, Self::COARSE))
            .chain(fine.map(|kept| (kept, 10)))
            .map(move |(k, lasts)| sample(&k, lasts))
    }
}

fn tenths(temps: &Temps) -> Values {
    let value = |gauge: Option<Gauge>| {
        let tenths = gauge.and_then(|gauge| gauge.now).map(|now| (now * 10.0).round());
        tenths.map_or(NONE, |tenths| tenths.clamp(f64::from(NONE + 1), f64::from(i16::MAX)) as i16)
    };
    let nozzle = |at: usize| value(temps.nozzles.get(at).map(|nozzle| nozzle.gauge));
    [nozzle(0), nozzle(1), value(Some(temps.bed)), value(temps.chamber)]
}

impl Mean {
    fn kept(self) -> Kept {
        let values = self.sums.map(|(sum, count)| if count == 0 { NONE } else { (sum / count) as i16 });
        Kept { at: self.at, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_degrees(degrees: f64) -> Temps {
        Temps { bed: Gauge { now: Some(degrees), target: None }, ..Temps::default() }
    }

    /// A history over so many hours with a report a second, whose bed shows the minute.
    fn hours(hours: u64) -> TemperatureHistory {
        let start = crate::state::test_now().at;
        let mut history = TemperatureHistory::default();
        for second in 0..hours * 3600 {
            history.record(&at_degrees((second / 60) as f64), start + Duration::from_secs(second));
        }
        history
    }

    #[test]
    fn it_moves_in_steps_and_forgets_after_half_a_day() {
        let history = hours(20);
        assert_eq!((history.fine.len(), history.coarse.len()), (181, 344));
        let newest = history.newest().expect("samples");
        assert_eq!(newest, 20 * 3600 - 10);
        let oldest = history.samples().next().expect("samples");
        assert!((43_000..=43_320).contains(&(newest - oldest.at)), "{}", newest - oldest.at);
    }

    #[test]
    fn what_grows_old_is_kept_as_means_without_a_gap() {
        let history = hours(3);
        let all: Vec<_> = history.samples().collect();
        for pair in all.windows(2) {
            let step = pair[1].at - pair[0].at;
            assert!(step > 0 && step <= pair[0].lasts, "{pair:?}");
        }
        for sample in &all {
            let minute = f64::from(sample.at) / 60.0;
            let shown = f64::from(sample.bed.expect("a bed"));
            assert!((shown - minute.floor()).abs() <= 1.5, "{shown} at {minute}");
            assert_eq!((sample.nozzles, sample.chamber), ([None; 2], None), "not reported is not zero");
        }
    }

    #[test]
    fn what_never_changed_rests_and_loses_nothing() {
        let start = crate::state::test_now().at;
        let mut history = TemperatureHistory::default();
        let mut moves = Vec::new();
        let mut report = |history: &mut TemperatureHistory, second: u64, degrees: f64| {
            if history.record(&at_degrees(degrees), start + Duration::from_secs(second)) {
                moves.push(second);
            }
        };
        // A minute without reports is in it: longer than usual, and no gap yet.
        (0..700).filter(|second| !(400..460).contains(second)).for_each(|second| report(&mut history, second, 25.0));
        assert_eq!(history.age(start + Duration::from_secs(700)), Duration::from_secs(1));
        // Three minutes without any are one.
        (880..1000).for_each(|second| report(&mut history, second, 25.0));
        // Once something changes it moves as ever, also when nothing changes any more.
        (1000..1005).for_each(|second| report(&mut history, second, 26.0));
        (1005..1100).for_each(|second| report(&mut history, second, 26.0));
        assert_eq!(moves[..5], [0, 300, 600, 880, 1000]);
        assert_eq!(moves[5..], [1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090]);
        let all: Vec<_> = history.samples().collect();
        for pair in all.windows(2) {
            let step = pair[1].at - pair[0].at;
            assert!(step <= 10 || (pair[0].at, pair[1].at) == (690, 880), "{pair:?}");
        }
        assert!(all.iter().all(|sample| sample.bed == Some(if sample.at < 1000 { 25.0 } else { 26.0 })), "{all:?}");
    }

    #[test]
    fn it_is_small() {
        let history = hours(13);
        let bytes = (history.fine.capacity() + history.coarse.capacity()) * size_of::<Kept>();
        assert!(bytes <= 10_000, "{bytes} bytes a printer");
    }

    #[test]
    fn spans_end_at_both_sides() {
        let mut span = Span::default();
        let mut seen = vec![span.minutes()];
        while span.other(true) != span {
            span = span.other(true);
            seen.push(span.minutes());
        }
        assert_eq!(seen, [30, 60, 180, 360, 720]);
        assert_eq!(Span::HalfHour.other(false), Span::HalfHour);
        assert_eq!(span.other(false), Span::SixHours);
    }
}
