//! What a printer is doing: stages (`stg_cur`), and which of them mean "paused, and why".

/// Stage texts by id (`stg_cur`).
#[rustfmt::skip]
const STAGES: [&str; 78] = [
    "printing",
    "auto bed levelling",
    "preheating the bed",
    "vibration compensation",
    "changing filament",
    "paused by G-code (M400)",
    "paused: filament ran out",
    "heating the nozzle",
    "calibrating flow dynamics",
    "scanning the bed surface",
    "inspecting the first layer",
    "identifying the build plate",
    "calibrating micro lidar",
    "homing the tool head",
    "cleaning the nozzle tip",
    "checking the extruder temperature",
    "paused by a person",
    "paused: front cover fell off",
    "calibrating micro lidar",
    "calibrating extrusion flow",
    "paused: nozzle temperature fault",
    "paused: bed temperature fault",
    "unloading filament",
    "paused: motor steps lost",
    "loading filament",
    "motor noise calibration",
    "paused: AMS lost connection",
    "paused: heat-break fan too slow",
    "paused: chamber temperature control fault",
    "cooling the chamber",
    "paused by G-code in the file",
    "motor noise demonstration",
    "paused: filament clump on the nozzle",
    "paused: cutter fault",
    "paused: first-layer fault",
    "paused: nozzle clogged",
    "measuring motion precision",
    "improving motion precision",
    "measuring motion accuracy",
    "calibrating nozzle offset",
    "bed levelling at high temperature",
    "checking quick-release lever",
    "checking door and top cover",
    "laser calibration",
    "checking the platform",
    "confirming BirdsEye camera position",
    "calibrating BirdsEye camera",
    "bed levelling, phase 1",
    "bed levelling, phase 2",
    "heating the chamber",
    "adjusting (cooling) the bed temperature",
    "printing calibration lines",
    "checking the material",
    "calibrating the live-view camera",
    "waiting for the bed temperature",
    "checking material position",
    "calibrating cutting module offset",
    "measuring the surface",
    "thermal preconditioning",
    "homing the blade holder",
    "calibrating camera offset",
    "calibrating blade holder position",
    "hotend pick-and-place test",
    "waiting for the chamber to equalise",
    "preparing the hotend",
    "calibrating nozzle clumping detection",
    "purifying the chamber air",
    "measuring the rotary attachment",
    "moving tool head above the purge chute",
    "cooling the nozzle",
    "moving tool head to bed centre",
    "arc fitting",
    "detecting the hotend type",
    "checking build plate alignment",
    "checking the bed for foreign objects (some H2D firmware: generic preparation)",
    "checking under the bed for foreign objects",
    "pre-extrusion before printing",
    "preparing the AMS",
];

/// Ids of the stages that mean "paused, and why".
const PAUSE_STAGES: [i64; 15] = [5, FILAMENT_RAN_OUT, PAUSED_BY_USER, 17, 20, 21, 23, 26, 27, 28, 30, 32, 33, 34, 35];

/// The stage of a job that prints; a printer at rest may report it too.
pub const PRINTING: i64 = 0;
/// The stage of a pause because filament ran out.
pub const FILAMENT_RAN_OUT: i64 = 6;
/// The stage of a pause that a person asked for.
pub const PAUSED_BY_USER: i64 = 16;
/// No stage, on older firmware; newer writes -1.
const NONE: i64 = 255;

/// Whether a number is a stage at all.
pub fn is_stage(id: i64) -> bool {
    id >= 0 && id != NONE
}

/// Text of a stage; `None` for "no stage" (-1 and 255).
pub fn stage(id: i64) -> Option<std::borrow::Cow<'static, str>> {
    is_stage(id).then(|| match usize::try_from(id).ok().and_then(|id| STAGES.get(id)) {
        Some(text) => (*text).into(),
        None => format!("stage {id}").into(),
    })
}

/// Whether a stage is a reason for a pause.
pub fn is_pause_stage(id: i64) -> bool {
    PAUSE_STAGES.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_end_at_the_table_and_none_is_none() {
        assert_eq!(stage(0).as_deref(), Some("printing"));
        assert_eq!(stage(77).as_deref(), Some("preparing the AMS"));
        assert_eq!(stage(78).as_deref(), Some("stage 78"));
        assert_eq!((stage(-1), stage(255)), (None, None));
    }

    #[test]
    fn what_the_table_calls_a_pause_is_one() {
        for (id, text) in (0..).zip(STAGES) {
            assert_eq!(is_pause_stage(id), text.starts_with("paused"), "{id}: {text}");
        }
    }
}
