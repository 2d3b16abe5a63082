//! What the camera sees: the chamber, the plate, the print as it grows, and the tool head at work.

use super::font::glyph;
use super::sim::job::stage;
use super::sim::{Phase, SimPrinter};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ImageBuffer, JpegColorType, rgb_to_ycbcr};

/// Size of the pictures, as real printers send them.
const WIDTH: i32 = 1280;
const HEIGHT: i32 = 720;
/// The plate: its back and front edge on the picture.
const PLATE: [i32; 2] = [470, 640];
/// Highest print, in pixels.
const TALL: f64 = 300.0;

type Rgb = [u8; 3];

/// Everything a picture shows, taken out of the simulation so that it can be drawn elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scene {
    title: String,
    clock: String,
    words: String,
    share: f64,
    color: Rgb,
    lit: bool,
    /// Seconds of the simulation, which move the tool head.
    seconds: f64,
    moving: bool,
    spaghetti: bool,
    open: bool,
    hot: bool,
}

impl Scene {
    pub(super) fn of(sim: &SimPrinter, name: &str) -> Self {
        let day = sim.clock_ms() / 1000 % 86_400;
        let percent = sim.job.as_ref().map_or(0, super::sim::job::Job::percent);
        let prints = sim.phase == Phase::Running && sim.stage() == Some(stage::PRINTING);
        let words = match sim.phase {
            Phase::Idle => "IDLE".to_owned(),
            Phase::Prepare => "PREPARING".to_owned(),
            Phase::Pause => format!("PAUSED {percent}%"),
            Phase::Finish => "DONE 100%".to_owned(),
            Phase::Failed => "STOPPED".to_owned(),
            Phase::Running if prints => format!("{percent}%"),
            Phase::Running => "GETTING READY".to_owned(),
        };
        Self {
            title: name.to_owned(),
            // Where nothing changes, the picture does not either.
            clock: if sim.still {
                String::new()
            } else {
                format!("{:02}:{:02}:{:02}", day / 3600, day / 60 % 60, day % 60)
            },
            words,
            share: if sim.phase == Phase::Idle {
                0.0
            } else {
                sim.job.as_ref().map_or(0.0, super::sim::job::Job::share)
            },
            color: sim.spool().map_or([190, 190, 190], super::sim::spool::Spool::rgb),
            lit: sim.lights.chamber,
            seconds: sim.seconds,
            moving: sim.phase == Phase::Running,
            spaghetti: sim.error == super::sim::SPAGHETTI,
            open: sim.is_open(),
            hot: sim.nozzles[sim.active].now > 150.0,
        }
    }
}

/// Draws a scene and makes a JPEG of it.
pub(super) fn jpeg(scene: &Scene) -> Vec<u8> {
    let canvas = draw(scene);
    let mut bytes = Vec::with_capacity(96 << 10);
    // Writing into memory cannot fail; an empty frame would be noticed by every client.
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 70);
    // Half the colour resolution, as cameras send it.
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    let _ = encoder.encode_image(canvas);
    bytes
}

/// A whole, tiny JPEG whose header claims a giant picture.
pub(super) fn giant() -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = JpegEncoder::new_with_quality(&mut bytes, 70).write_image(&[90; 8 * 8 * 3], 8, 8, ExtendedColorType::Rgb8);
    // The frame header: marker, length, precision, then height and width.
    if let Some(at) = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).filter(|at| at + 9 <= bytes.len()) {
        bytes[at + 5..at + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    }
    bytes
}

/// The picture in the three planes that a JPEG is made of: brightness, blue and red. A run is one colour, so that it is
/// converted once, not for each of its pixels.
#[derive(PartialEq, Debug)]
struct Canvas {
    planes: [Vec<u8>; 3],
}

impl ImageBuffer for Canvas {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        WIDTH as u16
    }

    fn height(&self) -> u16 {
        HEIGHT as u16
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let row = usize::from(y) * WIDTH as usize;
        for (plane, buffer) in self.planes.iter().zip(buffers) {
            buffer.extend_from_slice(&plane[row..row + WIDTH as usize]);
        }
    }
}

