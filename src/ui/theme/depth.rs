//! Colours brought down to what a terminal has.

use ratatui::style::Color;

/// The nearest colour of the 6x6x6 cube or the grey ramp.
pub(super) fn palette_index(rgb: [u8; 3]) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |v: u8| (0..6_u8).min_by_key(|i| STEPS[usize::from(*i)].abs_diff(v)).unwrap_or(0);
    let [r, g, b] = rgb.map(nearest);
    let cube = [r, g, b].map(|i| STEPS[usize::from(i)]);
    let mean = ((u16::from(rgb[0]) + u16::from(rgb[1]) + u16::from(rgb[2])) / 3) as u8;
    let grey_step = (mean.saturating_sub(3) / 10).min(23);
    let grey = [8 + 10 * grey_step; 3];
    if distance(rgb, grey) < distance(rgb, cube) { 232 + grey_step } else { 16 + 36 * r + 6 * g + b }
}

/// The sixteen colours as most terminals show them, in their order.
pub(super) const ANSI: [([u8; 3], Color); 16] = [
    ([0, 0, 0], Color::Black),
    ([170, 0, 0], Color::Red),
    ([0, 150, 0], Color::Green),
    ([170, 110, 0], Color::Yellow),
    ([0, 0, 170], Color::Blue),
    ([150, 0, 150], Color::Magenta),
    ([0, 150, 150], Color::Cyan),
    ([190, 190, 190], Color::Gray),
    ([100, 100, 100], Color::DarkGray),
    ([255, 85, 85], Color::LightRed),
    ([85, 255, 85], Color::LightGreen),
    ([255, 255, 85], Color::LightYellow),
    ([85, 85, 255], Color::LightBlue),
    ([255, 85, 255], Color::LightMagenta),
    ([85, 255, 255], Color::LightCyan),
    ([255, 255, 255], Color::White),
];

pub(super) fn nearest_ansi(rgb: [u8; 3]) -> Color {
    ANSI.iter().min_by_key(|(known, _)| distance(rgb, *known)).map_or(Color::White, |(_, color)| *color)
}

/// Black or white, whichever is read better on one of the sixteen.
pub(super) fn readable_on(ground: Color) -> Color {
    let [r, g, b] = ANSI.iter().find(|(_, color)| *color == ground).map_or([0; 3], |(rgb, _)| *rgb).map(u32::from);
    if 3 * r + 6 * g + b > 1275 { Color::Black } else { Color::White }
}

fn distance(a: [u8; 3], b: [u8; 3]) -> i32 {
    // Weights of the eye: green differs most, blue least.
    let square = |i: usize| (i32::from(a[i]) - i32::from(b[i])).pow(2);
    3 * square(0) + 4 * square(1) + 2 * square(2)
}
