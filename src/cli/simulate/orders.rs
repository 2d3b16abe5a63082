//! Orders to a running simulation: a line of words in, a line of JSON out.

use super::super::output::{Failure, print_json};
use crate::simulator::cloud::{CloudControl, CloudFault, FaultRule};
use crate::simulator::{Fault, PrinterControl, Simulation, SimulationError};
use futures_util::StreamExt;
use serde::Serialize;
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};

/// Longest line.
const LONGEST: usize = 4096;

/// An order to one printer.
#[derive(Debug, Clone, PartialEq)]
enum ToPrinter {
    Power(bool),
    Lan(bool),
    Uplink(bool),
    Cut,
    Certificate,
    AccessCode(String),
    Fault(Fault),
    Mend,
}

/// An order to the cloud.
#[derive(Debug, Clone, PartialEq)]
enum ToCloud {
    ExpireTokens,
    ExpireCodes,
    Broker(bool),
    Fault(FaultRule),
    Mend,
}

#[derive(Debug, Clone, PartialEq)]
enum SimulatorOrder {
    /// What, and the printer's name or serial number.
    Printer(ToPrinter, String),
    Cloud(ToCloud),
}

/// Every order, as it is written and what it does.
const ORDERS: [(&str, &str); 17] = [
    ("off PRINTER", "pull its plug: no servers, no cloud; the print goes on"),
    ("on PRINTER", "plug it in again, on the same ports"),
    ("lan-off PRINTER", "take it from the LAN; the cloud does not notice"),
    ("lan-on PRINTER", "give it back to the LAN"),
    ("cloud-off PRINTER", "take its way to the cloud; the LAN does not notice"),
    ("cloud-on PRINTER", "give it back to the cloud"),
    ("cut PRINTER", "drop its connections without a goodbye"),
    ("certificate PRINTER", "another certificate for new connections"),
    (
        "access-code CODE PRINTER",
        "another access code, as a change of its modes makes one; its connections are dropped",
    ),
    ("fault NAME[:NUMBER] PRINTER", "something goes wrong from now on"),
    ("mend PRINTER", "end its faults"),
    ("expire-tokens", "end every token of the account"),
    ("expire-codes", "end one-time codes, and logins that wait for the authenticator"),
    ("broker-off", "close the cloud's broker"),
    ("broker-on", "open it again, on the same port"),
    ("cloud-fault NAME[:PATH]", "something goes wrong in the cloud, as --cloud-fault has it"),
    ("cloud-mend", "end the faults of the cloud"),
];

/// The long help of the option.
pub(super) fn help() -> String {
    let lines: Vec<_> = ORDERS.iter().map(|(words, what)| format!("  {words}: {what}")).collect();
    format!(
        "Take orders from standard input while it runs, a line each, and end with it. Each is answered by a line of JSON, \
         {{\"order\", \"ok\"}} and where it failed \"error\". PRINTER is a name or a serial number:\n{}\nFaults of a printer: {}",
        lines.join("\n"),
        faults()
    )
}

fn faults() -> String {
    Fault::ALL.map(Fault::name).join(", ")
}

/// The rest of an order, which must be there.
fn need<'a>(rest: &'a str, what: &str) -> Result<&'a str, String> {
    if rest.is_empty() { Err(format!("missing: {what}")) } else { Ok(rest) }
}

