//! The form that signs in, in a terminal: the real program, a simulated cloud, and every turn that signing in may take.

use crate::{
    process_harness::{Home, cloud_config},
    pty_harness::PtyHarness,
};
use bambu_tui::simulator::{
    self, Plan, Scenario, Simulation,
    cloud::{CloudControl, CloudFault, CloudPlan, FaultRule},
};

/// A cloud, and a window with the form open.
struct StateHarness {
    demo: Simulation,
    window: PtyHarness,
    home: Home,
}

impl StateHarness {
    async fn open() -> Self {
        let plan = Plan {
            printers: Some(1),
            scenario: Scenario::Single,
            cloud: Some(CloudPlan::default()),
            ..Plan::default()
        };
        let (demo, home) = (simulator::start(&plan).await.unwrap(), Home::new());
        home.configure(&cloud_config(&demo.cloud().unwrap().to_json()));
        let mut window = PtyHarness::open(&home, &[], 100, 30);
        window.shows(&["U"]);
        window.keys("U");
        window.shows(&["Sign in to the Bambu Lab cloud", "method       one-time code"]);
        Self { demo, window, home }
    }

    fn cloud(&self) -> &CloudControl {
        self.demo.cloud().unwrap()
    }

    /// The second way: the account, and after it the password.
    fn password(&mut self, account: &str) {
        let password = self.cloud().password();
        self.window.keys(&format!("\t{account}\r"));
        self.window.shows(&["it is sent once and not kept"]);
        self.window.keys(&format!("{password}\r"));
    }

