//! Forged tokens and tokens of the wrong kind are refused. Most are signed with the server's own
//! key, so that only their fault can be the reason of the refusal.

use aws_lc_rs::hmac;
use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, crypto};
use kith::auth::signing::Signer;
use kith::entity::ids::SigningKeyId;
use kith::entity::signing_key;
use kith::platform::crypto::sealed::SealedCell;
use sea_orm::EntityTrait;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use crate::contract::matrix::make_token;
use crate::harness::figures::report;
use crate::harness::{Client, Person, TestApp};

/// The parts of a valid token, the key that signs it, and the attacks that are made of it.
struct Forge {
    app: Arc<TestApp>,
    signer: Signer,
    public: Vec<u8>,
    head: Map<String, Value>,
    claims: Map<String, Value>,
    good: String,
    attacks: Vec<(String, String)>,
}

fn part(text: impl AsRef<[u8]>) -> String {
    BASE64.encode(text)
}

impl Forge {
    async fn open(person: &Person) -> Self {
        let app = person.app.clone();
        let connection = app.database.connect().await;
        let row = signing_key::Entity::find().one(&connection).await;
        let row = row.unwrap().unwrap();
        connection.close().await.unwrap();
        let place = SealedCell {
            table: "signing_keys",
            column: "sealed_seed",
            row: row.id.0,
        };
        let seed = app.app.keys().open(&place, &row.sealed_seed).unwrap();
        let good = person.client.token.clone().unwrap();
        let read = |part: Option<&str>| -> Map<String, Value> {
            serde_json::from_slice(&BASE64.decode(part.unwrap()).unwrap()).unwrap()
        };
        let mut parts = good.split('.');
        let (head, claims) = (read(parts.next()), read(parts.next()));
        Self {
            signer: Signer::of_seed(row.id, &seed).unwrap(),
            public: row.public_key,
            head,
            claims,
            good,
            attacks: Vec::new(),
            app,
        }
    }

    fn sign(&self, message: &str) -> String {
        let signed = crypto::sign(message.as_bytes(), &self.signer.signing, Algorithm::EdDSA);
        format!("{message}.{}", signed.unwrap())
    }

    fn signed(&self, head: &str, claims: &str) -> String {
        self.sign(&format!("{}.{}", part(head), part(claims)))
    }

    fn head(&self) -> String {
        Value::Object(self.head.clone()).to_string()
    }