impl Canvas {
    /// A horizontal run of one colour, clipped to the picture.
    fn run(&mut self, y: i32, from: i32, to: i32, color: Rgb) {
        if !(0..HEIGHT).contains(&y) {
            return;
        }
        let (from, to) = (from.clamp(0, WIDTH), to.clamp(0, WIDTH));
        if from >= to {
            return;
        }
        let row = (y * WIDTH) as usize;
        let (luma, blue, red) = rgb_to_ycbcr(color[0], color[1], color[2]);
        for (plane, value) in self.planes.iter_mut().zip([luma, blue, red]) {
            plane[row + from as usize..row + to as usize].fill(value);
        }
    }

    fn rect(&mut self, x: i32, y: i32, width: i32, height: i32, color: Rgb) {
        for row in y..y + height {
            self.run(row, x, x + width, color);
        }
    }

    fn text(&mut self, x: i32, y: i32, scale: i32, text: &str, color: Rgb) {
        for (i, c) in text.chars().take(40).enumerate() {
            for (row, bits) in glyph(c).into_iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    let left = x + (i as i32 * 6 + column) * scale;
                    self.rect(left, y + row as i32 * scale, scale, scale, color);
                }
            }
        }
    }
}

/// A colour in this much light, 0 to 1.
fn shade(color: Rgb, light: f64) -> Rgb {
    color.map(|c| (f64::from(c) * light).clamp(0.0, 255.0) as u8)
}

fn draw(scene: &Scene) -> Canvas {
    let mut canvas = Canvas { planes: std::array::from_fn(|_| vec![0; (WIDTH * HEIGHT) as usize]) };
    // Open printers stand in a lit room; a closed chamber is dark without its light.
    let light = match (scene.lit, scene.open) {
        (true, _) => 1.0,
        (false, true) => 0.55,
        (false, false) => 0.16,
    };
    for y in 0..HEIGHT {
        let height = f64::from(y) / f64::from(HEIGHT);
        canvas.run(y, 0, WIDTH, shade([74, 78, 86], light * (0.95 - 0.5 * height)));
    }
    for x in [90, 1130] {
        canvas.rect(x, 0, 60, PLATE[0], shade([34, 36, 40], light));
    }
    plate(&mut canvas, light);
    let top = model(&mut canvas, scene, light);
    tool_head(&mut canvas, scene, top, light);
    let (bright, soft) = ([235, 240, 240], [150, 205, 160]);
    canvas.text(24, 20, 4, &scene.title, bright);
    canvas.text(WIDTH - 24 * 9, 20, 4, &scene.clock, bright);
    canvas.text(24, HEIGHT - 52, 5, &scene.words, soft);
    let width = WIDTH - 2 * 24;
    canvas.rect(24, HEIGHT - 12, width, 5, [45, 48, 52]);
    canvas.rect(24, HEIGHT - 12, (f64::from(width) * scene.share) as i32, 5, soft);
    canvas
}

/// The build plate in perspective: narrow behind, wide in front, with a grid.
fn plate(canvas: &mut Canvas, light: f64) {
    for y in PLATE[0]..PLATE[1] {
        let near = f64::from(y - PLATE[0]) / f64::from(PLATE[1] - PLATE[0]);
        let half = (300.0 + near * 190.0) as i32;
        let gold = shade([150, 118, 58], light * (0.65 + 0.35 * near));
        canvas.run(y, WIDTH / 2 - half, WIDTH / 2 + half, gold);
        let line = shade([118, 92, 44], light * (0.65 + 0.35 * near));
        if (near * near * 24.0).fract() < 0.12 {
            canvas.run(y, WIDTH / 2 - half, WIDTH / 2 + half, line);
        }
        for i in -4..=4 {
            let x = WIDTH / 2 + half * i / 5;
            canvas.run(y, x - 1, x + 1, line);
        }
    }
    canvas.rect(WIDTH / 2 - 490, PLATE[1], 980, 16, shade([60, 60, 64], light));
}

