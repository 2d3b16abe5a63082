//! The few G-code lines that a dashboard sends.

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line {
    /// `M104`: nozzle temperature, of a hotend if one is named.
    Nozzle {
        /// `T`, the hotend: 0 right, 1 left.
        hotend: Option<usize>,
        /// °C.
        target: f64,
    },
    /// `M140`: bed temperature.
    Bed(f64),
    /// `M141`: chamber temperature.
    Chamber(f64),
    /// `M106`/`M107`: a fan, in percent.
    Fan {
        /// `P`: 1 part cooling, 2 auxiliary, 3 chamber, 10 second auxiliary.
        number: u8,
        /// 0 to 100.
        percent: u8,
    },
    /// `G28`: home the axes.
    Home,
    /// `M18`: let go of the axes.
    LetGo,
    /// `M620 R<n>`: read the tag of the slot with this flat number.
    ReadTag(u8),
    /// Anything else: taken without an effect that reports show.
    Other,
}

/// Reads the lines of a `gcode_line` parameter; comments and empty lines are left out.
pub fn parse(text: &str) -> impl Iterator<Item = Line> + '_ {
    text.lines().map(|line| line.split(';').next().unwrap_or("").trim()).filter(|line| !line.is_empty()).map(line)
}

fn line(text: &str) -> Line {
    let mut words = text.split_whitespace();
    let command = words.next().unwrap_or("");
    let rest: Vec<&str> = words.collect();
    let value = |letter: char| -> Option<f64> {
        let word = rest.iter().find_map(|w| w.strip_prefix(letter).or(w.strip_prefix(letter.to_ascii_lowercase())))?;
        word.parse::<f64>().ok().filter(|v| v.is_finite())
    };
    let target = value('S').unwrap_or(0.0).clamp(0.0, 1000.0);
    match command.to_ascii_uppercase().as_str() {
        "M104" | "M109" => Line::Nozzle { hotend: value('T').map(|t| t.max(0.0) as usize), target },
        "M140" | "M190" => Line::Bed(target),
        "M141" | "M191" => Line::Chamber(target),
        "M106" => {
            let percent = (value('S').unwrap_or(255.0).clamp(0.0, 255.0) * 100.0 / 255.0).round() as u8;
            Line::Fan { number: value('P').unwrap_or(1.0) as u8, percent }
        }
        "G28" => Line::Home,
        "M18" | "M84" => Line::LetGo,
        "M620" if value('R').is_some() => Line::ReadTag(value('R').unwrap_or(0.0).clamp(0.0, 255.0) as u8),
        "M107" => Line::Fan { number: value('P').unwrap_or(1.0) as u8, percent: 0 },
        _ => Line::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_dashboard_are_understood() {
        let lines: Vec<_> =
            parse("M104 T1 S220\nM104 S0 ; off\n\nM140 S60\nM141 S45\nM106 P2 S128\nG28\nM107\nM620 R6\nM18\nG90\n")
                .collect();
        assert_eq!(
            lines,
            [
                Line::Nozzle { hotend: Some(1), target: 220.0 },
                Line::Nozzle { hotend: None, target: 0.0 },
                Line::Bed(60.0),
                Line::Chamber(45.0),
                Line::Fan { number: 2, percent: 50 },
                Line::Home,
                Line::Fan { number: 1, percent: 0 },
                Line::ReadTag(6),
                Line::LetGo,
                Line::Other,
            ]
        );
    }

    #[test]
    fn nonsense_is_no_line_of_ours() {
        assert_eq!(parse("M140 Sxyz\nM104 S1e400").collect::<Vec<_>>()[0], Line::Bed(0.0));
        assert!(parse("").next().is_none());
    }
}