    fn claims(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    fn add(&mut self, what: impl Into<String>, token: String) {
        self.attacks.push((what.into(), token));
    }

    fn add_head(&mut self, name: &str, value: Value) {
        let mut head = self.head.clone();
        let what = format!("head {name}: {value:.60}");
        head.insert(name.to_owned(), value);
        let head = Value::Object(head).to_string();
        let token = self.signed(&head, &self.claims());
        self.add(what, token);
    }

    fn add_claim(&mut self, name: &str, value: Value) {
        let mut claims = self.claims.clone();
        let what = format!("claim {name}: {value:.60}");
        claims.insert(name.to_owned(), value);
        let claims = Value::Object(claims).to_string();
        let token = self.signed(&self.head(), &claims);
        self.add(what, token);
    }

    /// Tokens without a signature, or with a signature that everybody can make.
    fn other_algorithms(&mut self) {
        for case in 0..16_u8 {
            let letter = |(place, letter): (usize, char)| match case >> place & 1 {
                1 => letter.to_ascii_uppercase(),
                _ => letter,
            };
            let none: String = "none".chars().enumerate().map(letter).collect();
            let mut head = self.head.clone();
            head.insert("alg".into(), json!(none));
            let head = Value::Object(head).to_string();
            let unsigned = format!("{}.{}.", part(&head), part(self.claims()));
            self.add(format!("{none}, unsigned"), unsigned);
            let signed = self.signed(&head, &self.claims());
            self.add(format!("{none}, signed"), signed);
        }
        for alg in [
            json!("HS256"),
            json!("RS256"),
            json!("PS256"),
            json!("ES256"),
            json!("eddsa"),
            json!("EDDSA"),
            json!("EdDSA "),
            json!("Ed25519"),
            json!(""),
            json!(null),
            json!(0),
            json!(["EdDSA"]),
        ] {
            self.add_head("alg", alg);
        }
        let x = part(&self.public);
        let mut spki = vec![0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        spki.extend(&self.public);
        let body = BASE64_STANDARD.encode(&spki);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x }).to_string();
        let secrets = [
            self.public.clone(),
            x.into(),
            spki,
            pem.into(),
            jwk.into(),
            Vec::new(),
        ];
        for (alg, with) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            for (number, secret) in secrets.iter().enumerate() {
                let mut head = self.head.clone();
                head.insert("alg".into(), json!(alg));
                let head = Value::Object(head).to_string();
                let message = format!("{}.{}", part(head), part(self.claims()));
                let tag = hmac::sign(&hmac::Key::new(with, secret), message.as_bytes());
                self.add(
                    format!("{alg} with the public key, {number}"),
                    format!("{message}.{}", part(tag)),
                );
            }
        }
    }

    /// Headers that bring their own key, or that ask for other processing.
    fn other_heads(&mut self) {
        let theirs = Signer::of_seed(self.signer.id, &[9; 32]).unwrap();
        let public = "1TwX6VlVXPGgVGtXmxaDYuyRdfEbP3Ks4pVzuzWmu2U";
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": public });
        for (name, value) in [
            ("jku", json!("https://evil.example/jwks.json")),
            ("x5u", json!("https://evil.example/cert.pem")),
            ("jwk", jwk.clone()),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("AAAA")),
            ("x5t#S256", json!("AAAA")),
            ("crit", json!(["exp"])),
            ("crit", json!(["b64"])),
            ("crit", json!([])),
            ("zip", json!("DEF")),
            ("b64", json!(false)),
            ("cty", json!("JWT")),
            ("enc", json!("A256GCM")),
            ("epk", jwk.clone()),
            ("p2c", json!(i64::MAX)),
            ("url", json!("https://evil.example")),
            ("nonce", json!("1")),
        ] {
            self.add_head(name, value.clone());
            let mut head = self.head.clone();
            head.insert(name.into(), value);
            let head = Value::Object(head).to_string();
            let message = format!("{}.{}", part(head), part(self.claims()));
            let signed = crypto::sign(message.as_bytes(), &theirs.signing, Algorithm::EdDSA);
            self.add(
                format!("head {name}, signed by them"),
                format!("{message}.{}", signed.unwrap()),
            );
        }
        for kind in [
            json!("JWT"),
            json!("at+JWT"),
            json!("application/at+jwt"),
            json!("refresh+jwt"),
            json!("id+jwt"),
            json!("kith_pat"),
            json!(""),
            json!(null),
            json!(["at+jwt"]),
        ] {
            self.add_head("typ", kind);
        }
        let own = self.signer.id.0;
        for kid in [
            json!("../../../../../../dev/null"),
            json!("/etc/passwd"),
            json!("file:///dev/null"),
            json!("https://evil.example/key"),
            json!("' OR '1'='1"),
            json!("x' UNION SELECT 'AAAA' --"),
            json!(format!("{own}\u{0}")),
            json!(format!("{own}'--")),
            json!(format!(" {own}")),
            json!(own.to_string().to_uppercase()),
            json!(own.simple().to_string()),
            json!(own.braced().to_string()),
            json!(own.urn().to_string()),
            json!(SigningKeyId(uuid::Uuid::nil())),
            json!(uuid::Uuid::now_v7()),
            json!("a".repeat(3000)),
            json!(""),
            json!(null),
            json!(1),
            json!([own]),
            json!({ "$ne": null }),
        ] {
            self.add_head("kid", kid);
        }
        for name in ["alg", "typ", "kid"] {
            let mut head = self.head.clone();
            head.remove(name);
            let head = Value::Object(head).to_string();
            let token = self.signed(&head, &self.claims());
            self.add(format!("head without {name}"), token);
            let doubled = self
                .head()
                .replacen('{', &format!("{{\"{name}\":\"x\","), 1);
            let token = self.signed(&doubled, &self.claims());
            self.add(format!("head with {name} twice"), token);
        }
    }

    /// Claims that are missing, of another type, given twice, or of another person.
    fn other_claims(&mut self, stranger: &Map<String, Value>) {
        let names: Vec<_> = self.claims.keys().cloned().collect();
        for name in &names {
            let mut claims = self.claims.clone();
            claims.remove(name);
            let claims = Value::Object(claims).to_string();
            let token = self.signed(&self.head(), &claims);
            self.add(format!("without {name}"), token);
            let good = self.claims[name].clone();
            for value in [
                json!(null),
                json!([good]),
                json!({}),
                json!(true),
                json!(1.5),
                json!(""),
            ] {
                self.add_claim(name, value);
            }
            for text in [
                self.claims()
                    .replacen('{', &format!("{{\"{name}\":{good},"), 1),
                self.claims().replacen('{', &format!("{{\"{name}\":0,"), 1),
            ] {
                let token = self.signed(&self.head(), &text);
                self.add(format!("{name} twice"), token);
            }
        }
        let now = self.app.now().timestamp();
        for (name, value) in [
            ("exp", json!((now + 600).to_string())),
            ("exp", json!(600.5)),
            ("exp", json!(-1)),
            ("exp", json!(0)),
            ("exp", json!(now - 31)),
            ("exp", json!(now + 601)),
            ("exp", json!(now + 3600)),
            ("exp", json!(i64::MAX)),
            ("exp", json!(u64::MAX)),
            ("exp", json!(9e18)),
            ("exp", json!(1e300)),
            ("nbf", json!(now + 31)),
            ("nbf", json!(i64::MIN)),
            ("nbf", json!(i64::MAX)),
            ("iat", json!(now - 3600)),
            ("iat", json!(now + 3600)),
            ("iat", json!(i64::MIN)),
            ("iss", json!("https://kith.example/")),
            ("iss", json!("https://KITH.example")),
            ("iss", json!("http://kith.example")),
            ("iss", json!("https://evil.example")),
            ("aud", json!(["kith", "other"])),
            ("aud", json!("other")),
            ("aud", json!("Kith")),
            ("client_id", json!("other")),
            ("scope", json!("tasks:read")),
            ("scope", json!("all all")),
            ("sub", stranger["sub"].clone()),
            ("sub", json!("admin")),
            ("sub", json!(uuid::Uuid::nil())),
            ("sid", stranger["sid"].clone()),
            ("jti", stranger["jti"].clone()),
            ("sid", json!("' OR 1=1 --")),
            ("admin", json!(true)),
            ("cnf", json!({ "jkt": "AAAA" })),
            ("act", json!({ "sub": stranger["sub"] })),
        ] {
            self.add_claim(name, value);
        }
        let mut later = self.claims.clone();
        for (name, time) in [("iat", now + 60), ("nbf", now + 60), ("exp", now + 660)] {
            later.insert(name.into(), json!(time));
        }
        let later = self.signed(&self.head(), &Value::Object(later).to_string());
        self.add("a minute early", later);
    }

    /// Texts that only look like a token.
    fn other_shapes(&mut self) {
        let good = self.good.clone();
        let parts: Vec<_> = good.split('.').map(str::to_owned).collect();
        let [head, claims, signature] = &parts[..] else {
            unreachable!("three parts")
        };
        let signature_bytes = BASE64.decode(signature).unwrap();
        for place in [0, 1, 15, 31, 32, 47, 62, 63] {
            let mut bytes = signature_bytes.clone();
            bytes[place] ^= 1;
            self.add(
                format!("bit of byte {place}"),
                format!("{head}.{claims}.{}", part(bytes)),
            );
        }
        // The same signature with the order of the group added: a lax verifier accepts it.
        let order = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let mut larger = signature_bytes.clone();
        let mut carry = 0_u16;
        for (byte, added) in larger[32..].iter_mut().zip(order) {
            carry += u16::from(*byte) + added;
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        let zeros = part([0; 64]);
        let mut last = signature.clone();
        let spare = last.pop().unwrap();
        // The last character holds two bits of the signature and four unused bits.
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let next = digits.find(spare).unwrap() + 1;
        last.push(digits.as_bytes()[next].into());
        let padded = format!("{head}==.{claims}==.{signature}==");
        for (what, token) in [
            (
                "a larger signature",
                format!("{head}.{claims}.{}", part(larger)),
            ),
            ("spare bits", format!("{head}.{claims}.{last}")),
            ("a signature of zeros", format!("{head}.{claims}.{zeros}")),
            (
                "half a signature",
                format!("{head}.{claims}.{}", &signature[..43]),
            ),
            (
                "a longer signature",
                format!("{head}.{claims}.{signature}AAAA"),
            ),
            ("no signature", format!("{head}.{claims}.")),
            ("one part", head.clone()),
            ("two parts", format!("{head}.{claims}")),
            ("four parts", format!("{good}.{claims}")),
            (
                "five parts",
                format!("{head}..{claims}.{signature}.{signature}"),
            ),
            ("an empty head", format!(".{claims}.{signature}")),
            ("no claims", format!("{head}..{signature}")),
            ("only dots", "..".into()),
            ("nothing", String::new()),
            ("padding", format!("{good}=")),
            ("more padding", padded),
            ("a space before", format!(" {good}")),
            ("a space behind", format!("{good} ")),
            ("a space inside", good.replacen('.', ". ", 1)),
            ("a tab behind", format!("{good}\t")),
            ("a comma", format!("{good},")),
            ("two tokens", format!("{good} {good}")),
            ("two tokens with a comma", format!("{good}, Bearer {good}")),
            ("quotes", format!("\"{good}\"")),
            ("percent signs", good.replace('.', "%2E")),
            (
                "the other alphabet",
                format!("{head}.{claims}.+/{}", &signature[2..]),
            ),
            ("letters of another case", good.to_lowercase()),
            ("a mebibyte", "x".repeat(1 << 20)),
            (
                "a mebibyte of signature",
                format!("{head}.{claims}.{}", "A".repeat(1 << 20)),
            ),
            ("dots", ".".repeat(4000)),
            ("null", "null".into()),
            ("undefined", "undefined".into()),
            (
                "json",
                json!({ "protected": head, "payload": claims, "signature": signature }).to_string(),
            ),
        ] {
            self.add(what, token);
        }
    }

    /// Tokens with a valid signature whose content is not a JSON object.
    fn other_contents(&mut self) {
        let (head, claims) = (self.head(), self.claims());
        for (what, text) in [
            ("an array", format!("[{claims}]")),
            ("a text", json!(claims).to_string()),
            ("nothing", String::new()),
            ("null", "null".into()),
            ("something behind", format!("{claims}x")),
            ("two objects", format!("{claims}{claims}")),
            ("a mark before", format!("\u{feff}{claims}")),
            ("a comment", format!("/**/{claims}")),
            ("depth", format!("{}{claims}", "[".repeat(1000))),
            ("half of it", claims[..claims.len() / 2].to_owned()),
        ] {
            let token = self.signed(&head, &text);
            self.add(format!("claims: {what}"), token);
            let token = self.signed(&text.replace(&claims, &head), &claims);
            self.add(format!("head: {what}"), token);
        }
        let latin = [claims.as_bytes(), &[0xff]].concat();
        let token = self.sign(&format!("{}.{}", part(&head), part(latin)));
        self.add("claims: not UTF-8", token);
        let long = claims.replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(4096)), 1);
        let token = self.signed(&head, &long);
        self.add("longer than any of ours", token);
    }
}