/// The print so far: a vase of layers. Gives the height on the picture at which the next layer goes.
fn model(canvas: &mut Canvas, scene: &Scene, light: f64) -> i32 {
    let foot = i32::midpoint(PLATE[0], PLATE[1]) + 20;
    let tall = (TALL * scene.share) as i32;
    for layer in 0..tall {
        let height = f64::from(layer) / TALL;
        let half = 95.0 + 42.0 * (height * 7.0).sin() - 30.0 * height;
        let y = foot - layer;
        // Three strips make it round; every fourth line is darker, as layers are.
        let ribs = if layer % 4 == 0 { 0.86 } else { 1.0 };
        let strips = [(-1.0, 0.62), (-0.55, 0.95), (0.1, 0.8), (0.6, 0.55)];
        for (i, (from, strength)) in strips.iter().enumerate() {
            let to = strips.get(i + 1).map_or(1.0, |s| s.0);
            // Black filament still has to be seen.
            let color = scene.color.map(|c| c.max(22));
            let (left, right) = ((half * from) as i32, (half * to) as i32);
            canvas.run(y, WIDTH / 2 + left, WIDTH / 2 + right, shade(color, light * strength * ribs));
        }
    }
    if scene.spaghetti {
        for i in 0..900 {
            let t = f64::from(i) / 9.0;
            let x = WIDTH / 2 + ((t * 1.7).sin() * 170.0 + (t * 4.3).cos() * 60.0) as i32;
            let y = foot - tall - 10 + ((t * 2.9).cos() * 34.0 + (t * 0.37).sin() * 40.0) as i32;
            canvas.rect(x, y, 4, 3, shade(scene.color.map(|c| c.max(40)), light * 0.9));
        }
    }
    foot - tall
}

/// The tool head: over the print while it moves, in its corner while it rests.
fn tool_head(canvas: &mut Canvas, scene: &Scene, top: i32, light: f64) {
    let (x, tip) = if scene.moving {
        (WIDTH / 2 + ((scene.seconds * 1.9).sin() * 110.0 + (scene.seconds * 5.3).sin() * 25.0) as i32, top)
    } else {
        (260, 260)
    };
    canvas.rect(110, tip - 150, 1060, 14, shade([120, 124, 130], light));
    canvas.rect(x - 62, tip - 190, 124, 150, shade([52, 54, 60], light));
    canvas.rect(x - 50, tip - 180, 100, 60, shade([86, 90, 98], light));
    for row in 0..40 {
        let half = 26 - row / 2;
        canvas.run(tip - 40 + row, x - half, x + half, shade([176, 150, 84], light));
    }
    let lamp = if scene.hot { [255, 120, 60] } else { [80, 220, 120] };
    canvas.rect(x - 8, tip - 106, 16, 8, lamp);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::model::Model;

    fn scene(share: f64) -> Scene {
        let mut sim = SimPrinter::new(Model::P1S, "01P00A000000001".into(), 5);
        let job = sim.make_job(0);
        sim.put_into(job, share);
        Scene::of(&sim, "Workshop")
    }

    #[test]
    fn a_picture_is_a_jpeg_of_the_right_size() {
        let bytes = jpeg(&scene(0.4));
        assert!(bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]));
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (1280, 720));
    }

    #[test]
    fn the_print_grows_and_the_light_matters() {
        let sum = |s: &Scene| draw(s).planes[0].iter().map(|p| u64::from(*p)).sum::<u64>();
        let (low, high) = (scene(0.1), scene(0.9));
        assert!(draw(&low) != draw(&high));
        let dark = Scene { lit: false, ..low.clone() };
        assert!(sum(&dark) * 2 < sum(&low));
    }

    #[test]
    fn a_giant_claims_what_nobody_should_allocate() {
        let bytes = giant();
        assert!(bytes.len() < 2000);
        let size =
            image::ImageReader::new(std::io::Cursor::new(&bytes)).with_guessed_format().unwrap().into_dimensions();
        assert_eq!(size.unwrap(), (60_000, 60_000));
    }
}
