//! Things that get warm and cool down.

/// Room temperature in °C.
pub const AMBIENT: f64 = 24.0;

/// A heater with a sensor: approaches its target, never beyond, whatever the step.
#[derive(Debug, Clone, PartialEq)]
pub struct Heater {
    /// Temperature now, in °C.
    pub now: f64,
    /// What it is told to reach; 0 is off.
    pub target: f64,
    /// Fastest rise in °C a second at full power.
    rise: f64,
    /// Time constant of the last degrees before the target, in seconds.
    settle: f64,
    /// Time constant of cooling down, in seconds.
    cooling: f64,
}

impl Heater {
    /// A hotend: hot within a minute.
    pub fn nozzle() -> Self {
        Self { now: AMBIENT + 2.0, target: 0.0, rise: 3.6, settle: 7.0, cooling: 85.0 }
    }

    /// A heated bed: minutes to warm up, a quarter of an hour to cool down.
    pub fn bed() -> Self {
        Self { now: AMBIENT + 1.0, target: 0.0, rise: 0.55, settle: 18.0, cooling: 620.0 }
    }

    /// The air in the chamber.
    pub fn chamber() -> Self {
        Self { now: AMBIENT + 1.0, target: 0.0, rise: 0.05, settle: 120.0, cooling: 700.0 }
    }

    /// Lets `dt` seconds pass with this much warmth around.
    pub fn advance(&mut self, dt: f64, around: f64) {
        let aim = self.target.max(around);
        let gap = aim - self.now;
        if gap >= 0.0 {
            // Warmed by its surroundings alone it is as slow as when it cools.
            let (settle, most) =
                if self.target > around { (self.settle, self.rise * dt) } else { (self.cooling, f64::INFINITY) };
            self.now += (gap * (1.0 - (-dt / settle).exp())).min(most);
        } else {
            self.now += gap * (1.0 - (-dt / self.cooling).exp());
        }
    }

    /// What the sensor shows: a regulated temperature trembles a little around its target.
    pub fn shown(&self, seconds: f64) -> f64 {
        if self.target > 0.0 && self.ready() {
            // Two waves that do not fit together look like noise, and the same second always shows the same.
            self.now + 0.22 * (seconds * 0.71).sin() + 0.14 * (seconds * 0.237 + self.target).sin()
        } else {
            self.now
        }
    }

    /// Whether the target is reached, give or take a degree and a half.
    pub fn ready(&self) -> bool {
        self.target == 0.0 || (self.now - self.target).abs() < 1.5
    }

    /// Puts it at its target at once, for a printer that is introduced in the middle of a job.
    pub fn settle_at(&mut self, target: f64) {
        self.target = target;
        self.now = target.max(AMBIENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heating_is_monotone_never_overshoots_and_takes_about_a_minute() {
        let mut nozzle = Heater::nozzle();
        nozzle.target = 220.0;
        let mut seconds = 0;
        while !nozzle.ready() {
            let before = nozzle.now;
            nozzle.advance(1.0, AMBIENT);
            assert!(nozzle.now > before && nozzle.now <= 220.0);
            seconds += 1;
        }
        assert!((45..120).contains(&seconds), "{seconds}");
    }

    #[test]
    fn cooling_is_monotone_and_stays_above_the_room() {
        let mut bed = Heater::bed();
        bed.settle_at(60.0);
        bed.target = 0.0;
        for _ in 0..5000 {
            let before = bed.now;
            bed.advance(1.0, AMBIENT);
            assert!(bed.now <= before && bed.now >= AMBIENT);
        }
        assert!(bed.now < AMBIENT + 1.0);
    }

    #[test]
    fn any_step_is_stable() {
        for dt in [0.0, 1e-6, 0.1, 3.0, 1e4, 1e9] {
            let mut heater = Heater::bed();
            heater.target = 100.0;
            heater.advance(dt, AMBIENT);
            assert!((AMBIENT..=100.0).contains(&heater.now), "{dt}: {}", heater.now);
        }
    }
}
