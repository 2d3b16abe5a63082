use super::*;

wire! {
    struct Sample {
        "text" => text: String,
        "n" | "number" => n: i64,
        "f" => f: f64,
        "hex" => hex: Hex,
        "list" => list: Vec<i64>,
    }
}

fn read(json: &str) -> Sample {
    serde_json::from_str::<Maybe<Sample>>(json).expect("valid JSON").0.unwrap_or_default()
}

#[test]
fn a_wrong_type_loses_its_own_field_only() {
    let sample = read(r#"{"text":{"a":[1]},"number":"12","f":"2.5","hex":true,"list":[1,"2",null,[3]],"x":{"y":0}}"#);
    assert_eq!((sample.text, sample.n, sample.f, sample.hex), (None, Some(12), Some(2.5), None));
    assert_eq!(sample.list, Some(vec![1, 2]));
    assert_eq!(read("[1,2]"), Sample::default());
}

#[test]
fn hex_reads_what_firmware_writes() {
    for (text, value) in [("\"0x1F\"", 0x1F), ("\"4027FF18FFF9CB3\"", 0x0402_7FF1_8FFF_9CB3), ("17", 0x17)] {
        assert_eq!(serde_json::from_str::<Maybe<Hex>>(text).expect("JSON").0, Some(Hex(value)));
    }
    assert!(Hex(0x2000_0000).bit(29) && !Hex(1).bit(200));
    assert_eq!(Hex(0xABC).bits(4, 4), 0xB);
    assert_eq!(Hex::from_text(&"F".repeat(40)), Some(Hex(u128::MAX)));
    assert_eq!(Hex::from_text("ü".repeat(20).as_str()), None);
}

#[test]
fn text_from_outside_cannot_steer_a_terminal() {
    assert_eq!(clean("a\u{1b}[31mb\u{7f}\u{9b}c\u{202e}d\r\n\u{200b}e"), "a[31mbcd e");
    assert!(clean(&"x".repeat(5000)).len() <= TEXT_MAX);
    assert_eq!(clean("a\u{2028}\u{2029}b\u{61c}c\u{180e}d\u{ad}e\u{e0041}f\u{e007f}g\u{feff}h"), "a bcdefgh");
    // What people write stays: accents, other scripts, emoji (without what chooses their look), wide blanks.
    let kept = "Prüfwürfel e\u{301} 打印 קובייה 🖨\u{a0}x\u{3000}y ÷ –";
    assert_eq!(clean(kept), kept);
}