/// The statuses that a token gets from operations of an account and of a circle.
async fn knock(app: &TestApp, circle: &str, token: &str) -> [u16; 3] {
    let mut statuses = [0; 3];
    let doors = [
        "/v1/me".to_owned(),
        format!("/v1/circles/{circle}"),
        "/v1/me/circles".into(),
    ];
    for (status, door) in statuses.iter_mut().zip(doors) {
        let value = HeaderValue::from_bytes(format!("Bearer {token}").as_bytes());
        let request = Request::get(door).header(header::AUTHORIZATION, value.unwrap());
        let reply = app.send(request.body(Body::empty()).unwrap()).await;
        *status = reply.status.as_u16();
        // Only a genuine token is told that it has expired.
        assert!(!reply.text.contains("token_expired"), "{token:.200}");
    }
    statuses
}

#[tokio::test]
async fn every_forged_altered_or_revoked_token_is_refused() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let circle = ana.circle_id();
    let stranger = Forge::open(&ben).await.claims;
    let mut forge = Forge::open(&ana).await;
    assert_eq!(knock(&app, circle, &forge.good).await, [200; 3]);
    let rebuilt = forge.signed(&forge.head(), &forge.claims());
    assert_eq!(knock(&app, circle, &rebuilt).await, [200; 3]);

    forge.other_algorithms();
    forge.other_heads();
    forge.other_claims(&stranger);
    forge.other_shapes();
    forge.other_contents();
    let text = |name: &str| ana.tokens[name].as_str().unwrap().to_owned();
    let (made, pat) = make_token(
        &ana,
        circle,
        kith::entity::personal_access_token::TokenScope::ALL,
    )
    .await;
    let revoke = format!("/v1/me/access-tokens/{}", made["id"].as_str().unwrap());
    ana.delete(&revoke).await.is(204);
    for (what, token) in [
        ("a refresh token", text("refresh_token")),
        ("a device token", text("device_token")),
        ("a session's id", text("session_id")),
        ("a personal token that was taken back", pat.token.unwrap()),
        (
            "a personal token of nobody",
            kith::auth::make_personal_access_token().unwrap().0,
        ),
    ] {
        forge.add(what, token);
    }
    for (what, token) in mailed_tokens(&ana).await {
        forge.add(what, token);
    }

    let mut accepted = Vec::new();
    for (what, token) in &forge.attacks {
        let statuses = knock(&app, circle, token).await;
        // Headers that are too long are refused before they are read.
        let too_long = token.len() > 16 * 1024 && statuses == [431; 3];
        if statuses != [401; 3] && !too_long {
            accepted.push(format!("{what}: {statuses:?}"));
        }
    }
    let tried = forge.attacks.len();
    assert!(accepted.is_empty(), "{accepted:#?}");
    report(
        "B1",
        "token attacks tried / accepted",
        format!("{tried} / {}", accepted.len()),
        "0 of at least 300",
        tried >= 300,
    );
    assert_eq!(knock(&app, circle, &forge.good).await, [200; 3]);
}