    /// Somebody is in: the form is gone, and the account's printers are there.
    fn comes_in(mut self) {
        let name = self.cloud().printers().pop().unwrap().name;
        self.window.shows(&["!Sign in to the Bambu", &name]);
        for secret in [self.cloud().password(), self.cloud().token().to_owned()] {
            assert!(!self.window.wrote(0, &secret) && !self.home.log().contains(&secret));
        }
        assert_eq!(self.home.run(&["whoami"]).code, 0, "it is kept");
        self.window.keys("\x03");
        assert_eq!(self.window.ended(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_is_typed_again() {
    let mut d = StateHarness::open().await;
    let (account, code) = (d.cloud().account(), d.cloud().code());
    d.window.keys(&format!("{account}\r"));
    d.window.shows(&["six digits, from the e-mail", "Another code can be sent in"]);
    d.window.keys("12345\r");
    d.window.shows(&["a code has six digits"]);
    d.window.keys("\x7f\x7f\x7f\x7f\x7f000000\r");
    d.window.shows(&["the one-time code is wrong", "!000000"]);
    // Nothing has to be deleted first.
    d.window.keys(&format!("{code}\r"));
    d.comes_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_has_expired_is_said_to_and_cannot_be_had_anew_at_once() {
    let mut d = StateHarness::open().await;
    let (account, code) = (d.cloud().account(), d.cloud().code());
    d.cloud().set_fault(CloudFault::CodesLate);
    d.window.keys(&format!("{account}\r"));
    d.window.shows(&["six digits, from the e-mail"]);
    d.window.keys(&format!("{code}\r"));
    d.window.shows(&["the one-time code has expired; have a new one sent", "Another code can be sent in"]);
    let sent =
        |d: &StateHarness| d.cloud().calls().iter().filter(|call| call.target.ends_with("/sendemail/code")).count();
    // Ctrl-S, too early.
    d.window.keys("\x13");
    d.window.keys("000000\r");
    d.window.shows(&["the one-time code is wrong"]);
    assert_eq!(sent(&d), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_looks_for_the_code_elsewhere_can_still_type_it() {
    let mut d = StateHarness::open().await;
    let (account, code) = (d.cloud().account(), d.cloud().code());
    d.window.keys(&format!("{account}\r"));
    d.window.shows(&["six digits, from the e-mail"]);
    d.window.keys("\x1b");
    d.window.shows(&["!Sign in to the Bambu"]);
    d.window.keys("U");
    // Whom it was sent to need not be typed again.
    d.window.shows(&["Enter sends you a code", &account]);
    d.window.keys("\r");
    d.window.shows(&["six digits, from the e-mail", "Another code can be sent in"]);
    // Somebody else's code is another one, for whoever mistyped the address.
    d.window.keys("\x1b");
    d.window.shows(&["!Sign in to the Bambu"]);
    d.window.keys("U");
    d.window.shows(&["Enter sends you a code"]);
    d.window.keys("\x15somebody@example.com\r");
    d.window.shows(&["six digits, from the e-mail", "somebody@example.com"]);
    let sent =
        |d: &StateHarness| d.cloud().calls().iter().filter(|call| call.target.ends_with("/sendemail/code")).count();
    assert_eq!(sent(&d), 2);
    d.window.keys("\x1b");
    d.window.shows(&["!Sign in to the Bambu"]);
    d.window.keys("U");
    d.window.shows(&["Enter sends you a code"]);
    d.window.keys("\x15");
    d.password(&account);
    d.window.shows(&["six digits, from the e-mail"]);
    assert_eq!(sent(&d), 2, "the one on its way is asked for");
    d.window.keys(&format!("{code}\r"));
    d.comes_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_leads_to_the_code_that_the_cloud_wants() {
    let mut d = StateHarness::open().await;
    let (account, code) = (d.cloud().account(), d.cloud().code());
    d.window.keys(&format!("\t{account}\rwrong\r"));
    d.window.shows(&["the login was refused (it said: Incorrect account or password)", "!•"]);
    let password = d.cloud().password();
    d.window.keys(&format!("{password}\r"));
    d.window.shows(&["six digits, from the e-mail", "Another code can be sent in"]);
    d.window.keys(&format!("{code}\r"));
    d.comes_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authenticator_may_be_misread_and_waits_for_nobody() {
    let mut d = StateHarness::open().await;
    let (account, password, code) = (d.cloud().tfa_account(), d.cloud().password(), d.cloud().tfa_code());
    d.password(&account);
    d.window.shows(&["from your authenticator app"]);
    d.window.keys("000000\r");
    d.window.shows(&["the authenticator's code is wrong; type what the app shows now", "!000000"]);
    d.cloud().expire_codes();
    d.window.keys(&format!("{code}\r"));
    d.window.shows(&["the login took too long; start it again", "it is sent once and not kept"]);
    d.window.keys(&format!("{password}\r"));
    d.window.shows(&["from your authenticator app"]);
    d.window.keys(&format!("{code}\r"));
    d.comes_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pasted_token_is_tried_and_then_kept() {
    let mut d = StateHarness::open().await;
    let token = d.cloud().token().to_owned();
    let paste = |text: &str| format!("\x1b[200~{text}\x1b[201~\r");
    d.window.keys(&format!("\t\t{}", paste("no token")));
    d.window.shows(&["this is no token"]);
    d.window.keys(&format!("\x15{}", paste("AADnever-was-a-good-token")));
    d.window.shows(&["the cloud of the region global does not take this token", "it may be of", "!•"]);
    d.window.keys(&paste(&token));
    d.comes_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_somebody_out_is_said_and_the_form_stays() {
    for (fault, words) in [
        (CloudFault::Locked, "the account is locked (it said: Account locked); unlock it on the website"),
        (
            CloudFault::Captcha,
            "a picture puzzle solved, which only a browser can show; log in on the website, then paste the token",
        ),
        (CloudFault::Cloudflare, "bot check stopped the request; wait 10 min before the next one"),
        (CloudFault::TooMany(90), "the cloud asks to be left alone; wait 90 s before the next request"),
        (CloudFault::Server(503), "problem of its own"),
    ] {
        let mut d = StateHarness::open().await;
        let (account, password) = (d.cloud().plain_account(), d.cloud().password());
        d.cloud().add_rule(FaultRule { times: Some(1), ..FaultRule::always(fault) });
        d.password(&account);
        let flat =
            |window: &PtyHarness| window.text().replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        d.window.until(|window| flat(window).contains(words));
        assert!(!d.window.text().contains("/v1/"), "{}", d.window.text());
        let calls = d.cloud().calls().len();
        d.window.keys(&password);
        d.window.shows(&["•••"]);
        d.window.keys("\r");
        if !matches!(fault, CloudFault::Cloudflare | CloudFault::TooMany(_)) {
            d.comes_in();
            continue;
        }
        // The server is left alone. What is typed is sent nowhere, and gone.
        d.window.shows(&["!•", "!asking the cloud"]);
        assert_eq!(d.cloud().calls().len(), calls, "{fault:?}: asked all the same");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_or_an_account_that_the_configuration_rejects_is_not_signed_in_to() {
    let mut d = StateHarness::open().await;
    let (account, token) = (d.cloud().account(), d.cloud().token().to_owned());
    let config = cloud_config(&d.cloud().to_json());
    d.window.keys("\x03");
    assert_eq!(d.window.ended(), 0);
    d.home.configure(&format!("{config}region = \"global\"\naccount = \"{account}\"\n"));
    d.window = PtyHarness::open(&d.home, &[], 100, 30);
    d.window.shows(&["configured yet"]);
    d.window.keys("U");
    d.window.shows(&["Sign in to the Bambu Lab cloud", "Global", &account]);
    d.window.keys("\x12");
    d.window.shows(&["wants the region global; choose that, or change region"]);
    d.window.keys("\t\t");
    d.window.keys(&format!("{token}\r"));
    d.window.shows(&["wants the region global; choose that, or change region"]);
    d.window.keys("\x12\t\x7f\r");
    d.window.shows(&["names another account"]);
    assert!(d.cloud().calls().is_empty(), "{:?}", d.cloud().calls());
    d.window.keys("m\x1b");
    d.window.shows(&["!Sign in to the Bambu"]);
    d.window.keys("\x03");
    assert_eq!(d.window.ended(), 0);
    // One that is kept, and that the configuration no longer means: the first screen says why nobody is there.
    d.home.sign_in_to(&d.cloud().to_json(), "");
    d.home.configure(&format!("{config}region = \"china\"\n"));
    d.window = PtyHarness::open(&d.home, &[], 100, 30);
    d.window.shows(&["configured yet", "the login that is kept is for the region global"]);
    d.window.keys("U");
    d.window.shows(&["Sign in to the Bambu Lab cloud", "region       China"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_says_what_goes_before_it_at_the_next_start() {
    let mut d = StateHarness::open().await;
    d.window.keys("\x03");
    assert_eq!(d.window.ended(), 0);
    d.home.configure(&format!("{}token_env = \"NOBODY_SET_IT\"\n", cloud_config(&d.cloud().to_json())));
    d.window = PtyHarness::open(&d.home, &[], 100, 30);
    d.window.shows(&["no access token from the variable NOBODY_SET_IT"]);
    d.window.keys("U");
    d.window.shows(&["Sign in to the Bambu Lab cloud"]);
    d.window.keys(&format!("\t\t{}\r", d.cloud().token()));
    d.window.shows(&["!Sign in to the Bambu", "at the next start token_env"]);
}
