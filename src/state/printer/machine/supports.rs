//! What the firmware says that it can do, whether it is switched on or not.

use crate::protocol::{
    flags::{Flag3, Fun, Fun2, HomeFlag},
    machine::MachinePart,
};

/// A thing that firmware can do or not, and the flags that tell.
struct Row {
    name: &'static str,
    home: Option<fn(HomeFlag) -> bool>,
    fun: Option<fn(Fun) -> bool>,
    fun2: Option<fn(Fun2) -> bool>,
    flag3: Option<fn(Flag3) -> bool>,
}

const NOTHING: Row = Row { name: "", home: None, fun: None, fun2: None, flag3: None };

const fn both(name: &'static str, home: fn(HomeFlag) -> bool, fun: fn(Fun) -> bool) -> Row {
    Row { name, home: Some(home), fun: Some(fun), ..NOTHING }
}

const fn fun(name: &'static str, fun: fn(Fun) -> bool) -> Row {
    Row { name, fun: Some(fun), ..NOTHING }
}

const fn fun2(name: &'static str, fun2: fn(Fun2) -> bool) -> Row {
    Row { name, fun2: Some(fun2), ..NOTHING }
}

const fn flag3(name: &'static str, flag3: fn(Flag3) -> bool) -> Row {
    Row { name, flag3: Some(flag3), ..NOTHING }
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    both("flow_calibration", HomeFlag::can_calibrate_flow, Fun::can_calibrate_flow),
    both("pressure_advance_calibration", HomeFlag::can_calibrate_pressure_advance, Fun::can_calibrate_pressure_advance),
    both("motor_noise_calibration", HomeFlag::can_calibrate_motor_noise, Fun::can_calibrate_motor_noise),
    fun("new_calibration", Fun::new_calibration),
    both("user_presets", HomeFlag::has_user_presets, Fun::has_user_presets),
    both("sound", HomeFlag::can_sound, Fun::can_sound),
    both("tangle_detection", HomeFlag::can_detect_tangle, Fun::can_detect_tangle),
    both("blob_detection", HomeFlag::can_detect_blob, Fun::can_detect_blob),
    both("air_print_detection", HomeFlag::can_detect_air_print, Fun::air_print),
    fun("spaghetti_detection", Fun::spaghetti),
    fun("purge_pile_detection", Fun::purge_pile),
    fun("nozzle_clump_detection", Fun::nozzle_clump),
    fun2("plate_alignment_check", Fun2::plate_alignment),
    fun("door_check", Fun::has_door_check),
    both("upgrade_kit", HomeFlag::takes_upgrade_kit, Fun::takes_upgrade_kit),
    fun("internal_timelapse", Fun::internal_timelapse),
    fun2("internal_storage", Fun2::internal_storage),
    fun("signed_commands_only", Fun::signed_commands),
    fun("home_command", Fun::homes_by_command),
    fun("axis_command", Fun::moves_by_command),
    fun("bed_command", Fun::heats_bed_by_command),
    fun("skip_objects", Fun::skips_objects),
    fun("cooling_filter", Fun::cooling_filter),
    fun2("air_purification", Fun2::air_purification),
    fun("idle_heating_protection", Fun::idle_heating_protection),
    fun("external_change_help", Fun::helps_external_change),
    fun("hotend_rack", Fun::hotend_rack),
    fun2("pressure_advance_mode", Fun2::pressure_advance_mode),
    fun2("remote_drying", Fun2::remote_drying),
    fun2("hides_remaining", Fun2::hides_remaining),
    fun2("tpu_left", Fun2::tpu_left),
    flag3("edit_while_printing", Flag3::edits_while_printing),
    flag3("new_ams", Flag3::new_ams),
    flag3("abort_change", Flag3::aborts_change),
    both("agora", HomeFlag::agora, Fun::agora),
    fun("brtc", Fun::brtc),
];