/// A valid token of each kind that emails contain.
async fn mailed_tokens(person: &Person) -> Vec<(&'static str, String)> {
    let app = &person.app;
    app.mails().await;
    let anybody = app.anybody();
    let registration = json!({
        "email": "new@test.example", "password": crate::harness::PASSWORD, "name": "New",
        "time_zone": "Europe/Berlin",
    });
    anybody
        .post("/v1/registrations", registration)
        .await
        .is(202);
    let forgotten = json!({ "email": person.email });
    anybody.post("/v1/password-resets", forgotten).await;
    let guest = json!({ "email": "guest@test.example", "access": "viewer" });
    person.post("/invitations", guest).await.is(201);
    let mails = app.mails().await;
    let kinds = ["verify", "reset", "invitation"].map(|page| {
        let opens = format!("/{page}?token=");
        let mail = mails.iter().find(|mail| mail.text.contains(&opens));
        (page, mail.unwrap().token())
    });
    kinds.into()
}

/// The kind of token that an operation accepts, its path, its body with a token and a password,
/// and the statuses of its refusals.
type Door = (
    &'static str,
    &'static str,
    fn(&str, &str) -> Value,
    &'static [u16],
);

#[tokio::test]
async fn a_token_of_one_kind_is_refused_where_another_kind_is_expected() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let scopes = kith::entity::personal_access_token::TokenScope::ALL;
    let (_, pat) = make_token(&ana, ana.circle_id(), scopes).await;
    let text = |name: &str| ana.tokens[name].as_str().unwrap().to_owned();
    let mut tokens = vec![
        ("access", ana.client.token.clone().unwrap()),
        ("refresh", text("refresh_token")),
        ("device", text("device_token")),
        ("personal", pat.token.unwrap()),
    ];
    tokens.extend(mailed_tokens(&ana).await);
    let password = "nineteen green umbrellas";
    let doors: [Door; 5] = [
        (
            "refresh",
            "/v1/sessions/refresh",
            |token, _| json!({ "refresh_token": token }),
            &[401],
        ),
        (
            "reset",
            "/v1/password-resets/confirm",
            |token, password| json!({ "token": token, "password": password }),
            &[410, 422],
        ),
        (
            "invitation",
            "/v1/invitations/preview",
            |token, _| json!({ "token": token }),
            &[410, 422],
        ),
        (
            "invitation",
            "/v1/invitations/accept",
            |token, _| json!({ "token": token }),
            &[403, 410, 422],
        ),
        (
            "invitation",
            "/v1/invitations/decline",
            |token, _| json!({ "token": token }),
            &[410, 422],
        ),
    ];
    let mut tried = 0;
    for (takes, path, body, refusals) in doors {
        for (kind, token) in tokens.iter().filter(|(kind, _)| *kind != takes) {
            // One operation needs a signed-in person, so Ana sends all requests.
            let who: &Client = &ana.client;
            let reply = who.post(path, body(token, password)).await;
            assert!(
                refusals.contains(&reply.status.as_u16()),
                "{kind} at {path}: {}",
                reply.text
            );
            tried += 1;
        }
        for page in ["/verify", "/reset", "/invitation", "/unsubscribe"] {
            let (kind, token) = &tokens[tried % 4];
            let request = Request::get(format!("{page}?token={token}"));
            let reply = app.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(reply.status, 410, "{kind} at {page}");
            tried += 1;
        }
    }
    report(
        "B1",
        "tokens shown at doors of another kind / accepted",
        format!("{tried} / 0"),
        "0",
        tried > 0,
    );
    ana.get("/v1/me").await.is(200);
}