impl SimulatorOrder {
    /// Reads a line; the error says what is wrong with it.
    fn parse(line: &str) -> Result<Self, String> {
        let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let rest = rest.trim();
        let printer = |order| Ok(Self::Printer(order, need(rest, "the printer's name or serial number")?.to_owned()));
        let cloud = |order| {
            if rest.is_empty() { Ok(Self::Cloud(order)) } else { Err(format!("“{word}” takes no value")) }
        };
        match word {
            "off" => printer(ToPrinter::Power(false)),
            "on" => printer(ToPrinter::Power(true)),
            "lan-off" => printer(ToPrinter::Lan(false)),
            "lan-on" => printer(ToPrinter::Lan(true)),
            "cloud-off" => printer(ToPrinter::Uplink(false)),
            "cloud-on" => printer(ToPrinter::Uplink(true)),
            "cut" => printer(ToPrinter::Cut),
            "certificate" => printer(ToPrinter::Certificate),
            "access-code" => {
                let (code, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let order = ToPrinter::AccessCode(need(code, "the access code")?.to_owned());
                Ok(Self::Printer(order, need(rest.trim(), "the printer's name or serial number")?.to_owned()))
            }
            "mend" => printer(ToPrinter::Mend),
            "fault" => {
                let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let fault = Fault::from_name(need(name, "the fault's name")?)
                    .ok_or_else(|| format!("there is no fault “{name}”; choose from {}", faults()))?;
                let printer = need(rest.trim(), "the printer's name or serial number")?;
                Ok(Self::Printer(ToPrinter::Fault(fault), printer.to_owned()))
            }
            "expire-tokens" => cloud(ToCloud::ExpireTokens),
            "expire-codes" => cloud(ToCloud::ExpireCodes),
            "broker-off" => cloud(ToCloud::Broker(false)),
            "broker-on" => cloud(ToCloud::Broker(true)),
            "cloud-mend" => cloud(ToCloud::Mend),
            "cloud-fault" => {
                let order = FaultRule::parse(need(rest, "the fault's name")?).ok_or_else(|| {
                    let names = CloudFault::ALL.map(CloudFault::name).join(", ");
                    format!("there is no such fault of the cloud; choose from {names}")
                })?;
                Ok(Self::Cloud(ToCloud::Fault(order)))
            }
            _ => {
                let words: Vec<_> = ORDERS.iter().map(|(words, _)| *words).collect();
                Err(format!("there is no order “{word}”; choose from: {}", words.join(", ")))
            }
        }
    }
}

/// The answer to an order. What is not said is left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
struct AnswerJson {
    /// As it was written, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    ok: bool,
    /// Of the new certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Carries out what comes on standard input, until it ends.
pub(super) async fn execute(simulation: &Simulation) -> Result<(), Failure> {
    let mut lines = FramedRead::new(tokio::io::stdin(), LinesCodec::new_with_max_length(LONGEST));
    // After a line that could not be read the stream pauses once; only what follows tells whether it has ended.
    let mut stumbled = false;
    loop {
        let answer = match lines.next().await {
            None if std::mem::take(&mut stumbled) => continue,
            None => return Ok(()),
            Some(Ok(line)) if line.trim().is_empty() => continue,
            Some(Ok(line)) => carry_out(simulation, &line).await,
            Some(Err(LinesCodecError::Io(e))) if e.kind() != std::io::ErrorKind::InvalidData => return Err(e.into()),
            Some(Err(e)) => {
                stumbled = true;
                let error = match e {
                    LinesCodecError::MaxLineLengthExceeded => format!("a line has at most {LONGEST} bytes"),
                    LinesCodecError::Io(_) => "a line is not UTF-8".to_owned(),
                };
                AnswerJson { error: Some(error), ..AnswerJson::default() }
            }
        };
        print_json(&answer)?;
    }
}

/// Carries out one line; the answer tells how that went.
async fn carry_out(simulation: &Simulation, line: &str) -> AnswerJson {
    let done = match SimulatorOrder::parse(line) {
        Err(wrong) => Err(wrong),
        Ok(SimulatorOrder::Printer(order, name)) => match simulation.control_named(&name) {
            Some(handle) => printer(handle, order).await.map_err(|e| e.to_string()),
            None => {
                let known: Vec<_> = simulation.names().collect();
                Err(format!("there is no printer “{name}”; known are {}", known.join(", ")))
            }
        },
        Ok(SimulatorOrder::Cloud(order)) => match simulation.cloud() {
            Some(handle) => cloud(handle, order).await.map_err(|e| e.to_string()),
            None => Err("there is no cloud: start with --cloud".to_owned()),
        },
    };
    let order = Some(line.trim().to_owned());
    match done {
        Ok(fingerprint) => AnswerJson { order, ok: true, fingerprint, error: None },
        Err(error) => AnswerJson { order, ok: false, fingerprint: None, error: Some(error) },
    }
}

/// Gives the fingerprint of the certificate where that is new.
async fn printer(handle: &PrinterControl, order: ToPrinter) -> Result<Option<String>, SimulationError> {
    match order {
        ToPrinter::Power(false) => handle.power_off().await,
        ToPrinter::Power(true) => handle.power_on().await?,
        ToPrinter::Lan(false) => handle.lan_off().await,
        ToPrinter::Lan(true) => handle.lan_on().await?,
        ToPrinter::Uplink(there) => handle.set_uplink(there),
        ToPrinter::Cut => handle.cut(),
        ToPrinter::Certificate => return handle.new_certificate().map(Some),
        ToPrinter::AccessCode(code) => handle.set_access_code(&code),
        ToPrinter::Fault(fault) => handle.set_fault(fault),
        ToPrinter::Mend => handle.clear_faults(),
    }
    Ok(None)
}

async fn cloud(handle: &CloudControl, order: ToCloud) -> Result<Option<String>, SimulationError> {
    match order {
        ToCloud::ExpireTokens => handle.expire_tokens(),
        ToCloud::ExpireCodes => handle.expire_codes(),
        ToCloud::Broker(false) => handle.broker_down().await,
        ToCloud::Broker(true) => handle.broker_up().await?,
        ToCloud::Fault(order) => handle.add_rule(order),
        ToCloud::Mend => handle.clear_faults(),
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_order_of_the_help_is_read() {
        for (words, _) in ORDERS {
            let line = words
                .replace("NAME[:PATH]", "html:/v1")
                .replace("NAME[:NUMBER]", "flood:9")
                .replace("NAME", "silent")
                .replace("PRINTER", "Desk A1");
            assert!(SimulatorOrder::parse(&line).is_ok(), "{line}");
        }
        assert_eq!(
            SimulatorOrder::parse("  fault  half-open   Desk A1 "),
            Ok(SimulatorOrder::Printer(ToPrinter::Fault(Fault::HalfOpen), "Desk A1".into()))
        );
        assert_eq!(
            SimulatorOrder::parse("off 01P00A1"),
            Ok(SimulatorOrder::Printer(ToPrinter::Power(false), "01P00A1".into()))
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, says) in [
            ("dance", "choose from: off PRINTER"),
            ("off", "missing: the printer's name or serial number"),
            ("access-code", "missing: the access code"),
            ("access-code 12345678", "missing: the printer's name or serial number"),
            ("fault silent", "missing: the printer's name or serial number"),
            ("fault rain Desk", "there is no fault “rain”"),
            ("cloud-fault rain", "choose from unauthorized"),
            ("broker-off now", "takes no value"),
        ] {
            let error = SimulatorOrder::parse(line).unwrap_err();
            assert!(error.contains(says), "{line}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_line_is_too_odd(line in "\\PC*") {
            let _ = SimulatorOrder::parse(&line);
        }
    }
}