/// What the firmware can do, by name; `None`: the flags that would tell are not reported. The flags of new firmware count
/// only where all of them are there.
pub(in crate::state) fn supports(part: &MachinePart) -> impl Iterator<Item = (&'static str, Option<bool>)> {
    let new = part.is_new();
    let says = move |row: &Row| {
        // Where the new flags are there they replace the old ones: those say "can" of things that the firmware dropped.
        let fun = row.fun.zip(part.fun.filter(|_| new)).map(|(has, flags)| has(flags));
        let told = [
            fun.or_else(|| row.home.zip(part.home_flag).map(|(has, flags)| has(flags))),
            row.fun2.zip(part.fun2.filter(|_| new)).map(|(has, flags)| has(flags)),
            row.flag3.zip(part.flag3).map(|(has, flags)| has(flags)),
        ];
        told.into_iter().flatten().reduce(|one, other| one || other)
    };
    TABLE.iter().map(move |row| (row.name, says(row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::parse;

    fn supported(fields: &str, wanted: &str) -> Option<bool> {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        supports(&report.machine).find(|(name, _)| *name == wanted).expect("a row").1
    }

    #[test]
    fn each_bit_has_its_name() {
        // Beside the three fields without which it does not count.
        let new = |fun: u64| format!(r#""cfg":"0","aux":"0","stat":"0","fun":"{fun:x}""#);
        for (bit, name) in [
            (1, "agora"),
            (6, "flow_calibration"),
            (7, "pressure_advance_calibration"),
            (8, "sound"),
            (9, "tangle_detection"),
            (10, "motor_noise_calibration"),
            (11, "user_presets"),
            (12, "door_check"),
            (13, "blob_detection"),
            (14, "upgrade_kit"),
            (28, "internal_timelapse"),
            (29, "signed_commands_only"),
            (31, "brtc"),
            (32, "home_command"),
            (38, "axis_command"),
            (39, "bed_command"),
            (40, "new_calibration"),
            (42, "spaghetti_detection"),
            (43, "purge_pile_detection"),
            (44, "nozzle_clump_detection"),
            (45, "air_print_detection"),
            (46, "cooling_filter"),
            (48, "external_change_help"),
            (49, "skip_objects"),
            (60, "hotend_rack"),
            (62, "idle_heating_protection"),
        ] {
            assert_eq!(supported(&new(1 << bit), name), Some(true), "{bit}");
            assert_eq!(supported(&new(!(1 << bit)), name), Some(false), "{bit}");
            assert_eq!(supported(&format!(r#""fun":"{:x}""#, 1_u64 << bit), name), None, "{bit} alone");
        }
        for (bit, name) in [
            (15, "flow_calibration"),
            (16, "pressure_advance_calibration"),
            (18, "sound"),
            (19, "tangle_detection"),
            (21, "motor_noise_calibration"),
            (22, "user_presets"),
            (25, "blob_detection"),
            (27, "upgrade_kit"),
            (29, "air_print_detection"),
            (30, "agora"),
        ] {
            assert_eq!(supported(&format!(r#""home_flag":{}"#, 1 << bit), name), Some(true), "{bit}");
            assert_eq!(supported(&format!(r#""home_flag":{}"#, !(1 << bit)), name), Some(false), "{bit}");
        }
        for (bit, name, home) in [(8, "sound", 18), (9, "tangle_detection", 19), (13, "blob_detection", 25)] {
            let both = |fun: u64| format!(r#"{},"home_flag":{}"#, new(fun), 1_i64 << home);
            assert_eq!(supported(&both(0), name), Some(false), "{name}: the new flags replace the old ones");
            assert_eq!(supported(&both(1 << bit), name), Some(true), "{name}");
        }
        for (bit, name) in [
            (0, "internal_storage"),
            (2, "plate_alignment_check"),
            (3, "pressure_advance_mode"),
            (4, "air_purification"),
            (5, "remote_drying"),
            (6, "hides_remaining"),
            (7, "tpu_left"),
        ] {
            assert_eq!(supported(&format!(r#"{},"fun2":"{:x}""#, new(0), 1 << bit), name), Some(true), "{bit}");
        }
        for (bit, name) in [(3, "edit_while_printing"), (9, "new_ams"), (13, "abort_change")] {
            assert_eq!(supported(&format!(r#""flag3":{}"#, 1 << bit), name), Some(true), "{bit}");
        }
    }
}