#[tokio::test]
async fn an_access_token_is_accepted_only_in_the_authorization_header() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let good = ana.client.token.clone().unwrap();
    let bearer = format!("Bearer {good}");
    let ask = async |headers: &[(&str, &str)], query: &str| {
        let mut request = Request::get(format!("/v1/me{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = app.send(request.body(Body::empty()).unwrap()).await;
        reply.status.as_u16()
    };
    assert_eq!(ask(&[("authorization", &bearer)], "").await, 200);
    assert_eq!(
        ask(&[("authorization", &format!("bEARER {good}"))], "").await,
        200
    );
    for headers in [
        &[][..],
        &[("authorization", &*good)],
        &[("authorization", &format!("Basic {good}"))],
        &[("authorization", &format!("Bearer  {good}"))],
        &[("authorization", &format!("DPoP {good}"))],
        &[("authorization", "Bearer")],
        &[("authorization", "Bearer ")],
        &[("authorization", &bearer), ("authorization", "Bearer x")],
        &[("authorization", "Bearer x"), ("authorization", &bearer)],
        &[("authorization", &bearer), ("authorization", &bearer)],
        &[("x-authorization", &bearer)],
        &[("proxy-authorization", &bearer)],
        &[("cookie", &format!("access_token={good}"))],
    ] {
        assert_eq!(ask(headers, "").await, 401, "{headers:.60?}");
    }
    let in_the_query = ask(&[], &format!("?access_token={good}")).await;
    assert_eq!(in_the_query, 400);
}
