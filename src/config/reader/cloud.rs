//! `[cloud]`.

use super::{DeTable, DeValue, Reader, Spanned};
use crate::{
    config::{CloudConfig, Config, MQTT_PORT, TokenSource},
    protocol::rest::{Region, region},
};

const CLOUD_KEYS: &[&str] = &[
    "enabled",
    "region",
    "account",
    "token_env",
    "token_command",
    "api_url",
    "web_url",
    "mqtt_host",
    "mqtt_port",
    "ca_file",
];
/// What people may try, and what must not stand in the file.
const SECRETS: &[&str] = &["token", "password", "access_token", "code"];

impl Reader<'_> {
    pub(super) fn cloud(&mut self, table: &DeTable<'_>, config: &mut Config) {
        let Some(table) = self.table(table, "cloud") else { return };
        for (key, _) in table {
            if SECRETS.contains(&&**key.get_ref()) {
                let line = self.line_of(key);
                let what = format!("{} does not belong into this file", key.get_ref());
                self.problem(line, what, "remove it; log in, or use token_env or token_command");
                self.holds_secret = true;
            }
        }
        self.unknown_keys_but(table, " in [cloud]", CLOUD_KEYS, SECRETS);
        let mut cloud = CloudConfig { token: self.token_source(table), ..CloudConfig::default() };
        if let Some(value) = table.get("enabled") {
            match value.get_ref() {
                DeValue::Boolean(on) => cloud.enabled = *on,
                _ => self.wrong_type(value, "enabled", "true or false"),
            }
        }
        if table.contains_key("region") {
            let mut region = Region::Global;
            self.choice(table, "region", &mut region, Region::ALL, Region::name);
            cloud.region = Some(region);
        }
        cloud.account = self.filled(table, "account", "write an e-mail address or a phone number, or remove the key");
        cloud.api_url = self.base(table, "api_url");
        cloud.web_url = self.base(table, "web_url");
        cloud.mqtt_host = self.filled(table, "mqtt_host", "write a name or an address").filter(|host| {
            let good = !host.contains("://") && !host.contains(['/', '@', ' ']);
            if !good {
                let line = self.key_line(table, "mqtt_host", 1);
                self.problem(
                    line,
                    "mqtt_host is not a host",
                    "write a name or an address alone; the port is mqtt_port",
                );
            }
            good
        });
        cloud.mqtt_port = self.port(table, "mqtt_port", MQTT_PORT);
        if let Some(name) = self.filled(table, "ca_file", "write the name of a file of PEM certificates") {
            let path = self.folder.join(&name);
            let line = self.key_line(table, "ca_file", 1);
            match self.outside.file(&path) {
                Ok(text) if text.contains("BEGIN CERTIFICATE") => cloud.ca_file = Some(path),
                Ok(_) => self.problem(line, format!("{name} holds no certificate"), "name a file of PEM certificates"),
                Err(why) => {
                    self.problem(line, format!("{name} cannot be read: {why}"), "name a file of PEM certificates");
                }
            }
        }
        config.cloud = cloud;
    }

    fn token_source(&mut self, table: &DeTable<'_>) -> TokenSource {
        let (env, command) = (table.get("token_env"), table.get("token_command"));
        if let (Some(value), Some(_)) = (env, command) {
            let line = self.line_of(value);
            self.problem(line, "the token is given in two forms", "keep one of token_env and token_command");
        }
        if command.is_some() {
            let parts: Vec<String> = match command.map(Spanned::get_ref) {
                Some(DeValue::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
                _ => self.texts(table, "token_command"),
            };
            match parts.split_first() {
                Some((program, args)) if !program.is_empty() => {
                    return TokenSource::Command { program: program.clone(), args: args.to_vec() };
                }
                _ => {
                    let line = self.key_line(table, "token_command", 1);
                    self.problem(line, "token_command names no program", "write [\"program\", \"argument\"]");
                }
            }
        } else if let Some(name) = self.filled(table, "token_env", "write the name of an environment variable") {
            if self.outside.env(&name).is_none_or(|token| token.trim().is_empty()) {
                let line = self.key_line(table, "token_env", 1);
                self.warnings.push(format!(
                    "line {line}: the variable {name} of token_env is not set, so the cloud cannot be asked; set it \
                     before the program starts"
                ));
            }
            return TokenSource::Env(name);
        }
        TokenSource::Login
    }

    fn filled(&mut self, table: &DeTable<'_>, key: &str, cure: &str) -> Option<String> {
        let text = self.text(table, key)?;
        if text.is_empty() || text.chars().any(char::is_control) {
            let line = self.key_line(table, key, 1);
            self.problem(line, format!("{key} is empty, or is not one line"), cure);
            return None;
        }
        Some(text)
    }

    /// An address that may hold a password by mistake is not quoted.
    fn base(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let text = self.text(table, key)?;
        region::base(&text)
            .map_err(|why| {
                let line = self.key_line(table, key, 1);
                self.problem(line, format!("{key} {why}"), "write it as https://host");
            })
            .ok()
    }
}
